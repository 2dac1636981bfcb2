"""The integrity route: what a held tip leaves behind, and for whom."""

from datetime import date

from bus.uow import UnitOfWork
from schemas.events.integrity import IntegrityOpened
from schemas.facts import Facts, PersonalFacts
from schemas.reference.book import ReferenceBook
from schemas.reference.validity import vietnam_date
from services import audience
from services.intake.handlers.published import personal
from services.intake.model import Tip, TipState
from services.intake.office import Office


def speaks_of_an_officer(facts: Facts, at: date, book: ReferenceBook) -> bool:
    """Whether a typology of the facts belongs to the integrity route, whatever the form's questions were answered."""
    return any(term.kind == "integrity" and term.code in facts.typology for term in book.terms_at("typology", at))


def open_integrity(
    held: Tip, details: PersonalFacts | None, held_after: TipState | None, uow: UnitOfWork, office: Office
) -> None:
    """Publish `integrity.opened`, which reaches the integrity units that the tip does not name and nobody else.

    Neither desk nor command is named as its cause: nothing that the desk can see leads to it.
    """
    if held.integrity_id is None:
        raise ValueError("a held tip has an integrity id")
    now = uow.context.clock()
    opened = IntegrityOpened(
        tip_id=held.id,
        tip_no=held.tip_no,
        desk=held.desk,
        channel=held.channel,
        received_at=held.received_at,
        named_units=held.named_units,
        held_after=None if held_after is None else held_after.value,
        informant_ref=held.informant_ref,
        facts=held.facts,
        personal=personal(held.id, details),
    )
    uow.publish(
        opened,
        subject=held.integrity_id,
        sequence=1,
        audience=audience.integrity_opened(held.named_units, office.book, vietnam_date(now)),
        acttime=now,
    )
