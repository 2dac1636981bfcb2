"""Rows of the sheets in `reference/places/`, whose time in force and source stand once a sheet, in `sources.csv`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.reference.cells import Day, OptionalDay, Text

REFORM = date(2025, 7, 1)
"""The day on which 63 provinces became 34 and districts ceased (202/2025/QH15)."""

Two = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
Three = Annotated[str, StringConstraints(pattern=r"^\d{3}$")]
Five = Annotated[str, StringConstraints(pattern=r"^\d{5}$")]
Also = Annotated[str, StringConstraints(pattern=r"^([a-z0-9]+( [a-z0-9]+)*)?$")]

_FORMER = "former names without diacritics or spaces inside, with spaces between; empty for none"


class PlaceRow(BaseModel):
    """One row: frozen, and strict about its columns."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class OldProvince(PlaceRow):
    """One of the 63 provinces until the reform, and the one of the 34 that holds it since."""

    code: Annotated[Two, Field(description="the two digits that the province had")]
    name: Annotated[Text, Field(description="kind and name, like Tỉnh Hà Giang")]
    successor: Annotated[Two, Field(description="the code of the new province in provinces.csv")]


class OldDistrict(PlaceRow):
    """A district, town or city under an old province."""

    code: Annotated[Three, Field(description="the three digits of the district")]
    province: Annotated[Two, Field(description="the code of its old province")]
    name: Annotated[Text, Field(description="kind and name, like Quận Ba Đình")]
    also: Annotated[Also, Field(description=_FORMER)]


class OldWard(PlaceRow):
    """A ward, commune or township under an old district."""

    code: Annotated[Five, Field(description="the five digits of the old ward")]
    district: Annotated[Three, Field(description="the code of its district")]
    name: Annotated[Text, Field(description="kind and name, like Phường Phúc Xá")]
    also: Annotated[Also, Field(description=_FORMER)]


class NewProvince(PlaceRow):
    """One of the 34 provinces since the reform, with its kind; `provinces.csv` above has its names for people."""

    code: Annotated[Two, Field(description="the two digits of the province, as in provinces.csv")]
    name: Annotated[Text, Field(description="kind and name, like Tỉnh Lào Cai")]


class Ward(PlaceRow):
    """A ward, commune or special zone since the reform."""

    code: Annotated[Five, Field(description="the five digits of the ward")]
    province: Annotated[Two, Field(description="the code of its province in provinces.csv")]
    name: Annotated[Text, Field(description="kind and name, like Phường Ba Đình")]


class Successor(PlaceRow):
    """A new ward that holds ground of an old one, or of an island district that had no wards."""

    old: Annotated[
        str, StringConstraints(pattern=r"^(\d{5}|\d{3})$"), Field(description="an old ward, or an island district")
    ]
    new: Annotated[Five, Field(description="the code of a ward in wards.csv")]


class PlaceSource(PlaceRow):
    """When the rows of a sheet hold and where they come from."""

    sheet: Annotated[
        Literal["old_provinces", "old_districts", "old_wards", "provinces", "wards", "successors"],
        Field(description="a sheet of this folder without its ending"),
    ]
    valid_from: Annotated[Day, Field(description="the first day in force, like 2025-07-01")]
    valid_to: Annotated[OptionalDay, Field(description="the day from which they no longer hold; empty while they do")]
    source: Annotated[Text, Field(description="the document number, or the published source with its date")]
