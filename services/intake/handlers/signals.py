"""An agency's system flagged something: it becomes a signal that its sender alone sees."""

from uuid import UUID

from bus.commands import Answer
from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.commands.signal import SignalSubmit
from schemas.envelope import Event
from schemas.events.signal import SignalDetected
from schemas.facts import Facts, PersonalFacts, latest_sight
from schemas.reference.validity import vietnam_date
from services import audience, routing
from services.intake import problems
from services.intake.details import naming_kinds
from services.intake.handlers.integrity import speaks_of_an_officer
from services.intake.handlers.own import allow
from services.intake.handlers.published import personal
from services.intake.office import Office
from services.intake.places import placed_words
from services.intake.repository.signals import SignalRow, add_signals
from services.policy import Actor, Resource


async def number(command: Event[SignalSubmit], actor: Actor, uow: UnitOfWork, office: Office) -> Answer:
    """A signal that came by HTTP: this door gives it its id and makes its key, as the gateway does for Kafka."""
    signal_id = uow.context.new_id()
    await uow.create_keys([signal_id])
    numbered = command.data.model_copy(update={"signal_id": signal_id})
    row, answer = take(Event(command.envelope, numbered), numbered.details, actor, uow, office)
    await add_signals(uow.raw, [row])
    return answer


def take(
    command: Event[SignalSubmit], details: PersonalFacts | None, actor: Actor, uow: UnitOfWork, office: Office
) -> tuple[SignalRow, Answer]:
    """Publish one signal; the row to remember it by, which many signals write in one statement, and the answer.

    Raises Refused if the actor's unit may not send it, or a code in its facts is not in force at its date.
    Where code and address differ the code stands as it was stated, and the answer says so.
    """
    order, signal = command.data, command.data.signal_id
    if signal is None:
        raise Refused(problems.SIGNAL_UNNUMBERED, "/signal_id")
    allow(actor, "signal.submit", Resource(unit=command.envelope.unit))
    at = vietnam_date(latest_sight(order.facts, order.detected_at))
    placed = routing.placed(order.facts, at, office.places)
    for message in routing.unknown_codes(routing.RoutingFacts.of(placed.facts), at, office.book):
        raise Refused(problems.unknown_code(message), "/facts")
    if speaks_of_an_officer(order.facts, at, office.book):
        raise Refused(problems.REPORT_AS_TIP, "/facts/typology")
    uow.publish(
        _detected(order, placed.facts, (signal, details), actor.unit),
        subject=signal,
        sequence=1,
        audience=audience.signal_detected(actor.unit),
        unit=actor.unit,
        acttime=order.detected_at,
        cause=command,
        attached=command,
        legalbasis=command.envelope.legalbasis,
        corrects=command.envelope.corrects,
    )
    answer = Answer(accepted=True, about=signal, result={"signal_id": str(signal)} | placed_words(placed))
    return _row(command, signal, actor.unit), answer


def _detected(order: SignalSubmit, facts: Facts, own: tuple[UUID, PersonalFacts | None], sender: str) -> SignalDetected:
    signal, details = own
    return SignalDetected(
        sender=sender,
        holder=sender,
        reference=order.reference,
        system=order.system,
        detected_at=order.detected_at,
        critical=order.critical,
        reason=order.reason,
        facts=naming_kinds(facts, details),
        personal=personal(signal, details),
    )


def _row(command: Event[SignalSubmit], signal: UUID, sender: str) -> SignalRow:
    return SignalRow(
        id=signal,
        sender=sender,
        source=command.envelope.source,
        command_id=command.envelope.id,
        system=command.data.system,
        reference=command.data.reference,
        detected_at=command.data.detected_at,
    )
