"""Facts about signals, published by intake on behalf of the agency whose system flagged something."""

from typing import Annotated, ClassVar

from pydantic import AwareDatetime, Field

from schemas.classification import Classification, DataCategory
from schemas.facts import Code, Facts, FullOnly, ShortText, UnitCode
from schemas.messages import EventData


class SignalDetected(EventData):
    """An agency's system flagged a declaration, parcel, listing, livestream or invoice. Its sender alone sees it."""

    KIND = "signal.detected"
    CLASSIFICATION: ClassVar = Classification.CONFIDENTIAL
    CATEGORY = DataCategory.BASIC
    sender: UnitCode
    reference: ShortText
    system: Code
    detected_at: AwareDatetime
    critical: bool = False
    reason: Annotated[ShortText | None, FullOnly()] = None
    facts: Facts = Field(default_factory=Facts)
