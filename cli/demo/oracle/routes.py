"""Which rule the sheets name for facts as plain JSON, and whom it names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from cli.demo.oracle.sheets import EVERYWHERE, Row, Sheets, in_force

HANOI = timezone(timedelta(hours=7))


@dataclass(frozen=True, slots=True)
class Named:
    """Rule, lead and co-handlers; `everyone` is who sees what the rule sends."""

    rule: str
    lead: str
    co: frozenset[str]

    @property
    def everyone(self) -> set[str]:
        """Lead and co-handlers."""
        return {self.lead, *self.co}


def named(facts: Mapping[str, Any], at: date, sheets: Sheets) -> Named:
    """The rule of highest priority that fits; raises LookupError where none does."""
    fitting = [row for row in in_force(sheets.rules, at) if _fits(row, facts)]
    if not fitting:
        message = f"no rule fits on {at}"
        raise LookupError(message)
    rule = max(fitting, key=lambda row: int(row["priority"]))
    lead = sheets.unit_of(rule["lead"], province(facts), at)
    co = {sheets.unit_of(agency, province(facts), at) for agency in rule["co"].split()}
    return Named(rule["id"], lead, frozenset(co - {lead}))


def province(facts: Mapping[str, Any]) -> str | None:
    """The province of the place, where one is told."""
    found: str | None = facts.get("place", {}).get("province")
    return found


def day(moment: str) -> date:
    """The day in Viet Nam of an instant in ISO form."""
    return datetime.fromisoformat(moment).astimezone(HANOI).date()


def _fits(row: Row, facts: Mapping[str, Any]) -> bool:
    value = sum(goods.get("value_vnd", 0) for goods in facts.get("goods", ()))
    return (
        _any(row["stage"], facts.get("stages", ()))
        and _any(row["place_type"], [facts.get("place", {}).get("place_type")])
        and _any(row["found_by"], [facts.get("found_by")])
        and _any(row["typology"], facts.get("typology", ()))
        and value >= int(row["min_value_vnd"] or 0)
    )


def _any(wanted: str, known: Any) -> bool:
    return wanted.strip() in {"", EVERYWHERE} or bool(set(wanted.split()) & set(known))
