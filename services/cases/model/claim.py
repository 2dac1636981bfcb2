"""Who takes the lead: the first competent unit, and nobody after it."""

from dataclasses import dataclass, replace
from datetime import datetime

from schemas.events.case import CaseClaimed, CaseClaimLost
from services.cases.model.case import Case, State
from services.cases.model.denial import Denial, Denied


@dataclass(frozen=True, slots=True)
class Claimant:
    """The unit that claims and its officer.

    `competent`: a rule in force names the unit. `informed`: it may know of the case. `lost_before`: it was told once
    already that another unit leads the case.
    """

    unit: str
    officer: str
    competent: bool
    informed: bool = True
    lost_before: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claimant leads the case from now on."""

    case: Case
    event: CaseClaimed


@dataclass(frozen=True, slots=True)
class ClaimLost:
    """Another unit had claimed before. The fact is told once to each loser, so `event` may be None."""

    case: Case
    event: CaseClaimLost | None
    won_by: str
    won_at: datetime


def claim(case: Case, claimant: Claimant, at: datetime) -> Claimed | ClaimLost | Denied:
    """The first competent unit takes the lead; a later one learns who did and when.

    A unit that no rule in force names learns nothing of the case's state, and one that may not know of the case
    gets the same answer as for an id that was never given.
    """
    if case.hidden or not (claimant.competent or claimant.informed):
        return Denied(Denial.UNKNOWN)
    if not claimant.competent:
        return Denied(Denial.NOT_COMPETENT)
    if case.state is State.CLOSED:
        return Denied(Denial.CLOSED)
    if case.holder is None or case.claimed_at is None:
        return _won(case, claimant, at)
    if case.holder == claimant.unit:
        return Denied(Denial.ALREADY_HELD)
    return _lost(case, claimant, case.holder, case.claimed_at)


def _won(case: Case, claimant: Claimant, at: datetime) -> Claimed:
    claimed = replace(case, state=State.CLAIMED, holder=claimant.unit, claimed_at=at, sequence=case.sequence + 1)
    event = CaseClaimed(
        case_no=case.case_no,
        holder=claimant.unit,
        claimed_by=claimant.unit,
        officer=claimant.officer,
        rule=case.route.rule,
        offered=tuple(sorted(case.invited - {claimant.unit})),
    )
    return Claimed(claimed, event)


def _lost(case: Case, claimant: Claimant, won_by: str, won_at: datetime) -> ClaimLost:
    if claimant.lost_before:
        return ClaimLost(case, None, won_by, won_at)
    event = CaseClaimLost(case_no=case.case_no, holder=won_by, unit=claimant.unit, won_by=won_by, won_at=won_at)
    return ClaimLost(replace(case, sequence=case.sequence + 1), event, won_by, won_at)
