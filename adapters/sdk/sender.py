"""Sends an agency's commands: each unit on its own topic, with its own credentials, acknowledged before it returns."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Self

import stamina
from pydantic_core import to_json

from bus.broker import Broker
from bus.errors import Transient
from bus.message import Message
from schemas.messages import CommandData
from schemas.topics import Topics

STRUCTURED = (("content-type", b"application/cloudevents+json"),)
ATTEMPTS = 8

BrokerOf = Callable[[str], Broker]
"""Opens the brokers as one unit."""


def structured(data: CommandData, topics: Topics, *, unit: str, system: str, id_: str, at: datetime) -> Message:
    """A command of a unit's system with only what the bus requires. The same arguments give the same bytes.

    Sending it again after a crash is then a repetition, which the bus skips.
    """
    event = {
        "specversion": "1.0",
        "id": id_,
        "source": f"/units/{unit}/{system}",
        "type": data.type_name(),
        "time": at.isoformat(),
        "datacontenttype": "application/json",
        "data": data.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
    }
    return Message(topics.from_unit(unit), None, to_json(event), STRUCTURED)


class Sender:
    """One producer a unit, opened when first used. Leaving the context closes them."""

    def __init__(self, broker_of: BrokerOf) -> None:
        self._broker_of = broker_of
        self._brokers: dict[str, Broker] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(*(broker.close() for broker in self._brokers.values()))
        self._brokers.clear()

    async def send(self, by_unit: Mapping[str, Sequence[Message]]) -> None:
        """Send everything, the units side by side; returns when all of it is acknowledged.

        A broker that does not say is asked again a bounded number of times; then raises what it said last.
        """
        await asyncio.gather(*(self._send(unit, messages) for unit, messages in by_unit.items()))

    async def _send(self, unit: str, messages: Sequence[Message]) -> None:
        broker = self._brokers.get(unit) or self._brokers.setdefault(unit, self._broker_of(unit))
        async for attempt in stamina.retry_context(on=Transient, attempts=ATTEMPTS, timeout=None, wait_max=15.0):
            with attempt:
                await broker.publish(messages)
