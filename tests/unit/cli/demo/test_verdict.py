"""The verdict turns red for every way in which a delivery can go wrong, and for a run in which nothing went in."""

import random
from dataclasses import replace

import pytest

from cli.demo.report import faults
from cli.received import Received
from demo_builders import Played, numbered, played

FIELDS = [
    "declarations",
    "signals",
    "tips",
    "tips_refused",
    "tips_advised",
    "tips_linked",
    "tips_held",
    "tips_forwarded",
    "cases_proposed",
    "cases_claimed",
    "delivered",
    "missing",
    "unexpected",
    "duplicated",
    "out_of_order",
    "parked",
    "seconds_to_first_delivery",
    "seconds_total",
]


@pytest.fixture(scope="module")
def run() -> Played:
    return played()


def test_a_run_in_which_every_promise_held_is_green(run: Played) -> None:
    report = run.report()

    assert faults(report) == []
    assert run.verdict().holds
    assert list(report) == FIELDS
    assert list(report["delivered"]) == ["customs", "market_surveillance", "police", "tax", "standing_office"]


def test_a_delivery_that_was_sent_to_the_wrong_unit_is_both_missing_and_unexpected(run: Played) -> None:
    wrong = [replace(one, unit="tax-ecom") if one is run.received[40] else one for one in run.received]
    verdict = run.verdict(numbered(wrong))

    assert (len(verdict.missing), len(verdict.unexpected)) == (1, 1)
    assert "tax-ecom" in verdict.unexpected[0]


def test_any_dropped_delivery_is_missing(run: Played) -> None:
    for dropped in random.Random(389).sample(run.received, 12):
        rest = numbered([one for one in run.received if one is not dropped])
        assert run.report(rest)["missing"] == 1, dropped


def test_a_dropped_delivery_that_leaves_a_hole_in_the_numbers_is_out_of_order_too(run: Played) -> None:
    feed = [one for one in run.received if one.unit == "qltt-79"]
    rest = [one for one in run.received if one is not feed[3]]

    assert any("qltt-79" in line for line in run.verdict(rest).out_of_order)


def test_an_event_under_two_numbers_is_duplicated(run: Played) -> None:
    last = max((one for one in run.received if one.unit == "ca-79"), key=lambda one: one.feednumber)
    twice = replace(last, offset=last.offset + 1, feednumber=last.feednumber + 1)

    assert run.report([*run.received, twice])["duplicated"] == 1


def test_a_record_that_the_wire_repeats_under_its_own_number_is_no_fault(run: Played) -> None:
    again = [replace(one, offset=one.offset + 1_000) for one in run.received if one.unit == "ca-79"]

    assert faults(run.report([*run.received, *again])) == []


def test_a_claim_before_its_proposal_is_out_of_order(run: Played) -> None:
    claim = next(one for one in run.received if one.kind == "case.claimed")
    proposal = next(
        one for one in run.received if (one.unit, one.subject, one.kind) == (claim.unit, claim.subject, "case.proposed")
    )
    swapped = [_in_place_of(one, claim, proposal) for one in run.received]

    assert run.report(swapped)["out_of_order"] > 0


def test_a_second_case_for_one_subject_is_unexpected(run: Played) -> None:
    split = [replace(one, subject="case-other") if one.kind == "case.signal_added" else one for one in run.received]

    assert run.report(numbered(split))["unexpected"] > 0


def test_an_answer_that_reaches_another_unit_is_unexpected(run: Played) -> None:
    stranger = _answer("ca-79", "/units/qltt-79/http", len([one for one in run.received if one.unit == "ca-79"]))

    assert any("answer to qltt-79" in line for line in run.verdict([*run.received, stranger]).unexpected)


def test_an_answer_to_its_own_sender_is_neither_a_fault_nor_counted_as_delivered(run: Played) -> None:
    own = _answer("ca-79", "/units/ca-79/http", len([one for one in run.received if one.unit == "ca-79"]))
    report = run.report([*run.received, own])

    assert faults(report) == []
    assert report["delivered"] == run.report()["delivered"]


def test_an_event_that_nobody_told_of_is_unexpected(run: Played) -> None:
    number = len([one for one in run.received if one.unit == "csb-hq"])
    strange = Received("csb-hq", number, number + 1, None, "x", "tip.received", "tip-x", "full", {}, 1.0)

    assert run.report([*run.received, strange])["unexpected"] == 1


@pytest.mark.parametrize("missing", ["declarations", "signals", "tips"])
def test_a_run_into_which_nothing_went_is_red(run: Played, missing: str) -> None:
    report = run.report() | {missing: 0}

    assert faults(report) == [f"0 {missing}"]


def test_without_signals_the_figures_say_so(run: Played) -> None:
    rest = [one for one in run.received if one.kind != "signal.detected"]

    assert run.report(numbered(rest))["signals"] == 0


def _in_place_of(one: Received, first: Received, second: Received) -> Received:
    if one is first:
        return replace(one, offset=second.offset, feednumber=second.feednumber, casenumber=second.casenumber)
    if one is second:
        return replace(one, offset=first.offset, feednumber=first.feednumber, casenumber=first.casenumber)
    return one


def _answer(unit: str, source: str, number: int) -> Received:
    data = {"command_source": source, "command_id": "k-1"}
    return Received(unit, number, number + 1, None, f"answer-{unit}", "command.accepted", "c", "full", data, 1.0)
