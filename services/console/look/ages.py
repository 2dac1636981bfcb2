"""How old a case is, in days that are worked."""

from datetime import datetime, timedelta

from services.console.timeline.days import vietnam
from services.console.timeline.window import VIETNAM


def working_days(since: datetime, now: datetime) -> int:
    """How many working days have passed since a moment, today left out; 0 for today itself."""
    first, today = since.astimezone(VIETNAM).date(), now.astimezone(VIETNAM).date()
    years = range(first.year, today.year + 1)
    return vietnam(years).working_days(first, today - timedelta(days=1))
