"""Cuts an event to what one viewer may see. Pure: the same event and view always give the same cut."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from schemas.envelope import Envelope, Event
from schemas.events.tip import TipEvent, TipNo
from schemas.facts import Code, Fact, FullOnly, ShortText, UnitCode
from schemas.messages import EventData, schema_urn
from schemas.views import View

INSIDE = ("sequence", "partitionkey", "correlationid", "causationid", "traceparent")
"""Envelope attributes that stay on internal topics: they would tell a viewer of events it may not know."""

FULL_ATTRIBUTES = ("dataref", "datarefhash")
"""Envelope attributes that are content, or lead to it: of them `fields` shows nothing."""

TOLD_ATTRIBUTES = ("acttime", "legalbasis")
"""Envelope attributes that tell what happened: a pointer says only that a record exists and whom to contact, and a
status only how far it has come."""

PERSONAL = frozenset({"sealed", "personal", "erased"})


class Pointer(Fact):
    """All that the view `pointer` tells: a record exists, who holds it, whom to contact."""

    record: str
    holder: UnitCode | None = None
    contact: ShortText | None = None


class Status(Fact):
    """All that the view `status` tells: which tip it was, whose, and how far it has come."""

    record: str
    tip_no: TipNo
    desk: UnitCode
    state: Code


def cut(event: Event[EventData], view: View, contact: str | None = None, state: str | None = None) -> Mapping[str, Any]:
    """The JSON-ready `data` that a viewer with this view gets from an opened event.

    `full` keeps everything but the sealed bytes; `fields` leaves out personal values and fields marked `FullOnly`;
    `pointer` keeps the holder and the contact given by the caller, `status` a tip's number, desk and the state given.
    Raises ValueError for the view `none`, which has no cut (an event that a unit may not see is not sent to it at all),
    and for a status of what is no tip or without a state.
    """
    if view is View.FULL:
        return event.data.model_dump(mode="json", exclude={"sealed"}, exclude_none=True)
    if view is View.FIELDS:
        return event.data.model_dump(mode="json", exclude=hidden_from_fields(type(event.data)), exclude_none=True)
    if view is View.POINTER:
        return Pointer(record=event.data.record(), holder=event.data.holder, contact=contact).model_dump(mode="json")
    if view is View.STATUS:
        return _status(event.data, state)
    message = "the view `none` has no cut: leave the event out"
    raise ValueError(message)


def _status(data: EventData, state: str | None) -> Mapping[str, Any]:
    if not isinstance(data, TipEvent) or state is None:
        message = f"{data.KIND} has no status here: only a tip whose state is known has one"
        raise ValueError(message)
    return Status(record=data.record(), tip_no=data.tip_no, desk=data.desk, state=state).model_dump(mode="json")


def outward(envelope: Envelope, view: View, dataschema: str, feednumber: int, casenumber: int | None) -> Envelope:
    """The envelope as a feed shows it to this view: its inside attributes dropped, its numbers in this feed set."""
    dropped = dict.fromkeys(_left_out(view))
    numbers = {"dataschema": dataschema, "feednumber": feednumber, "casenumber": casenumber}
    return envelope.model_copy(update={**dropped, **numbers})


def _left_out(view: View) -> tuple[str, ...]:
    if view is View.FULL:
        return INSIDE
    return (*INSIDE, *FULL_ATTRIBUTES) if view is View.FIELDS else (*INSIDE, *FULL_ATTRIBUTES, *TOLD_ATTRIBUTES)


def schema_name(data: type[EventData], view: View) -> str:
    """The `dataschema` of one type under one view; every pointer has the same one."""
    if view is View.POINTER:
        return "urn:phoihop:schema:pointer:1.0:pointer"
    return schema_urn(data, view)


@cache
def hidden_from_fields(model: type[BaseModel]) -> dict[str, Any]:
    """The `exclude` of `model_dump` that leaves what the view `fields` shows, found by the `FullOnly` marks."""
    return {name: found for name, info in model.model_fields.items() if (found := _hidden(name, info))}


def _hidden(name: str, info: FieldInfo) -> Any:
    if name in PERSONAL or any(isinstance(mark, FullOnly) for mark in info.metadata):
        return True
    nested = _model_in(info.annotation)
    if nested is None:
        return None
    inner = hidden_from_fields(nested)
    if not inner:
        return None
    return {"__all__": inner} if _is_tuple(info.annotation) else inner


def _is_tuple(annotation: Any) -> bool:
    return getattr(annotation, "__origin__", None) is tuple


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        if (found := _model_in(argument)) is not None:
            return found
    return None
