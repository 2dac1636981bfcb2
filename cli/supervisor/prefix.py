"""Log lines of many programs in one terminal, each under its program's name."""

from typing import TextIO

from cli.supervisor.child import Say

_COLOURS = (36, 33, 32, 35, 34, 31, 96, 93, 92, 95)
_WIDTH = 15


def prefixed(out: TextIO) -> Say:
    """A listener that writes each line behind its program's name, in a colour of its own on a terminal."""
    colours: dict[str, int] = {}

    def say(name: str, line: str) -> None:
        colour = colours.setdefault(name, _COLOURS[len(colours) % len(_COLOURS)])
        head = f"{name:<{_WIDTH}} |"
        out.write(f"\x1b[{colour}m{head}\x1b[0m {line}\n" if out.isatty() else f"{head} {line}\n")
        out.flush()

    return say
