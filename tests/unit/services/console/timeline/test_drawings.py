"""The picture is the design's, byte for byte as it was looked at; renewed with UPDATE_DRAWINGS=1."""

import os
import re
from datetime import timedelta

import pytest

from services.console.look.drawing import texts_of
from services.console.timeline.figures import Figures, Lane
from services.console.timeline.svg import svg
from services.console.timeline.window import Window
from services.runtime.language import Language
from timeline_builders import AT, CALENDAR, DRAWINGS, drawing, sample, sample_window

LANGUAGES: tuple[Language, ...] = ("vi", "en")
ZOOMS = ("week", "month", "all")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("zoom", ZOOMS)
def test_the_sample_is_drawn_as_it_was_found_good(zoom: str, language: Language) -> None:
    kept, drawn = DRAWINGS / f"sample-{zoom}.{language}.svg", drawing(zoom, language)
    if os.environ.get("UPDATE_DRAWINGS"):
        kept.write_text(drawn + "\n", encoding="utf-8")

    assert drawn + "\n" == kept.read_text(encoding="utf-8")


def test_the_same_figures_give_the_same_bytes() -> None:
    assert drawing("month", "vi") == drawing("month", "vi")


def test_the_labels_of_the_month_stand_where_the_design_put_them() -> None:
    drawn = drawing("month", "vi")

    for words, x, y in (
        ("Thụ lý", "278.6", "245"),
        ("Trùng TL-0093", "471.6", "182"),
        ("CA: hạn 27/11", "1128.8", "342"),
    ):
        assert re.search(f'x="{x}" y="{y}" text-anchor="[a-z]+">{words}<', drawn), words
    assert 'viewBox="0 0 1216 502"' in drawn


def test_a_holiday_a_weekend_and_a_worked_saturday_look_different() -> None:
    drawn = drawing("all", "vi")
    # Saturday 22 August 2026 was worked in place of Monday 31 August.
    worked = "207.5"

    assert drawn.count('class="ho"') == 4
    assert drawn.count('class="we"') == 2 * 15 - 1
    assert f'class="we" x="{worked}"' not in drawn


def test_a_window_without_events_keeps_its_lanes() -> None:
    nothing = Window(AT - timedelta(400), AT - timedelta(386))
    drawn = svg(sample("en"), nothing, AT, CALENDAR, texts_of("en"))

    assert drawn.count('class="lane"') == 6
    assert "data-n" not in drawn
    assert 'class="now"' not in drawn


def test_a_case_without_lanes_is_still_a_picture() -> None:
    assert "</svg>" in svg(Figures([]), sample_window("week"), AT, CALENDAR, texts_of("vi"))


def test_a_name_of_any_kind_is_shown_as_text() -> None:
    hostile = "</text><script>alert(1)</script>\x00\u202e\"'&"
    lane = Lane('x"><script>', 'x"><script>', hostile, hostile, hostile)
    drawn = svg(Figures([lane]), sample_window("week"), AT, CALENDAR, texts_of("vi"))

    assert "<script" not in drawn
    assert "\x00" not in drawn
    assert "\u202e" not in drawn
    assert drawn.count("&lt;/text&gt;&lt;script&gt;") == 3
