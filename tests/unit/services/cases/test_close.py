"""How a case ends."""

import pytest

from builders import PAPER
from case_builders import case, claimed_case
from schemas.commands.case import CaseClose
from schemas.events.case import Amounts
from services.cases.model.case import Case, State
from services.cases.model.close import Closed, Closer, close
from services.cases.model.denial import Denial, Denied

FINE = Amounts(fine_imposed=40_000_000)
COMMAND = CaseClose(case_id=case().id, outcome="PHAT_TIEN", document=PAPER, amounts=FINE, note="Đã nộp phạt")


def closer(unit: str = "customs-kv2", *, informed: bool = True) -> Closer:
    return Closer(unit, "Lê Văn Giả Định", informed=informed)


def test_the_unit_that_leads_the_case_closes_it_with_an_outcome_and_its_paper() -> None:
    closed = close(claimed_case(), closer(), COMMAND)
    assert isinstance(closed, Closed)
    assert (closed.case.state, closed.case.sequence) == (State.CLOSED, 3)
    assert (closed.event.outcome, closed.event.document, closed.event.note) == ("PHAT_TIEN", PAPER, "Đã nộp phạt")
    assert closed.event.amounts == FINE
    assert (closed.event.closed_by, closed.event.officer) == ("customs-kv2", "Lê Văn Giả Định")


@pytest.mark.parametrize(
    ("given", "who", "why"),
    [
        (case(), closer(), Denial.NOT_CLAIMED),
        (claimed_case(), closer("qltt-79"), Denial.NOT_HOLDER),
        (claimed_case(state=State.CLOSED), closer(), Denial.CLOSED),
        (claimed_case(state=State.CLOSED), closer("qltt-79"), Denial.NOT_HOLDER),
        (claimed_case(), closer("ca-01", informed=False), Denial.UNKNOWN),
        (case(), closer("ca-01", informed=False), Denial.UNKNOWN),
        (claimed_case(hidden=True), closer(), Denial.UNKNOWN),
    ],
)
def test_what_cannot_be_closed_says_why(given: Case, who: Closer, why: Denial) -> None:
    assert close(given, who, COMMAND) == Denied(why)


def test_a_holder_that_no_rule_names_any_longer_may_still_close() -> None:
    assert isinstance(close(claimed_case("ca-79"), closer("ca-79", informed=False), COMMAND), Closed)
