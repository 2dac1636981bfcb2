"""What console listens to: every fact about a case, and tips that were held."""

from types import MappingProxyType

from bus.listening import Listening, Subscription, Subscriptions
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.events.tip import TipHeld
from schemas.topics import Topics
from services.console.handlers.projection import add, withhold

_TIMELINE = Subscription(add, "project")

SUBSCRIPTIONS: Subscriptions = MappingProxyType(
    {
        CaseProposed: _TIMELINE,
        CaseSignalAdded: _TIMELINE,
        CaseClaimed: _TIMELINE,
        CaseClaimLost: _TIMELINE,
        CaseClosed: _TIMELINE,
        TipHeld: Subscription(withhold, "project"),
    }
)


def listening(topics: Topics) -> Listening:
    """One group for both topics."""
    return Listening(
        group=f"{topics.prefix}console.timeline",
        topics=(topics.of_aggregate("case"), topics.of_aggregate("tip")),
        subscriptions=SUBSCRIPTIONS,
    )
