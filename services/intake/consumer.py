"""What intake listens to: commands that units sent, and what became of tips in cases."""

from types import MappingProxyType

from bus.listening import Listening, Subscription
from schemas.commands.signal import SignalSubmit
from schemas.commands.tip import TipAdvise, TipForward, TipHold, TipLink, TipRefuse
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed, CaseSignalAdded
from schemas.topics import Topics
from services.intake.handlers.cases import case_ended, case_found_lead, origin_became_case
from services.intake.handlers.inbound import Inbound


def listening(topics: Topics, inbound: Inbound) -> Listening:
    """One group for both.

    Commands are done once by (source, id), so a replay leaves them out; what intake keeps of cases is made of event
    content alone and can be made again.
    """
    return Listening(
        group=f"{topics.prefix}intake.work",
        topics=(topics.of_aggregate("case"),),
        inbound=(topics.inbound("intake"),),
        subscriptions=MappingProxyType(
            {
                SignalSubmit: Subscription(inbound.signals, "never"),
                TipRefuse: Subscription(inbound.decisions, "never"),
                TipAdvise: Subscription(inbound.decisions, "never"),
                TipLink: Subscription(inbound.decisions, "never"),
                TipForward: Subscription(inbound.decisions, "never"),
                TipHold: Subscription(inbound.decisions, "never"),
                CaseProposed: Subscription(origin_became_case, "project"),
                CaseSignalAdded: Subscription(origin_became_case, "project"),
                CaseClaimed: Subscription(case_found_lead, "project"),
                CaseClosed: Subscription(case_ended, "project"),
            }
        ),
    )
