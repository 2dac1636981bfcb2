"""The whole of intake on a real Kafka: commands in from the inbound topic, facts and answers out to the log."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

import pytest

from builders import PERSONAL, event, example
from bus.commands import CommandDesk
from bus.consumer import Consumer
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.listening import Listening, Subscription
from bus.relay import Relay
from bus.retry import Backoff
from bus.sealing import Keyring
from bus.uow import Context, UnitOfWork, UnitsOfWork
from bus.wire import encode
from infra.stack.info import StackInfo
from schemas.commands.signal import SignalSubmit
from schemas.envelope import Event
from schemas.events.case import CaseProposed, Origin, OriginKind
from schemas.events.command import CommandAccepted
from schemas.events.signal import SignalDetected
from schemas.topics import Topics
from services.intake.consumer import listening
from services.intake.handlers.inbound import Inbound
from services.intake.office import Office

SYSTEM = '{"person": "system", "unit": "customs-hq", "roles": ["system"]}'
COUNT = 40


@dataclass
class Reading:
    """What a reader of the log has got; `enough` is set once both kinds have come in full."""

    enough: asyncio.Event = field(default_factory=asyncio.Event)
    signals: dict[UUID, Event[Any]] = field(default_factory=dict)
    answers: set[UUID] = field(default_factory=set)

    async def detected(self, events: Sequence[Event[SignalDetected]], uow: UnitOfWork) -> None:
        for one in await uow.unseal(events, "test"):
            self.signals[UUID(one.envelope.subject)] = one
        self._look()

    async def accepted(self, events: Sequence[Event[CommandAccepted]], _uow: UnitOfWork) -> None:
        self.answers |= {one.data.about for one in events if one.data.about}
        self._look()

    def listening(self, topics: Topics) -> Listening:
        """Reads what intake publishes."""
        return Listening(
            group=f"{topics.prefix}intake.reader",
            topics=(topics.of_aggregate("signal"), topics.of_aggregate("command")),
            subscriptions=MappingProxyType(
                {
                    SignalDetected: Subscription(self.detected, "project"),
                    CommandAccepted: Subscription(self.accepted, "project"),
                }
            ),
        )

    def _look(self) -> None:
        if len(self.signals) >= COUNT and len(self.answers) >= COUNT:
            self.enough.set()


@pytest.fixture
async def broker(stack: StackInfo) -> AsyncIterator[KafkaBroker]:
    password = (stack.secrets / "kafka" / "admin").read_text().strip()
    made = KafkaBroker(KafkaSettings(stack.kafka.bootstrap, stack.kafka.ca, "admin", password))
    yield made
    await made.close()


def consumer(broker: KafkaBroker, units: UnitsOfWork, listens: Listening) -> Consumer:
    return Consumer(broker, units, listens, owner="test", backoff=Backoff(random.Random(1).random))


def told_of_cases(listens: Listening) -> tuple[asyncio.Event, Listening]:
    """The same, with an event that is set once a proposed case was handled; `stop` lets that batch commit."""
    noted, real = asyncio.Event(), listens.subscriptions[CaseProposed]

    async def handle(events: Sequence[Event[Any]], uow: UnitOfWork) -> None:
        await real.handler(events, uow)
        noted.set()

    changed = {**listens.subscriptions, CaseProposed: Subscription(handle, real.replay)}
    return noted, replace(listens, subscriptions=MappingProxyType(changed))


async def sealed(units: UnitsOfWork) -> list[Event[Any]]:
    """Commands as the gateway writes them."""
    commands: list[Event[Any]] = []
    for number in range(COUNT):
        signal = uuid4()
        data = example(SignalSubmit, signal_id=signal, details=None, personal={signal: PERSONAL})
        made = event(data, subject=signal, sequence=None, id=f"decl-{number}", source="/units/customs-hq/adapter")
        commands.append(replace(made, actor=SYSTEM))
    async with units.begin() as uow:
        await uow.create_keys([command.data.signal_id for command in commands])
        return await uow.seal(commands)


async def test_commands_from_the_inbound_topic_become_facts_and_answers_on_the_log(
    stack: StackInfo, store: Database, office: Office, topics: Topics, broker: KafkaBroker
) -> None:
    wake, stop, reading = asyncio.Event(), asyncio.Event(), Reading()
    keyring = Keyring.load(stack.secrets / "master.json", system_clock)
    units = UnitsOfWork(store, Context("intake", topics, system_clock, uuid7, keyring), wake)
    commands = await sealed(units)
    case, tip = uuid4(), uuid4()
    origin = Origin(kind=OriginKind.TIP, id=tip, sender="bcd-79")
    proposed = event(example(CaseProposed, origin=origin, personal={}), subject=case)
    inbound = topics.inbound("intake")
    await broker.publish([encode(command, inbound) for command in (*commands, *commands[:5])])
    await broker.publish([encode(proposed, topics.of_aggregate("case"))])
    noted, listens = told_of_cases(listening(topics, Inbound(CommandDesk(office.pepper), office)))
    works = consumer(broker, units, listens)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(works.run(stop))
        tasks.create_task(Relay(store, broker, owner="test", wake=wake).run(stop))
        tasks.create_task(consumer(broker, units, reading.listening(topics)).run(stop))
        try:
            async with asyncio.timeout(60):
                await reading.enough.wait()
                await noted.wait()
        finally:
            stop.set()
    assert set(reading.signals) == reading.answers == {command.data.signal_id for command in commands}
    assert all(one.data.personal[signal] == PERSONAL for signal, one in reading.signals.items())
    counts = works.counts[inbound]
    assert (counts.consumed, counts.parked) == (COUNT + 5, 0)
    async with units.begin() as uow:
        assert await uow.raw.fetchval("select tip_id from tip_case where case_id = $1", case) == tip
        assert await uow.raw.fetchval("select count(*) from signal where command_id like 'decl-%'") == COUNT
