"""What readiness asks of a service of the bus: whether the broker answers, and consumer and relay do their work."""

from bus.consumer import Consumer
from bus.database import Database
from bus.gate import State
from bus.kafka import KafkaBroker
from bus.kafka_pulse import Pulse
from bus.keeping import Keeper
from bus.opening import REMEDY
from bus.relay import Relay
from services.runtime.checks import database_answers
from services.runtime.health import Check, Checks

BROKER_SECONDS = 2.0
"""Longer than the database is given: the first question signs in over TLS, on a machine that starts everything."""


def bus_checks(database: Database, broker: KafkaBroker, consumer: Consumer, relay: Relay | None = None) -> Checks:
    """Every part that a service of the bus stands on, by the name that readiness gives when it is missing."""
    checks = {
        "database": database_answers(database),
        "broker": broker_answers(broker.pulse),
        "consumer": takes_part(consumer),
        "log": log_is_whole(consumer),
    }
    return checks if relay is None else checks | {"relay": sends(relay)}


def broker_answers(pulse: Pulse) -> Check:
    """Ready while a broker answers a question in time; asked of the broker itself, which a frozen one cannot do."""

    async def check() -> str | None:
        return await pulse.missing(BROKER_SECONDS)

    return check


def takes_part(consumer: Consumer) -> Check:
    """Ready unless the consumer could not join its group, or fell out of it, and has not come back."""

    async def check() -> str | None:
        return consumer.trouble()

    return check


def sends(relay: Relay) -> Check:
    """Ready unless the relay's last turn failed; one that waits for another's lease to run out is no reason."""

    async def check() -> str | None:
        return relay.trouble()

    return check


def has_room(keeper: Keeper) -> Check:
    """Ready unless the outbox runs out of partitions: writers would be refused when the last one is full."""

    async def check() -> str | None:
        return keeper.trouble()

    return check


def log_is_whole(consumer: Consumer) -> Check:
    """Ready unless a partition cannot be read for good; one that is only being opened or tried again is no reason."""

    async def check() -> str | None:
        lost = [f"{place.topic}: {why}" for place, (state, why) in consumer.health().items() if state is State.LOG_GAP]
        return f"{'; '.join(lost)}. To heal it: {REMEDY}" if lost else None

    return check
