"""Signals and forwarded tips become cases, or join the open case of their subject."""

from collections.abc import Sequence
from uuid import UUID

from bus.errors import Transient
from bus.uow import UnitOfWork
from schemas.envelope import Event
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded
from services.cases.handlers.audiences import Audiences
from services.cases.handlers.intake import Intake
from services.cases.model.case import Case
from services.cases.model.contribution import Contribution, Group
from services.cases.model.growth import grow
from services.cases.repository.cases import Cases

PURPOSE = "route"
"""Why keys of signals and tips are opened here; it stands in the audit."""
_BASIS_CHARS = 300
"""The envelope takes no more; the whole basis stands in the event's route."""
_ROUNDS = 4
"""Each further round means that another transaction opened and ended the same case in between."""


class Growth:
    """Handles runs of signal.detected and of tip.forwarded, in the order of the run."""

    def __init__(self, intake: Intake, audiences: Audiences) -> None:
        self._intake = intake
        self._audiences = audiences

    async def add_signals(self, events: Sequence[Event[SignalDetected]], uow: UnitOfWork) -> None:
        """Grow cases from signals. One that no rule fits raises `routing.RoutingError` and so is parked."""
        opened = await uow.unseal(events, PURPOSE)
        await self._add([self._intake.of_signal(event) for event in opened], uow)

    async def add_tips(self, events: Sequence[Event[TipForwarded]], uow: UnitOfWork) -> None:
        """Grow cases from forwarded tips; the desk's route is taken as it is."""
        opened = await uow.unseal(events, PURPOSE)
        await self._add([self._intake.of_tip(event) for event in opened], uow)

    async def _add(self, contributions: Sequence[Contribution], uow: UnitOfWork) -> None:
        cases = Cases(uow.raw)
        fresh = await _fresh(contributions, cases)
        open_cases = await self._open(fresh, cases, uow)
        for contribution in fresh:
            grown = grow(open_cases[contribution.group], contribution)
            open_cases[contribution.group] = grown.case
            uow.publish(
                grown.event,
                subject=grown.case.id,
                sequence=grown.case.sequence,
                audience=self._audiences.of_growth(grown.case, contribution),
                acttime=contribution.acted_at,
                cause=contribution.cause,
                attached=contribution.cause,
                legalbasis=contribution.route.basis[:_BASIS_CHARS],
            )
        await cases.save(open_cases.values())
        await cases.add_origins([(open_cases[one.group].id, one) for one in fresh])

    async def _open(self, fresh: Sequence[Contribution], cases: Cases, uow: UnitOfWork) -> dict[Group, Case]:
        """The open case of each group, locked; one is made, with a key of its own, where there is none.

        Raises Transient where others open and end the same cases faster than this can find them.
        """
        first = {one.group: one for one in reversed(fresh)}
        found: dict[Group, Case] = {}
        for _ in range(_ROUNDS):
            found |= await cases.lock_open(first.keys() - found.keys())
            missing = first.keys() - found.keys()
            if not missing:
                return found
            drafts = {group: self._intake.draft(first[group], uow.context.new_id) for group in missing}
            made = await cases.open(drafts)
            await uow.create_keys(list(made))
            found |= {group: draft for group, draft in drafts.items() if draft.id in made}
        raise Transient("the cases of this batch are being opened and closed by others: try again")


async def _fresh(contributions: Sequence[Contribution], cases: Cases) -> list[Contribution]:
    """The contributions whose origin is told of for the first time, each once."""
    known = await cases.known_origins(contributions)
    first: dict[tuple[str, UUID], Contribution] = {}
    for one in contributions:
        first.setdefault((one.origin.kind.value, one.origin.id), one)
    return [one for key, one in first.items() if key not in known]
