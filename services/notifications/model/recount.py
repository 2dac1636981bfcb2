"""Case numbers as a reader is told them: counted again without what is withheld from it today (ADR 13). Pure."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.notifications.model.denials import Denials
from services.notifications.model.mention import Mention
from services.notifications.model.row import FeedRow


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event of a case stands for one unit, by the number that it was given."""

    unit: str
    number: int
    mention: Mention


def thinned(rows: Iterable[FeedRow], held: Denials) -> set[UUID]:
    """The cases among the rows that a held tip brought something to."""
    return {row.mention.subject for row in rows if row.case_number is not None and held.brought_to(row.mention.subject)}


def recounted(rows: Sequence[FeedRow], withheld: Iterable[Place]) -> list[FeedRow]:
    """The rows, each case number less the withheld ones below it; `withheld` is all of them, each once."""
    below: defaultdict[tuple[str, UUID], list[int]] = defaultdict(list)
    for place in withheld:
        below[place.unit, place.mention.subject].append(place.number)
    numbers = {key: sorted(found) for key, found in below.items()}
    return [_recounted(row, numbers.get((row.unit, row.mention.subject), ())) for row in rows]


def _recounted(row: FeedRow, withheld: Sequence[int]) -> FeedRow:
    number = row.case_number
    return row if number is None or not withheld else replace(row, case_number=number - bisect_left(withheld, number))
