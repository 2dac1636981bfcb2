"""How a case ends."""

from dataclasses import dataclass, replace

from schemas.commands.case import CaseClose
from schemas.events.case import CaseClosed
from services.cases.model.case import Case, State
from services.cases.model.denial import Denial, Denied


@dataclass(frozen=True, slots=True)
class Closer:
    """The unit that closes, its officer, and whether the unit may know of the case."""

    unit: str
    officer: str
    informed: bool = True


@dataclass(frozen=True, slots=True)
class Closed:
    """The case ended with an outcome."""

    case: Case
    event: CaseClosed


def close(case: Case, closer: Closer, command: CaseClose) -> Closed | Denied:
    """The unit that leads the case ends it; whether the outcome's code is in force is for the caller to check."""
    if case.hidden or not (closer.informed or closer.unit == case.holder):
        return Denied(Denial.UNKNOWN)
    if case.state is State.PROPOSED:
        return Denied(Denial.NOT_CLAIMED)
    if case.holder != closer.unit:
        return Denied(Denial.NOT_HOLDER)
    if case.state is State.CLOSED:
        return Denied(Denial.CLOSED)
    event = CaseClosed(
        case_no=case.case_no,
        holder=case.holder,
        closed_by=closer.unit,
        officer=closer.officer,
        outcome=command.outcome,
        document=command.document,
        amounts=command.amounts,
        note=command.note,
    )
    return Closed(replace(case, state=State.CLOSED, sequence=case.sequence + 1), event)
