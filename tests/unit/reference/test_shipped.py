"""The sheets that ship with the product."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

import adapters
import reference
from reference_builders import TODAY
from schemas.reference.book import ReferenceBook, examine

DECLARATIONS = "customs-declarations-2021Q2.csv"


@pytest.fixture(scope="module")
def book() -> ReferenceBook:
    return ReferenceBook.load(reference.folder())


@pytest.fixture(scope="module")
def offices() -> list[dict[str, str]]:
    path = Path(adapters.__file__).parent / "customs" / "offices.csv"
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_nothing_in_them_needs_correction() -> None:
    _, problems = examine(reference.folder())
    assert [str(problem) for problem in problems] == []


def test_there_are_thirty_four_provinces_since_july_2025(book: ReferenceBook) -> None:
    assert len(book.provinces_at(TODAY)) == 34
    assert book.provinces_at(date(2025, 6, 30)) == ()


def test_provincial_market_surveillance_answers_to_its_province_and_not_to_the_centre(book: ReferenceBook) -> None:
    assert book.line_of_command("qltt-79", TODAY) == ("bcd-79",)


def test_a_regional_customs_unit_answers_to_the_department(book: ReferenceBook) -> None:
    assert book.line_of_command("customs-kv6", TODAY) == ("customs-hq",)


def test_standing_offices_are_the_desks(book: ReferenceBook) -> None:
    desks = book.desks_at(TODAY)
    assert {desk.code for desk in desks} == {"vptt-389", "bcd-01", "bcd-20", "bcd-79"}
    assert {desk.agency for desk in desks} == {"standing_office"}


def test_every_contact_and_invented_hotline_leads_nowhere(book: ReferenceBook) -> None:
    invented = [hotline.value for hotline in book.hotlines if hotline.status == "fictional"]
    for address in [*(unit.contact for unit in book.units), *invented]:
        assert address.endswith(".demo.invalid")


def test_the_web_channel_is_the_only_one_that_needs_a_local_decision(book: ReferenceBook) -> None:
    channels = {term.code: term.kind for term in book.terms_at("channels", TODAY)}
    assert [code for code, kind in channels.items() if kind != "regulation"] == ["web"]
    assert set(channels) == {"phone", "email", "document", "in_person", "web"}


def test_every_office_of_the_published_file_is_mapped_to_the_customs_unit_of_its_province(
    book: ReferenceBook, offices: list[dict[str, str]]
) -> None:
    for office in offices:
        assert office["unit"] == book.unit_of_agency("customs", office["province"], TODAY).code, office
        date.fromisoformat(office["valid_from"])
        assert "fictional" in office["note"]


def test_a_few_rare_offices_of_the_published_file_are_left_unmapped(offices: list[dict[str, str]]) -> None:
    folder = Path(os.environ.get("PHOIHOP_DATA", ""))
    if not os.environ.get("PHOIHOP_DATA") or not (folder / DECLARATIONS).is_file():
        pytest.skip(f"set PHOIHOP_DATA to the folder of {DECLARATIONS}")
    with (folder / DECLARATIONS).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    known = {office["office_id"] for office in offices}
    flagged = [row for row in rows if row["Fraud"] == "1"]
    unknown = [row for row in flagged if row["Office ID"] not in known]
    assert len(flagged) == 1835
    assert 0 < len(unknown) < 10
