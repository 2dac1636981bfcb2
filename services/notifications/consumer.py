"""What notifications listens to: every fact of every domain topic, all by one handler, so that batches stay whole."""

from types import MappingProxyType

from bus.listening import Listening, Subscription, Subscriptions
from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.events.dossier import DossierErased
from schemas.events.integrity import IntegrityOpened
from schemas.events.signal import SignalDetected
from schemas.events.tip import (
    TipAdvised,
    TipForwarded,
    TipHeld,
    TipLinked,
    TipReceived,
    TipRefused,
    TipWithdrawn,
)
from schemas.topics import AGGREGATES, Topics
from services.notifications.handlers.feeds import append

_FEED = Subscription(append, "never")
"""Feeds are primary records: their numbers are given once and a replay gives none."""

SUBSCRIPTIONS: Subscriptions = MappingProxyType(
    {
        TipReceived: _FEED,
        TipRefused: _FEED,
        TipAdvised: _FEED,
        TipLinked: _FEED,
        TipForwarded: _FEED,
        TipHeld: _FEED,
        TipWithdrawn: _FEED,
        IntegrityOpened: _FEED,
        SignalDetected: _FEED,
        CaseProposed: _FEED,
        CaseSignalAdded: _FEED,
        CaseClaimed: _FEED,
        CaseClaimLost: _FEED,
        CaseClosed: _FEED,
        DossierErased: _FEED,
        CommandAccepted: _FEED,
        CommandRefused: _FEED,
    }
)


def listening(topics: Topics) -> Listening:
    """One group for all topics."""
    return Listening(
        group=f"{topics.prefix}notifications.feeds",
        topics=tuple(topics.of_aggregate(aggregate) for aggregate in AGGREGATES),
        subscriptions=SUBSCRIPTIONS,
    )
