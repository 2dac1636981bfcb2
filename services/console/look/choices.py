"""What the filters of the list offer: everything that the reference data of the day has, whatever the viewer sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from schemas.reference.book import ReferenceBook


@dataclass(frozen=True, slots=True)
class Choices:
    """Codes in the order of their sheets. An agency stands with its units."""

    units: Sequence[tuple[str, Sequence[str]]]
    provinces: Sequence[str]
    stages: Sequence[str]

    @classmethod
    def of(cls, book: ReferenceBook, today: date) -> "Choices":
        """The choices of a day."""
        units = book.units_at(today)
        of_agency = [
            (agency.code, [unit.code for unit in units if unit.agency == agency.code])
            for agency in book.agencies_at(today)
        ]
        return cls(
            units=[(agency, codes) for agency, codes in of_agency if codes],
            provinces=[one.code for one in book.provinces_at(today)],
            stages=[one.code for one in book.terms_at("stages", today)],
        )
