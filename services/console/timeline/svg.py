"""The picture: what is painted later covers what was painted before."""

from collections.abc import Iterator
from datetime import datetime

from services.console.timeline.axis import captions, ground
from services.console.timeline.curves import Curve
from services.console.timeline.days import Calendar
from services.console.timeline.figures import Carry, Figures, Holding, Lane
from services.console.timeline.layout import Layout, Row, laid_out
from services.console.timeline.marks import marked, told_by
from services.console.timeline.markup import circle, escaped, path, rect, text
from services.console.timeline.scale import HEAD, LEFT, WIDTH, units
from services.console.timeline.texts import Texts
from services.console.timeline.window import Window

_HATCH = (
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#f1f2ee"/><path d="M0 0V7" stroke="#c5ccc9" stroke-width="2"/></pattern></defs>'
)
_SENT = 28.0
"""A span of silence begins behind the arrow of what was sent."""


def svg(figures: Figures, window: Window, now: datetime, calendar: Calendar, texts: Texts) -> str:
    """The drawing of these figures within a window, as one element of a page."""
    layout = laid_out(figures, window, now)
    hues = {lane.id: lane.hue for lane in figures.lanes}
    head = f'<svg class="tl" viewBox="0 0 {units(WIDTH)} {units(layout.height)}" role="img" aria-labelledby="tl-t">'
    parts = [head, f'<title id="tl-t">{escaped(texts.title)}</title>', _HATCH, *ground(layout, calendar)]
    parts += captions(layout, calendar, now, texts)
    parts += [_heading(row) for row in layout.rows]
    parts.append(path("axis", f"M{units(LEFT)} 24V{units(layout.height)}M0 {units(HEAD)}H{units(WIDTH)}"))
    parts += _spans(figures, layout, now)
    parts += _ties(layout)
    parts += [line for one in layout.curves for line in _hand_over(one, hues[one.link.giver])]
    most = told_by(layout.rows)
    for row in layout.rows:
        parts += [f'<g class="{_hue(row.lane)}">', *marked(row, texts, most), "</g>"]
    return "\n".join([*parts, "</svg>"])


def _hue(lane: Lane) -> str:
    return escaped(f"c-{lane.hue}")


def _heading(row: Row) -> str:
    rule = path("rule", f"M0 {units(row.top)}H{units(WIDTH)}")
    square = rect("f", 14, row.top + 17, (9, 9), 2)
    name = text("lane", 30, row.top + 26, row.lane.name)
    second = text("sub", 30, row.top + 42, row.lane.second) if row.lane.second else ""
    full = f"<title>{escaped(row.lane.full)}</title>" if row.lane.full else ""
    return f'<g class="{_hue(row.lane)}">{full}{rule}{square}{name}{second}</g>'


def _spans(figures: Figures, layout: Layout, now: datetime) -> Iterator[str]:
    hues = {lane.id: lane for lane in figures.lanes}
    for span in figures.spans:
        end = span.end or now
        first, last = layout.scale.x(span.start), layout.scale.x(end)
        if span.holding is Holding.MUTE and layout.scale.window.holds(span.start):
            first += _SENT
        if first < last:
            line = path(f"s {span.holding.value}", f"M{units(first)} {units(layout.base(span.lane))}H{units(last)}")
            yield f'<g class="{_hue(hues[span.lane])}">{line}</g>'


def _ties(layout: Layout) -> Iterator[str]:
    for tie in layout.ties:
        upper, lower = sorted(layout.base(lane) for lane in tie.between)
        yield path("tie", f"M{units(layout.scale.x(tie.at))} {units(upper)}V{units(lower)}")


def _hand_over(one: Curve, hue: str) -> Iterator[str]:
    steps = (
        f"M{units(one.x)} {units(one.y)}C{units(one.x + one.bend)} {units(one.y)} "
        f"{units(one.end - one.bend)} {units(one.down)} {units(one.end)} {units(one.down)}"
    )
    dashed = "" if one.link.carry is Carry.GIVEN else " ask"
    arrow = path("f", f"M{units(one.end - 4)} {units(one.down - 5)}l9 5l-9 5z")
    yield f'<g class="{escaped(f"c-{hue}")}">{path("ho-h", steps)}{path(f"s ho-c{dashed}", steps)}{arrow}</g>'
    if one.link.carry is Carry.RETURNED:
        x, y = one.middle
        yield circle("cross", x, y, 8) + path("cross", f"M{units(x - 3)} {units(y - 3)}l6 6m0 -6l-6 6")
