"""A home with nothing in it: the check counts every event from the first, so the demo begins anew each time."""

import shutil

from infra.stack.home import Home
from infra.stack.provider import Stack

MARK = "demo"
_LEFT_BY_PROGRAMS = ("adapters", "logs")
"""What the stack does not know of: how far the adapters had read, and the logs of the last run."""


class HomeInUseError(Exception):
    """The home holds data that the demo did not make."""

    def __init__(self, home: Home) -> None:
        super().__init__(
            f"{home.root} holds data of `phoihop up`, which the demo would delete: "
            "pass --reset to delete it, or choose another home with PHOIHOP_HOME"
        )


def begin(home: Home, stack: Stack, *, reset: bool) -> None:
    """Empty the home and mark it as the demo's; raises HomeInUseError unless `reset` or the demo made it."""
    mark = home.root / MARK
    if home.info.exists() and not mark.exists() and not reset:
        raise HomeInUseError(home)
    stack.reset(home)
    for left in _LEFT_BY_PROGRAMS:
        shutil.rmtree(home.root / left, ignore_errors=True)
    home.root.mkdir(parents=True, exist_ok=True)
    mark.write_text("made by `phoihop demo`, which starts over each time\n", "utf-8")
