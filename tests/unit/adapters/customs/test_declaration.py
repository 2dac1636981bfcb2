"""A row of the customs system is a declaration, or it is told which column is wrong."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.customs.declaration import Declaration, Mark
from customs_builders import told


def test_a_row_is_read_as_the_file_has_it() -> None:
    found = Declaration.of(told())
    assert (found.id, found.dated, found.moved) == ("41256141", date(2021, 4, 1), date(2026, 4, 1))
    assert (found.office, found.importer, found.seller, found.courier) == ("40", "Y3OM027", "FQKH1PD", "dhl")
    assert (found.net_mass, found.flagged, found.critical) == (Decimal("1.25"), True, Mark.FRAUD)


def test_a_blank_is_nothing() -> None:
    found = Declaration.of(told(Seller_ID="", Courier_ID=" ", Importer_ID=""))
    assert (found.importer, found.seller, found.courier) == (None, None, None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Declaration ID", ""),
        ("Declaration ID", "a b"),
        ("Date", "yesterday"),
        ("Office ID", ""),
        ("HS6 Code", "42"),
        ("Net Mass", "-1"),
        ("Net Mass", "NaN"),
        ("Net Mass", "1" * 30),
        ("Fraud", "2"),
        ("Fraud", ""),
        ("Critical Fraud", "3"),
    ],
)
def test_the_wrong_column_is_named_and_its_value_is_not(column: str, value: str) -> None:
    with pytest.raises(ValueError, match=rf"^{column}: ") as wrong:
        Declaration.of(told() | {column: value})
    assert not value.strip() or len(value) < 3 or value not in str(wrong.value)


@pytest.mark.parametrize("column", ["Declaration ID", "Date", "Moved Date", "Office ID", "Importer ID", "Fraud"])
def test_a_missing_column_is_named(column: str) -> None:
    row = told()
    del row[column]
    with pytest.raises(ValueError, match=rf"^{column}: Field required"):
        Declaration.of(row)
