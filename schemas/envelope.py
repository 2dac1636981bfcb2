"""The CloudEvents 1.0 envelope with the extensions that every message carries."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from schemas.classification import Classification, DataCategory, Secrecy
from schemas.facts import PersonalFacts
from schemas.views import View

MAX_EVENT_BYTES = 64 * 1024
"""An event is at most this large; more goes by `dataref` with its SHA-256."""

EventId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,128}$")]
Source = Annotated[str, StringConstraints(pattern=r"^/units/[a-z0-9][a-z0-9-]{0,47}/[a-z0-9-]{1,48}$")]
TypeName = Annotated[str, StringConstraints(pattern=r"^vn\.phoihop\.[a-z_]+(\.[a-z_]+)*\.v[1-9]\d*$")]


class Envelope(BaseModel):
    """Attributes of one event. Instants are aware; ids of our own events are uuidv7 in canonical text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: EventId
    source: Source
    type: TypeName
    time: AwareDatetime
    subject: Annotated[str, StringConstraints(max_length=128)] | None = None
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    dataref: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,2000}$")] | None = None
    datarefhash: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None
    sequence: Annotated[int, Field(ge=1)] | None = None
    partitionkey: Annotated[str, StringConstraints(max_length=128)] | None = None
    correlationid: EventId | None = None
    causationid: EventId | None = None
    traceparent: Annotated[str, StringConstraints(max_length=128)] | None = None
    acttime: AwareDatetime | None = None
    recordedtime: AwareDatetime | None = None
    dataclassification: Classification = Classification.INTERNAL
    datacategory: DataCategory = DataCategory.NONE
    legalbasis: Annotated[str, StringConstraints(max_length=300)] | None = None
    corrects: EventId | None = None
    secrecy: Secrecy | None = None
    feednumber: Annotated[int, Field(ge=1)] | None = None
    casenumber: Annotated[int, Field(ge=1)] | None = None

    @property
    def unit(self) -> str:
        """The unit named in `source`."""
        return self.source.split("/")[2]


class Payload(BaseModel):
    """Base of the `data` of every event and command.

    `sealed` is how the personal part travels (dossier id to base64 block); `personal` is the same part opened.
    An internal topic never carries `personal`; a reader whose key is gone finds the dossier in `erased`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    sealed: dict[UUID, str] = Field(default_factory=dict)
    personal: dict[UUID, PersonalFacts] = Field(default_factory=dict)
    erased: tuple[UUID, ...] = ()


D = TypeVar("D", bound=Payload)
Audience = Mapping[str, View]
"""Unit code (or a relation such as `case:<id>#members`) to the view it has of one event."""


@dataclass(frozen=True, slots=True)
class Carried:
    """The headers and the value of a message as they came: sealed, and with whatever a later version added."""

    headers: tuple[tuple[str, bytes], ...]
    value: bytes


@dataclass(frozen=True, slots=True)
class Event(Generic[D]):
    """An envelope, its data, and who may see it. `audience` travels beside the event, not in it."""

    envelope: Envelope
    data: D
    audience: Audience = field(default_factory=lambda: MappingProxyType({}))
    actor: str | None = None
    """The verified actor of a command as JSON text: from a token, or from the header that the gateway alone writes.

    It travels on inbound topics only.
    """
    carried: Carried | None = field(default=None, compare=False, repr=False)
    """What this event was read from, where it came from a log; opening its personal part leaves it as it came."""
