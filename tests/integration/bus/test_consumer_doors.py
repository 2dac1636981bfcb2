"""Topics that are no log of record: commands on inbound topics, and whatever units send."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from builders import event, example
from bus.consumer import Subscription
from bus.identity import uuid7
from bus.memory import MemoryBroker
from bus.message import Message, Record
from bus.uow import UnitOfWork
from bus.wire import encode
from consuming import Stage, consumed, totals
from schemas.commands.case import CaseClaim, CaseClose
from schemas.envelope import Event

pytestmark = pytest.mark.integration

INBOUND = "phoihop.cases.inbound.v1"
FROM = "from.customs-hq"


@pytest.fixture
def doors(stage: Stage, memory: MemoryBroker) -> Stage:
    memory.create_topic(INBOUND, 1)
    memory.create_topic(FROM, 1)
    return stage


def claim(case: UUID, **changes: Any) -> Event[Any]:
    """A command as the gateway hands it on."""
    made = event(example(CaseClaim, case_id=case), subject=case, sequence=None, id=str(uuid7()), **changes)
    return replace(made, actor='{"person":"system","unit":"customs-79"}')


async def test_a_command_reaches_its_handler_with_the_actor_that_the_gateway_verified(doors: Stage) -> None:
    command = claim(UUID(int=1))
    await doors.send(encode(command, INBOUND))
    consumer = doors.consumer(
        topics=(), inbound=(INBOUND,), subscriptions={CaseClaim: Subscription(doors.handle, "never")}
    )

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 1)

    assert doors.calls == [[command]]
    assert await doors.rows("select actor from effect") == [(command.actor,)]


async def test_the_same_command_sent_twice_is_handed_over_twice_because_its_answer_is_kept_elsewhere(
    doors: Stage,
) -> None:
    command = claim(UUID(int=1))
    await doors.send(*[encode(command, INBOUND)] * 2)
    consumer = doors.consumer(
        topics=(), inbound=(INBOUND,), subscriptions={CaseClaim: Subscription(doors.handle, "never")}
    )

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 2)

    assert totals(consumer)["applied"] == 2


async def test_a_command_without_an_actor_or_of_no_known_type_is_parked_and_never_skipped(doors: Stage) -> None:
    nobody = encode(replace(claim(UUID(int=1)), actor=None), INBOUND)
    close = event(example(CaseClose, case_id=UUID(int=2)), sequence=None, id="k-2")
    await doors.send(nobody, encode(replace(close, actor="{}"), INBOUND), encode(claim(UUID(int=3)), INBOUND))
    consumer = doors.consumer(
        topics=(), inbound=(INBOUND,), subscriptions={CaseClaim: Subscription(doors.handle, "never")}
    )

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 3)

    assert await doors.parked() == [("undecodable", str(UUID(int=1))), ("unknown-type", str(UUID(int=2)))]
    assert [aggregate for (aggregate,) in await doors.rows("select aggregate from effect")] == [str(UUID(int=3))]


async def test_a_record_without_a_key_is_parked_alone(doors: Stage) -> None:
    await doors.send(
        Message(INBOUND, None, b"{}", ()), Message(INBOUND, None, b"", ()), encode(claim(UUID(int=3)), INBOUND)
    )
    consumer = doors.consumer(
        topics=(), inbound=(INBOUND,), subscriptions={CaseClaim: Subscription(doors.handle, "never")}
    )

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 3)

    assert totals(consumer) == {"consumed": 3, "applied": 1, "skipped": 0, "parked": 2}
    assert await doors.rows("select * from parked_key") == []


async def test_a_raw_topic_hands_over_whatever_came(doors: Stage) -> None:
    await doors.send(Message(FROM, b"k", b"{", ()), Message(FROM, b"k", b"\xff\x01", (("ce_id", b"\xff"),)))
    consumer = doors.consumer(topics=(), raw=(FROM,), raw_handler=doors.handle_records)

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 2)

    assert totals(consumer) == {"consumed": 2, "applied": 2, "skipped": 0, "parked": 0}


async def test_a_record_that_breaks_a_raw_handler_is_parked_without_its_key(doors: Stage) -> None:
    async def handle(records: list[Record], unit: UnitOfWork) -> None:
        if any(record.value == b"bad" for record in records):
            raise ZeroDivisionError
        await doors.handle_records(records, unit)

    await doors.send(*(Message(FROM, b"k", value, ()) for value in (b"1", b"bad", b"3", b"4")))
    consumer = doors.consumer(topics=(), raw=(FROM,), raw_handler=handle)

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 4)

    assert [row for (row,) in await doors.rows("select id from effect order by place")] == ["1", "3", "4"]
    assert await doors.parked() == [("handler", "k")]
    assert await doors.rows("select * from parked_key") == []


async def test_a_topic_added_while_reading_is_read_from_its_beginning(doors: Stage, memory: MemoryBroker) -> None:
    consumer = doors.consumer(topics=(), raw=(FROM,), raw_handler=doors.handle_records)
    await doors.send(Message(FROM, b"k", b"first", ()))

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 1)
        memory.create_topic("from.qltt-79", 1)
        await doors.send(Message("from.qltt-79", b"k", b"second", ()))
        consumer.update(doors.listening(topics=(), raw=(FROM, "from.qltt-79"), raw_handler=doors.handle_records))
        await doors.until(lambda: consumed(consumer) == 2)

    assert [row for (row,) in await doors.rows("select id from effect order by place")] == ["first", "second"]


async def test_a_consumer_does_not_change_its_group(doors: Stage) -> None:
    with pytest.raises(ValueError, match="another"):
        doors.consumer().update(doors.listening(group="another"))


async def test_raw_topics_ask_for_a_handler(doors: Stage) -> None:
    with pytest.raises(ValueError, match="raw_handler"):
        doors.consumer(raw=(FROM,))


async def test_a_command_waits_behind_an_earlier_one_of_its_key_that_is_parked(doors: Stage) -> None:
    bad, behind, other = claim(UUID(int=1)), claim(UUID(int=1)), claim(UUID(int=2))

    def trouble(one: Event[Any]) -> None:
        if one.envelope.id == bad.envelope.id:
            raise ZeroDivisionError

    doors.trouble = trouble
    await doors.send(*(encode(one, INBOUND) for one in (bad, behind, other)))
    consumer = doors.consumer(
        topics=(), inbound=(INBOUND,), subscriptions={CaseClaim: Subscription(doors.handle, "never")}
    )

    async with doors.running(consumer):
        await doors.until(lambda: consumed(consumer) == 3)

    assert [row for (row,) in await doors.rows("select id from effect")] == [other.envelope.id]
    assert [reason for reason, _ in await doors.parked()] == ["handler", "behind"]
