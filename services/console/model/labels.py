"""What a row of the list can be found by: provinces, stages and units, in words that say which of them each is."""

from collections.abc import Collection, Iterator, Mapping
from enum import IntEnum
from typing import Any

from schemas.views import View

ASKED = frozenset({"facts", "route", "holder", "claimed_by", "offered", "unit", "won_by", "closed_by"})
"""The fields of events that labels are made of; the view `fields` shows every part of them that is read here."""
_PROVINCE, _STAGE, _UNIT, _NAMED, _LEAD = "p:", "s:", "u:", "r:", "c:"


class Part(IntEnum):
    """How a unit stands to a case, as far as it may know: not at all, named by a rule, or leading it."""

    NONE = 0
    NAMED = 1
    LEADS = 2


def labels(data: Mapping[str, Any], view: View) -> frozenset[str]:
    """The labels that an event's data (as JSON) give to a viewer with this view; a pointer tells its holder alone."""
    if view is View.POINTER:
        return frozenset(_units(data, ("holder",)))
    return frozenset(_told(data)) if view > View.POINTER else frozenset()


def part(found: Collection[str], unit: str) -> Part:
    """How the unit stands to a case with these labels."""
    if f"{_LEAD}{unit}" in found:
        return Part.LEADS
    return Part.NAMED if f"{_NAMED}{unit}" in found else Part.NONE


def kept_for(unit: str, found: Collection[str]) -> list[str]:
    """The labels as the list keeps them: under the unit that sees them, so that one index finds its own rows alone."""
    return [f"{unit}/{label}" for label in sorted(found)]


def of_province(code: str) -> str:
    """The label of a province."""
    return f"{_PROVINCE}{code}"


def of_stage(code: str) -> str:
    """The label of a stage."""
    return f"{_STAGE}{code}"


def of_units(codes: Collection[str]) -> list[str]:
    """Every label under which one of these units may stand."""
    return [f"{kind}{code}" for code in sorted(codes) for kind in (_LEAD, _NAMED, _UNIT)]


def _told(data: Mapping[str, Any]) -> Iterator[str]:
    facts, route = data.get("facts") or {}, data.get("route") or {}
    province = (facts.get("place") or {}).get("province")
    if province:
        yield of_province(province)
    yield from (of_stage(code) for code in facts.get("stages", ()))
    yield from (f"{_NAMED}{unit}" for unit in (route.get("lead"), *route.get("co", ())) if unit)
    if data.get("claimed_by"):
        yield f"{_LEAD}{data['claimed_by']}"
    yield from _units(data, ("holder", "unit", "won_by", "closed_by"))
    yield from (f"{_UNIT}{unit}" for unit in data.get("offered", ()))


def _units(data: Mapping[str, Any], names: Collection[str]) -> Iterator[str]:
    return (f"{_UNIT}{data[name]}" for name in names if data.get(name))
