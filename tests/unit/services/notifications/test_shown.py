"""A feed event as its unit gets it, for any view of any type."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from builders import EXAMPLES, NOW, PERSONAL
from bus.wire import encode
from case_builders import numbered
from feed_builders import fact
from schemas import publish
from schemas.cut import Pointer
from schemas.envelope import Event
from schemas.events import EVENTS
from schemas.events.feed import FeedWithdrawn
from schemas.messages import EventData
from schemas.views import View
from services.notifications.model.mention import Mention
from services.notifications.model.row import FeedRow
from services.notifications.model.shown import Shown, show, visible, withdrawn

KINDS = tuple(kind for kind in EVENTS if kind is not FeedWithdrawn)
VIEWS = (View.POINTER, View.FIELDS, View.FULL)
SUBJECT = numbered(7)


def a_row(event: Event[Any], view: View, number: int = 41, case_number: int | None = 3) -> FeedRow:
    message = encode(Event(event.envelope, event.data.model_copy(update={"personal": {}}), event.audience), "feed")
    return FeedRow(
        id=1,
        unit="qltt-79",
        number=number,
        case_number=case_number,
        view=view,
        event_id=event.envelope.id,
        mention=Mention.of(event),
        headers={name: value.decode() for name, value in message.headers},
        payload=message.value,
        created_at=NOW,
    )


def as_shown(kind: type[EventData], view: View, **numbers: Any) -> Shown:
    personal = EXAMPLES[kind].get("personal")
    event = fact(kind, SUBJECT, {"qltt-79": view}, personal=personal)
    return show(a_row(event, view, **numbers), event, visible(event, view, "Phòng nghiệp vụ"))


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.word)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)
def test_both_forms_tell_the_same_and_obey_the_schema_that_they_name(kind: type[EventData], view: View) -> None:
    shown = as_shown(kind, view)
    binary, structured = shown.message("to.qltt-79"), shown.structured()
    schema = publish.closed(
        publish.view_schema(kind, view)
        if view is not View.POINTER
        else {"$schema": publish.DIALECT, **Pointer.model_json_schema(mode="serialization")}
    )

    headers = {name.removeprefix("ce_"): value.decode() for name, value in binary.headers}
    assert headers.pop("content-type") == structured["datacontenttype"]
    assert headers == {
        name: str(value) for name, value in structured.items() if name not in {"data", "datacontenttype"}
    }
    assert json.loads(binary.value) == structured["data"]
    assert binary.key == str(SUBJECT).encode()
    Draft202012Validator(schema).validate(structured["data"])


@given(st.sampled_from(KINDS), st.sampled_from(VIEWS), st.integers(1, 2**62), st.none() | st.integers(1, 2**62))
def test_no_view_but_full_shows_a_personal_value_and_none_what_stays_inside(
    kind: type[EventData], view: View, number: int, case_number: int | None
) -> None:
    shown = as_shown(kind, view, number=number, case_number=case_number)
    told = json.dumps(shown.structured(), ensure_ascii=False) + str(shown.message("to.qltt-79"))

    assert shown.structured()["feednumber"] == number
    assert shown.structured().get("casenumber") == case_number
    assert not [
        word for word in ("sequence", "correlationid", "causationid", "traceparent", "audience") if word in told
    ]
    opened = view is View.FULL and "personal" in EXAMPLES[kind]
    assert (PERSONAL.names[0] in told) == opened


def test_a_row_gives_back_the_event_that_it_keeps() -> None:
    event = fact(KINDS[0], SUBJECT, {"qltt-79": View.FULL})

    assert a_row(event, View.FULL).event() == event


def test_a_placeholder_tells_its_number_and_nothing_of_the_event() -> None:
    event = fact(KINDS[0], SUBJECT, {"qltt-79": View.FULL})
    shown = withdrawn(a_row(event, View.FULL))
    told = json.dumps(shown.structured()) + str(shown.message("to.qltt-79"))

    assert shown.structured()["feednumber"] == 41
    assert shown.structured()["type"] == FeedWithdrawn.type_name()
    assert shown.structured()["data"] == {}
    assert shown.message("to.qltt-79").value == b"{}"
    assert not [word for word in (str(SUBJECT), event.envelope.id, event.envelope.type, "casenumber") if word in told]
