"""The generator: the same seed, the same declarations; nothing in them belongs to anybody."""

import re
from datetime import date

import pytest

import reference
from adapters.customs.declaration import Declaration
from adapters.customs.offices import Offices
from adapters.customs.standin.columns import COLUMNS
from adapters.customs.standin.generator import COUNT, SEED, generate
from schemas.reference.book import ReferenceBook


def test_the_same_seed_gives_the_same_declarations_and_another_seed_others() -> None:
    assert generate() == generate(SEED, COUNT)
    assert generate().source != generate(SEED + 1).source


def test_it_is_the_same_on_every_machine_and_in_every_release() -> None:
    assert generate().source == "generated-389-5763271ce76d42eb"


def test_50_of_200_are_flagged_and_some_are_critical() -> None:
    shelf = generate()
    assert (len(shelf.rows), shelf.flagged()) == (200, 50)
    assert 0 < sum(row["Critical Fraud"] == "2" for row in shelf.rows) < 25


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_row_is_a_declaration_in_the_published_columns_of_a_known_office(seed: int) -> None:
    offices, shelf = Offices.load(), generate(seed, 300)
    for row in shelf.rows:
        assert tuple(row)[: len(COLUMNS)] == COLUMNS
        found = Declaration.of(row)
        office = offices.of(found.office, found.dated)
        assert office
        assert office.unit != "customs-hq"
        assert (found.moved.year, found.moved.replace(year=2021)) == (2026, found.dated)
    assert len({row["Declaration ID"] for row in shelf.rows}) == 300
    assert [row["Date"] for row in shelf.rows] == sorted(row["Date"] for row in shelf.rows)


def test_numbers_are_well_formed_and_of_a_range_that_nobody_is_given() -> None:
    for row in generate().rows:
        assert re.fullmatch(r"109999\d{6}", row["Declaration ID"])
        assert re.fullmatch(r"[A-Z2-9]{7}", row["Importer ID"])


def test_couriers_are_those_of_the_reference_data() -> None:
    known = {term.code for term in ReferenceBook.load(reference.folder()).terms_at("couriers", date(2026, 4, 1))}
    assert {row["Courier ID"] for row in generate().rows} <= known


def test_some_importers_are_flagged_more_than_once_so_that_cases_gather_signals() -> None:
    flagged = [row["Importer ID"] for row in generate().rows if row["Fraud"] == "1"]
    assert 1 < len(set(flagged)) < len(flagged)
