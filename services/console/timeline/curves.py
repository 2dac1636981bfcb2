"""Hand-overs as curves that leave and land level, so that the eye reads them from left to right."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.console.timeline.figures import Carry, Link
from services.console.timeline.scale import NEAR, WIDTH, Scale

_BEFORE_ANSWER, _UNANSWERED, _TIP, _LEAST = 7.0, 21.0, 3.0, 15.0
_EDGE = 4.0
MOST = 60
"""How many hand-overs one picture has: more would be a thicket."""
SAMPLES = 41
"""At how many points a curve is looked at when labels keep out of its way."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One hand-over, from the line of the giver to that of the taker."""

    link: Link
    x: float
    y: float
    end: float
    down: float

    @property
    def bend(self) -> float:
        """How far the curve stays level at both ends."""
        return max(_LEAST, (self.end - self.x) / 2)

    @property
    def middle(self) -> tuple[float, float]:
        """Where the cross of what was sent back stands."""
        return ((self.x + self.end + _TIP) / 2, (self.y + self.down) / 2)

    def points(self) -> Iterator[tuple[float, float]]:
        """The curve in samples."""
        xs = (self.x, self.x + self.bend, self.end - self.bend, self.end)
        ys = (self.y, self.y, self.down, self.down)
        for number in range(SAMPLES):
            share = number / (SAMPLES - 1)
            yield _bezier(xs, share), _bezier(ys, share)


def drawn_links(links: list[Link], scale: Scale) -> list[Link]:
    """The hand-overs to draw: those of the window between two lanes; of those that would lie on each other the first.

    A hundred signals that reach one unit within an hour are one curve, as their marks are one mark.
    """
    inside = [one for one in links if one.giver != one.taker and scale.window.holds(one.at)]
    inside.sort(key=lambda one: (one.at, one.giver, one.taker, one.carry))
    found = [(scale.x(one.at), one) for one in inside]
    near = NEAR
    while len(found := _apart(found, near)) > MOST and near < WIDTH:
        near *= 1.5
    return [link for _, link in found]


def _apart(links: list[tuple[float, Link]], near: float) -> list[tuple[float, Link]]:
    found: list[tuple[float, Link]] = []
    last: dict[tuple[str, str, Carry], float] = {}
    for x, link in links:
        lane = (link.giver, link.taker, link.carry)
        if x - last.get(lane, -near) >= near:
            last[lane] = x
            found.append((x, link))
    return found


def curve(link: Link, scale: Scale, bases: dict[str, float]) -> Curve:
    """The curve of a hand-over between lines at these heights."""
    x = scale.x(link.at)
    lands = scale.x(link.lands) - _BEFORE_ANSWER if link.lands and scale.window.holds(link.lands) else 0.0
    end = lands if lands > x else x + _UNANSWERED
    return Curve(link, x, bases[link.giver], min(end, WIDTH - _EDGE) - _TIP, bases[link.taker])


def _bezier(points: tuple[float, float, float, float], share: float) -> float:
    a, b, c, d = points
    rest = 1 - share
    return a * rest**3 + 3 * b * rest**2 * share + 3 * c * rest * share**2 + d * share**3
