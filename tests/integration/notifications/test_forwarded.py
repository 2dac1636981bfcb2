"""What a desk still reads of a tip that it forwarded: full until then, how far it has come from then on."""

import importlib.util
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from builders import PERSONAL
from bus.identity import system_clock, uuid7
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from case_builders import book
from feed_builders import DESK, FULL, LEAD, fact, forwarded, received
from feed_desk import FeedDesk
from infra.stack.testing import TestDatabase
from schemas.events import TipForwarded
from schemas.topics import Topics
from services import notifications
from services.notifications.handlers.doors import Doorway
from services.notifications.handlers.pull import Pull

pytestmark = pytest.mark.integration
NAME = PERSONAL.names[0]
OPENED = {"personal", "facts", "channel", "receiver", "received_at", "sealed"}


async def read(desk: FeedDesk, tip: UUID) -> dict[str, Any]:
    """`tip.received` of the tip as its desk pulls it."""
    kind = "vn.phoihop.tip.received.v1"
    (found,) = [one for one in await desk.pulled(DESK) if one["type"] == kind and one["subject"] == str(tip)]
    return found


async def test_a_desk_reads_a_tip_in_full_until_it_forwards_it_and_its_status_from_then_on(desk: FeedDesk) -> None:
    tip, other = uuid7(), uuid7()
    await desk.append(received(tip), received(other))
    before = await read(desk, tip)
    await desk.append(forwarded(tip))
    after = await read(desk, tip)

    assert NAME in json.dumps(before, ensure_ascii=False)
    assert before["dataschema"].endswith(":full")
    assert after["data"].keys() == {"record", "tip_no", "desk", "state"}
    assert after["data"]["state"] == "forwarded"
    assert after["dataschema"] == "urn:phoihop:schema:vn.phoihop.tip.received.v1:1.0:status"
    assert not {"acttime", "legalbasis", "dataref"} & after.keys()
    assert (after["id"], after["feednumber"]) == (before["id"], before["feednumber"])
    assert (await read(desk, other))["data"].keys() & OPENED


async def test_no_key_is_opened_for_a_tip_that_is_read_as_its_status(desk: FeedDesk, database: TestDatabase) -> None:
    """By a process that remembers no key; the desk's own tip.forwarded, read in full, brings nothing sealed here."""
    tip, other = uuid7(), uuid7()
    await desk.append(received(tip), received(other), fact(TipForwarded, tip, {DESK: FULL}, sequence=2))
    before = [await openings(database, dossier) for dossier in (tip, other)]
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    fresh = UnitsOfWork(desk.database, Context("notifications", Topics(), system_clock, uuid7, keyring))

    page = await Pull(fresh, Doorway(book())).page(DESK, after=0, limit=10)

    assert [one.row.number for one in page.events] == [1, 2, 3]
    assert [await openings(database, dossier) for dossier in (tip, other)] == [before[0], before[1] + 1]


async def openings(database: TestDatabase, dossier: UUID) -> int:
    """How often the audit says that notifications opened the key of a dossier."""
    owner = await database.connect("postgres")
    query = "select count(*) from keys.audit where role = 'notifications' and $1 = any (dossiers)"
    try:
        return int(await owner.fetchval(query, dossier))
    finally:
        await owner.close()


async def test_a_tip_that_came_and_went_in_one_batch_is_read_as_its_status(desk: FeedDesk) -> None:
    tip = uuid7()
    await desk.append(forwarded(tip), received(tip))

    assert not (await read(desk, tip))["data"].keys() & OPENED


async def test_what_others_were_forwarded_and_what_the_desk_said_itself_stays_as_published(desk: FeedDesk) -> None:
    await desk.append(received(tip := uuid7()), forwarded(tip))

    for unit in (DESK, LEAD):
        told = (await desk.pulled(unit))[-1]
        assert told["type"] == "vn.phoihop.tip.forwarded.v1"
        assert told["dataschema"].endswith(":full")
        assert NAME in json.dumps(told, ensure_ascii=False)


async def test_the_first_delivery_to_the_topic_stays_full_and_the_row_keeps_its_view(desk: FeedDesk) -> None:
    await desk.append(received(tip := uuid7()), forwarded(tip))

    first = next(one for one in await desk.rendered() if one.topic == f"to.{DESK}")
    assert NAME in first.value.decode()
    assert {row["view"] for row in await desk.rows("select view from feed")} == {"full"}


async def test_a_state_that_comes_again_or_late_moves_nothing_back(desk: FeedDesk) -> None:
    tip = uuid7()
    first, second = await desk.sealed(received(tip), forwarded(tip, 7))
    await desk.apply([first, second])
    await desk.apply([second])

    (row,) = await desk.rows("select state, sequence from tip_state where tip = $1", tip)
    assert tuple(row.values()) == ("forwarded", 7)


async def test_tips_that_were_forwarded_before_there_was_a_table_of_states_are_found_in_the_feeds(
    desk: FeedDesk,
) -> None:
    tip, waiting = uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip, 2), received(waiting))
    kept = await desk.rows("select tip, state, sequence from tip_state")
    path = Path(notifications.__file__).parent / "migrations/0002_tip_state.py"
    spec = importlib.util.spec_from_file_location("tip_state_migration", path)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)

    await desk.rows("delete from tip_state")
    await desk.rows(migration._FORWARDED)

    assert await desk.rows("select tip, state, sequence from tip_state") == kept
    assert [row["tip"] for row in kept] == [tip]
