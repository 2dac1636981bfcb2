"""Marks that stand too close to be told apart are drawn as one, with their number: nothing is ever left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.console.timeline.figures import Mark, Shape
from services.console.timeline.scale import NEAR, Scale


@dataclass(frozen=True, slots=True)
class Cluster:
    """One or more marks of a lane, oldest first; `x` is where the first stands."""

    x: float
    marks: tuple[Mark, ...]

    @property
    def face(self) -> Mark:
        """The mark that gives shape and label: the best rank, the latest among equals."""
        return min(reversed(self.marks), key=lambda mark: mark.shape.rank)

    @property
    def shape(self) -> Shape:
        """What is drawn."""
        return self.face.shape

    @property
    def label(self) -> str:
        """The words beside it, with how many more there are; empty where the face has none."""
        more = len(self.marks) - 1
        return f"{self.face.label} +{more}" if self.face.label and more else self.face.label


def clusters(marks: Iterable[Mark], scale: Scale) -> list[Cluster]:
    """The marks of one lane that the window holds, from left to right."""
    inside = sorted((mark for mark in marks if scale.window.holds(mark.at)), key=lambda mark: (mark.at, mark.id))
    found: list[Cluster] = []
    group: list[Mark] = []
    for mark in inside:
        if group and scale.x(mark.at) - scale.x(group[0].at) >= NEAR:
            found.append(_cluster(group, scale))
            group = []
        group.append(mark)
    return [*found, _cluster(group, scale)] if group else found


def _cluster(group: Sequence[Mark], scale: Scale) -> Cluster:
    return Cluster(scale.x(group[0].at), tuple(group))
