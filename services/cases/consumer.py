"""What cases listens to: signals, forwarded and held tips, and commands that units sent."""

from types import MappingProxyType

from bus.listening import Listening, Subscription
from schemas.commands.case import CaseClaim, CaseClose
from schemas.events.dossier import DossierErased
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded, TipHeld
from schemas.topics import Topics
from services.cases.handlers.erasing import forget_origins
from services.cases.handlers.growth import Growth
from services.cases.handlers.inbound import Inbound
from services.cases.handlers.withholding import withhold


def listening(topics: Topics, growth: Growth, inbound: Inbound) -> Listening:
    """One group for all. Nothing is replayed: cases are primary records, with numbers and keys made once."""
    return Listening(
        group=f"{topics.prefix}cases.work",
        topics=(topics.of_aggregate("signal"), topics.of_aggregate("tip")),
        inbound=(topics.inbound("cases"),),
        subscriptions=MappingProxyType(
            {
                SignalDetected: Subscription(growth.add_signals, "never"),
                TipForwarded: Subscription(growth.add_tips, "never"),
                TipHeld: Subscription(withhold, "never"),
                DossierErased: Subscription(forget_origins, "never"),
                CaseClaim: Subscription(inbound.decide, "never"),
                CaseClose: Subscription(inbound.decide, "never"),
            }
        ),
    )
