"""Commands are decided once: the pair (source, id) keeps its answer, whichever door it comes by, however often."""

import dataclasses
import hmac
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from bus.database import Raw, json_text
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.messages import CommandData, EventData
from schemas.problems import ID_REUSED, IDEMPOTENCY_IN_FLIGHT, Problem
from schemas.views import View

KEPT = timedelta(days=90)
"""For how long the same (source, id) is known again."""

_BEGIN = """
insert into command (source, id, type, actor_unit, actor, body_hash, received_at, keep_until)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing returning true
"""
_END = """
update command set accepted = $3, about = $4, result = $5, problem = $6 where source = $1 and id = $2
"""
_EARLIER = "select body_hash, accepted, about, result, problem from command where source = $1 and id = $2"
# Of an answer the ids, numbers and states stay, which doors repeat; what it told of an address goes.
_FORGET_SAID = r"""
update command set body_hash = $2, result = (
  select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(result) where key not like 'place%')
where about = $1
"""
_SAID_NO_MORE = b""
"""In place of the hash of what was said, once what it was about is erased: it then matches whatever comes again."""
_FORGET = """
delete from command where (source, id) in (
  select source, id from command where keep_until <= $1 order by keep_until limit $2)
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: `about` is the aggregate that it made or changed, `problem` why it was refused.

    `field` is the JSON pointer of the field that the problem is about. Raises ValueError unless exactly the refused
    ones have a problem.
    """

    accepted: bool
    about: UUID | None = None
    result: dict[str, str] = dataclasses.field(default_factory=dict)
    problem: Problem | None = None
    field: str | None = None

    def __post_init__(self) -> None:
        if self.accepted != (self.problem is None):
            raise ValueError("an answer is accepted, or has a problem")


Act = Callable[[UnitOfWork], Awaitable[Answer]]
"""Carries a command out, or raises `Refused`, or returns an answer that is not accepted and keeps what it did."""

Still = Callable[[UnitOfWork], Awaitable[None]]
"""Raises `Refused` where the sender may no longer know of what the command is about."""


class CommandDesk:
    """Where every command of one service is decided.

    `pepper` keys the hash of what was said before it is kept: a plain hash could be tried out by whoever reads the
    table and suspects what a command said of whom.
    """

    def __init__(self, pepper: bytes) -> None:
        self._pepper = pepper

    async def perform(
        self,
        command: Event[Any],
        actor_unit: str,
        body_hash: bytes,
        act: Act,
        uow: UnitOfWork,
        *,
        answer_on_feed: bool = True,
        still: Still | None = None,
    ) -> Answer:
        """Decide the command in this unit of work, or give the answer that it got before.

        The verified actor of the command is recorded with it: who decided, never "console".

        When `act` raises `Refused`, what it did is undone and the refusal is the answer. The same (source, id) with
        another `body_hash` is answered `id-reused`, and the first answer stays. The answer is published to the unit in
        the command's source unless `answer_on_feed` is False; a repetition publishes nothing.

        `still` is asked before an earlier answer is given again: what has been hidden since is hidden from a repetition
        too. What it raises leaves this call, and the kept answer as it was.

        While another transaction decides the same command this one waits for it, for as long as a lock may be waited
        for; then raises `Refused` (idempotency-in-flight), which is for the door: nothing is stored.
        """
        said = hmac.digest(self._pepper, b"command\n" + body_hash, "sha256")
        if not await _begin(command, actor_unit, said, uow):
            return await self._again(command, said, uow, answer_on_feed=answer_on_feed, still=still)
        try:
            async with uow.savepoint():
                answer = await act(uow)
        except Refused as refusal:
            answer = Answer(accepted=False, problem=refusal.problem, field=refusal.field)
        await _end(command, answer, uow.raw)
        if answer_on_feed:
            _publish(command, answer, uow)
        return answer

    async def _again(
        self, command: Event[Any], said: bytes, uow: UnitOfWork, *, answer_on_feed: bool, still: Still | None
    ) -> Answer:
        row = await uow.raw.fetchrow(_EARLIER, command.envelope.source, command.envelope.id)
        if row is None:
            raise Refused(IDEMPOTENCY_IN_FLIGHT.problem())
        if row["body_hash"] in (said, _SAID_NO_MORE):
            if still is not None:
                await still(uow)
            return _stored(row)
        answer = Answer(accepted=False, problem=ID_REUSED.problem(), field="/id")
        if answer_on_feed:
            _publish(command, answer, uow)
        return answer


async def forget_commands(raw: Raw, now: datetime, limit: int) -> int:
    """Delete answers that were kept long enough, the oldest first, at most `limit`; returns how many."""
    done = await raw.execute(_FORGET, now, limit)
    return int(done.rpartition(" ")[2])


async def forget_said(raw: Raw, about: UUID) -> None:
    """Forget what commands said and were answered about an erased aggregate, and keep that they were decided.

    So a sender that repeats one under its id learns what became of it, and makes nothing anew.
    """
    await raw.execute(_FORGET_SAID, about, _SAID_NO_MORE)


async def _begin(command: Event[Any], actor_unit: str, said: bytes, uow: UnitOfWork) -> bool:
    now = uow.context.clock()
    envelope = command.envelope
    who = command.actor or json_text({"unit": actor_unit})
    key = (envelope.source, envelope.id, envelope.type, actor_unit, who, said, now, now + KEPT)
    try:
        return await uow.raw.fetchval(_BEGIN, *key) is not None
    except asyncpg.LockNotAvailableError as error:
        raise Refused(IDEMPOTENCY_IN_FLIGHT.problem()) from error


async def _end(command: Event[Any], answer: Answer, raw: Raw) -> None:
    problem = None
    if answer.problem is not None:
        problem = json_text(dataclasses.asdict(answer.problem) | {"field": answer.field})
    key = (command.envelope.source, command.envelope.id)
    await raw.execute(_END, *key, answer.accepted, answer.about, json_text(answer.result), problem)


def _stored(row: asyncpg.Record) -> Answer:
    problem, pointer = None, None
    if row["problem"] is not None:
        told = dict(row["problem"])
        pointer = told.pop("field")
        problem = Problem(**told)
    return Answer(row["accepted"], row["about"], row["result"], problem, pointer)


def _publish(command: Event[Any], answer: Answer, uow: UnitOfWork) -> None:
    uow.publish(
        _told(command, answer),
        subject=uow.context.new_id(),
        sequence=1,
        audience={command.envelope.unit: View.FULL},
        acttime=uow.context.clock(),
        cause=command,
    )


def _told(command: Event[CommandData], answer: Answer) -> EventData:
    source, id_, type_ = command.envelope.source, command.envelope.id, command.envelope.type
    if answer.problem is None:
        return CommandAccepted(
            command_source=source, command_id=id_, command_type=type_, about=answer.about, result=answer.result
        )
    return CommandRefused(
        command_source=source,
        command_id=id_,
        command_type=type_,
        problem=answer.problem.uri,
        reason_vi=answer.problem.vi,
        reason_en=answer.problem.en,
        field=answer.field,
    )
