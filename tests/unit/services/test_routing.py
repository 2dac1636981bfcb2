"""Which rule answers to which facts, and whom it names, with the rules that ship."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from reference_builders import TODAY, a_book, a_rule, a_unit
from schemas.facts import Facts, Goods, Place
from schemas.reference.book import ReferenceBook
from services.routing import (
    IntegrityOnlyError,
    NoRuleError,
    RoutingFacts,
    applies,
    competent,
    parties,
    route,
    unknown_codes,
)

BOOK = ReferenceBook.load(reference.folder())


def facts(
    typology: str = "",
    place_type: str | None = None,
    province: str | None = "79",
    *,
    stages: str = "",
    found_by: str | None = None,
    value_vnd: int = 0,
) -> RoutingFacts:
    return RoutingFacts(
        frozenset(stages.split()), place_type, found_by, frozenset(typology.split()), province, value_vnd
    )


def found_by_customs(typology: str, stages: str = "nhap_khau", value_vnd: int = 0) -> RoutingFacts:
    return facts(typology, "customs_control_area", stages=stages, found_by="customs", value_vnd=value_vnd)


CASES: dict[str, tuple[RoutingFacts, str, str, tuple[str, ...]]] = {
    "an import flagged by customs": (found_by_customs("KKS"), "R-EXP-03", "customs-kv2", ("qltt-79", "tax-79")),
    "an express parcel under customs control": (
        found_by_customs("NL", stages="giao"),
        "R-EXP-07",
        "customs-kv2",
        ("qltt-79",),
    ),
    "smuggling above the floor, which customs opens itself": (
        found_by_customs("BL", value_vnd=100_000_000),
        "R-EXP-04",
        "customs-kv2",
        ("ca-79",),
    ),
    "counterfeits above the floor, which customs hands to the police": (
        found_by_customs("HG-NB", value_vnd=30_000_000),
        "R-EXP-05",
        "ca-79",
        ("customs-kv2", "qltt-79"),
    ),
    "a tip on goods in the customs area": (
        facts("NL", "customs_control_area"),
        "R-EXP-08",
        "customs-kv2",
        ("ca-79",),
    ),
    "split parcels, wherever they are seen": (
        facts("CHN", "online"),
        "R-CHN-01",
        "customs-kv2",
        ("qltt-79", "tax-79"),
    ),
    "inland counterfeits below the floor": (facts("HG-NB", "market"), "R-INL-01", "qltt-79", ("ca-79",)),
    "inland goods of unknown origin": (facts("KRNG", "warehouse"), "R-INL-01", "qltt-79", ("ca-79",)),
    "counterfeits above the floor": (
        facts("HG-CD", "market", value_vnd=30_000_000),
        "R-CRI-192",
        "ca-79",
        ("qltt-79",),
    ),
    "trademark goods just below the floor": (
        facts("SHCN", "market", value_vnd=199_999_999),
        "R-INL-01",
        "qltt-79",
        ("ca-79",),
    ),
    "a platform that breaks its duties": (facts("TMDT", "online"), "R-TMDT-01", "qltt-79", ("ca-79",)),
    "an unregistered foreign platform": (
        facts("TMDT", "foreign_platform", None),
        "R-TMDT-02",
        "idea-hq",
        ("customs-hq", "tax-hq"),
    ),
    "the livestream warehouse near the border": (
        facts("NL SHCN", "warehouse", "15", stages="livestream", value_vnd=5_000_000_000),
        "R-LIVE-03",
        "ca-c03",
        ("qltt-hq", "tax-hq"),
    ),
    "a small livestream warehouse": (
        facts("NL", "warehouse", stages="livestream luu_kho"),
        "R-LIVE-01",
        "qltt-79",
        ("ca-79", "tax-79"),
    ),
    "cartons that the police find at a courier hub": (
        facts("KRNG ATTP", "courier_hub", "15", found_by="police"),
        "R-HUB-01",
        "qltt-hq",
        ("ca-c03",),
    ),
    "a trail over the border": (facts("VCTP", "border", "20"), "R-BOR-01", "bdbp-20", ("ca-c03", "customs-kv6")),
    "goods at sea": (facts("NL", "sea", "31"), "R-SEA-01", "csb-hq", ("bdbp-hq", "customs-kv3")),
    "a breach by a platform is not the border guard's even at the border": (
        facts("TMDT NL", "border", "20"),
        "R-TMDT-01",
        "qltt-20",
        ("ca-c03",),
    ),
    "undeclared sales": (facts("TT"), "R-TAX-01", "tax-79", ("ca-79",)),
    "false origin after clearance": (facts("XX", "online"), "R-ORI-01", "customs-kv2", ("ca-79", "qltt-79")),
    "what no other rule knows": (facts("QC", "online"), "R-ANY-00", "qltt-79", ("bcd-79",)),
    "a place that is not known": (facts("KRNG", None, None), "R-INL-01", "qltt-hq", ("ca-c03",)),
}


@pytest.mark.parametrize("case", CASES)
def test_the_rule_and_the_units_are_those_for(case: str) -> None:
    given_facts, rule, lead, co = CASES[case]
    found = route(given_facts, TODAY, BOOK)
    assert (found.rule, found.lead, found.co) == (rule, lead, co)
    assert found.basis == BOOK.rule(rule, TODAY).basis


@pytest.mark.parametrize("place_type", ["border", "sea", "online", "market", "warehouse", "courier_hub", None])
@pytest.mark.parametrize("province", ["20", "31", "79", None])
def test_customs_border_guard_and_coast_guard_never_get_the_articles_on_platforms(
    place_type: str | None, province: str | None
) -> None:
    found = route(facts("TMDT", place_type, province), TODAY, BOOK)
    agencies = {BOOK.agency_of(unit, TODAY) for unit in (found.lead, *found.co)}
    assert agencies == {"market_surveillance", "police"}


def test_the_rule_of_the_day_of_the_act_is_applied() -> None:
    before, after = (route(facts("TMDT", "online"), day, BOOK) for day in (date(2026, 6, 30), date(2026, 7, 1)))
    assert before.rule == after.rule == "R-TMDT-01"
    assert before.version != after.version == date(2026, 7, 1)
    assert "52/2013/NĐ-CP" in before.basis
    assert "248/2026/NĐ-CP" in after.basis


def test_before_the_regions_of_july_2025_the_central_units_are_named() -> None:
    found = route(found_by_customs("KKS"), date(2025, 6, 30), BOOK)
    assert (found.lead, found.co) == ("customs-hq", ("qltt-hq", "tax-hq"))


def test_an_act_before_the_rules_begin_has_none_and_is_told_when_they_begin() -> None:
    with pytest.raises(NoRuleError, match="begin on 2025-03-01"):
        route(facts("NL"), date(2021, 4, 1), BOOK)


def test_a_tip_about_an_officer_is_never_routed() -> None:
    with pytest.raises(IntegrityOnlyError, match="BK is never routed"):
        route(facts("NL BK", "market"), TODAY, BOOK)


def test_the_value_that_rules_compare_is_the_sum_of_the_goods() -> None:
    published = Facts(
        stages=("chao_ban",),
        typology=("HG-NB",),
        place=Place(province="01", place_type="online"),
        found_by="police",
        goods=(Goods(description="Túi", value_vnd=20), Goods(description="Ví"), Goods(description="Mũ", value_vnd=3)),
    )
    asked = RoutingFacts.of(published)
    assert asked == facts("HG-NB", "online", "01", stages="chao_ban", found_by="police", value_vnd=23)
    assert RoutingFacts.of(Facts()) == RoutingFacts()


def test_lead_and_co_are_competent_and_a_coordinator_is_not() -> None:
    asked = facts("KRNG", "market")
    units = {unit.code: competent("R-INL-01", unit.code, TODAY, asked, BOOK) for unit in BOOK.units_at(TODAY)}
    assert {code for code, may in units.items() if may} == {"qltt-79", "ca-79"}


def test_a_desk_may_choose_a_lesser_rule_but_not_one_that_has_ended() -> None:
    assert parties("R-ANY-00", facts("KRNG"), TODAY, BOOK).co == ("bcd-79",)
    with pytest.raises(NoRuleError, match="R-TMDT-02 is not in force on 2026-06-30"):
        parties("R-TMDT-02", facts("TMDT"), date(2026, 6, 30), BOOK)


def test_codes_that_are_not_in_force_are_named_with_their_field() -> None:
    asked = facts("KRNG SHTT", "harbour", "77", stages="ban", found_by="navy")
    assert [message.split(" is ")[0] for message in unknown_codes(asked, TODAY, BOOK)] == [
        "stages: ban",
        "typology: SHTT",
        "place.place_type: harbour",
        "found_by: navy",
        "place.province: 77",
    ]
    assert unknown_codes(facts("KRNG", "market", stages="chao_ban", found_by="police"), TODAY, BOOK) == ()


def test_between_rules_of_one_priority_the_one_with_more_conditions_wins() -> None:
    book = a_book(
        [a_unit("hq", territory="*", central="yes"), a_unit("tax", "tax", territory="*", central="yes")],
        [a_rule("R-1"), a_rule("R-2", typology="TT", lead="tax")],
    )
    assert route(facts("TT"), TODAY, book).rule == "R-2"
    assert route(facts("NL"), TODAY, book).rule == "R-1"


def test_a_unit_that_leads_is_not_invited_beside_itself() -> None:
    book = a_book([a_unit("hq", territory="*", central="yes")], [a_rule("R-1", co="customs")])
    assert route(facts(), TODAY, book).co == ()


def codes(sheet: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(term.code for term in BOOK.terms_at(sheet, TODAY) if term.kind != "integrity"))


ANY_FACTS = st.builds(
    RoutingFacts,
    stages=st.frozensets(codes("stages"), max_size=3),
    place_type=st.none() | codes("place_types"),
    found_by=st.none() | st.sampled_from([agency.code for agency in BOOK.agencies_at(TODAY)]),
    typology=st.frozensets(codes("typology"), max_size=4),
    province=st.none() | st.sampled_from([province.code for province in BOOK.provinces_at(TODAY)]),
    value_vnd=st.integers(0, 10**9),
)


@given(ANY_FACTS)
def test_every_act_finds_exactly_one_rule_and_units_of_the_agencies_that_it_names(asked: RoutingFacts) -> None:
    found = route(asked, TODAY, BOOK)
    rule = BOOK.rule(found.rule, TODAY)
    rivals = [one for one in BOOK.rules_at(TODAY) if applies(one, asked) and one.rank == rule.rank]
    assert rivals == [rule]
    assert BOOK.agency_of(found.lead, TODAY) == rule.lead
    assert {BOOK.agency_of(unit, TODAY) for unit in found.co} == set(rule.co)
    assert found.co == tuple(sorted(set(found.co) - {found.lead}))


@given(ANY_FACTS, st.integers(0, 2**32))
def test_the_order_of_the_sheet_decides_nothing(asked: RoutingFacts, seed: int) -> None:
    shuffle = random.Random(seed)
    shuffled = replace(
        BOOK,
        rules=tuple(shuffle.sample(BOOK.rules, len(BOOK.rules))),
        units=tuple(shuffle.sample(BOOK.units, len(BOOK.units))),
    )
    assert route(asked, TODAY, shuffled) == route(asked, TODAY, BOOK)
