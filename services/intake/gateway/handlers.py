"""Takes what units sent: commands go to their owners, everything else is answered; no key is ever held back."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import structlog

from bus.errors import Refused
from bus.message import Record
from bus.uow import UnitOfWork
from schemas.commands.signal import SignalSubmit
from schemas.envelope import Event
from schemas.events.command import CommandRefused
from schemas.problems import ID_REUSED
from services import audience
from services.intake.gateway.addressing import addressed
from services.intake.gateway.reading import Letter, read
from services.intake.gateway.repository import Pair, note_arrivals
from services.intake.gateway.sender import Sender

_FIELD_STOP, _REASON_STOP = 200, 2_000
"""A field's name may hold a key that the sender chose; an answer is not made longer by it."""

SenderOf = Callable[[str], Sender]
"""The sender behind a topic, with what reference data say of it today."""


class Gateway:
    """The handler of every `from.<unit>`. A batch is of one topic, and so of one sender."""

    def __init__(self, sender_of: SenderOf, pepper: bytes) -> None:
        self._sender_of = sender_of
        self._pepper = pepper

    async def take(self, records: Sequence[Record], uow: UnitOfWork) -> None:
        """Hand over, answer or skip each record: one statement a kind of effect, whatever their number."""
        sender, now = self._sender_of(records[0].topic), uow.context.clock()
        new_id = uow.context.new_id
        letters = await _first_time([read(record, sender, new_id, now, self._pepper) for record in records], uow)
        commands = [letter.command for letter in letters if letter.command is not None]
        for command in await _sealed(commands, uow):
            uow.forward(*addressed(command, uow.context.topics, uow.context.tracing))
        refused = [(letter, letter.refusal) for letter in letters if letter.refusal is not None]
        for letter, refusal in refused:
            _answer(letter, refusal, sender, uow)
        structlog.get_logger().info(
            "records_taken",
            unit=sender.unit,
            handed_over=len(commands),
            refused=len(refused),
            repeated=len(records) - len(letters),
        )


async def _first_time(letters: Sequence[Letter], uow: UnitOfWork) -> list[Letter]:
    """The letters without repetitions; an id under which something else was said before is refused."""
    firsts: dict[Pair, bytes] = {}
    for letter in letters:
        if letter.digest is not None:
            firsts.setdefault(_pair(letter), letter.digest)
    known = await note_arrivals(uow.raw, firsts, uow.context.clock())
    kept = []
    for letter in letters:
        before = None if letter.digest is None else known.get(_pair(letter))
        if before is not None and before != letter.digest:
            kept.append(Letter(letter.stated, refusal=Refused(ID_REUSED.problem(), "/id"), envelope=letter.envelope))
        elif before is None:
            kept.append(letter)
            if letter.digest is not None:
                known[_pair(letter)] = letter.digest
    return kept


def _pair(letter: Letter) -> Pair:
    return letter.stated.source, letter.stated.id


async def _sealed(commands: Sequence[Event[Any]], uow: UnitOfWork) -> list[Event[Any]]:
    """The commands in their order, each signal under a key of its own."""
    signals = [UUID(command.data.addressed()) for command in commands if isinstance(command.data, SignalSubmit)]
    if signals:
        await uow.create_keys(signals)
    return await uow.seal(commands)


def _answer(letter: Letter, refusal: Refused, sender: Sender, uow: UnitOfWork) -> None:
    problem, now = refusal.problem, uow.context.clock()
    data = CommandRefused(
        command_source=letter.stated.source,
        command_id=letter.stated.id,
        command_type=letter.stated.type,
        problem=problem.uri,
        reason_vi=problem.vi[:_REASON_STOP],
        reason_en=problem.en[:_REASON_STOP],
        field=None if refusal.field is None else refusal.field[:_FIELD_STOP],
    )
    uow.publish(
        data,
        subject=uow.context.new_id(),
        sequence=1,
        audience=audience.command_answer(sender.unit),
        acttime=now,
        cause=None if letter.envelope is None else Event(letter.envelope, data),
    )
