"""Among which records somebody may search: those whose kind their role lets them read, and of which their unit sees."""

from schemas.reference.validity import vietnam_date
from schemas.views import View
from services.console.look.pages import Pages
from services.console.model.findable import CASE, TIP
from services.policy import Actor, Resource, decide


def scope(actor: Actor, pages: Pages) -> frozenset[str]:
    """Cases for whoever may read cases, tips for whoever may read the feed that carries them; none for the rest."""
    of_integrity = pages.book.integrity_units_at(vietnam_date(pages.clock()))
    cases = decide(actor, "case.read", Resource(view=View.POINTER)).allowed
    tips = decide(actor, "feed.read", Resource(unit=actor.unit, integrity_units=of_integrity)).allowed
    return frozenset([CASE] * cases + [TIP] * tips)
