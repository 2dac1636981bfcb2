"""Marks and their words as SVG: one group for each cluster, titled with the events in it."""

from collections.abc import Iterator, Sequence

from services.console.timeline.clusters import Cluster
from services.console.timeline.figures import Shape
from services.console.timeline.labels import Label
from services.console.timeline.layout import Row
from services.console.timeline.markup import circle, diamond, escaped, path, rect, text
from services.console.timeline.scale import FIRST_LABEL, ROW, units
from services.console.timeline.texts import Texts, stamp

_TOLD, _FEW = 6, 60
"""How many events a title lists, in a picture of few marks: what is more is only counted."""
_EMPHASISED = {Shape.MISSED: " t-miss", Shape.DUE: " t-due", Shape.OVERLAP: " t-olap"}
_SINGLE, _SEVERAL = 7.0, 9.0
_WIDE = 3
"""Digits from which the count inside a disc needs a wider one."""


def told_by(rows: Sequence[Row]) -> int:
    """How many events the title of a mark lists, in a picture of these lanes: the more marks, the fewer."""
    return _TOLD if sum(len(row.clusters) for row in rows) <= _FEW else 1


def marked(row: Row, texts: Texts, most: int) -> Iterator[str]:
    """The leaders, marks and labels of a lane, in the colour of its group; titles list at most so many events."""
    labels = {label.cluster.x: label for label in row.labels}
    for cluster in row.clusters:
        label = labels.get(cluster.x)
        if label and label.led:
            yield path("lead-line", f"M{units(cluster.x)} {units(row.base + 8)}V{units(_line(row, label) - 12)}")
        words = _words(row, label) if label else ""
        yield f'<g data-n="{len(cluster.marks)}"><title>{escaped(_title(cluster, texts, most))}</title>'
        yield f"{_shape(cluster, row.base)}{words}</g>"


def _title(cluster: Cluster, texts: Texts, most: int) -> str:
    more = len(cluster.marks) - most
    # A title that would leave out one event can as well tell it.
    told = cluster.marks if more <= 1 else cluster.marks[:most]
    words = [f"{stamp(mark.at)} {mark.label}".rstrip() for mark in told]
    return "; ".join(words if more <= 1 else [*words, texts.more(more)])


def _line(row: Row, label: Label) -> float:
    return row.base + FIRST_LABEL + ROW * label.row


def _words(row: Row, label: Label) -> str:
    kind = f"lb{_EMPHASISED.get(label.cluster.shape, '')}"
    return text(kind, label.anchor, _line(row, label), label.cluster.label, "end" if label.ends else "start")


def _shape(cluster: Cluster, y: float) -> str:
    x, shape = cluster.x, cluster.shape
    if shape is Shape.MISSED:
        return diamond("miss", x, y, 9)
    if shape is Shape.DUE:
        return diamond("due", x, y, 8)
    if shape is Shape.OVERLAP:
        return circle("ring", x - 4, y, 7) + circle("ring", x + 4, y, 7)
    if shape is Shape.POINTER:
        return _lock(x, y)
    return _disc(cluster, y)


def _disc(cluster: Cluster, y: float) -> str:
    count = len(cluster.marks)
    if count == 1:
        return circle("f dot", cluster.x, y, _SINGLE)
    digits = len(str(count))
    radius = _SEVERAL if digits < _WIDE else _SEVERAL + 3 * (digits - _WIDE + 1)
    return circle("f dot", cluster.x, y, radius) + text("cl", cluster.x, y + 4, str(count), "middle")


def _lock(x: float, y: float) -> str:
    left, top = units(x - 3.5), units(y - 0.5)
    shackle = f"M{units(x - 2)} {top}v-2a2 2 0 0 1 4 0v2"
    return rect("ptr", x - 8, y - 8, (16, 16), 3) + path("lock", f"M{left} {top}h7v5h-7z{shackle}")
