"""When a relay saves: once a second under load, at once when it grows quiet, and often enough to keep its lease."""

from dataclasses import replace

import pytest

from bus.cursor import Cursor
from bus.pace import Holding, Pace

PACE = Pace(save=1.0, lease=6.0)
CLEAN = Holding(epoch=1, cursor=Cursor(5), saved=Cursor(5), saved_at=100.0)
DIRTY = replace(CLEAN, cursor=Cursor(9))


@pytest.mark.parametrize(
    ("holding", "after", "idle", "due"),
    [
        (DIRTY, 0.0, True, True),
        (DIRTY, 0.9, False, False),
        (DIRTY, 1.0, False, True),
        (replace(DIRTY, quiet=False), 0.5, True, False),
        (replace(DIRTY, quiet=False), 1.0, True, True),
        (CLEAN, 1.9, True, False),
        (CLEAN, 2.0, True, True),
    ],
    ids=[
        "quiet: at once",
        "under load: not yet",
        "under load: once a second",
        "between two wakes: not yet",
        "between two wakes: once a second",
        "nothing new: not",
        "nothing new: a third of the lease has passed",
    ],
)
def test_when_a_save_is_due(holding: Holding, after: float, *, idle: bool, due: bool) -> None:
    assert holding.save_due(PACE, 100.0 + after, idle=idle) is due


def test_a_gap_without_a_fence_is_saved_again_though_nothing_else_changed() -> None:
    taken = Cursor.resumed(5, [3])

    assert replace(CLEAN, cursor=taken, saved=taken).save_due(PACE, 100.0, idle=True)
