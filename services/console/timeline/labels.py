"""Where the words beside marks are written: under them, right or left, so that none is read as another's.

A lane is walked from right to left: an earlier event goes a row down, so that the line down to its words never runs
through the words of a later one.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.console.timeline.clusters import Cluster
from services.console.timeline.scale import FIRST_LABEL, GAP, LEFT, MAXROWS, ROW, WIDTH, text_width

_UNDER, _BESIDE, _BEFORE = 5.0, 15.0, 3.0
_ASCENT, _DESCENT = 11.0, 4.0
_INSIDE = (LEFT + 2, WIDTH - 4)


@dataclass(frozen=True, slots=True)
class Ink:
    """A point that a label had better not cover; `weight` says how much it matters, `margin` how near is too near."""

    x: float
    y: float
    weight: int
    margin: float = 0.0


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a row under the line of marks. `ends` is set where they stand left of their mark, written from right."""

    cluster: Cluster
    row: int
    left: float
    right: float
    ends: bool

    @property
    def led(self) -> bool:
        """Whether a line leads down to it."""
        return self.row > 0

    @property
    def anchor(self) -> float:
        """Where the text begins, or ends where it is written from the right."""
        return self.right if self.ends else self.left


def labelled(clusters: Sequence[Cluster], base: float, ink: Sequence[Ink]) -> list[Label]:
    """The labels of a lane whose line of marks is at `base`, left to right; a cluster without room gets none."""
    placed: list[Label] = []
    ground = _Ground.of(ink, base)
    for cluster in reversed(clusters):
        if cluster.label and (best := _best(cluster, placed, clusters, ground)):
            placed.append(best)
    return placed[::-1]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The ink that labels of one lane could touch, from left to right."""

    base: float
    ink: Sequence[Ink]
    xs: Sequence[float]
    reach: float

    @classmethod
    def of(cls, ink: Sequence[Ink], base: float) -> "_Ground":
        reach = max((dot.margin for dot in ink), default=0.0)
        top, bottom = base + FIRST_LABEL - _ASCENT - reach, base + FIRST_LABEL + ROW * (MAXROWS - 1) + _DESCENT + reach
        near = sorted((dot for dot in ink if top <= dot.y <= bottom), key=lambda dot: dot.x)
        return cls(base, near, [dot.x for dot in near], reach)

    def cost(self, one: Label) -> int:
        """How much ink the label would cover."""
        line = self.base + FIRST_LABEL + ROW * one.row
        first, last = bisect_left(self.xs, one.left - self.reach), bisect_right(self.xs, one.right + self.reach)
        return sum(
            dot.weight
            for dot in self.ink[first:last]
            if one.left - dot.margin <= dot.x <= one.right + dot.margin
            and line - _ASCENT - dot.margin <= dot.y <= line + _DESCENT + dot.margin
        )


def _best(cluster: Cluster, placed: Sequence[Label], clusters: Sequence[Cluster], ground: _Ground) -> Label | None:
    """The place that covers the least; among equals the upper row, and in it the first position."""
    best, least = None, 0
    for one in _offers(cluster):
        if not _fits(one, placed, clusters):
            continue
        cost = ground.cost(one)
        if cost == 0:
            return one
        if best is None or cost < least:
            best, least = one, cost
    return best


def _offers(cluster: Cluster) -> Iterator[Label]:
    width = text_width(cluster.label)
    for row in range(MAXROWS):
        under, beside = cluster.x - _UNDER, cluster.x + _BESIDE
        yield Label(cluster, row, under, under + width, ends=False)
        yield Label(cluster, row, beside, beside + width, ends=False)
        yield Label(cluster, row, cluster.x - _BEFORE - width, cluster.x - _BEFORE, ends=True)


def _fits(one: Label, placed: Sequence[Label], clusters: Sequence[Cluster]) -> bool:
    if one.left < _INSIDE[0] or one.right > _INSIDE[1]:
        return False
    if any(other.row == one.row and _touch(one, other) for other in placed):
        return False
    if any(other.row < one.row and _over(other, one.cluster.x) for other in placed):
        return False
    if any(other.row > one.row and _over(one, other.cluster.x) for other in placed):
        return False
    return not any(_between(one, other.x) for other in clusters if other is not one.cluster)


def _touch(one: Label, other: Label) -> bool:
    return one.left < other.right + GAP and other.left < one.right + GAP


def _over(label: Label, x: float) -> bool:
    return label.left - _DESCENT <= x <= label.right + _DESCENT


def _between(one: Label, x: float) -> bool:
    """Whether a marker at `x` would be taken for the one that these words belong to."""
    own = one.cluster.x
    return one.left <= x <= own if one.ends else own < x <= one.left
