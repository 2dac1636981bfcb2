"""What every handler of intake works with besides its unit of work."""

from collections.abc import Callable
from dataclasses import dataclass

from schemas.identifiers.address.gazetteer import Gazetteer
from schemas.reference.book import ReferenceBook
from services.intake.pseudonym import RandomBytes
from services.intake.vault import Vault

REGULATION = "195/QĐ-BCĐ389"
"""The Regulation on receiving and handling tips: the legal basis of what a desk does."""


@dataclass(frozen=True, slots=True)
class Office:
    """Reference data, the writing side of the vault, the pepper of receipts and pseudonyms, and randomness.

    `places` gives the tables of old and new units; they are read when it is first called.
    """

    book: ReferenceBook
    places: Callable[[], Gazetteer]
    vault: Vault
    pepper: bytes
    random: RandomBytes
    web_decision: str = ""
    """The committee's decision that opens the web channel; empty keeps it closed."""
