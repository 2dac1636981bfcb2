"""Sending: each unit as itself, all of it acknowledged, a broker that does not say asked again."""

import json
from collections.abc import Sequence

import pytest
import stamina

from adapters.sdk.sender import ATTEMPTS, Sender, structured
from builders import NOW, example
from bus.errors import PublishUnknown
from bus.memory import MemoryBroker
from bus.message import Message
from schemas.commands.signal import SignalSubmit
from schemas.topics import Topics


class Doubtful(MemoryBroker):
    """Does not say whether it wrote, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.create_topic("from.customs-hq", 1)
        self.times = times
        self.calls = 0
        self.closed = False

    async def publish(self, messages: Sequence[Message]) -> None:
        self.calls += 1
        if self.calls <= self.times:
            raise PublishUnknown
        await super().publish(messages)

    async def close(self) -> None:
        self.closed = True


def message(number: int = 1) -> Message:
    order = example(SignalSubmit, reference=f"{number}")
    return structured(order, Topics(), unit="customs-hq", system="risk", id_=f"decl-{number}", at=NOW)


def test_a_command_carries_only_what_is_required_and_is_the_same_bytes_every_time() -> None:
    said = json.loads(message().value)
    assert said.keys() == {"specversion", "id", "source", "type", "time", "datacontenttype", "data"}
    assert (said["source"], said["id"]) == ("/units/customs-hq/risk", "decl-1")
    assert not said["data"].keys() & {"signal_id", "sealed", "personal", "erased"}
    assert message() == message()
    assert message().topic == "from.customs-hq"


async def test_a_broker_that_does_not_say_is_asked_again_and_closed_at_the_end() -> None:
    broker = Doubtful(times=2)
    with stamina.set_testing(testing=True, attempts=ATTEMPTS):
        async with Sender(lambda _unit: broker) as sender:
            await sender.send({"customs-hq": [message()]})
            await sender.send({"customs-hq": [message(2)]})
    assert (broker.calls, broker.closed) == (4, True)


async def test_a_broker_that_never_says_is_given_up() -> None:
    broker = Doubtful(times=1000)
    with stamina.set_testing(testing=True, attempts=ATTEMPTS):
        async with Sender(lambda _unit: broker) as sender:
            with pytest.raises(PublishUnknown):
                await sender.send({"customs-hq": [message()]})
    assert broker.calls == ATTEMPTS


async def test_each_unit_has_a_producer_of_its_own() -> None:
    opened: list[str] = []
    broker = Doubtful(times=0)
    broker.create_topic("from.customs-kv1", 1)

    def open_as(unit: str) -> MemoryBroker:
        opened.append(unit)
        return broker

    async with Sender(open_as) as sender:
        for _ in range(2):
            await sender.send({"customs-hq": [message()], "customs-kv1": [message()]})
    assert sorted(opened) == ["customs-hq", "customs-kv1"]
