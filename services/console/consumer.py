"""What console listens to: facts about cases and held tips for the timelines, and about tips too for the search."""

from types import MappingProxyType

from bus.listening import Listening, Subscription, Subscriptions
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.events.dossier import DossierErased
from schemas.events.tip import TipAdvised, TipForwarded, TipHeld, TipLinked, TipReceived, TipRefused
from schemas.topics import Topics
from services.console.handlers.indexing import Indexing
from services.console.handlers.projection import add, erase, withhold

_TIMELINE = Subscription(add, "project")

SUBSCRIPTIONS: Subscriptions = MappingProxyType(
    {
        CaseProposed: _TIMELINE,
        CaseSignalAdded: _TIMELINE,
        CaseClaimed: _TIMELINE,
        CaseClaimLost: _TIMELINE,
        CaseClosed: _TIMELINE,
        TipHeld: Subscription(withhold, "project"),
        DossierErased: Subscription(erase, "project"),
    }
)


_TOPICS = ("case", "tip", "signal")
"""Of signals only their erasure is listened to: what they said is met in cases."""
_CASES = (CaseProposed, CaseSignalAdded, CaseClaimed, CaseClaimLost, CaseClosed)
_TIPS = (TipReceived, TipLinked, TipRefused, TipAdvised, TipForwarded)


def searching(topics: Topics, indexing: Indexing) -> Listening:
    """A group of its own for the search, which opens and hashes: no timeline waits for it."""
    found = Subscription(indexing.add, "project")
    return Listening(
        group=f"{topics.prefix}console.search",
        topics=tuple(topics.of_aggregate(name) for name in _TOPICS),
        subscriptions={
            **dict.fromkeys((*_CASES, *_TIPS), found),
            TipHeld: Subscription(indexing.withhold, "project"),
            DossierErased: Subscription(indexing.erase, "project"),
        },
    )


def listening(topics: Topics) -> Listening:
    """One group for all topics of the timelines."""
    return Listening(
        group=f"{topics.prefix}console.timeline",
        topics=tuple(topics.of_aggregate(name) for name in _TOPICS),
        subscriptions=SUBSCRIPTIONS,
    )
