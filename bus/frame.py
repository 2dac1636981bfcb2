"""Reading a message: envelope first, data only where somebody wants it."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from bus.errors import Undecodable, UnknownMajor, UnknownType
from bus.message import Headers, Message, Trust
from schemas.envelope import MAX_EVENT_BYTES, Audience, Carried, Envelope, Event
from schemas.messages import Message as Model
from schemas.types import MESSAGES, family
from schemas.views import View

STRUCTURED = "application/cloudevents"
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""U+0000 as JSON escapes it; PostgreSQL keeps it in no text."""
_NOBODY: Audience = MappingProxyType({})
_ATTRIBUTES = {f"ce_{name}": name for name in Envelope.model_fields if name != "datacontenttype"}
_ATTRIBUTES["content-type"] = "datacontenttype"
_OURS = frozenset({"audience"})
_FAMILIES = frozenset(family(name) for name in MESSAGES)


@dataclass(slots=True)
class Frame:
    """An event whose envelope is read and whose data is not: enough to route, to order and to skip.

    From a log of record, `aggregate` is the subject as an id, and `sequence` its place in that aggregate's order.
    """

    envelope: Envelope
    data: bytes
    audience: Audience = field(default_factory=lambda: _NOBODY)
    actor: str | None = None
    aggregate: UUID | None = None
    sequence: int = 0
    carried: Carried | None = None

    def model(self) -> Model:
        """The class of the data. Raises `UnknownMajor` if only another major version is known, else `UnknownType`."""
        name = self.envelope.type
        found = MESSAGES.get(name)
        if found is not None:
            return found
        if family(name) in _FAMILIES:
            raise UnknownMajor(name)
        raise UnknownType(name)

    def event(self) -> Event[Any]:
        """The whole event. Raises what `model` raises, and `Undecodable` naming the field of `data` that is wrong."""
        try:
            data = self.model().model_validate_json(self.data)
        except ValidationError as error:
            raise _undecodable(error, "data") from None
        return Event(self.envelope, data, self.audience, self.actor, self.carried)


def frame(message: Message, trust: Trust = Trust.LOG) -> Frame:
    """The envelope of a message and its data unread. Raises `Undecodable`; an unknown type is no error here."""
    if len(message.value) > MAX_EVENT_BYTES:
        raise Undecodable(f"larger than {MAX_EVENT_BYTES} bytes: send more by dataref")
    if b"\\u0000" in message.value and _NUL.search(message.value):
        raise Undecodable("the character U+0000 cannot be kept: leave it out", "data")
    attributes, beside = _headers(message.headers)
    data = message.value
    if attributes.get("datacontenttype", "").lower().startswith(STRUCTURED):
        attributes, data = _structured(attributes["datacontenttype"], message.value)
    attributes["datacontenttype"] = _media_type(attributes.get("datacontenttype"))
    try:
        envelope = Envelope.model_validate(attributes)
    except ValidationError as error:
        raise _undecodable(error) from None
    if trust is Trust.LOG:
        found = _of_the_log(envelope, data, message.key, beside.get("audience", b"{}"))
        # Not a structured one, whose value holds all of it, nor one with headers that we did not write.
        if data is message.value and beside.keys() <= _OURS:
            found.carried = Carried(message.headers, data)
        return found
    return Frame(envelope, data, actor=_actor(beside)) if trust is Trust.INBOUND else Frame(envelope, data)


def _headers(headers: Headers) -> tuple[dict[str, Any], dict[str, bytes]]:
    attributes: dict[str, Any] = {}
    beside: dict[str, bytes] = {}
    try:
        for name, value in headers:
            attribute = _ATTRIBUTES.get(name) or _ATTRIBUTES.get(name.lower())
            if attribute is None:
                beside[name] = value
            else:
                attributes[attribute] = value.decode()
    except (UnicodeDecodeError, AttributeError) as error:
        # Kafka's headers may be null, whatever the type says: it is not worth a look at each of them.
        raise Undecodable(f"header {name} is not UTF-8 text", attribute) from error
    if "\0" in "".join(attributes.values()):
        wrong = next(attribute for attribute, text in attributes.items() if "\0" in text)
        raise Undecodable(f"header ce_{wrong} holds the character U+0000", wrong)
    return attributes, beside


def _structured(content_type: str, value: bytes) -> tuple[dict[str, Any], bytes]:
    if _media_type(content_type) != f"{STRUCTURED}+json":
        raise Undecodable(f"content-type must be {STRUCTURED}+json, one event a message", "content-type")
    try:
        attributes = from_json(value)
    except ValueError as error:
        raise Undecodable("the value is not JSON") from error
    if not isinstance(attributes, dict):
        raise Undecodable("the value must be one JSON object")
    if "data_base64" in attributes:
        return attributes, _base64(attributes.pop("data_base64"))
    if "data" not in attributes:
        raise Undecodable("data is missing", "data")
    return attributes, to_json(attributes.pop("data"))


def _base64(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise Undecodable("data_base64 is not base64", "data_base64") from error


def _media_type(content_type: Any) -> Any:
    if content_type is None or content_type == "application/json":
        return "application/json"
    return content_type.partition(";")[0].strip().lower() if isinstance(content_type, str) else content_type


def _undecodable(error: ValidationError, root: str | None = None) -> Undecodable:
    """The first complaint, without the value that was complained of: it may be personal.

    Raise it `from None`, or a traceback would show that value after all.
    """
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in (*((root,) if root else ()), *first["loc"]))
    return Undecodable(f"{field}: {first['msg']}", field)


def _of_the_log(envelope: Envelope, data: bytes, key: bytes | None, audience: bytes) -> Frame:
    """On the log of record the subject is an id, the key is its text, and the place in its order is told."""
    subject = envelope.subject or ""
    aggregate = _id(subject)
    if aggregate is None:
        raise Undecodable("subject must be the aggregate's id in canonical text", "subject")
    if envelope.sequence is None:
        raise Undecodable("sequence is missing", "sequence")
    if key != subject.encode():
        raise Undecodable("the key must be the subject", "subject")
    return Frame(envelope, data, _audience(audience), aggregate=aggregate, sequence=envelope.sequence)


@lru_cache(maxsize=16_384)
def _id(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


@lru_cache(maxsize=4_096)
def _audience(header: bytes) -> Audience:
    try:
        return MappingProxyType({unit: View.granted(word) for unit, word in from_json(header).items()})
    except (AttributeError, TypeError, ValueError) as error:
        raise Undecodable("header audience must be a JSON object of views", "audience") from error


def _actor(beside: Mapping[str, bytes]) -> str:
    try:
        return beside["actor"].decode()
    except (AttributeError, KeyError, UnicodeDecodeError) as error:
        raise Undecodable("header actor is missing: only the gateway writes here", "actor") from error
