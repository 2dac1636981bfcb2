"""Rows of the sheets on agencies, provinces, units, hotlines and vocabularies. Descriptions are shown as remedies."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.facts import Code, UnitCode
from schemas.reference.cells import ANY, Codes, Flag, Text
from schemas.reference.validity import Row

AgencyCode = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,47}$")]
ProvinceCode = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]


class Named(Row):
    """A row that people read by its name in two languages."""

    name_vi: Annotated[Text, Field(description="the name in Vietnamese")]
    name_en: Annotated[Text, Field(description="the name in English")]


class Agency(Named):
    """A force: the set of its units."""

    code: Annotated[AgencyCode, Field(description="lower-case letters and underscores, like market_surveillance")]
    short: Annotated[
        str, StringConstraints(pattern=r"^[A-Z0-9]{2,12}$"), Field(description="the usual abbreviation, like QLTT")
    ]
    under: Annotated[Text, Field(description="the ministry or body that the agency belongs to")]


class Province(Named):
    """One of the provinces and cities, by its statistical code."""

    code: Annotated[ProvinceCode, Field(description="the two digits of the province, like 79")]


class Unit(Named):
    """An office of an agency: it subscribes, sees, sends and is responsible."""

    code: Annotated[UnitCode, Field(description="lower-case letters, digits and hyphens, like qltt-79")]
    agency: Annotated[AgencyCode, Field(description="the code of an agency in agencies.csv")]
    parent: Annotated[
        UnitCode | Literal[""], Field(description="the unit that commands it; empty where that is not on the bus")
    ]
    territory: Annotated[
        Codes, Field(description="province codes with spaces between, * for a central unit, empty for no territory")
    ]
    central: Annotated[Flag, Field(description="yes for the one unit that answers where no territory holds the place")]
    desk: Annotated[Flag, Field(description="yes for a standing office that takes in tips")]
    coordinator: Annotated[Flag, Field(description="yes for a unit that coordinates the cases of its territory")]
    integrity: Annotated[Flag, Field(description="yes for a unit that handles tips about officers")]
    contact: Annotated[Text, Field(description="whom another unit contacts about a record of this unit")]

    def holds_place(self, province: str | None) -> bool:
        """Whether the province is in the unit's territory; a territory of every province holds an unknown place too."""
        return self.territory == (ANY,) or (province is not None and province in self.territory)


class Hotline(Row):
    """A number or address at which a unit takes tips, with how far it can be trusted."""

    unit: Annotated[UnitCode, Field(description="the code of a unit in units.csv")]
    channel: Annotated[Literal["phone", "email"], Field(description="phone or email")]
    value: Annotated[Text, Field(description="the number or address as it was published")]
    status: Annotated[
        Literal["published", "stale", "fictional"],
        Field(description="published, stale (an old publication, not confirmed since) or fictional (for the demo)"),
    ]


class Term(Named):
    """A word of a vocabulary. `kind` groups the words of one sheet; the sheet's readers know the groups."""

    code: Annotated[Code, Field(description="letters, digits, underscore, dot or hyphen, as the events carry it")]
    kind: Annotated[Code, Field(description="the group within the vocabulary, like stage or helper")]
    basis: Annotated[Text, Field(description="the provision or usage that the word comes from")]
