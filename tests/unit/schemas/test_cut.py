"""What each view shows of an event."""

import json

import pytest

from builders import EXAMPLES, PERSONAL, event, example
from schemas.cut import cut, outward, schema_name
from schemas.events import EVENTS, CaseClaimed, CaseProposed, SignalDetected, TipReceived
from schemas.messages import EventData
from schemas.views import View

SECRETS = [identifier.value for identifier in PERSONAL.identifiers] + [*PERSONAL.names, str(PERSONAL.address)]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.KIND)
def test_fields_show_no_personal_value_and_no_free_text(kind: type[EventData]) -> None:
    shown = json.dumps(cut(event(example(kind)), View.FIELDS), ensure_ascii=False)

    assert not [secret for secret in SECRETS if secret in shown]
    assert "Túi xách da" not in shown
    assert "Kho CFS" not in shown


def test_full_shows_the_opened_personal_part_and_never_the_sealed_bytes() -> None:
    proposed = example(CaseProposed, sealed={next(iter(EXAMPLES[CaseProposed]["personal"])): "AAAA"})

    shown = cut(event(proposed), View.FULL)

    assert "sealed" not in shown
    assert SECRETS[0] in json.dumps(shown)


def test_fields_tell_the_kinds_of_identifiers_without_their_values() -> None:
    shown = cut(event(example(SignalDetected)), View.FIELDS)

    assert shown["facts"]["identifier_kinds"] == ["importer_id", "phone"]


@pytest.mark.parametrize("kind", [CaseProposed, SignalDetected], ids=lambda kind: kind.KIND)
def test_fields_tell_how_many_kinds_of_goods_there_are_and_no_value_of_them(kind: type[EventData]) -> None:
    assert cut(event(example(kind)), View.FIELDS)["facts"]["goods"] == [{}]
    assert cut(event(example(kind)), View.FULL)["facts"]["goods"][0]["value_vnd"] == 900_000


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.KIND)
def test_a_pointer_tells_the_holder_and_the_contact_and_nothing_else(kind: type[EventData]) -> None:
    shown = cut(event(example(kind)), View.POINTER, contact="Phòng nghiệp vụ")

    assert shown.keys() == {"record", "holder", "contact"}
    assert shown["contact"] == "Phòng nghiệp vụ"


def test_nothing_is_cut_for_a_unit_that_may_see_nothing() -> None:
    with pytest.raises(ValueError, match="leave the event out"):
        cut(event(example(CaseClaimed)), View.NONE)


def test_a_feed_envelope_drops_what_would_tell_of_other_events() -> None:
    inside = event(
        example(CaseClaimed), sequence=7, correlationid="c-1", causationid="c-2", traceparent="00-1"
    ).envelope

    shown = outward(inside, View.FULL, schema_name(CaseClaimed, View.FULL), feednumber=41, casenumber=3)

    assert (shown.sequence, shown.partitionkey, shown.correlationid, shown.causationid, shown.traceparent) == (
        None,
    ) * 5
    assert (shown.feednumber, shown.casenumber) == (41, 3)


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        (View.FULL, {"dataref", "datarefhash", "acttime", "legalbasis"}),
        (View.FIELDS, {"acttime", "legalbasis"}),
        (View.STATUS, set()),
        (View.POINTER, set()),
    ],
)
def test_a_narrower_view_is_told_less_by_the_envelope_too(view: View, shown: set[str]) -> None:
    inside = event(
        example(CaseClaimed), legalbasis="98/2020/NĐ-CP", dataref="https://x.invalid/1", datarefhash="0" * 64
    ).envelope

    told = outward(inside, view, schema_name(CaseClaimed, view), feednumber=1, casenumber=1)

    wanted = ("dataref", "datarefhash", "acttime", "legalbasis")
    assert {name for name in wanted if getattr(told, name) is not None} == shown


def test_every_pointer_has_the_same_schema() -> None:
    assert {schema_name(kind, View.POINTER) for kind in EVENTS} == {"urn:phoihop:schema:pointer:1.0:pointer"}


def test_a_status_tells_which_tip_it_was_and_how_far_it_has_come_and_nothing_else() -> None:
    received = example(TipReceived)

    shown = cut(event(received), View.STATUS, "a contact", "forwarded")

    assert shown == {"record": "tip", "tip_no": received.tip_no, "desk": received.desk, "state": "forwarded"}


@pytest.mark.parametrize(("kind", "state"), [(CaseClaimed, "forwarded"), (TipReceived, None)])
def test_there_is_no_status_of_what_is_no_tip_or_of_a_tip_whose_state_is_not_known(
    kind: type[EventData], state: str | None
) -> None:
    with pytest.raises(ValueError, match="only a tip whose state is known"):
        cut(event(example(kind)), View.STATUS, state=state)
