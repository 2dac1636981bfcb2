"""The keyring of a service, proven at its start: a process that could open nothing must not take part in anything."""

from pathlib import Path
from uuid import UUID

import tink

from bus.database import Database
from bus.errors import SealBroken
from bus.identity import Clock
from bus.sealing import Keyring
from services.runtime.errors import BrokenFile, ConfigurationError
from services.runtime.settings import Settings

MASTER = "master.json"
_PROBE = "select dossier, wrapped from keys.probe()"


class WrongMaster(ConfigurationError):
    """The master key on file is another than the one that wrapped the keys in this database."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} is another master key than the one that wrapped the dossiers' keys in this database: put back the "
            "file that belongs to it (a backup, or the home from which the database came). Nothing was read or written."
        )


async def proven_keyring(settings: Settings, database: Database, clock: Clock) -> Keyring:
    """The keyring of this home's master key, after it opened a key of this database, if there is any.

    Raises `MissingFile`, `OpenSecret` or `BrokenFile` about the file, and `WrongMaster`.
    """
    path = settings.secrets.path(MASTER)
    try:
        keyring = Keyring.load(path, clock)
    except (tink.TinkError, ValueError, UnicodeDecodeError) as error:
        remedy = "Put it back from a backup: without it no personal value opens, and a new one opens none of the old"
        raise BrokenFile(path, "it is no master keyset", remedy) from error
    async with database.autocommit() as raw:
        row = await raw.fetchrow(_PROBE)
    if row is not None:
        try:
            keyring.unwrap(UUID(int=row["dossier"].int), row["wrapped"])
        except SealBroken as error:
            raise WrongMaster(path) from error
    return keyring
