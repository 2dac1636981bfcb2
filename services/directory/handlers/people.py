"""Adding people, and ending their access."""

import structlog

from bus.errors import Refused
from schemas.problems import ALREADY_EXISTS, NOT_FOUND, UNKNOWN_CODE
from services.directory import repository
from services.directory.forms import NewPerson
from services.directory.handlers.means import Means, administrator
from services.directory.model import PERSONAL_ROLES, Person, unknown_roles
from services.policy import Actor


async def add(form: NewPerson, actor: Actor, means: Means) -> Person:
    """Add a person; the same form again changes nothing and answers the same.

    Raises `Refused`: 403 for other than administrators, 422 for an unknown unit or role, 409 for a taken login.
    """
    administrator(actor)
    _check(form, means)
    hashed = await means.passwords.hashed(form.password)
    person = Person(form.login, form.name, form.unit, form.roles, hashed)
    async with means.database.transaction() as tx:
        added = await repository.add_person(tx.sql, person, means.clock(), actor.person)
        known = person if added else await repository.find_person(tx.sql, form.login)
    if added:
        structlog.get_logger().info("person_added", unit=person.unit, roles=sorted(person.roles))
    elif known is None or not await _same(known, form, means):
        raise Refused(ALREADY_EXISTS.problem(), "/login")
    return person


async def end(login: str, actor: Actor, means: Means) -> None:
    """Disable a person and end their sessions; again, nothing more happens. Raises `Refused`: 403, 404."""
    administrator(actor)
    async with means.database.transaction() as tx:
        if not await repository.disable_person(tx.sql, login, means.clock()):
            raise Refused(NOT_FOUND.problem())
    structlog.get_logger().info("person_disabled")


def _check(form: NewPerson, means: Means) -> None:
    if not means.book.has_unit(form.unit, means.today()):
        raise Refused(
            UNKNOWN_CODE.problem(
                "Không có đơn vị này vào hôm nay. Xem danh sách ở GET /units.",
                "There is no such unit today. See the list at GET /units.",
            ),
            "/unit",
        )
    if unknown_roles(form.roles):
        named = ", ".join(sorted(PERSONAL_ROLES))
        raise Refused(UNKNOWN_CODE.problem(f"Vai trò phải là: {named}.", f"A role must be one of: {named}."), "/roles")


async def _same(known: Person, form: NewPerson, means: Means) -> bool:
    told = (known.name, known.unit, known.roles, known.disabled_at)
    if told != (form.name, form.unit, form.roles, None):
        return False
    return await means.passwords.matches(known.password_hash, form.password)
