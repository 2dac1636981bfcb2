"""A case as one viewer knows it, told by nothing but the entries that this viewer may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from schemas.route import Route
from schemas.views import View
from services.console.model.seen import Seen
from services.console.model.sight import State, state_after


@dataclass(frozen=True, slots=True)
class Sheet:
    """The head of a case. What no visible entry tells is None or empty; counts are those of visible entries."""

    case_id: UUID
    view: View
    """The widest view that the viewer has of any entry."""
    state: State = State.PROPOSED
    case_no: str | None = None
    holder: str | None = None
    held_since: datetime | None = None
    routes: tuple[Route, ...] = ()
    offered: tuple[str, ...] = ()
    facts: tuple[Seen, ...] = ()
    """What the tips and signals said, oldest first, as far as it may be seen."""
    closing: Seen | None = None
    entries: int = 0
    tips: int = 0
    signals: int = 0
    first: datetime | None = None
    last: datetime | None = None
    pointers: tuple[Seen, ...] = field(default=())

    @property
    def competent(self) -> frozenset[str]:
        """The units that the visible rules name."""
        return frozenset(unit for route in self.routes for unit in (route.lead, *route.co))

    @property
    def lead(self) -> str | None:
        """The unit that the first visible rule names as lead."""
        return self.routes[0].lead if self.routes else None

    @property
    def province(self) -> str | None:
        """The province that the first facts with a place name."""
        places = (_within(one, "facts", "place", "province") for one in self.facts)
        return next((place for place in places if place), None)

    def row(self) -> dict[str, Any]:
        """As JSON types, for a list: what the first entry of each kind tells, and how many entries there are."""
        return {
            "id": str(self.case_id),
            "case_no": self.case_no,
            "state": self.state.word,
            "view": self.view.word,
            "lead": self.lead,
            "holder": self.holder,
            "held_since": self.held_since.isoformat() if self.held_since else None,
            "province": self.province,
            "entries": self.entries,
            "first_acttime": self.first.isoformat() if self.first else None,
        }

    def document(self) -> dict[str, Any]:
        """As JSON types, for one case whose entries are all here."""
        return {
            **self.row(),
            "routes": [route.model_dump(mode="json") for route in self.routes],
            "tips": self.tips,
            "signals": self.signals,
            "last_acttime": self.last.isoformat() if self.last else None,
        }


def sheet(case_id: UUID, seen: Sequence[Seen], entries: int | None = None) -> Sheet:
    """The head of a case from its visible entries; `entries` is how many there are, where only some are given."""
    told = sorted(seen, key=lambda one: one.order)
    grown = [one for one in told if one.grows and one.view > View.POINTER]
    claims = [one for one in told if one.kind == "case.claimed"]
    return Sheet(
        case_id=case_id,
        view=max((one.view for one in told), default=View.NONE),
        state=max((state_after(one.kind) for one in told), default=State.PROPOSED),
        case_no=next((one.data["case_no"] for one in told if "case_no" in one.data), None),
        holder=_holder(told),
        held_since=claims[0].acttime if claims else None,
        routes=tuple(_routes(grown)),
        offered=tuple(claims[0].data.get("offered", ())) if claims else (),
        facts=tuple(grown),
        closing=next((one for one in told if one.kind == "case.closed"), None),
        entries=len(told) if entries is None else entries,
        tips=sum(_within(one, "origin", "kind") == "tip" for one in grown),
        signals=sum(_within(one, "origin", "kind") == "signal" for one in grown),
        first=told[0].acttime if told else None,
        last=told[-1].acttime if told else None,
        pointers=tuple(one for one in told if one.view is View.POINTER),
    )


def _holder(told: Iterable[Seen]) -> str | None:
    """Who claimed: said by the claim itself, by what a loser was told, and by every event after it."""
    later = [one for one in told if state_after(one.kind) > State.PROPOSED]
    return next((one.data["holder"] for one in later if one.data.get("holder")), None)


def _routes(grown: Iterable[Seen]) -> list[Route]:
    routes = [Route.model_validate(one.data["route"]) for one in grown]
    return list(dict.fromkeys(routes))


def _within(seen: Seen, *path: str) -> Any:
    found: Any = seen.data
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
