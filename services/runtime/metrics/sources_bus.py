"""Sources of the bus: what consumers, relays, keys and the database say when they are asked."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator

from bus.applying import Counts
from bus.backlog import Asked, backlog
from bus.consumer import Consumer
from bus.database import Database
from bus.gate import State
from bus.ledger import Ledger
from bus.parked_count import parked_count
from bus.partitions import ahead_of
from bus.relay import Relay
from bus.sealing import Keyring
from schemas.topics import Topics
from services.runtime.metrics import catalogue, catalogue_bus
from services.runtime.metrics.metric import Sample
from services.runtime.metrics.source import Source

Hidden = Callable[[], Collection[str]]
"""What is left out of every number, asked for at each scrape: topics, or units of a feed."""


def consumer_source(consumer: Consumer, topics: Topics) -> Source:
    """What one member of a group has done, and how its partitions stand. The integrity topic is in no count."""

    async def read() -> list[Sample]:
        return [*_counts(consumer, topics), *_standing(consumer)]

    return Source(f"consumer {consumer.group}", read)


def lag_source(consumer: Consumer, topics: Topics) -> Source:
    """How far one member is behind the end of the log, asked of the broker."""

    async def read() -> list[Sample]:
        lags: Counter[tuple[str, int]] = Counter()
        for partition, records in (await consumer.lag()).items():
            name = told_as(partition.topic, topics)
            if name is not None:
                lags[name, partition.number] += records
        return [
            Sample(
                catalogue_bus.LAG,
                {"group": consumer.group, "topic": topic, "partition": str(number)},
                float(records),
            )
            for (topic, number), records in lags.items()
        ]

    return Source(f"lag {consumer.group}", read)


def ledger_source(ledger: Ledger, topics: Topics) -> Source:
    """How many records the ledger could not account for when it looked last, by group and topic."""

    async def read() -> list[Sample]:
        missing: Counter[tuple[str, str]] = Counter()
        for tally in ledger.tallies:
            name = told_as(tally.topic, topics)
            if name is not None:
                missing[tally.group, name] += tally.unaccounted
        return [
            Sample(catalogue_bus.CONSERVATION, {"group": group, "topic": topic}, float(records))
            for (group, topic), records in missing.items()
        ]

    return Source("ledger", read)


def told_as(topic: str, topics: Topics) -> str | None:
    """The name by which a topic is told: what units send is told together, the integrity route's own not at all."""
    if topic == topics.of_aggregate("integrity"):
        return None
    return topics.from_unit("*") if topics.unit_of(topic) else topic


def _counts(consumer: Consumer, topics: Topics) -> Iterator[Sample]:
    unaccounted, told = 0, dict[str, Counts]()
    for topic, counts in consumer.counts.items():
        unaccounted += counts.consumed - counts.applied - counts.skipped - counts.parked
        name = told_as(topic, topics)
        if name is not None:
            told.setdefault(name, Counts()).add(counts)
    for topic, counts in told.items():
        labels = {"group": consumer.group, "topic": topic}
        yield Sample(catalogue_bus.CONSUMED, labels, float(counts.consumed))
        yield Sample(catalogue_bus.APPLIED, labels, float(counts.applied))
        yield Sample(catalogue_bus.SKIPPED, labels, float(counts.skipped))
        yield Sample(catalogue_bus.PARKED, labels, float(counts.parked))
    yield Sample(catalogue_bus.UNACCOUNTED, {"group": consumer.group}, float(unaccounted))


def _standing(consumer: Consumer) -> Iterator[Sample]:
    group, states = {"group": consumer.group}, consumer.states()
    for state in State:
        yield Sample(catalogue_bus.PARTITIONS, {**group, "state": state.value}, float(states.get(state, 0)))
    yield Sample(catalogue_bus.BATCH_SECONDS, group, consumer.batches)
    yield Sample(catalogue_bus.RETRIES, group, float(consumer.retries))
    yield Sample(catalogue_bus.CONSUMER_AWAY, group, float(consumer.trouble() is not None))


def relay_source(relay: Relay, hidden: Hidden) -> Source:
    """What one relay has done. Topics `hidden` are in no count; those of a feed are told together."""

    async def read() -> list[Sample]:
        table, numbers, left_out = {"table": relay.table}, relay.numbers, hidden()
        sent = sum(count for topic, count in numbers.sent.items() if topic not in left_out)
        return [
            Sample(catalogue_bus.SENT, table, float(sent)),
            Sample(catalogue_bus.RESENT, table, float(numbers.resent)),
            Sample(catalogue_bus.RELAY_FAILURES, table, float(numbers.failures)),
            Sample(catalogue_bus.FENCED, table, float(numbers.fenced)),
            Sample(catalogue_bus.LEADS, table, float(numbers.leads)),
            Sample(catalogue_bus.RELAY_AWAY, table, float(relay.trouble() is not None)),
        ]

    return Source(f"relay {relay.table}", read)


def outbox_source(database: Database, table: str, column: str, hidden: Hidden, *, partitioned: bool) -> Source:
    """What waits in one outbox, and who may send it; rows whose `column` is `hidden` are not counted."""

    async def read() -> list[Sample]:
        label = {"table": table}
        async with database.autocommit() as raw:
            found = await backlog(raw, Asked(table, column, hidden()))
            ahead = await ahead_of(raw, table) if partitioned else None
        samples = [] if ahead is None else [Sample(catalogue_bus.AHEAD, label, float(ahead))]
        if found is not None:
            samples += [
                Sample(catalogue_bus.WAITING_ROWS, label, float(found.rows)),
                Sample(catalogue_bus.OLDEST_SECONDS, label, found.oldest),
                Sample(catalogue_bus.GAPS, label, float(found.gaps)),
                Sample(catalogue_bus.EPOCH, label, float(found.epoch)),
                Sample(catalogue_bus.LEASE_SECONDS, label, found.lease_left),
            ]
        return samples

    return Source(f"outbox {table}", read)


def parked_source(database: Database, groups: Collection[str], hidden: Collection[str]) -> Source:
    """What lies parked now of these groups."""

    async def read() -> list[Sample]:
        async with database.autocommit() as raw:
            found = await parked_count(raw, hidden)
        return [
            Sample(catalogue_bus.PARKED_NOW, {"group": group}, float(found.get(group, 0)))
            for group in sorted({*groups, *found})
        ]

    return Source("parked", read)


def keys_source(keyring: Keyring) -> Source:
    """What became of the keys that were asked for."""

    async def read() -> list[Sample]:
        numbers = keyring.numbers
        found = {"created": numbers.created, "opened": numbers.opened, "recalled": numbers.recalled}
        return [Sample(catalogue_bus.KEYS, {"result": result}, float(count)) for result, count in found.items()]

    return Source("keys", read)


def pool_source(database: Database) -> Source:
    """How the process's connections to PostgreSQL stand."""

    async def read() -> list[Sample]:
        pool = database.pool()
        return [
            Sample(catalogue.CONNECTIONS, {"state": "open"}, float(pool.open)),
            Sample(catalogue.CONNECTIONS, {"state": "in_use"}, float(pool.in_use)),
            Sample(catalogue.CONNECTIONS_LIMIT, {}, float(pool.limit)),
        ]

    return Source("pool", read)
