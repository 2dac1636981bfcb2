"""A part of a feed written to its topic again: the same numbers, what may be seen now, and nothing else."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest

from builders import PERSONAL
from bus.errors import PublishUnknown
from bus.identity import uuid7
from bus.message import Message
from case_builders import book
from feed_builders import CO, DESK, LEAD, claimed, forwarded, held, proposed, received
from feed_desk import FeedDesk
from services.notifications.handlers.doors import Doorway
from services.notifications.handlers.replaying import Replaying
from services.notifications.repository import replays
from services.notifications.repository.replays import Wanted

pytestmark = pytest.mark.integration

WHO = {"person": "quan-tri", "unit": "vptt-389", "roles": ["directory_admin"]}
EVERYTHING = 1_000_000


class Topic:
    """Takes what is written; fails once after half of it when told."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.fails = False

    async def publish(self, messages: Sequence[Message]) -> None:
        if self.fails:
            self.fails = False
            self.messages += messages[: len(messages) // 2]
            raise PublishUnknown("half of it")
        self.messages += messages

    def told(self) -> list[dict[str, Any]]:
        return [
            {name.removeprefix("ce_"): value.decode() for name, value in one.headers}
            | {"data": one.value.decode(), "topic": one.topic}
            for one in self.messages
        ]


async def ask(desk: FeedDesk, unit: str, first: int = 1, last: int = 99, rate: int = EVERYTHING) -> None:
    async with desk.units.begin() as uow:
        wanted = Wanted(unit=unit, from_number=first, to_number=last, rate=rate, reason="mất tệp", actor=WHO)
        assert await replays.ask(uow.raw, wanted, uow.context.clock())


def worker(desk: FeedDesk, topic: Topic, turn: float = 0.01) -> Replaying:
    return Replaying(desk.units, Doorway(book()), topic, turn=turn)


async def done(desk: FeedDesk, worker: Replaying) -> None:
    async with asyncio.timeout(20):
        while await worker.turn():
            pass


async def test_a_range_is_written_again_under_the_same_numbers_and_nothing_is_numbered_anew(desk: FeedDesk) -> None:
    tip, case = uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(case, tip), claimed(case))
    before, topic = await desk.rows("select unit, last from feed_counter order by unit"), Topic()
    whole = await desk.pulled(LEAD)
    await ask(desk, LEAD, first=2)

    await done(desk, worker(desk, topic))

    assert [one["feednumber"] for one in topic.told()] == [str(one["feednumber"]) for one in whole[1:]]
    assert [one["id"] for one in topic.told()] == [one["id"] for one in whole[1:]]
    assert {one["topic"] for one in topic.told()} == {f"to.{LEAD}"}
    assert await desk.rows("select unit, last from feed_counter order by unit") == before


async def test_a_unit_that_may_not_see_any_more_gets_numbers_alone_and_no_key_is_opened(desk: FeedDesk) -> None:
    tip, case = uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(case, tip), claimed(case))
    await desk.append(held(tip))
    copies = await desk.rows("select * from feed_copy")

    for unit in (DESK, LEAD, CO):
        topic, numbers = Topic(), await desk.numbers(unit)
        await ask(desk, unit)
        await done(desk, worker(desk, topic))
        assert [int(one["feednumber"]) for one in topic.told()] == numbers
        assert {one["type"] for one in topic.told()} == {"vn.phoihop.feed.withdrawn.v1"}
        assert {one["data"] for one in topic.told()} == {"{}"}
        assert str(tip) not in json.dumps(topic.told())

    assert await desk.rows("select * from feed_copy") == copies


async def test_a_view_that_has_narrowed_since_narrows_what_is_written_again(desk: FeedDesk) -> None:
    tip, topic = uuid7(), Topic()
    await desk.append(received(tip), forwarded(tip))
    await ask(desk, DESK, last=1)

    await done(desk, worker(desk, topic))

    (told,) = topic.told()
    assert told["dataschema"].endswith(":status")
    assert PERSONAL.names[0] not in told["data"]


async def test_what_is_written_in_the_open_again_is_noted_for_the_integrity_officer(desk: FeedDesk) -> None:
    tip = uuid7()
    await desk.append(received(tip))
    await ask(desk, DESK)

    await done(desk, worker(desk, Topic()))

    ((rows,),) = [tuple(row) for row in await desk.rows("select rows from feed_copy")]
    assert len(rows) == len(await desk.numbers(DESK))


async def test_an_interrupted_replay_goes_on_where_it_was_acknowledged(desk: FeedDesk) -> None:
    for _ in range(6):
        await desk.append(received(uuid7()))
    topic, numbers = Topic(), await desk.numbers(DESK)
    await ask(desk, DESK, rate=200)
    first = worker(desk, topic)
    assert await first.turn()
    topic.fails = True
    with pytest.raises(PublishUnknown):
        await first.turn()

    await done(desk, worker(desk, topic))

    told = [int(one["feednumber"]) for one in topic.told()]
    assert list(dict.fromkeys(told)) == numbers
    assert len(told) == len(numbers) + 1


async def test_the_rate_bounds_each_turn(desk: FeedDesk) -> None:
    for _ in range(5):
        await desk.append(received(uuid7()))
    topic = Topic()
    await ask(desk, DESK, rate=8)

    await worker(desk, topic, turn=0.25).turn()

    assert len(topic.messages) == 2


async def test_of_two_workers_one_moves_it_on(desk: FeedDesk) -> None:
    await desk.append(received(uuid7()), received(uuid7()))
    await ask(desk, DESK)
    async with desk.units.begin() as uow:
        (seen,) = await replays.unfinished(uow.raw)
        assert await replays.move(uow.raw, seen, 2, uow.context.clock())
        assert not await replays.move(uow.raw, seen, 2, uow.context.clock())


async def test_one_replay_of_a_feed_at_a_time(desk: FeedDesk) -> None:
    await ask(desk, DESK)
    async with desk.units.begin() as uow:
        again = Wanted(unit=DESK, from_number=1, to_number=2, rate=1, reason="lần nữa", actor=WHO)
        assert await replays.ask(uow.raw, again, uow.context.clock()) is None
