"""A service whose master key is missing, unreadable or another one does not start, and says what to put back."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring, new_master_keyset
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from services.runtime.errors import BrokenFile, ConfigurationError, MissingFile
from services.runtime.keyring import MASTER, WrongMaster, proven_keyring
from services.runtime.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


@pytest.fixture(params=["intake", "gateway", "cases", "notifications", "console"])
async def service(request: pytest.FixtureRequest, database: TestDatabase) -> AsyncIterator[Database]:
    """Every role that holds the master key."""
    connected = Database.connect(database.url(request.param))
    yield connected
    await connected.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def kept(settings: Settings, text: str) -> None:
    SecretFiles(settings.secrets.folder).write(MASTER, text)


async def test_the_right_key_opens_what_is_there_and_leaves_no_opening_in_the_audit(
    settings: Settings, service: Database, database: TestDatabase
) -> None:
    kept(settings, new_master_keyset())
    keyring = Keyring.load(settings.secrets.path(MASTER), system_clock)
    dossier, owner = uuid7(), await database.connect("postgres")
    await owner.execute("select keys.create($1, $2)", [dossier], [keyring.wrap(dossier, b"k" * 32)])

    assert (await proven_keyring(settings, service, system_clock)).wrap(dossier, b"")

    assert await owner.fetchval("select count(*) from keys.audit") == 0
    await owner.close()


async def test_another_key_is_told_apart_before_anything_is_read(
    settings: Settings, service: Database, database: TestDatabase
) -> None:
    kept(settings, new_master_keyset())
    dossier, owner = uuid7(), await database.connect("postgres")
    wrapped = Keyring.load(settings.secrets.path(MASTER), system_clock).wrap(dossier, b"k" * 32)
    await owner.execute("select keys.create($1, $2)", [dossier], [wrapped])
    await owner.close()
    kept(settings, new_master_keyset())

    with pytest.raises(WrongMaster, match="put back the file that belongs to it"):
        await proven_keyring(settings, service, system_clock)


@pytest.mark.parametrize("text", ["", "{}", "not a keyset", '{"primaryKeyId": 1, "key": []}'])
async def test_a_file_that_is_no_keyset_is_named_with_the_remedy(
    settings: Settings, service: Database, text: str
) -> None:
    kept(settings, text)

    with pytest.raises(BrokenFile, match=r"no master keyset.*backup"):
        await proven_keyring(settings, service, system_clock)


async def test_a_missing_key_is_named_and_is_a_fault_that_a_restart_alone_does_not_mend(
    settings: Settings, service: Database
) -> None:
    with pytest.raises(MissingFile, match=MASTER):
        await proven_keyring(settings, service, system_clock)
    assert issubclass(WrongMaster, ConfigurationError)


async def test_a_database_without_keys_takes_any_key(
    settings: Settings, service: Database, database: TestDatabase
) -> None:
    owner = await database.connect("postgres")
    await owner.execute("truncate keys.dossier_key")
    await owner.close()
    kept(settings, new_master_keyset())

    assert isinstance(await proven_keyring(settings, service, system_clock), Keyring)
