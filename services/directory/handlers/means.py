"""What every handler of directory works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bus.database import Database
from bus.errors import Refused
from schemas.problems import FORBIDDEN
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services.directory.credentials import Entropy
from services.directory.passwords import Passwords
from services.directory.signing import Signer
from services.policy import Actor, Resource, decide


@dataclass(frozen=True, slots=True)
class Means:
    """Made once by the composition root."""

    database: Database
    signer: Signer
    passwords: Passwords
    book: ReferenceBook
    clock: Callable[[], datetime]
    new_id: Callable[[], UUID]
    entropy: Entropy

    def today(self) -> date:
        """The day in Viet Nam, on which units are asked to be in force."""
        return vietnam_date(self.clock())


def administrator(actor: Actor) -> None:
    """Raises `Refused` (403) unless policy lets the actor administer directory."""
    decision = decide(actor, "directory.admin", Resource())
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))
