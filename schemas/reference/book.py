"""The reference data as one book: what is asked is asked of a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from schemas.reference.audit import audit
from schemas.reference.problems import Problem, ReferenceProblemsError, UnknownCodeError
from schemas.reference.retention import Retention
from schemas.reference.rows import Agency, Hotline, Province, Term, Unit
from schemas.reference.rule import Rule
from schemas.reference.validity import Row
from schemas.reference.workbook import VOCABULARIES, Workbook, read

R = TypeVar("R", bound=Row)


def examine(folder: Path) -> tuple[Workbook, tuple[Problem, ...]]:
    """The workbook of a folder and every problem in it.

    Rows that cannot be read hide what depends on them, so contradictions are looked for once each row is right.
    """
    workbook, problems = read(folder)
    return workbook, problems or audit(workbook)


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """Every row of every sheet. A question without an answer on its day raises UnknownCodeError."""

    agencies: tuple[Agency, ...]
    provinces: tuple[Province, ...]
    units: tuple[Unit, ...]
    hotlines: tuple[Hotline, ...]
    rules: tuple[Rule, ...]
    retention: tuple[Retention, ...]
    vocabularies: Mapping[str, tuple[Term, ...]]

    @classmethod
    def load(cls, folder: Path) -> "ReferenceBook":
        """Reads and examines a folder of sheets; raises ReferenceProblemsError with every problem found."""
        workbook, problems = examine(folder)
        if problems:
            raise ReferenceProblemsError(problems)
        return cls.of(workbook)

    @classmethod
    def of(cls, workbook: Workbook) -> "ReferenceBook":
        """The book of a workbook that has been examined."""
        return cls(
            agencies=_rows(workbook, "agencies", Agency),
            provinces=_rows(workbook, "provinces", Province),
            units=_rows(workbook, "units", Unit),
            hotlines=_rows(workbook, "hotlines", Hotline),
            rules=_rows(workbook, "routing", Rule),
            retention=_rows(workbook, "retention", Retention),
            vocabularies=MappingProxyType({sheet: _rows(workbook, sheet, Term) for sheet in VOCABULARIES}),
        )

    def agencies_at(self, at: date) -> tuple[Agency, ...]:
        """The agencies of a day, in the order of the sheet."""
        return _holding(self.agencies, at)

    def provinces_at(self, at: date) -> tuple[Province, ...]:
        """The provinces of a day, in the order of the sheet."""
        return _holding(self.provinces, at)

    def units_at(self, at: date) -> tuple[Unit, ...]:
        """The units of a day, in the order of the sheet."""
        return _holding(self.units, at)

    def desks_at(self, at: date) -> tuple[Unit, ...]:
        """The standing offices that take in tips on a day."""
        return tuple(unit for unit in self.units_at(at) if unit.desk)

    def hotlines_at(self, at: date) -> tuple[Hotline, ...]:
        """The hotlines of a day; `status` says which of them are stale or fictional."""
        return _holding(self.hotlines, at)

    def rules_at(self, at: date) -> tuple[Rule, ...]:
        """The routing rules in force on a day, in the order of the sheet."""
        return _holding(self.rules, at)

    def retention_at(self, at: date) -> tuple[Retention, ...]:
        """For how long personal values are kept, as it is in force on a day, in the order of the sheet."""
        return _holding(self.retention, at)

    def terms_at(self, sheet: str, at: date) -> tuple[Term, ...]:
        """The words of one vocabulary on a day; KeyError for a sheet that is none of VOCABULARIES."""
        return _holding(self.vocabularies[sheet], at)

    def unit(self, code: str, at: date) -> Unit:
        """The unit of that code on a day."""
        return _one((unit for unit in self.units if unit.code == code), at, f"unit {code}")

    def has_unit(self, code: str, at: date) -> bool:
        """Whether a unit of that code is in force on a day."""
        return any(unit.code == code and unit.holds(at) for unit in self.units)

    def agency(self, code: str, at: date) -> Agency:
        """The agency of that code on a day."""
        return _one((agency for agency in self.agencies if agency.code == code), at, f"agency {code}")

    def agency_of(self, unit: str, at: date) -> str:
        """The code of the agency that a unit belongs to on a day."""
        return self.unit(unit, at).agency

    def rule(self, rule_id: str, at: date) -> Rule:
        """The rule of that id on a day; its `valid_from` is its version."""
        return _one((rule for rule in self.rules if rule.id == rule_id), at, f"rule {rule_id}")

    def term(self, sheet: str, code: str, at: date) -> Term:
        """The word of that code in a vocabulary on a day."""
        return _one((term for term in self.vocabularies[sheet] if term.code == code), at, f"{sheet} {code}")

    def unit_of_agency(self, agency: str, province: str | None, at: date) -> Unit:
        """The agency's unit whose territory holds the province on a day, else its central unit."""
        units = [unit for unit in self.units_at(at) if unit.agency == agency]
        for unit in sorted(units, key=lambda unit: unit.central):
            if unit.holds_place(province):
                return unit
        raise UnknownCodeError(f"{agency} has no unit for province {province} on {at}: see units.csv")

    def desk_for(self, province: str | None, at: date) -> Unit:
        """The desk whose territory holds the province on a day, else the central desk."""
        for unit in sorted(self.desks_at(at), key=lambda unit: unit.central):
            if unit.holds_place(province):
                return unit
        raise UnknownCodeError(f"no desk takes tips for province {province} on {at}: see units.csv")

    def line_of_command(self, unit: str, at: date) -> tuple[str, ...]:
        """Who commands a unit on a day, nearest first, the unit itself left out."""
        parents = {row.code: row.parent for row in self.units_at(at)}
        line: list[str] = []
        above = parents.get(unit, "")
        while above:
            line.append(above)
            above = parents.get(above, "")
        return tuple(line)

    def below(self, unit: str, at: date) -> tuple[str, ...]:
        """Every unit that the unit commands on a day, at whatever distance, sorted."""
        under = (row.code for row in self.units_at(at) if unit in self.line_of_command(row.code, at))
        return tuple(sorted(under))

    def coordinators_at(self, at: date, province: str | None) -> frozenset[str]:
        """The units that coordinate cases of a province on a day: the central ones and those whose territory it is."""
        return frozenset(unit.code for unit in self.units_at(at) if unit.coordinator and unit.holds_place(province))

    def integrity_units_at(self, at: date) -> frozenset[str]:
        """The units that handle tips about officers on a day."""
        return frozenset(unit.code for unit in self.units_at(at) if unit.integrity)


def _rows(workbook: Workbook, sheet: str, kind: type[R]) -> tuple[R, ...]:
    return tuple(placed.row for placed in workbook.of(sheet, kind))


def _holding(rows: Iterable[R], at: date) -> tuple[R, ...]:
    return tuple(row for row in rows if row.holds(at))


def _one(rows: Iterable[R], at: date, what: str) -> R:
    found = next((row for row in rows if row.holds(at)), None)
    if found is None:
        raise UnknownCodeError(f"{what} is not in force on {at}: see the reference data")
    return found
