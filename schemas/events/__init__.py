"""Every fact that is published, by the aggregate that it is about."""

from schemas.events.case import CaseClaimed, CaseClaimLost, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.events.dossier import DossierErased
from schemas.events.feed import FeedWithdrawn
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
from schemas.messages import EventData

EVENTS: tuple[type[EventData], ...] = (
    TipReceived,
    TipRefused,
    TipAdvised,
    TipLinked,
    TipForwarded,
    TipHeld,
    TipWithdrawn,
    IntegrityOpened,
    SignalDetected,
    CaseProposed,
    CaseSignalAdded,
    CaseClaimed,
    CaseClaimLost,
    CaseClosed,
    DossierErased,
    CommandAccepted,
    CommandRefused,
    FeedWithdrawn,
)
