"""Every command that is understood, by the service that decides it."""

from schemas.commands.case import CaseClaim, CaseClose
from schemas.commands.signal import SignalSubmit
from schemas.commands.tip import TipAdvise, TipForward, TipHold, TipLink, TipRefuse
from schemas.messages import CommandData

COMMANDS: tuple[type[CommandData], ...] = (
    SignalSubmit,
    TipRefuse,
    TipAdvise,
    TipLink,
    TipForward,
    TipHold,
    CaseClaim,
    CaseClose,
)
