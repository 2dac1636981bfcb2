"""A log that was lost is said again by its owner and accepted by its readers: nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from brokers import KafkaBench
from builders import NOW, example
from bus.accepting import Acceptance, Leftover, Moved, accept
from bus.broker import LogPlace, Partition
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import uuid7
from bus.listening import Handler, Subscription
from bus.message import Message
from bus.pace import Pace
from bus.partition import partition_of
from bus.relay import Relay
from bus.resend import Resend, Wanted, ask, resends
from bus.resending import Resending
from bus.uow import UnitOfWork, UnitsOfWork
from consuming import QUICK, SECONDS, Stage, consumed, totals
from schemas.envelope import Event
from schemas.events.case import CaseClaimed
from schemas.topics import Topics
from schemas.views import View

pytestmark = pytest.mark.integration

WHO = {"person": "quan-tri", "unit": "vptt-389", "roles": ["directory_admin"]}
OFTEN = replace(QUICK, compare=0.2)


@dataclass
class House:
    """An owner with an outbox and its relay, and two groups that read its topic, one of them slower."""

    scene: Stage
    store: Database
    work: UnitsOfWork
    relay: Relay
    consumers: tuple[Consumer, Consumer]

    async def publish(self, aggregate: UUID, *sequences: int) -> None:
        for sequence in sequences:
            async with self.work.begin() as uow:
                data = example(CaseClaimed, personal={})
                uow.publish(data, subject=aggregate, sequence=sequence, audience={"qltt-79": View.FULL}, acttime=NOW)

    async def resent(self) -> Resend:
        async with self.store.autocommit() as raw:
            assert await ask(raw, Wanted(topic=self.scene.topic), "the topic was lost", WHO)
        async with asyncio.timeout(SECONDS):
            while (latest := await self.latest()).finished_at is None:  # noqa: ASYNC110 - told by the database
                await asyncio.sleep(0.05)
        return latest

    async def latest(self) -> Resend:
        async with self.store.autocommit() as raw:
            return (await resends(raw, 1))[0]

    async def accepted(self, resend: Resend) -> list[Moved]:
        assert resend.place is not None
        place = await self.scene.broker.describe(self.scene.topic)
        async with self.store.transaction() as transaction:
            moved = await accept(transaction.raw, acceptance(self.scene, place, resend))
        for one in self.consumers:
            one.look_again()
        return moved

    async def gaps(self, *consumers: Consumer) -> None:
        await self.scene.until(lambda: all(_gap(one) for one in consumers))

    async def whole(self, expected: dict[UUID, int]) -> None:
        """Wait until every event is applied, by both groups; then it is so once each, in order."""
        total = 2 * sum(expected.values())
        async with asyncio.timeout(SECONDS):
            while len(await self.scene.rows("select 1 from effect")) < total:  # noqa: ASYNC110 - told by the database
                await asyncio.sleep(0.05)
        by_group = "select kind, aggregate, array_agg(sequence order by place) from effect group by 1, 2"
        found = await self.scene.rows(by_group)
        once = {str(one): list(range(1, last + 1)) for one, last in expected.items()}
        groups = {kind for kind, _, _ in found}
        assert len(groups) == 2
        for group in groups:
            assert {aggregate: numbers for kind, aggregate, numbers in found if kind == group} == once
        assert await self.scene.parked() == []


def _gap(consumer: Consumer) -> bool:
    return any(state.value == "log_gap" for state, _ in consumer.health().values())


def acceptance(scene: Stage, place: LogPlace, resend: Resend) -> Acceptance:
    return Acceptance(scene.topic, place, resend.starts, "published again after a loss", WHO)


def marked(scene: Stage, name: str) -> Handler:
    """A handler that leaves its group's name with each effect."""

    async def handle(events: Sequence[Event[Any]], unit: UnitOfWork) -> None:
        for one in events:
            about = one.envelope
            await unit.raw.execute(
                "insert into effect (topic, aggregate, sequence, id, kind) values ($1, $2, $3, $4, $5)",
                *(scene.topic, about.subject, about.sequence, about.id, name),
            )

    return handle


@pytest.fixture
async def house(scene: Stage, store: Database, work: UnitsOfWork) -> House:
    topics, wake = Topics(scene.prefix), asyncio.Event()
    owner = UnitsOfWork(store, replace(work.context, topics=topics), wake)
    broker = scene.broker
    relay = Relay(
        *(store, broker),
        owner="owner",
        wake=wake,
        pace=Pace(poll=0.02, lease=2.0, save=0.1),
        resending=Resending(store, broker),
    )
    return House(scene, store, owner, relay, (listener(scene, "one"), listener(scene, "two")))


def listener(scene: Stage, name: str) -> Consumer:
    subscriptions = {CaseClaimed: Subscription(marked(scene, name), "project")}
    return scene.consumer(name, pace=OFTEN, group=f"{scene.prefix}cases.{name}", subscriptions=subscriptions)


@asynccontextmanager
async def at_work(house: House, *consumers: Consumer) -> AsyncIterator[None]:
    stop = asyncio.Event()
    async with AsyncExitStack() as stack:
        relaying = asyncio.create_task(house.relay.run(stop))
        stack.push_async_callback(asyncio.wait_for, relaying, SECONDS)
        stack.callback(stop.set)
        await stack.enter_async_context(house.scene.running(*consumers))
        yield


async def test_a_topic_deleted_and_made_anew_under_running_readers_is_whole_again(
    house: House, bench: KafkaBench
) -> None:
    one, two = uuid7(), uuid7()
    scene = house.scene
    async with at_work(house, *house.consumers):
        await house.publish(one, *range(1, 21))
        await house.publish(two, *range(1, 11))
        await scene.until(lambda: min(consumed(each) for each in house.consumers) == 30)
        await bench.drop(scene.topic)
        # Said while there is no topic, and while nobody knows that it is another one.
        await house.publish(one, *range(21, 26))
        await bench.topic("phoihop.case.v1", 3)
        await house.publish(two, *range(11, 16))
        await house.gaps(*house.consumers)

        resend = await house.resent()
        await house.publish(one, *range(26, 31))
        moved = await house.accepted(resend)
        await house.whole({one: 30, two: 15})

    assert resend.whole
    assert {(each.group, each.part) for each in moved} == {
        (f"{scene.prefix}cases.{name}", part) for name in ("one", "two") for part in range(3)
    }
    assert totals(*house.consumers)["parked"] == 0


async def test_a_truncated_topic_is_whole_again_and_readers_that_missed_nothing_are_left_alone(
    house: House, bench: KafkaBench
) -> None:
    aggregate = uuid7()
    scene, (quick, slow) = house.scene, house.consumers
    part = Partition(scene.topic, _part(aggregate))
    async with at_work(house, quick):
        await house.publish(aggregate, *range(1, 11))
        await scene.until(lambda: consumed(quick) == 10)
        async with scene.running(slow):
            await scene.until(lambda: consumed(slow) == 10)
        await house.publish(aggregate, *range(11, 31))
        await scene.until(lambda: consumed(quick) == 30)
        await bench.expire(part, 25)
        again = listener(scene, "two")
        house.consumers = (quick, again)
        async with scene.running(again):
            await house.gaps(again)
            moved = await house.accepted(await house.resent())
            await house.whole({aggregate: 30})

    assert moved == [Moved(f"{scene.prefix}cases.two", part.number, 10, 30, anew=False)]


async def test_a_group_that_was_never_here_begins_where_the_log_was_accepted(house: House, bench: KafkaBench) -> None:
    aggregate, scene = uuid7(), house.scene
    async with at_work(house, *house.consumers):
        await house.publish(aggregate, *range(1, 6))
        await scene.until(lambda: min(consumed(each) for each in house.consumers) == 5)
        await bench.drop(scene.topic)
        await bench.topic("phoihop.case.v1", 3)
        # Stands in the new topic before all that it follows.
        await house.publish(aggregate, 6)
        await house.gaps(*house.consumers)
        await house.accepted(await house.resent())
        await house.whole({aggregate: 6})
        new = scene.consumer("new", pace=OFTEN, group=f"{scene.prefix}cases.new")
        async with scene.running(new):
            await scene.until(lambda: consumed(new) == 6)

    assert totals(new) == {"consumed": 6, "applied": 6, "skipped": 0, "parked": 0}


async def test_what_was_parked_in_the_former_topic_is_decided_anew(house: House, bench: KafkaBench) -> None:
    aggregate, scene, (quick, slow) = uuid7(), house.scene, house.consumers
    async with at_work(house, quick, slow):
        await house.publish(aggregate, 1, 2, 4, 5)
        await scene.until(lambda: min(consumed(each) for each in house.consumers) == 4)
        assert [reason for reason, _ in await scene.parked()] == ["sequence-hole", "sequence-hole", "behind", "behind"]
        await bench.drop(scene.topic)
        await bench.topic("phoihop.case.v1", 3)
        await house.gaps(quick, slow)
        moved = await house.accepted(await house.resent())
        await scene.until(lambda: min(consumed(each) for each in house.consumers) == 8)

    assert len(moved) == 6
    assert [reason for reason, _ in await scene.parked()] == ["sequence-hole", "sequence-hole", "behind", "behind"]
    assert await scene.rows("select count(*) from parked_key") == [(2,)]


async def test_what_will_not_come_again_keeps_the_log_from_being_accepted(house: House, bench: KafkaBench) -> None:
    scene, (quick, _) = house.scene, house.consumers
    async with at_work(house, quick):
        await scene.send(Message(scene.topic, None, b"a stranger's", ()))
        await scene.until(lambda: consumed(quick) == 1)
        await house.publish(uuid7(), 1)
        await bench.drop(scene.topic)
        await bench.topic("phoihop.case.v1", 3)
        await house.gaps(quick)
        resend = await house.resent()
        with pytest.raises(Leftover, match="1 parked records"):
            await house.accepted(resend)

    assert await scene.rows("select * from log_acceptance") == []


async def test_lost_offsets_are_accepted_where_the_log_was_said_again(house: House) -> None:
    aggregate, scene, (quick, slow) = uuid7(), house.scene, house.consumers
    async with at_work(house):
        await house.publish(aggregate, *range(1, 6))
        async with scene.running(quick, slow):
            await scene.until(lambda: min(consumed(each) for each in house.consumers) == 5)
        async with scene.database.autocommit() as raw:
            await raw.execute("delete from consumer_offset")
        house.consumers = (listener(scene, "one"), listener(scene, "two"))
        async with scene.running(*house.consumers):
            await house.gaps(house.consumers[0])
            moved = await house.accepted(await house.resent())
            await house.publish(aggregate, 6)
            await house.whole({aggregate: 6})

    assert {each.before for each in moved} == {None}
    ((who, reason),) = await scene.rows("select actor ->> 'person', reason from log_acceptance")
    assert (who, reason) == ("quan-tri", "published again after a loss")


async def test_accepting_again_moves_nothing(house: House, bench: KafkaBench) -> None:
    scene, (quick, slow) = house.scene, house.consumers
    async with at_work(house, quick, slow):
        await house.publish(uuid7(), 1)
        await scene.until(lambda: min(consumed(each) for each in house.consumers) == 1)
        await bench.drop(scene.topic)
        await bench.topic("phoihop.case.v1", 3)
        await house.gaps(quick, slow)
        resend = await house.resent()
        assert len(await house.accepted(resend)) == 6
        assert await house.accepted(resend) == []


def _part(aggregate: UUID) -> int:
    return partition_of(str(aggregate).encode(), 3)
