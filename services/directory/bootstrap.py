"""What directory makes sure of at each start: someone who can administer it, and the key of the public process."""

import structlog

from services.directory import repository
from services.directory.credentials import digest
from services.directory.handlers.means import Means
from services.directory.model import SERVICE_UNIT, Key, Person
from services.policy import Role
from services.runtime.errors import ConfigurationError
from services.runtime.secrets import Secrets

ADMIN = "admin"
PUBLIC = "public"
PUBLIC_SCOPE = frozenset({"submit", "status"})
MADE_BY = "system"


class NoCoordinator(ConfigurationError):
    """No coordinating unit for the whole country is in force today: add one to reference/units.csv."""

    def __init__(self) -> None:
        super().__init__(str(self.__doc__))


async def first_administrator(means: Means, secrets: Secrets) -> bool:
    """Add `admin` with the password of `secrets/directory-admin` if there is no person at all; True if added.

    Raises `NoCoordinator`, and what reading a secret raises.
    """
    async with means.database.transaction() as tx:
        if await repository.anyone(tx.sql):
            return False
    hashed = await means.passwords.hashed(secrets.read("directory-admin"))
    unit = min(means.book.coordinators_at(means.today(), None), default=None)
    if unit is None:
        raise NoCoordinator
    admin = Person(ADMIN, "Quản trị danh bạ", unit, frozenset({Role.DIRECTORY_ADMIN}), hashed)
    async with means.database.transaction() as tx:
        added = await repository.add_person(tx.sql, admin, means.clock(), MADE_BY)
    structlog.get_logger().info("first_administrator_added", added=added)
    return added


async def register_public_key(means: Means, secrets: Secrets) -> bool:
    """Make the key of `secrets/public-service-key` good for tokens of the scope submit and status, and no other.

    A replaced file replaces the key; True if it changed.
    """
    key_hash = digest(secrets.read("public-service-key"))
    async with means.database.transaction() as tx:
        if await repository.find_key(tx.sql, key_hash) is not None:
            return False
        await repository.add_key(
            tx.sql,
            Key("service", SERVICE_UNIT, PUBLIC, PUBLIC_SCOPE),
            "a",
            key_id=(key_id := means.new_id()),
            key_hash=key_hash,
            request=str(key_id),
            now=means.clock(),
            by=MADE_BY,
        )
    structlog.get_logger().info("service_key_registered", process=PUBLIC)
    return True
