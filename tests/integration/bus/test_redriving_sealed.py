"""Personal values of what is parked: sealed for as long as it lies there, and gone once its dossier is erased."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from builders import PERSONAL, event, example
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.listening import Subscription
from bus.publication import Context
from bus.sealing import Keyring
from bus.uow import UnitOfWork, UnitsOfWork
from bus.wire import encode
from consuming import ADMIN, Stage
from infra.stack.info import StackInfo
from infra.stack.testing import TestDatabase
from parked_builders import consume, is_lawful
from schemas.envelope import Event
from schemas.events.signal import SignalDetected
from schemas.topics import Topics

pytestmark = pytest.mark.integration


async def sealed(dossier: UUID, database: TestDatabase, stack: StackInfo) -> Event[Any]:
    """A signal as its owner publishes it, under a key made for it."""
    owner = Database.connect(database.url("intake"))
    keyring = Keyring.load(Path(stack.secrets) / "master.json", system_clock)
    async with UnitsOfWork(owner, Context("intake", Topics(), system_clock, uuid7, keyring)).begin() as unit:
        await unit.create_keys([dossier])
        found = await unit.seal([event(example(SignalDetected, personal={dossier: PERSONAL}), subject=dossier)])
    await owner.close()
    return found[0]


@pytest.mark.parametrize("erased", [False, True])
async def test_parked_bytes_stay_sealed_and_are_carried_out_after_an_erasure_too(
    stage: Stage, database: TestDatabase, stack: StackInfo, *, erased: bool
) -> None:
    dossier, mended, seen = uuid7(), list[bool](), list[tuple[Any, Any]]()

    async def open_it(events: Sequence[Event[Any]], unit: UnitOfWork) -> None:
        for one in await unit.unseal(events, "test"):
            if not mended:
                raise ValueError(one.data.personal)
            seen.append((one.data.personal, one.data.erased))

    changes = {"subscriptions": {SignalDetected: Subscription(open_it, "project")}}
    said = await sealed(dossier, database, stack)
    await stage.say(said)
    await consume(stage, 1, **changes)
    (held,) = await stage.held()
    if erased:
        admin = await database.connect("postgres")
        await admin.execute("delete from keys.dossier_key where dossier = $1", dossier)
        await admin.close()
    mended.append(True)

    done = await stage.redrive(**changes).key(held.at, ADMIN)

    assert held.record.value == encode(said, stage.topic).value
    assert b"0999 000 111" not in held.record.value
    assert "0999" not in held.error
    assert done.applied == 1
    expected: tuple[Any, Any] = ({}, (dossier,)) if erased else ({dossier: PERSONAL}, ())
    assert seen == [expected]
    assert await is_lawful(stage)
