"""Where everything stands. Heights depend on labels, labels on curves, curves on heights: laid out until it settles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.console.timeline.clusters import Cluster, clustered
from services.console.timeline.curves import Curve, curve, drawn_links
from services.console.timeline.figures import Carry, Figures, Lane, Link, Tie
from services.console.timeline.labels import Ink, Label, labelled
from services.console.timeline.scale import BASE, HEAD, Scale, lane_height
from services.console.timeline.window import Window

_PASSES, _GROWING = 6, 3
_STEP, _FOOT = 6.0, 2.0
_CURVE_WEIGHT, _CROSS_WEIGHT, _CROSS_MARGIN = 2, 30, 8.0


@dataclass(frozen=True, slots=True)
class Row:
    """One lane where it stands."""

    lane: Lane
    top: float
    height: float
    clusters: Sequence[Cluster]
    labels: Sequence[Label]

    @property
    def base(self) -> float:
        """The line on which its marks stand."""
        return self.top + BASE

    @property
    def bottom(self) -> float:
        """Where the next lane begins."""
        return self.top + self.height


@dataclass(frozen=True, slots=True)
class Layout:
    """Everything in its place, in user units; `now` is None where the window does not hold it."""

    scale: Scale
    rows: Sequence[Row]
    curves: Sequence[Curve]
    ties: Sequence[Tie]
    now: float | None

    @property
    def height(self) -> float:
        """How high the picture is."""
        return (self.rows[-1].bottom if self.rows else HEAD + lane_height(1)) + _FOOT

    def base(self, lane: str) -> float:
        """The line of a lane."""
        return next(row.base for row in self.rows if row.lane.id == lane)


def laid_out(figures: Figures, window: Window, now: datetime) -> Layout:
    """The figures within a window, at a moment."""
    scale = Scale(window)
    ground = _Ground(
        lanes=figures.lanes,
        marks=clustered(figures.marks, [lane.id for lane in figures.lanes], scale),
        links=drawn_links(list(figures.links), scale),
        ties=[tie for tie in figures.ties if window.holds(tie.at)],
        scale=scale,
        now=scale.x(now) if window.holds(now) else None,
    )
    counts = {lane.id: 1 for lane in figures.lanes}
    labels = ground.labels(counts)
    for number in range(_PASSES):
        needed = {lane: max((label.row + 1 for label in found), default=1) for lane, found in labels.items()}
        if needed == counts:
            break
        growing = number >= _PASSES - _GROWING
        counts = {lane: max(rows, counts[lane]) if growing else rows for lane, rows in needed.items()}
        # The last labels are those that the last heights were made for.
        labels = ground.labels(counts) if number < _PASSES - 1 else labels
    return ground.layout(counts, labels)


@dataclass(frozen=True, slots=True)
class _Ground:
    """What does not depend on heights."""

    lanes: Sequence[Lane]
    marks: Mapping[str, Sequence[Cluster]]
    links: Sequence[Link]
    ties: Sequence[Tie]
    scale: Scale
    now: float | None

    def labels(self, counts: Mapping[str, int]) -> dict[str, list[Label]]:
        """The labels of each lane, where lanes have room for so many rows."""
        placed = self.layout(counts, {})
        ink = [*_line(self.now, HEAD, placed.height, 1)]
        for tie in self.ties:
            upper, lower = sorted(placed.base(lane) for lane in tie.between)
            ink += _line(self.scale.x(tie.at), upper, lower, 2)
        for one in placed.curves:
            ink += [Ink(x, y, _CURVE_WEIGHT) for x, y in one.points()]
            ink += [Ink(*one.middle, _CROSS_WEIGHT, _CROSS_MARGIN)] if one.link.carry is Carry.RETURNED else []
        return {row.lane.id: labelled(row.clusters, row.base, ink) for row in placed.rows}

    def layout(self, counts: Mapping[str, int], labels: Mapping[str, Sequence[Label]]) -> Layout:
        """Everything where it stands with so many rows of labels in each lane."""
        rows, top = [], HEAD
        for lane in self.lanes:
            rows.append(Row(lane, top, lane_height(counts[lane.id]), self.marks[lane.id], labels.get(lane.id, ())))
            top = rows[-1].bottom
        bases = {row.lane.id: row.base for row in rows}
        curves = [curve(link, self.scale, bases) for link in self.links]
        return Layout(self.scale, rows, curves, self.ties, self.now)


def _line(x: float | None, top: float, bottom: float, weight: int) -> list[Ink]:
    if x is None:
        return []
    return [Ink(x, top + _STEP * number, weight) for number in range(int((bottom - top) // _STEP) + 1)]
