"""Facts about tips, published by intake. What the informant said and who they are stay in the vault."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.classification import Classification, DataCategory
from schemas.facts import Code, Facts, FullOnly, LongText, ShortText, UnitCode
from schemas.messages import EventData
from schemas.route import Document, Route

InformantRef = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{16,64}$")]
TipNo = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/\d{4}/[0-9A-Z]{6,12}$")]


class Channel(StrEnum):
    """The four channels of Decision 195/QĐ-BCĐ389, and the web form that a committee may add by its own decision."""

    PHONE = "phone"
    EMAIL = "email"
    DOCUMENT = "document"
    IN_PERSON = "in_person"
    WEB = "web"


class LegalRegime(StrEnum):
    """Which law's clocks and duties apply to what was told; a tip is not yet a denunciation nor a crime report."""

    TIP = "tin_bao"
    DENUNCIATION = "to_cao"
    COMPLAINT = "khieu_nai"
    CRIME_REPORT = "to_giac"


class TipEvent(EventData):
    """What every fact about a tip says: its number and the desk that holds it."""

    CLASSIFICATION: ClassVar = Classification.CONFIDENTIAL
    tip_no: TipNo
    desk: UnitCode


class TipReceived(TipEvent):
    """A desk took in a tip that names no officer or unit."""

    KIND = "tip.received"
    CATEGORY = DataCategory.BASIC
    channel: Channel
    received_at: AwareDatetime
    receiver: Annotated[ShortText | None, FullOnly()] = None
    line: Annotated[ShortText | None, FullOnly()] = None
    """The telephone line or mailbox of the desk by which it came."""
    recording_ref: Annotated[ShortText | None, FullOnly()] = None
    informant_ref: Annotated[InformantRef | None, FullOnly()] = None
    wants_feedback: bool = False
    urgent: bool = False
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "vi"
    facts: Facts = Field(default_factory=Facts)


class TipRefused(TipEvent):
    """The desk refused the tip on a ground that the Regulation or its committee names."""

    KIND = "tip.refused"
    code: Code
    reason: Annotated[LongText | None, FullOnly()] = None


class TipAdvised(TipEvent):
    """The tip is out of scope; the informant was told where to go."""

    KIND = "tip.advised"
    advised_to: ShortText
    note: Annotated[LongText | None, FullOnly()] = None


class TipLinked(TipEvent):
    """The tip tells of the same thing as an earlier one; both stay, nothing is merged."""

    KIND = "tip.linked"
    linked_to: UUID


class TipForwarded(TipEvent):
    """The desk sent the tip to the competent unit, with the paper that the Regulation requires."""

    KIND = "tip.forwarded"
    CATEGORY = DataCategory.BASIC
    route: Route
    approver: Annotated[ShortText, FullOnly()]
    document: Document
    received_on: date
    legal_regime: LegalRegime | None = None
    due_at: AwareDatetime | None = None
    informant_ref: Annotated[InformantRef | None, FullOnly()] = None
    facts: Facts = Field(default_factory=Facts)


class TipHeld(TipEvent):
    """A tip that had been received was found to name an officer or unit and left for the integrity route."""

    KIND = "tip.held"
    CLASSIFICATION = Classification.RESTRICTED
    integrity_id: UUID


class TipWithdrawn(TipEvent):
    """The record is withdrawn from the feeds that carried it. It says nothing of why."""

    KIND = "tip.withdrawn"
