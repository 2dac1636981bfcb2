"""Whatever happens in a case, everything of it is drawn, inside the picture, and no words are written over others."""

import re
from datetime import UTC, datetime, timedelta
from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from services.console.look.drawing import texts_of
from services.console.timeline.days import vietnam
from services.console.timeline.figures import Carry, Figures, Holding, Lane, Link, Mark, Shape, Span, Tie
from services.console.timeline.layout import laid_out
from services.console.timeline.scale import GAP, HEAD, LEFT, WIDTH
from services.console.timeline.svg import svg
from services.console.timeline.window import Window, Zoom, window

NOW = datetime(2026, 11, 23, 7, 32, tzinfo=UTC)
LANES = ("a", "b", "c")
TEXT = st.text(max_size=24)
lanes = st.sampled_from(LANES)
instants = st.integers(-60 * 24 * 60, 20 * 24 * 60).map(lambda minutes: NOW + timedelta(minutes=minutes))
marks = st.lists(st.builds(Mark, TEXT, instants, lanes, st.sampled_from(list(Shape)), TEXT), max_size=60)
links = st.lists(
    st.builds(Link, instants, lanes, lanes, st.sampled_from(list(Carry)), st.none() | instants), max_size=12
)
spans = st.lists(st.builds(Span, lanes, instants, st.none() | instants, st.sampled_from(list(Holding))), max_size=6)
ties = st.lists(st.builds(Tie, instants, st.tuples(lanes, lanes)), max_size=4)
figures = st.builds(
    Figures, st.just([Lane(one, "hq", one) for one in LANES]), marks=marks, links=links, ties=ties, spans=spans
)
windows = st.sampled_from(list(Zoom))


def shown(drawn: Figures, zoom: Zoom) -> Window:
    return window(zoom, NOW, [mark.at for mark in drawn.marks])


@given(figures, windows)
@settings(max_examples=60, deadline=None)
def test_every_event_of_the_window_is_in_exactly_one_mark(drawn: Figures, zoom: Zoom) -> None:
    held = shown(drawn, zoom)
    layout = laid_out(drawn, held, NOW)

    found = [mark for row in layout.rows for cluster in row.clusters for mark in cluster.marks]
    expected = [mark for mark in drawn.marks if held.holds(mark.at)]
    assert sorted(map(repr, found)) == sorted(map(repr, expected))
    text = svg(drawn, held, NOW, vietnam(held.years()), texts_of("vi"))
    assert sum(map(int, re.findall(r'data-n="(\d+)"', text))) == len(expected)
    assert zoom is not Zoom.ALL or len(expected) == len(drawn.marks)


@given(figures, windows)
@settings(max_examples=60, deadline=None)
def test_lanes_never_overlap_and_labels_never_touch(drawn: Figures, zoom: Zoom) -> None:
    layout = laid_out(drawn, shown(drawn, zoom), NOW)

    assert layout.rows[0].top == HEAD
    for upper, lower in zip(layout.rows, layout.rows[1:], strict=False):
        assert upper.bottom == lower.top
    for row in layout.rows:
        for one, other in combinations(list(row.labels), 2):
            apart = one.row != other.row or one.left >= other.right + GAP or other.left >= one.right + GAP
            assert apart, (one, other)
        assert all(row.base + 22 + 17 * label.row < row.bottom for label in row.labels)
        assert all(label.left > LEFT and label.right < WIDTH for label in row.labels)


@given(figures, windows)
@settings(max_examples=60, deadline=None)
def test_nothing_is_drawn_outside_the_picture(drawn: Figures, zoom: Zoom) -> None:
    held = shown(drawn, zoom)
    tree = ET.fromstring(svg(drawn, held, NOW, vietnam(held.years()), texts_of("en")))  # noqa: S314 - our own text
    height = float(tree.attrib["viewBox"].split()[3])

    assert tree.tag == "svg"
    for element in tree.iter():
        if element.tag in {"pattern", "defs", "title"} or element.attrib.get("width") == "7":
            continue
        x, y = (float(element.attrib.get(one, element.attrib.get(f"c{one}", 0))) for one in "xy")
        size = [float(element.attrib.get(one, 0)) for one in ("width", "height", "r")]
        assert 0 <= x - size[2] <= x + size[0] + size[2] <= WIDTH, element.attrib
        assert 0 <= y - size[2] <= y + size[1] + size[2] <= height, element.attrib
        for ax, ay in _absolute(element.attrib.get("d", "")):
            assert 0 <= ax <= WIDTH, element.attrib
            assert 0 <= ay <= height, element.attrib


def _absolute(steps: str) -> list[tuple[float, float]]:
    """The points of a path that are given in absolute numbers."""
    found: list[tuple[float, float]] = []
    for letter, numbers in re.findall(r"([A-Za-z])([^A-Za-z]*)", steps):
        values = [float(one) for one in numbers.split()]
        if letter in "MC":
            found += zip(values[::2], values[1::2], strict=True)
        elif letter in "HV":
            found.append((values[0], 0.0) if letter == "H" else (0.0, values[0]))
    return found
