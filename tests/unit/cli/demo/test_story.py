"""The story is whole, its forms are such as the desk takes, and nothing in it can be anybody's."""

import re
from datetime import date
from pathlib import Path

import pytest

import reference
from cli.demo.story import StoryTip, chapters, load
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services.intake.forms import DeskForm
from services.routing import RoutingFacts, unknown_codes

STORY = load()
BOOK = ReferenceBook.load(reference.folder())
UNASSIGNED = {
    "phone": r"^(\+84 ?|0)530[ .]?\d{3}[ .]?\d{3}$",  # no operator was given 053
    "account": r"^970999",  # no bank has this number
    "tax_code": r"^0{7}\d{3}$",  # no province is 00
    "citizen_number": r"^000",  # no province is 000
    "plate": r"^\d{2}X-000",
    "waybill": r"0000",
    "site": r"\.example(/|$)",
    "shop": r".",
}


def test_sixty_tips_of_six_scenarios_meet_every_fate() -> None:
    assert len(STORY) == len({tip.key for tip in STORY}) == 60
    assert {tip.scenario for tip in STORY} == {1, 2, 3, 9, 10, 11}
    assert {tip.decision for tip in STORY} == {"forward", "refuse", "advise", "link", "hold", "none"}


@pytest.mark.parametrize("tip", STORY, ids=lambda tip: tip.key)
def test_a_desk_would_take_the_form_as_it_stands(tip: StoryTip) -> None:
    form = DeskForm.model_validate(tip.form())
    day = vietnam_date(form.facts.seen_from) if form.facts.seen_from else date(2026, 11, 24)

    assert unknown_codes(RoutingFacts.of(form.facts), day, BOOK) == ()
    assert BOOK.unit(tip.desk, day).desk
    assert all(BOOK.has_unit(unit, day) for unit in tip.claimants)


@pytest.mark.parametrize("tip", STORY, ids=lambda tip: tip.key)
def test_no_identifier_of_the_story_is_assigned_to_anyone(tip: StoryTip) -> None:
    given = tip.row.get("details", {}).get("identifiers", ())
    informant = tip.row["informant"]

    assert [one for one in given if not re.search(UNASSIGNED[one["kind"]], one["value"])] == []
    assert re.search(UNASSIGNED["phone"], informant.get("phone", "0530 000 000"))
    assert informant.get("email", "a@b.example").endswith(".example")


def test_tips_on_one_subject_are_in_one_chapter() -> None:
    where = {tip.key: number for number, chapter in enumerate(chapters(STORY)) for tip in chapter}
    links = [(tip.key, tip.row["then"]["to"]) for tip in STORY if tip.decision == "link"]

    assert links
    assert all(where[key] == where[to] for key, to in links)


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "story.jsonl"
    broken.write_text('{"key": "t01"}\n{"key":\n', "utf-8")

    with pytest.raises(ValueError, match="line 2"):
        load(broken)
