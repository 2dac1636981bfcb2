"""Adding what a service of the bus has to the meters of its process."""

from collections.abc import Callable, Collection

from bus.consumer import Consumer
from bus.database import Database
from bus.ledger import Ledger
from bus.relay import Relay
from bus.sealing import Keyring
from services.runtime.metrics import sources_bus
from services.runtime.metrics.meters import Meters

OUTBOX = "outbox"
"""The table that is partitioned by id and tells its rows' topics; any other is a feed, which tells their units."""
Units = Callable[[], Collection[str]]


def watch(meters: Meters, database: Database, keyring: Keyring, ledger: Ledger, *consumers: Consumer) -> None:
    """Show what these have done. What only the integrity route may know is in no count of events."""
    hidden = _integrity(meters)
    groups = [consumer.group for consumer in consumers]
    meters.add(sources_bus.pool_source(database), sources_bus.keys_source(keyring))
    meters.add(sources_bus.parked_source(database, groups, hidden), sources_bus.ledger_source(ledger, meters.topics))
    for consumer in consumers:
        meters.add(
            sources_bus.consumer_source(consumer, meters.topics), sources_bus.lag_source(consumer, meters.topics)
        )


def watch_outbox(meters: Meters, database: Database, relay: Relay) -> None:
    """Show what the relay of an outbox has sent and has to send."""
    hidden = _integrity(meters)
    meters.add(sources_bus.relay_source(relay, lambda: hidden))
    meters.add(sources_bus.outbox_source(database, OUTBOX, "topic", lambda: hidden, partitioned=True))


def watch_feed(meters: Meters, database: Database, relay: Relay, integrity_units: Units) -> None:
    """Show what the relay of a feed has sent and has to send, all units together but those of the integrity route."""

    def topics() -> Collection[str]:
        return frozenset(meters.topics.to_unit(unit) for unit in integrity_units())

    meters.add(sources_bus.relay_source(relay, topics))
    meters.add(sources_bus.outbox_source(database, relay.table, "unit", integrity_units, partitioned=False))


def _integrity(meters: Meters) -> Collection[str]:
    return (meters.topics.of_aggregate("integrity"),)
