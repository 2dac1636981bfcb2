"""SVG elements as text. Whatever people wrote goes through `escaped`, and nothing else writes text into the drawing."""

from html import escape

from services.console.timeline.scale import units


def escaped(text: str) -> str:
    """Text as it may stand between tags or in an attribute; control characters, which XML forbids, are spaces."""
    return escape("".join(letter if letter.isprintable() else " " for letter in text))


def rect(kind: str, x: float, y: float, size: tuple[float, float], rx: float = 0) -> str:
    """A rectangle."""
    rounded = f' rx="{units(rx)}"' if rx else ""
    width, height = size
    return (
        f'<rect class="{kind}" x="{units(x)}" y="{units(y)}" width="{units(width)}" height="{units(height)}"{rounded}/>'
    )


def circle(kind: str, x: float, y: float, radius: float) -> str:
    """A disc or ring."""
    return f'<circle class="{kind}" cx="{units(x)}" cy="{units(y)}" r="{units(radius)}"/>'


def path(kind: str, steps: str) -> str:
    """A path; `steps` is made of numbers by the caller."""
    return f'<path class="{kind}" d="{steps}"/>'


def text(kind: str, x: float, y: float, words: str, anchor: str = "") -> str:
    """Words; `anchor` is start, middle or end."""
    anchored = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text class="{kind}" x="{units(x)}" y="{units(y)}"{anchored}>{escaped(words)}</text>'


def diamond(kind: str, x: float, y: float, half: float) -> str:
    """A square on its corner."""
    h = units(half)
    return path(kind, f"M{units(x)} {units(y - half)}l{h} {h}l-{h} {h}l-{h} -{h}z")
