"""The committed schemas are those of the code, compatible with the baseline, and true of what is sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsoncompat import check_compat
from jsonschema import Draft202012Validator

from builders import event, example
from schemas import publish
from schemas.cut import cut, schema_name
from schemas.events import EVENTS, CaseClaimed, TipReceived
from schemas.messages import EventData
from schemas.views import View

BASELINE = Path(publish.__file__).parent / "baseline"
WIDTHS = (View.FULL, View.FIELDS)


def breaks(old: Path, new: dict[str, Any]) -> list[str]:
    """Paths of the old schemas that the new ones no longer read."""
    return sorted(
        path
        for file in old.rglob("*.json")
        if (path := str(file.relative_to(old)))
        if path not in new or not still_read(json.loads(file.read_text("utf-8")), new[path])
    )


def still_read(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether whatever was valid under the old schema is valid under the new one. `$id` is a name, not a rule."""
    plain = [json.dumps({key: value for key, value in schema.items() if key != "$id"}) for schema in (old, new)]
    return check_compat(plain[0], plain[1], "deserializer")


def test_the_committed_schemas_have_not_drifted_from_the_code() -> None:
    assert publish.drift(publish.PUBLISHED) == []


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.KIND)
@pytest.mark.parametrize("view", [*WIDTHS, View.POINTER], ids=lambda view: view.word)
def test_what_an_event_names_as_its_schema_is_published_under_that_name(kind: type[EventData], view: View) -> None:
    published = {json.loads(file.read_text("utf-8"))["$id"] for file in publish.PUBLISHED.rglob("*.json")}

    assert schema_name(kind, view) in published


def test_what_a_forwarded_tip_still_tells_its_desk_is_published_and_true() -> None:
    found = publish.PUBLISHED / TipReceived.type_name() / "1.0/status.json"
    schema = json.loads(found.read_text("utf-8"))

    assert schema["$id"] == schema_name(TipReceived, View.STATUS)
    Draft202012Validator(schema).validate(dict(cut(event(example(TipReceived)), View.STATUS, state="forwarded")))


def test_a_changed_missing_or_left_over_file_is_named_as_drift(tmp_path: Path) -> None:
    publish.write(tmp_path)
    names = sorted(str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*.json"))
    (tmp_path / names[0]).write_text("{}", "utf-8")
    (tmp_path / names[1]).unlink()
    (tmp_path / "left.json").write_text("{}", "utf-8")

    assert publish.drift(tmp_path) == sorted(["left.json", names[0], names[1]])


def test_every_schema_of_the_baseline_can_still_be_read() -> None:
    assert list(BASELINE.rglob("*.json")), "the baseline is empty: copy schemas/published to schemas/baseline"
    assert breaks(BASELINE, dict(publish.every_schema())) == []


def test_a_planted_break_is_caught_and_named() -> None:
    planted = dict(publish.every_schema())
    path = f"{CaseClaimed.type_name()}/1.0/full.json"
    planted[path] = json.loads(json.dumps(planted[path]))
    planted[path]["properties"]["witness"] = {"type": "string"}
    planted[path]["required"].append("witness")

    assert breaks(BASELINE, planted) == [path]


def test_a_removed_type_is_caught_and_named() -> None:
    planted = dict(publish.every_schema())
    path = f"{CaseClaimed.type_name()}/1.0/fields.json"
    del planted[path]

    assert breaks(BASELINE, planted) == [path]


def test_an_optional_field_may_be_added() -> None:
    widened = dict(publish.every_schema())
    path = f"{CaseClaimed.type_name()}/1.0/full.json"
    widened[path] = json.loads(json.dumps(widened[path]))
    widened[path]["properties"]["witness"] = {"type": "string"}

    assert breaks(BASELINE, widened) == []


@pytest.mark.parametrize("view", WIDTHS, ids=lambda view: view.word)
@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.KIND)
def test_what_a_view_sends_is_valid_under_its_own_closed_schema(kind: type[EventData], view: View) -> None:
    schema = publish.closed(publish.view_schema(kind, view))

    Draft202012Validator(schema).validate(dict(cut(event(example(kind)), view)))


def test_a_reader_of_the_open_schema_tolerates_an_unknown_field() -> None:
    schema = publish.opened(publish.view_schema(CaseClaimed, View.FULL))

    Draft202012Validator(schema).validate({**cut(event(example(CaseClaimed)), View.FULL), "later": "field"})
