"""A timeline as it is read: newest first, by days of Vietnam."""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

from services.console.model.seen import Seen
from services.console.timeline.window import VIETNAM


def by_day(entries: Iterable[Seen]) -> list[tuple[datetime, list[Seen]]]:
    """Days, the latest first, each by an instant of it, with their entries, the latest first."""
    newest_first = sorted(entries, key=lambda one: one.order, reverse=True)
    days = groupby(newest_first, key=lambda one: one.acttime.astimezone(VIETNAM).date())
    found = [list(group) for _, group in days]
    return [(group[0].acttime, group) for group in found]


def place_of(entry: Seen) -> str:
    """The display order of an entry as text that sorts as it does, for the script that puts new rows in place."""
    instants = (entry.acttime, entry.recordedtime)
    texts = (instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for instant in instants)
    return "|".join((*texts, entry.id))
