"""Whom a tip that names an officer or a unit is hidden from: pure, shared as the policy is."""

from collections.abc import Collection
from datetime import date

from schemas.reference.book import ReferenceBook


def hidden_units(named: Collection[str], book: ReferenceBook, at: date) -> frozenset[str]:
    """The units that must never learn of a tip that names these units.

    The named units; everything above them, because their queues and orders pass through it (a superior who reads of
    a tip can warn, or hand it down); and everything below them, because it works under the people the tip may name.
    A unit that is not in force that day is hidden all the same: a name that the book forgot is no way in.
    Integrity units stand outside every line of command, and so are hidden only where the tip names one of them.
    """
    lines = (line for unit in named for line in (book.line_of_command(unit, at), book.below(unit, at)))
    return frozenset(named).union(*lines)


def integrity_denies(unit: str, named: Collection[str], book: ReferenceBook, at: date) -> bool:
    """Whether a held tip is kept from the unit: from all but integrity units, and from those that it names."""
    return unit not in book.integrity_units_at(at) or unit in hidden_units(named, book, at)
