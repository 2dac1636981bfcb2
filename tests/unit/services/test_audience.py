"""Who sees which event, with the units that ship."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import reference
from reference_builders import TODAY, a_book, a_unit
from schemas.reference.book import ReferenceBook
from schemas.route import Route
from schemas.views import View
from services import audience
from services.audience import CaseParties, hidden_units, integrity_denies

BOOK = ReferenceBook.load(reference.folder())
UNITS = sorted(unit.code for unit in BOOK.units_at(TODAY))
ROUTE = Route(rule="R-EXP-03", basis="khoản 5 Điều 1", lead="customs-kv2", co=("qltt-79", "tax-79"))
PARTIES = CaseParties.of(ROUTE, "79", BOOK, TODAY)


def test_a_tip_at_the_desk_is_the_desks_alone() -> None:
    assert audience.tip_at_desk("bcd-79") == {"bcd-79": View.FULL}


def test_a_forwarded_tip_is_seen_by_its_desk_and_the_units_of_its_route() -> None:
    assert audience.tip_forwarded("bcd-79", ROUTE) == dict.fromkeys(
        ("bcd-79", "customs-kv2", "qltt-79", "tax-79"), View.FULL
    )


def test_a_signal_and_an_answer_are_seen_by_their_sender_alone() -> None:
    assert audience.signal_detected("customs-kv2") == {"customs-kv2": View.FULL}
    assert audience.command_answer("customs-kv2") == {"customs-kv2": View.FULL}


def test_an_open_case_is_seen_by_lead_and_co_in_full_and_by_coordinators_as_fields() -> None:
    assert audience.case_open(PARTIES) == {
        "bcd-79": View.FIELDS,
        "customs-kv2": View.FULL,
        "qltt-79": View.FULL,
        "tax-79": View.FULL,
        "vptt-389": View.FIELDS,
    }


def test_after_a_claim_the_others_of_the_rule_see_a_pointer() -> None:
    assert audience.case_held(PARTIES, "qltt-79") == {
        "bcd-79": View.FIELDS,
        "customs-kv2": View.POINTER,
        "qltt-79": View.FULL,
        "tax-79": View.POINTER,
        "vptt-389": View.FIELDS,
    }


def test_a_lost_claim_is_told_to_its_loser_and_the_coordinators() -> None:
    assert audience.claim_lost(PARTIES, "tax-79") == {
        "bcd-79": View.FIELDS,
        "tax-79": View.POINTER,
        "vptt-389": View.FIELDS,
    }


def test_a_coordinator_that_the_rule_invites_has_the_wider_view_of_the_two() -> None:
    invited = CaseParties.of(Route(rule="R-ANY-00", basis="x", lead="qltt-79", co=("bcd-79",)), "79", BOOK, TODAY)
    assert audience.case_open(invited)["bcd-79"] == View.FULL
    assert audience.case_held(invited, "qltt-79")["bcd-79"] == View.FIELDS


def test_a_case_of_an_unknown_place_is_coordinated_by_the_national_office() -> None:
    assert CaseParties.of(ROUTE, None, BOOK, TODAY).coordinators == {"vptt-389"}


def test_a_tip_about_a_unit_is_hidden_from_it_and_its_whole_line() -> None:
    assert hidden_units(["customs-kv2"], BOOK, TODAY) == {"customs-kv2", "customs-hq"}
    assert hidden_units(["qltt-79"], BOOK, TODAY) == {"qltt-79", "bcd-79"}
    assert hidden_units(["ca-c03"], BOOK, TODAY) == {"ca-c03", "ca-01", "ca-79"}


def test_a_named_unit_that_is_not_in_force_is_hidden_all_the_same() -> None:
    assert hidden_units(["qltt-99"], BOOK, TODAY) == {"qltt-99"}


def test_a_held_tip_reaches_the_integrity_unit_and_nobody_else() -> None:
    assert audience.integrity_opened(["qltt-79"], BOOK, TODAY) == {"integrity-389": View.FULL}
    assert [unit for unit in UNITS if not integrity_denies(unit, ["qltt-79"], BOOK, TODAY)] == ["integrity-389"]


def test_a_tip_about_an_integrity_unit_reaches_another_one() -> None:
    book = a_book([a_unit("int-1", integrity="yes"), a_unit("int-2", integrity="yes")])
    assert audience.integrity_opened(["int-1"], book, TODAY) == {"int-2": View.FULL}
    assert integrity_denies("int-1", ["int-1"], book, TODAY)


def test_a_tip_about_the_only_integrity_unit_reaches_nobody() -> None:
    assert audience.integrity_opened(["integrity-389"], BOOK, TODAY) == {}


def test_a_withdrawal_is_told_to_those_that_had_the_tip_but_not_to_the_named_line() -> None:
    had = ["bcd-79", "qltt-79", "ca-79"]
    assert audience.tip_withdrawn(had, ["qltt-79"], BOOK, TODAY) == {"ca-79": View.FULL}


@pytest.mark.parametrize("named", UNITS)
def test_nobody_of_the_named_units_line_learns_of_the_tip(named: str) -> None:
    line = {named, *BOOK.line_of_command(named, TODAY), *BOOK.below(named, TODAY)}
    told = {
        *audience.integrity_opened([named], BOOK, TODAY),
        *audience.tip_withdrawn(UNITS, [named], BOOK, TODAY),
    }
    assert not line & told


@given(st.sampled_from(UNITS), st.sets(st.sampled_from(UNITS), max_size=4), st.sampled_from(UNITS))
def test_no_case_event_reaches_a_unit_that_is_neither_party_nor_coordinator(
    lead: str, co: set[str], holder: str
) -> None:
    parties = CaseParties.of(Route(rule="R-1", basis="x", lead=lead, co=tuple(co)), "79", BOOK, TODAY)
    concerned = {lead, *co, "bcd-79", "vptt-389"}
    assert set(audience.case_open(parties)) == concerned
    assert set(audience.case_held(parties, holder)) == concerned | {holder}
    assert [unit for unit, view in audience.case_held(parties, holder).items() if view is View.FULL] == [holder]
