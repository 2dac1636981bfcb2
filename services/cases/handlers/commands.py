"""Commands about cases: claim and close. Each is decided under the case's row lock, so that one claimant wins."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime

from bus.commands import Answer, Still
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.commands.case import CaseClaim, CaseClose
from schemas.envelope import Audience, Event
from schemas.events.case import CaseEvent
from schemas.problems import FORBIDDEN
from schemas.reference.book import ReferenceBook
from schemas.reference.problems import UnknownCodeError
from schemas.reference.validity import vietnam_date
from schemas.views import View
from services import policy
from services.cases import problems
from services.cases.handlers.audiences import Audiences
from services.cases.model.case import Case
from services.cases.model.claim import Claimant, Claimed, ClaimLost, claim
from services.cases.model.close import Closer, close
from services.cases.model.competence import competent_units
from services.cases.model.denial import Denial, Denied
from services.cases.repository.cases import Cases
from services.policy import Actor, Decision, Resource, Role

Order = Event[CaseClaim | CaseClose]
"""A command about a case."""


@dataclass(frozen=True, slots=True)
class Officer:
    """The actor that a door proved, and the name under which the act is recorded."""

    actor: Actor
    name: str

    @classmethod
    def of(cls, actor: Actor, name: str, stated: str | None) -> "Officer":
        """An agency's system is recorded under the officer that it states, as stated; a person never is."""
        return cls(actor, stated if stated and Role.SYSTEM in actor.roles else name)

    @property
    def unit(self) -> str:
        """The unit that acts and is responsible."""
        return self.actor.unit


@dataclass(frozen=True, slots=True)
class Act:
    """One command as it is carried out: who acts, when, in which transaction."""

    command: Order
    officer: Officer
    at: datetime
    uow: UnitOfWork

    @classmethod
    def begin(cls, command: Order, officer: Officer, uow: UnitOfWork) -> "Act":
        """The act, now."""
        return cls(command, officer, uow.context.clock(), uow)

    @property
    def day(self) -> date:
        """The day of the act in Viet Nam: rules and units are those of this day."""
        return vietnam_date(self.at)

    @property
    def cases(self) -> Cases:
        """The cases as this act's transaction sees them."""
        return Cases(self.uow.raw)

    def say(self, case: Case, event: CaseEvent, audience: Audience) -> None:
        """Publish what the unit did."""
        self.uow.publish(
            event,
            subject=case.id,
            sequence=case.sequence,
            audience=audience,
            unit=self.officer.unit,
            acttime=self.at,
            cause=self.command,
        )


class Commands:
    """Carries out commands; one that may not be carried out raises `Refused` with a problem for people."""

    def __init__(self, book: ReferenceBook, audiences: Audiences) -> None:
        self._book = book
        self._audiences = audiences

    def act(self, command: Order, officer: Officer) -> Callable[[UnitOfWork], Awaitable[Answer]]:
        """What `CommandDesk.perform` runs for this command."""

        async def carry_out(uow: UnitOfWork) -> Answer:
            match command.data:
                case CaseClaim():
                    return await self.claim(Act.begin(command, officer, uow))
                case CaseClose() as order:
                    return await self.close(Act.begin(command, officer, uow), order)

        return carry_out

    def still(self, command: Order, officer: Officer) -> Still:
        """What `CommandDesk.perform` asks before it gives an earlier answer again: a hold may have come between."""

        async def visible(uow: UnitOfWork) -> None:
            await self._visible(Act.begin(command, officer, uow))

        return visible

    async def claim(self, act: Act) -> Answer:
        """Take the lead for the officer's unit; the answer is not accepted where another unit was first.

        That answer is no `Refused`: a lost claim is a fact of its own, said in the same transaction.
        """
        officer = act.officer
        case = await self._visible(act)
        competent = await self._competent(case, act)
        informed = self._permit(case, act, competent)
        claimant = Claimant(
            officer.unit,
            officer.name,
            competent=officer.unit in competent,
            informed=informed,
            lost_before=await act.cases.has_lost(case.id, officer.unit),
        )
        decided = claim(case, claimant, act.at)
        if isinstance(decided, Denied):
            raise _refusal(decided.why)
        return await (self._won(decided, act) if isinstance(decided, Claimed) else self._lost(decided, act))

    async def close(self, act: Act, order: CaseClose) -> Answer:
        """End a case that the officer's unit leads, with an outcome that is in force on the day."""
        officer = act.officer
        case = await self._visible(act)
        informed = self._permit(case, act, frozenset())
        decided = close(case, Closer(officer.unit, officer.name, informed=informed), order)
        if isinstance(decided, Denied):
            raise _refusal(decided.why)
        self._check_outcome(order.outcome, act.day)
        act.say(decided.case, decided.event, self._audiences.of_holding(decided.case, act.day))
        await act.cases.save([decided.case])
        return _accepted(decided.case)

    async def _visible(self, act: Act) -> Case:
        """The case, locked. One that is hidden is answered exactly as one that never was."""
        case = await act.cases.lock(act.command.data.case_id)
        if case is None or case.hidden:
            _refuse_role(policy.decide(act.officer.actor, act.command.data.KIND, Resource()))
            raise _refusal(Denial.UNKNOWN)
        return case

    async def _competent(self, case: Case, act: Act) -> frozenset[str]:
        grounds = await act.cases.grounds([case.id])
        return competent_units(grounds[case.id], act.day, self._book)

    def _permit(self, case: Case, act: Act, competent: frozenset[str]) -> bool:
        """Whether the unit may know of the case; raises `Refused` where the officer lacks the role for the command."""
        informed = self._audiences.knows(case, act.officer.unit, act.day)
        view = View.POINTER if informed else View.NONE
        resource = Resource(lead=case.holder, competent=competent, view=view)
        _refuse_role(policy.decide(act.officer.actor, act.command.data.KIND, resource))
        return informed

    async def _won(self, won: Claimed, act: Act) -> Answer:
        act.say(won.case, won.event, self._audiences.of_holding(won.case, act.day))
        await act.cases.save([won.case])
        await act.cases.record_claim(won.case.id, act.officer.unit, act.officer.name, act.at, won=True)
        return _accepted(won.case)

    async def _lost(self, lost: ClaimLost, act: Act) -> Answer:
        if lost.event:
            unit = act.officer.unit
            act.say(lost.case, lost.event, self._audiences.of_lost_claim(lost.case, unit, act.day))
            await act.cases.save([lost.case])
            await act.cases.record_claim(lost.case.id, unit, act.officer.name, act.at, won=False)
        problem = problems.claim_lost(lost.won_by, lost.won_at)
        return Answer(accepted=False, about=lost.case.id, result={}, problem=problem)

    def _check_outcome(self, code: str, day: date) -> None:
        try:
            self._book.term("outcomes", code, day)
        except UnknownCodeError as error:
            raise Refused(problems.OUTCOME_UNKNOWN, "/outcome") from error


def _refuse_role(decision: Decision) -> None:
    """Standing is decided by the model, which tells more precisely why; a missing role is told by the policy."""
    if decision.code == "role_missing":
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))


def _refusal(why: Denial) -> Refused:
    """Made in one place, so that a case that may not be known cannot be told from one that never was."""
    return Refused(problems.denied(why), "/case_id" if why is Denial.UNKNOWN else None)


def _accepted(case: Case) -> Answer:
    return Answer(accepted=True, about=case.id, result={"case_no": case.case_no, "state": case.state.value})
