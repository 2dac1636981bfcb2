"""The drawing of the design's sample, and figures of any shape, for tests of the timeline."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

from services.console.look.drawing import texts_of
from services.console.timeline.days import Calendar
from services.console.timeline.figures import Carry, Figures, Holding, Lane, Link, Mark, Shape, Span, Tie
from services.console.timeline.svg import svg
from services.console.timeline.window import Window
from services.runtime.language import Language

DRAWINGS = Path(__file__).parent / "unit/services/console/timeline/drawings"
"""Drawings as they were looked at and found good, and the design's input to some of them."""
SAMPLE: dict[str, Any] = json.loads((DRAWINGS / "sample.json").read_text(encoding="utf-8"))
CALENDAR = Calendar(
    frozenset(map(date.fromisoformat, SAMPLE["calendar"]["holidays"])),
    frozenset(map(date.fromisoformat, SAMPLE["calendar"]["working_saturdays"])),
)
AT = datetime.fromisoformat(SAMPLE["now"])


def sample(language: Language) -> Figures:
    """The figures of the design's case."""
    return Figures(
        lanes=[Lane(one["id"], one["id"], one["name"][language], one["second"][language]) for one in SAMPLE["lanes"]],
        marks=[
            Mark(str(one["id"]), _at(one["at"]), one["lane"], Shape(one["kind"]), one["label"][language])
            for one in SAMPLE["events"]
        ],
        links=[
            Link(_at(one["at"]), one["from"], one["to"], Carry(one["kind"]), one["lands"] and _at(one["lands"]))
            for one in SAMPLE["links"]
        ],
        ties=[Tie(_at(one["at"]), tuple(one["between"])) for one in SAMPLE["ties"]],
        spans=[
            Span(one["lane"], _at(one["start"]), one["end"] and _at(one["end"]), Holding(one["kind"]))
            for one in SAMPLE["spans"]
        ],
    )


def sample_window(zoom: str) -> Window:
    """A window of the design's pictures: week, month or all."""
    start, end = SAMPLE["windows"][zoom]
    return Window(_at(start), _at(end))


def drawing(zoom: str, language: Language) -> str:
    """The sample as the product draws it."""
    return svg(sample(language), sample_window(zoom), AT, CALENDAR, texts_of(language))


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)
