"""Marks that stand too close to be told apart are drawn as one, with their number: nothing is ever left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.console.timeline.figures import Mark, Shape
from services.console.timeline.scale import NEAR, WIDTH, Scale

MOST = 200
"""How many marks one picture has: more would be neither told apart nor sent in reasonable time."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """One or more marks of a lane, oldest first; `x` is where the first stands.

    `face` is the mark that gives shape and label: of the best rank, the latest among equals.
    """

    x: float
    marks: tuple[Mark, ...]
    face: Mark

    @property
    def shape(self) -> Shape:
        """What is drawn."""
        return self.face.shape

    @property
    def label(self) -> str:
        """The words beside it, with how many more there are; empty where the face has none."""
        more = len(self.marks) - 1
        return f"{self.face.label} +{more}" if self.face.label and more else self.face.label


def clustered(marks: Sequence[Mark], lanes: Iterable[str], scale: Scale) -> dict[str, list[Cluster]]:
    """The marks of each lane that the window holds, from left to right; nearer together where there are very many."""
    inside = sorted((mark for mark in marks if scale.window.holds(mark.at)), key=lambda mark: (mark.at, mark.id))
    of_lane: dict[str, list[tuple[float, Mark]]] = {lane: [] for lane in lanes}
    for mark in inside:
        of_lane[mark.lane].append((scale.x(mark.at), mark))
    near = NEAR
    while True:
        found = {lane: _walked(own, near) for lane, own in of_lane.items()}
        if near >= WIDTH or sum(map(len, found.values())) <= MOST:
            return found
        near *= 1.5


def _walked(marks: Sequence[tuple[float, Mark]], near: float) -> list[Cluster]:
    """A mark that stands nearer than `near` to the first of a group joins it."""
    found: list[Cluster] = []
    group: list[tuple[float, Mark]] = []
    for x, mark in marks:
        if group and x - group[0][0] >= near:
            found.append(_cluster(group))
            group = []
        group.append((x, mark))
    return [*found, _cluster(group)] if group else found


def _cluster(group: Sequence[tuple[float, Mark]]) -> Cluster:
    marks = tuple(mark for _, mark in group)
    return Cluster(group[0][0], marks, min(reversed(marks), key=lambda mark: mark.shape.rank))
