"""A table of figures, for a person and for a program."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.figure import Figure

HEADINGS = ("what", "target", "measured", "met", "remark")
SPENT = "seconds"
"""The condition that tells how long each measurement took; a person has seen it on stderr."""
_SIGNS = {"at most": "≤", "at least": "≥", "exactly": "="}
_MET = {True: "yes", False: "NO", None: "-"}


def document(name: str, conditions: Mapping[str, Any], figures: Sequence[Figure]) -> dict[str, Any]:
    """The table as JSON types."""
    paths = dict(one.path for one in figures if one.path is not None)
    found = {"table": name, "conditions": dict(conditions), "figures": [one.document() for one in figures]}
    return found if not paths else found | {"machine": dict(conditions), "paths": paths}


def text(conditions: Mapping[str, Any], figures: Sequence[Figure]) -> str:
    """Conditions first, then one line a figure."""
    rows = [HEADINGS, *(_cells(one) for one in figures)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    told = ", ".join(f"{name} {value}" for name, value in conditions.items() if name != SPENT)
    return "\n".join([told, "", *lines])


def _cells(one: Figure) -> tuple[str, ...]:
    target = "" if one.target is None else f"{_SIGNS[one.target.bound]} {one.target.value:,g}"
    measured = "not measured" if one.measured is None else f"{one.measured:,} {one.unit}"
    return (one.what, target, measured, _MET[one.met], one.remark)
