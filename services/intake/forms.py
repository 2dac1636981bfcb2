"""What is written down when a tip comes in, and the form that intake stores away.

The published language has no command for entering a tip: it is typed by an informant or an operator, and its content
must not travel. `TipEnter` is the form as a command of intake's own, so that it is done once like any other.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from schemas.events.tip import Channel
from schemas.facts import Facts, LongText, PersonalFacts, ShortText, UnitCode
from schemas.messages import CommandData

Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 .()-]{5,23}$", max_length=24)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+$", max_length=254)
]
Nonce = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{16,128}$")]


class Informant(BaseModel):
    """Who reports. It goes to the vault as it stands and nowhere else."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    anonymous: bool = False
    name: ShortText | None = None
    phone: Phone | None = None
    email: Email | None = None
    address: ShortText | None = None
    id_number: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{6,20}$")] | None = None
    organisation: ShortText | None = None
    rights_holder: bool = False
    wants_feedback: bool = False
    consent_to_contact: bool = False
    protection_request: ShortText | None = None

    @model_validator(mode="after")
    def _reachable_if_feedback_is_wanted(self) -> Self:
        reachable = self.phone or self.email or self.address or self.anonymous
        if self.wants_feedback and not reachable:
            message = "feedback needs a phone number, an e-mail address or a postal address; or follow by receipt"
            raise ValueError(message)
        return self


class TipForm(BaseModel):
    """A tip as it is told. Unknown fields are refused: what was typed under a wrong name must not be lost."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: LongText
    informant: Informant = Field(default_factory=Informant)
    facts: Facts = Field(default_factory=Facts)
    details: PersonalFacts | None = None
    names_an_official: bool = False
    named_units: Annotated[tuple[UnitCode, ...], Field(max_length=20)] = ()
    urgent: bool = False
    nonce: Nonce | None = None

    @property
    def concerns_integrity(self) -> bool:
        """It names an officer or a unit, so no desk but the integrity route may have it."""
        return self.names_an_official or bool(self.named_units)


class PublicForm(TipForm):
    """A tip through the web form; channel and time of receipt are the door's to say."""

    channel: Literal[Channel.WEB] = Channel.WEB


class DeskForm(TipForm):
    """A tip that an operator takes down for a caller, a letter or a visitor."""

    channel: Channel
    received_at: AwareDatetime | None = None
    line: ShortText | None = None
    """The telephone line or mailbox by which it came."""
    recording_ref: ShortText | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")] = "vi"


class TipEnter(CommandData):
    """A form on its way to a desk. It never leaves intake's process."""

    KIND = "tip.enter"
    OWNER: ClassVar = "intake"
    form: DeskForm
    desk: UnitCode
    receiver: ShortText | None = None
