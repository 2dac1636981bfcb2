"""Facts of the integrity route. Their topic fans out to nobody but the integrity unit."""

from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field

from schemas.classification import Classification, DataCategory
from schemas.events.tip import Channel, InformantRef, TipNo
from schemas.facts import Facts, FullOnly, ShortText, UnitCode
from schemas.messages import EventData


class IntegrityOpened(EventData):
    """A tip names an officer or a unit; it is held away from them and from their line of command."""

    KIND = "integrity.opened"
    CLASSIFICATION: ClassVar = Classification.RESTRICTED
    CATEGORY = DataCategory.SENSITIVE
    tip_id: UUID
    tip_no: TipNo
    desk: UnitCode
    channel: Channel
    received_at: AwareDatetime
    named_units: tuple[UnitCode, ...] = ()
    held_after: Annotated[ShortText | None, FullOnly()] = None
    informant_ref: Annotated[InformantRef | None, FullOnly()] = None
    facts: Facts = Field(default_factory=Facts)
