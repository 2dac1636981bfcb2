"""The signal that a flagged declaration becomes."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

import reference
from adapters.customs.declaration import Declaration
from adapters.customs.offices import Offices
from adapters.customs.signal import Reported, Reporting
from bus.frame import frame
from bus.message import Trust
from customs_builders import told
from schemas.commands.signal import SignalSubmit
from schemas.facts import IdentifierKind
from schemas.reference.book import ReferenceBook
from schemas.topics import Topics
from services.routing import RoutingFacts, route, unknown_codes


@pytest.fixture
def reporting() -> Reporting:
    return Reporting(Offices.load(), frozenset({"dhl"}), Topics("x."))


def reported(reporting: Reporting, **changes: str) -> Reported:
    return reporting.report(Declaration.of(told(**changes)))


def read(found: Reported) -> SignalSubmit:
    data = frame(found.message, Trust.UNIT).event().data
    assert isinstance(data, SignalSubmit)
    return data


def test_it_is_sent_by_the_unit_of_its_office_under_an_id_that_stays(reporting: Reporting) -> None:
    found = reported(reporting)
    assert (found.unit, found.known_office) == ("customs-kv2", True)
    assert found.message.topic == "x.from.customs-kv2"
    said = json.loads(found.message.value)
    assert (said["id"], said["source"]) == ("decl-41256141", "/units/customs-kv2/customs-risk")
    assert said["time"] == "2026-04-01T12:00:00+07:00"
    assert reported(reporting).message == found.message


def test_its_facts_are_those_of_the_row(reporting: Reporting) -> None:
    signal = read(reported(reporting))
    facts = signal.facts
    assert (signal.reference, signal.system, signal.critical) == ("41256141", "customs-risk", False)
    assert (facts.stages, facts.typology, facts.found_by, facts.courier) == (("nhap_khau",), ("KKS",), "customs", "dhl")
    assert facts.place
    assert (facts.place.province, facts.place.place_type) == ("79", "customs_control_area")
    (goods,) = facts.goods
    assert (goods.hs_code, goods.quantity, goods.quantity_unit) == ("420231", Decimal("1.25"), "kg")
    assert (goods.description, goods.value_vnd) == ("Hàng mã HS 420231, xuất xứ RO", None)


def test_the_importer_is_its_subject_and_nothing_personal_stands_in_clear(reporting: Reporting) -> None:
    signal = read(reported(reporting))
    assert signal.details
    assert [(one.kind, one.value) for one in signal.details.identifiers] == [
        (IdentifierKind.IMPORTER_ID, "Y3OM027"),
        (IdentifierKind.DECLARATION, "41256141"),
        (IdentifierKind.SHOP, "FQKH1PD"),
    ]
    clear = signal.model_dump_json(exclude={"details"})
    assert "Y3OM027" not in clear
    assert "FQKH1PD" not in clear


def test_without_an_importer_the_seller_does_not_become_the_subject(reporting: Reporting) -> None:
    details = read(reported(reporting, Importer_ID="")).details
    assert details
    assert [one.kind for one in details.identifiers] == [IdentifierKind.DECLARATION]


def test_an_unknown_office_is_reported_by_the_head_office_without_a_province(reporting: Reporting) -> None:
    found = reported(reporting, Office_ID="999")
    assert (found.unit, found.known_office) == ("customs-hq", False)
    place = read(found).facts.place
    assert place
    assert (place.province, place.place_type) == (None, "customs_control_area")


@pytest.mark.parametrize(("mark", "critical"), [("1", False), ("2", True)])
def test_a_critical_fraud_is_critical(reporting: Reporting, mark: str, critical: bool) -> None:  # noqa: FBT001 - the expected value
    assert read(reported(reporting, Critical_Fraud=mark)).critical is critical


@pytest.mark.parametrize(
    ("mass", "quantity"), [("1.23456", "1.2346"), ("100", "100"), ("0.0", "0"), ("12345678.5", "12345678.5")]
)
def test_a_mass_keeps_four_decimals(reporting: Reporting, mass: str, quantity: str) -> None:
    assert read(reported(reporting, Net_Mass=mass)).facts.goods[0].quantity == Decimal(quantity)


def test_a_courier_that_the_reference_data_do_not_name_is_left_out(reporting: Reporting) -> None:
    assert read(reported(reporting, Courier_ID="W6UCD9")).facts.courier is None


def test_a_rule_in_force_sends_every_one_of_them_to_customs(reporting: Reporting) -> None:
    book = ReferenceBook.load(reference.folder())
    for changes in ({}, {"Office_ID": "999"}, {"Date": "2021-06-30", "Office_ID": "33"}):
        signal = read(reported(reporting, **changes))
        facts: Any = RoutingFacts.of(signal.facts)
        assert unknown_codes(facts, signal.detected_at.date(), book) == ()
        found = route(facts, date(2026, 4, 1), book)
        assert found.rule == "R-EXP-03"
        assert found.lead.startswith("customs-")
