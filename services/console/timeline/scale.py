"""Where an instant stands, in user units of the drawing. Calendar time: a weekend must be seen to be long."""

from dataclasses import dataclass
from datetime import date, datetime

from services.console.timeline.window import Window, midnight

WIDTH, LEFT, RIGHT = 1216.0, 158.0, 18.0
"""The canvas, the gutter for the names of lanes, and the right pad."""
HEAD, BASE, ROW, MAXROWS, PAD = 54.0, 26.0, 17.0, 3, 12.0
"""The axis; the line of marks below the top of its lane; a row of labels, how many there may be, and the pad below."""
FIRST_LABEL = 22.0
"""How far below the line of marks the first row of labels is written."""
LETTER = 6.7
"""A label is taken to be this wide for each character, at 12 px: generous, for stacked marks."""
NEAR, GAP = 13.0, 10.0
"""Marks nearer than the first are one cluster; two labels are at least the second apart."""


@dataclass(frozen=True, slots=True)
class Scale:
    """The window laid over the canvas."""

    window: Window

    def x(self, instant: datetime) -> float:
        """Where an instant of the window stands; what is before or after it stands at its border."""
        first, last = self.window.start, self.window.end
        share = (instant - first) / (last - first)
        return LEFT + min(max(share, 0.0), 1.0) * (WIDTH - LEFT - RIGHT)

    def of_day(self, day: date) -> float:
        """Where a day begins."""
        return self.x(midnight(day))

    @property
    def day(self) -> float:
        """How wide a day is."""
        return (WIDTH - LEFT - RIGHT) / (self.window.end - self.window.start).days


def lane_height(rows: int) -> float:
    """How high a lane is with so many rows of labels."""
    return BASE + 8 + ROW * rows + PAD


def text_width(text: str) -> float:
    """How wide a label is taken to be."""
    return len(text) * LETTER


def units(value: float) -> str:
    """A number as the drawing writes it: one decimal, and none where it is whole."""
    return f"{value:.1f}".removesuffix(".0")
