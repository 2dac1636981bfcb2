"""The tables of places, indexed by name: built once, then asked often. Holds names and codes, nothing of a text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from schemas.identifiers.address.named import Named, Vintage
from schemas.reference.places.sheets import PlaceTables

V = TypeVar("V")
Names = Mapping[str, tuple[Named, ...]]
"""Units by name, without kind, marks and spaces."""

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "hanoi": ("hn", "thudohanoi", "hanoicity"),
    "hue": ("thuathienhue", "tthue"),
    "daklak": ("daclac", "darlac"),
    "daknong": ("dacnong",),
    "bariavungtau": ("brvt",),
    "hochiminh": ("hcm", "saigon", "sg", "hochiminhcity", "hcmc", "tphcm"),
}
"""Names in use for provinces, beside the published one."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Every unit of both vintages by name, and what became of the old ones."""

    provinces: Names
    districts: Names
    wards: Names
    by_code: Mapping[tuple[Vintage, str], Named]
    became: Mapping[str, str]
    successors: Mapping[str, tuple[str, ...]]
    within: Mapping[str, frozenset[str]]
    """For a new province the codes that its wards of both vintages have above them: its own, and old districts."""

    @classmethod
    def of(cls, tables: PlaceTables) -> "Gazetteer":
        """The index of tables that have been examined."""
        provinces = [Named.of(row.code, row.name, "", Vintage.OLD) for row in tables.old_provinces]
        provinces += [Named.of(row.code, row.name, "", Vintage.NEW) for row in tables.provinces]
        districts = [Named.of(row.code, row.name, row.province, Vintage.OLD) for row in tables.old_districts]
        wards = [Named.of(row.code, row.name, row.district, Vintage.OLD) for row in tables.old_wards]
        former = [row.also.split() for row in tables.old_wards]
        wards += [Named.of(row.code, row.name, row.province, Vintage.NEW) for row in tables.wards]
        former += [[] for _ in tables.wards]
        return cls(
            provinces=_by_name(provinces, (OTHER_NAMES.get(named.plain, ()) for named in provinces)),
            districts=_by_name(districts, (row.also.split() for row in tables.old_districts)),
            wards=_by_name(wards, former),
            by_code={(named.vintage, named.code): named for named in (*provinces, *districts, *wards)},
            became={row.code: row.successor for row in tables.old_provinces},
            within=_within(tables),
            successors=_grouped((row.old, row.new) for row in tables.successors),
        )

    def above(self, named: Named) -> Named | None:
        """The unit that a unit belongs to; None for a province."""
        return self.by_code.get((named.vintage, named.above))

    def province_of(self, named: Named) -> Named:
        """The province of a unit, in its own vintage."""
        above = self.above(named)
        return named if above is None else self.province_of(above)

    def heirs(self, old: Named) -> tuple[Named, ...]:
        """The new wards on the ground of an old ward or island district; none for a district that had wards."""
        return tuple(self.by_code[Vintage.NEW, code] for code in self.successors.get(old.code, ()))

    def since(self, old: Named) -> Named:
        """The new province that an old one became part of."""
        return self.by_code[Vintage.NEW, self.became[old.code]]

    def full(self, named: Named) -> str:
        """The name of a unit with those above it, as an address is written."""
        above = self.above(named)
        return named.name if above is None else f"{named.name}, {self.full(above)}"


def _within(tables: PlaceTables) -> dict[str, frozenset[str]]:
    became = {row.code: row.successor for row in tables.old_provinces}
    pairs = [(row.code, row.code) for row in tables.provinces]
    pairs += [(became[row.province], row.code) for row in tables.old_districts]
    return {code: frozenset(codes) for code, codes in _grouped(pairs).items()}


def _by_name(units: Iterable[Named], others: Iterable[Iterable[str]]) -> dict[str, tuple[Named, ...]]:
    return _grouped(
        (name, named) for named, also in zip(units, others, strict=True) for name in dict.fromkeys((named.plain, *also))
    )


def _grouped(pairs: Iterable[tuple[str, V]]) -> dict[str, tuple[V, ...]]:
    groups: dict[str, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return {key: tuple(values) for key, values in groups.items()}
