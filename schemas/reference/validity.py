"""When a row of reference data holds."""

from datetime import date, datetime, timedelta, timezone
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from schemas.reference.cells import Day, OptionalDay, Text

VIETNAM = timezone(timedelta(hours=7), "Asia/Ho_Chi_Minh")
"""Viet Nam has kept UTC+7 without summer time since 1975, so a fixed offset needs no time-zone database."""


def vietnam_date(moment: datetime) -> date:
    """The calendar day of an aware instant in Viet Nam, by which rules in force are chosen.

    Raises ValueError for a naive datetime: its day would depend on the machine.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no offset: give an instant such as 2026-07-01T08:00:00+07:00")
    return moment.astimezone(VIETNAM).date()


class Row(BaseModel):
    """One row of a sheet: frozen, and strict about its columns.

    It holds from `valid_from` up to but not on `valid_to`, as a text "ceases to have effect from" a day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    valid_from: Annotated[Day, Field(description="the first day in force, like 2025-07-01")]
    valid_to: Annotated[
        OptionalDay, Field(description="the day from which it no longer holds, after valid_from; empty while it holds")
    ]
    source: Annotated[Text, Field(description="the document number, or the published source with its date")]
    note: Annotated[str, Field(description="free text; begins with CONFIG where the value is uncertain")] = ""

    @field_validator("valid_to")
    @classmethod
    def _after_start(cls, value: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("valid_from")
        if value is not None and isinstance(start, date) and value <= start:
            raise ValueError(f"{value} is not after valid_from {start}")
        return value

    def holds(self, at: date) -> bool:
        """Whether the row is in force on that day."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)

    def overlaps(self, other: "Row") -> bool:
        """Whether there is a day on which both rows hold."""
        return _begins_before_end(self, other) and _begins_before_end(other, self)


def _begins_before_end(one: Row, other: Row) -> bool:
    return other.valid_to is None or one.valid_from < other.valid_to
