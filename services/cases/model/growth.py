"""How a case opens and grows: a contribution joins it, and an event says so."""

from dataclasses import dataclass, replace

from schemas.events.case import CaseProposed, CaseSignalAdded
from services.cases.model.case import Case, widened
from services.cases.model.contribution import Contribution


@dataclass(frozen=True, slots=True)
class Grown:
    """A contribution joined the case, which it proposed if it was the first."""

    case: Case
    event: CaseProposed | CaseSignalAdded


def grow(case: Case, contribution: Contribution) -> Grown:
    """The case with the contribution, and the event that says so."""
    kind = CaseSignalAdded if case.sequence else CaseProposed
    grown = replace(
        case,
        sequence=case.sequence + 1,
        route=case.route.model_copy(update={"co": widened(case.route, contribution.route)}),
    )
    return Grown(
        grown,
        kind(
            case_no=case.case_no,
            holder=case.contact,
            route=contribution.route,
            origin=contribution.origin,
            facts=contribution.facts,
            personal=contribution.personal,
        ),
    )
