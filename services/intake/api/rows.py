"""A tip as its desk sees it in a list: in full until it is forwarded, then where it stands."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from schemas.events.tip import Channel
from schemas.facts import Facts, UnitCode
from services.intake.model import Tip, TipState

CONTENT_NOTE_VI = "Nội dung và người báo tin nằm trong kho bảo mật: mở qua unmask, POST /vault/{tip_id}/open."
CONTENT_NOTE_EN = "Content and informant are in the vault: open them through unmask, POST /vault/{tip_id}/open."


class TipRow(BaseModel):
    """One tip without what was said and who said it."""

    tip_id: UUID
    tip_no: str
    state: TipState
    channel: Channel
    received_at: datetime
    age_seconds: int
    receiver: str | None
    urgent: bool
    wants_feedback: bool
    language: str
    informant_ref: str | None
    facts: Facts | None
    linked_to: UUID | None
    forwarded_to: UnitCode | None
    document_number: str | None
    document_dated: date | None

    @classmethod
    def of(cls, tip: Tip, now: datetime) -> Self:
        """The row at this moment; once forwarded, the facts are the competent unit's."""
        gone = tip.state is TipState.FORWARDED
        return cls(
            tip_id=tip.id,
            tip_no=tip.tip_no,
            state=tip.state,
            channel=tip.channel,
            received_at=tip.received_at,
            age_seconds=max(0, int((now - tip.received_at).total_seconds())),
            receiver=tip.receiver,
            urgent=tip.urgent,
            wants_feedback=tip.wants_feedback,
            language=tip.language,
            informant_ref=None if gone else tip.informant_ref,
            facts=None if gone else tip.facts,
            linked_to=tip.linked_to,
            forwarded_to=tip.route.lead if tip.route else None,
            document_number=tip.document.number if tip.document else None,
            document_dated=tip.document.dated if tip.document else None,
        )


class TipPage(BaseModel):
    """Tips in order of receipt; `next` is the `after` of the next page, None on the last one."""

    tips: list[TipRow]
    next: UUID | None
    note_vi: str = CONTENT_NOTE_VI
    note_en: str = CONTENT_NOTE_EN

    @classmethod
    def of(cls, tips: Sequence[Tip], limit: int, now: datetime) -> Self:
        """The page of these tips."""
        return cls(tips=[TipRow.of(tip, now) for tip in tips], next=tips[-1].id if len(tips) == limit else None)
