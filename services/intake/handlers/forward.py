"""The desk sends a tip to the competent unit, by a rule in force and with the paper that the Regulation requires."""

from dataclasses import replace

from bus.commands import Answer
from bus.errors import KeyMissing, Refused
from bus.uow import UnitOfWork
from schemas.commands.tip import TipForward
from schemas.envelope import Event
from schemas.events.tip import TipForwarded
from schemas.facts import Facts, PersonalFacts, latest_sight
from schemas.reference.validity import vietnam_date
from schemas.route import Route
from services import audience, routing
from services.intake import problems
from services.intake.details import added, lock, naming_kinds
from services.intake.handlers.decide import saved
from services.intake.handlers.own import own_tip, state_refused
from services.intake.handlers.published import opened_details, personal, tell
from services.intake.model import StateError, Tip
from services.intake.office import Office
from services.intake.places import place_differs, placed_words
from services.policy import Actor

PURPOSE = "forward"
"""Why the tip's key is opened here; it stands in the audit."""


async def forward(command: Event[TipForward], actor: Actor, uow: UnitOfWork, office: Office) -> Answer:
    """Forward with the route that the rule gives for the facts; a route given is held against the rule it names."""
    order = command.data
    tip = await own_tip(order.tip_id, actor, "tip.forward", uow)
    placed = sure_place(tip, corrected(tip, order.facts), office)
    facts = naming_kinds(placed.facts, order.details)
    route = chosen_route(tip, facts, order.route, office)
    try:
        sent = tip.forward(route, order.document, facts, uow.context.clock())
    except StateError as error:
        raise state_refused(error) from error
    details = added(await opened_details(tip, PURPOSE, uow), order.details)
    if order.details is not None:
        sent = replace(sent, details=await _locked(sent, details, uow, office))
    data = TipForwarded(
        tip_no=tip.tip_no,
        desk=tip.desk,
        holder=tip.desk,
        route=route,
        approver=order.approver,
        document=order.document,
        received_on=vietnam_date(tip.received_at),
        informant_ref=tip.informant_ref,
        legal_regime=order.legal_regime,
        due_at=order.due_at,
        facts=facts,
        personal=personal(tip.id, details),
    )
    tell(sent, data, audience.tip_forwarded(tip.desk, route), uow, command)
    answer = await saved(sent, uow)
    answer.result.update(rule=route.rule, lead=route.lead, **placed_words(placed))
    return answer


async def _locked(tip: Tip, details: PersonalFacts | None, uow: UnitOfWork, office: Office) -> bytes | None:
    """The personal part as the tip's row keeps it, so that a later hold carries what the desk added."""
    if details is None:
        return None
    keys = await uow.open_keys([tip.id], PURPOSE)
    if tip.id not in keys:
        raise KeyMissing(tip.id)
    return lock(details, tip.id, keys[tip.id], office.random)


def corrected(tip: Tip, given: Facts | None) -> Facts:
    """The facts that are sent: those given instead of the old ones, still telling what the sealed part holds."""
    if given is None:
        return tip.facts
    kinds = dict.fromkeys((*given.identifier_kinds, *tip.facts.identifier_kinds))
    return given.model_copy(update={"identifier_kinds": tuple(kinds)})


def sure_place(tip: Tip, facts: Facts, office: Office) -> routing.Placed:
    """The facts with the codes of their address; raises Refused where code and address name different places."""
    placed = routing.placed(facts, vietnam_date(latest_sight(facts, tip.received_at)), office.places)
    if placed.conflict:
        raise Refused(place_differs(placed), "/facts/place")
    return placed


def chosen_route(tip: Tip, facts: Facts, given: Route | None, office: Office) -> Route:
    """The route at the day of the act.

    Raises Refused where no rule fits, where the facts belong to the integrity route, and where a route that was
    given names a rule not in force or units that its rule does not name.
    """
    at = vietnam_date(latest_sight(facts, tip.received_at))
    asked = routing.RoutingFacts.of(facts)
    for message in routing.unknown_codes(asked, at, office.book):
        raise Refused(problems.unknown_code(message), "/facts")
    try:
        proposed = routing.route(asked, at, office.book)
        route = proposed if given is None else routing.parties(given.rule, asked, at, office.book)
    except routing.IntegrityOnlyError as error:
        raise Refused(problems.HOLD_INSTEAD, "/facts/typology") from error
    except routing.RoutingError as error:
        raise Refused(problems.no_rule(str(error)), "/route") from error
    if given is not None and (given.lead, set(given.co)) != (route.lead, set(route.co)):
        raise Refused(problems.ROUTE_DIFFERS, "/route")
    return route
