"""Which rule sends a record where: pure, from facts and reference data at the day of the act."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from schemas.facts import Facts, Place
from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.identifiers.address.resolution import Certainty, Resolution
from schemas.identifiers.address.resolve import resolve
from schemas.reference.book import ReferenceBook
from schemas.reference.places.rows import REFORM
from schemas.reference.problems import UnknownCodeError
from schemas.reference.rule import Rule
from schemas.route import Route


class RoutingError(ValueError):
    """Facts that no unit can be found for; the message says what to do."""


class NoRuleError(RoutingError):
    """No rule answers to the facts on that day, or the rule named is not in force then."""


class IntegrityOnlyError(RoutingError):
    """The facts speak of an officer: such a record is held for the integrity route and never routed."""


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What rules ask about. `found_by` is an agency, or None for the public; the value is whole dong."""

    stages: frozenset[str] = field(default_factory=frozenset)
    place_type: str | None = None
    found_by: str | None = None
    typology: frozenset[str] = field(default_factory=frozenset)
    province: str | None = None
    value_vnd: int = 0

    @classmethod
    def of(cls, facts: Facts) -> "RoutingFacts":
        """The part of published facts that rules ask about; the value is the sum over the goods that state one."""
        return cls(
            stages=frozenset(facts.stages),
            place_type=facts.place.place_type if facts.place else None,
            found_by=facts.found_by,
            typology=frozenset(facts.typology),
            province=facts.place.province if facts.place else None,
            value_vnd=sum(goods.value_vnd or 0 for goods in facts.goods),
        )


@dataclass(frozen=True, slots=True)
class Placed:
    """Facts whose codes are filled from the address, and what the address was found to be; None without an address.

    In a `conflict` the code stated and the address name different places: the facts are as they were stated.
    """

    facts: Facts
    found: Resolution | None = None
    conflict: bool = False


def placed(facts: Facts, at: date, places: Callable[[], Gazetteer]) -> Placed:
    """The facts with province and ward of their address at the day of the act, where no code is stated.

    A ward is taken only where the address leaves no doubt. Before the reform no province has a code in reference, so
    nothing is filled for such a day. `places` is called only if there is an address.
    """
    place = facts.place
    if place is None or place.text is None:
        return Placed(facts)
    found = resolve(place.text, at, places())
    if at < REFORM or found.province_code is None:
        return Placed(facts, found)
    ward = found.ward_code if found.certainty is Certainty.CERTAIN else None
    if _differ(place.province, found.province_code) or _differ(place.ward, ward):
        return Placed(facts, found, conflict=True)
    return Placed(facts.model_copy(update={"place": _filled(place, found.province_code, ward)}), found)


def _differ(stated: str | None, found: str | None) -> bool:
    return stated is not None and found is not None and stated != found


def _filled(place: Place, province: str, ward: str | None) -> Place:
    return place.model_copy(update={"province": province, "ward": place.ward or ward})


def applies(rule: Rule, facts: RoutingFacts) -> bool:
    """Whether every condition of the rule holds. A fact that is not known fulfils no condition on it."""
    return (
        _one_of(rule.stage, facts.stages)
        and _one_of(rule.place_type, {facts.place_type})
        and _one_of(rule.found_by, {facts.found_by})
        and _one_of(rule.typology, facts.typology)
        and facts.value_vnd >= rule.min_value_vnd
    )


def _one_of(wanted: tuple[str, ...], known: "frozenset[str] | set[str | None]") -> bool:
    return not wanted or any(code in known for code in wanted)


def route(facts: RoutingFacts, at: date, book: ReferenceBook) -> Route:
    """The highest-ranking rule in force on the day of the act, with the units it names.

    Raises IntegrityOnlyError for facts on an officer, NoRuleError where nothing fits (with the reference data that
    ships this means a day before they begin).
    """
    _refuse_integrity(facts, at, book)
    fitting = [rule for rule in book.rules_at(at) if applies(rule, facts)]
    if not fitting:
        begins = min((rule.valid_from for rule in book.rules), default=None)
        raise NoRuleError(f"no rule fits an act on {at}: the rules in routing.csv begin on {begins}")
    return _named_units(max(fitting, key=lambda rule: rule.rank), facts, at, book)


def parties(rule_id: str, facts: RoutingFacts, at: date, book: ReferenceBook) -> Route:
    """The units that one rule names for these facts, whether or not it outranks the others.

    Raises NoRuleError where the rule is not in force that day: a desk may choose among rules, not revive one.
    """
    try:
        rule = book.rule(rule_id, at)
    except UnknownCodeError as error:
        raise NoRuleError(f"{error}: choose a rule in force on the day of the act") from error
    return _named_units(rule, facts, at, book)


def competent(rule_id: str, unit: str, at: date, facts: RoutingFacts, book: ReferenceBook) -> bool:
    """Whether the unit may claim: it is lead or co of that rule for these facts. Raises as `parties` does."""
    found = parties(rule_id, facts, at, book)
    return unit == found.lead or unit in found.co


def unknown_codes(facts: RoutingFacts, at: date, book: ReferenceBook) -> tuple[str, ...]:
    """Codes that are not in force on the day, one message each; a door refuses them, so that no typo hides a rule."""
    stages, types = _known(book, "stages", at), _known(book, "typology", at)
    places, agencies = _known(book, "place_types", at), {agency.code for agency in book.agencies_at(at)}
    provinces = {province.code for province in book.provinces_at(at)}
    checks = (
        ("stages", facts.stages, stages),
        ("typology", facts.typology, types),
        ("place.place_type", {facts.place_type} - {None}, places),
        ("found_by", {facts.found_by} - {None}, agencies),
        ("place.province", {facts.province} - {None}, provinces),
    )
    return tuple(
        f"{name}: {code} is not in force on {at}; use a code of the reference data"
        for name, given, known in checks
        for code in sorted(str(code) for code in given if code not in known)
    )


def _known(book: ReferenceBook, sheet: str, at: date) -> set[str]:
    return {term.code for term in book.terms_at(sheet, at)}


def _refuse_integrity(facts: RoutingFacts, at: date, book: ReferenceBook) -> None:
    for term in book.terms_at("typology", at):
        if term.kind == "integrity" and term.code in facts.typology:
            raise IntegrityOnlyError(f"typology {term.code} is never routed: hold the record for the integrity route")


def _named_units(rule: Rule, facts: RoutingFacts, at: date, book: ReferenceBook) -> Route:
    lead = book.unit_of_agency(rule.lead, facts.province, at).code
    invited = {book.unit_of_agency(agency, facts.province, at).code for agency in rule.co}
    return Route(rule=rule.id, version=rule.valid_from, basis=rule.basis, lead=lead, co=tuple(sorted(invited - {lead})))
