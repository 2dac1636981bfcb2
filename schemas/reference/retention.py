"""For how long personal values may be kept after a matter has ended, by what it was and how it ended."""

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from schemas.events.dossier import DossierKind
from schemas.reference.cells import Text
from schemas.reference.validity import Row

_LEAP_DAY = 29

Years = Annotated[int, Field(ge=0, le=100)]
Days = Annotated[int, Field(ge=0, le=36_500)]


class Retention(Row):
    """How long after its end the personal values of a dossier are kept; what no row names is kept."""

    kind: Annotated[DossierKind, Field(description="tip or signal")]
    outcome: Annotated[
        Literal["refused", "advised", "linked", "closed"],
        Field(description="refused, advised, linked, or closed (the last case that grew from it)"),
    ]
    years: Annotated[Years, Field(description="whole years after the end, 0 where days count")]
    days: Annotated[Days, Field(description="days beside the years, 0 for none")]
    basis: Annotated[Text, Field(description="the provision that limits the keeping; it stands in dossier.erased")]

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if not self.years and not self.days:
            raise ValueError("years and days are both 0: give the time for which it is kept")
        if self.kind is DossierKind.SIGNAL and self.outcome != "closed":
            raise ValueError("a signal ends with its last case alone: write closed")
        return self

    def ended_before(self, today: date) -> date:
        """The day before which a matter must have ended to be erased today."""
        return years_back(today, self.years) - timedelta(days=self.days)


def years_back(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February, 28 where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=_LEAP_DAY - 1)
