"""Answers to commands. Each reaches the feed of the unit that sent the command, and no other."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from schemas.envelope import EventId, Source
from schemas.facts import LongText, ShortText
from schemas.messages import EventData


class CommandAnswer(EventData):
    """Which command is answered: the (source, id) pair under which it was sent."""

    command_source: Source
    command_id: EventId
    command_type: ShortText


class CommandAccepted(CommandAnswer):
    """The command was carried out; `about` names the aggregate that it made or changed."""

    KIND = "command.accepted"
    about: UUID | None = None
    result: dict[str, str] = Field(default_factory=dict)


class CommandRefused(CommandAnswer):
    """The command was not carried out, and why, in both languages."""

    KIND = "command.refused"
    problem: ShortText
    reason_vi: LongText
    reason_en: LongText
    field: Annotated[str | None, Field(max_length=200)] = None
