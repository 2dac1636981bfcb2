"""No committed event is lost and none overtakes another of its aggregate, whatever happens to writers and relays.

The same run with one guard taken away must go red: a simulation that cannot fail proves nothing.
"""

import os
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import pytest

from bus import cursor
from bus.database import Database
from bus.errors import PublishUnknown
from bus.outbox import Row
from bus.relay import Relay
from infra.stack.testing import TestDatabase
from relay_simulation import AWAITS, RELAYS, WRITERS, Simulation

pytestmark = pytest.mark.integration


@pytest.fixture
def seed() -> int:
    """PHOIHOP_SEED repeats the choices of an earlier run, if not the timing."""
    return int(os.environ.get("PHOIHOP_SEED") or secrets.randbelow(10**9))


@pytest.fixture
async def wide(store: Database, database: TestDatabase) -> AsyncIterator[Database]:
    """Connections for everybody at once, to the schema of `store`."""
    made = Database.connect(database.url("intake"), WRITERS + RELAYS * 2 + 2)
    yield made
    await made.close()


async def test_nothing_is_lost_or_out_of_order_with_crashes_freezes_and_detached_partitions(
    wide: Database, seed: int
) -> None:
    outcome = await Simulation(wide, seed, seconds=4.0).run()
    print(outcome)  # noqa: T201 - the seed belongs in the output of a run that failed

    assert (outcome.lost, outcome.holes, outcome.phantoms) == (0, 0, 0), str(outcome)
    assert outcome.committed > 500, str(outcome)
    assert outcome.detached >= 1, str(outcome)
    struck = {strike.rpartition(" ")[2] for strike in outcome.strikes}
    assert struck == {*AWAITS, "unknown"}, str(outcome)


async def test_without_the_fence_a_late_commit_is_lost_and_the_simulation_sees_it(
    wide: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cursor, "_over", lambda *_: True)

    outcome = await Simulation(wide, seed, seconds=1.5, faults=False).run()

    print(outcome)  # noqa: T201 - how far from passing by luck
    assert outcome.lost > 0, str(outcome)


async def test_an_unknown_outcome_taken_for_success_loses_events_and_the_simulation_sees_it(
    wide: Database, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = Relay._send

    async def hopeful(self: Relay, rows: Sequence[Row]) -> None:
        with suppress(PublishUnknown):
            await send(self, rows)

    monkeypatch.setattr(Relay, "_send", hopeful)

    outcome = await Simulation(wide, seed, seconds=1.5, faults=False, unknown=0.3).run()

    print(outcome)  # noqa: T201 - how far from passing by luck
    assert outcome.lost > 0, str(outcome)
    assert outcome.holes > 0, str(outcome)
