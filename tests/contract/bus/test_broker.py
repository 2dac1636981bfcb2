"""What every broker keeps of the port's promises."""

import asyncio
from collections.abc import Collection, Sequence

import pytest

from brokers import Bench
from bus.broker import Broker, Partition, Reader
from bus.errors import LogGap, PublishUnknown, Transient
from bus.message import Message, Record
from bus.partition import partition_of

SECONDS = 30.0


class Member:
    """A group member that notes what is assigned to it, and fetches until a test has what it waits for."""

    def __init__(self, broker: Broker, group: str, topics: Collection[str]) -> None:
        self.assignments: list[set[Partition]] = []
        self.held: set[Partition] = set()
        self.reader: Reader = broker.reader(group, topics, self)

    def assigned(self, partitions: Collection[Partition]) -> None:
        self.held = set(partitions)
        self.assignments.append(set(partitions))

    def revoked(self, partitions: Collection[Partition]) -> None:
        self.held -= set(partitions)

    async def until_holding(self, count: int) -> set[Partition]:
        async with asyncio.timeout(SECONDS):
            while len(self.held) != count:
                await self.reader.fetch(1, 0.1, ())
        return self.held

    async def read(self, count: int, only: Collection[Partition], limit: int = 500) -> dict[Partition, list[Record]]:
        found: dict[Partition, list[Record]] = {}
        async with asyncio.timeout(SECONDS):
            while sum(map(len, found.values())) < count:
                for partition, records in (await self.reader.fetch(limit, 0.5, only)).items():
                    found.setdefault(partition, []).extend(records)
        return found


def message(topic: str, key: str, text: str = "x") -> Message:
    return Message(topic, key.encode(), text.encode(), (("name", b"\x00\xff"), ("name", b"again")))


def home(topic: str, key: str, partitions: int = 3) -> Partition:
    return Partition(topic, partition_of(key.encode(), partitions))


async def member(bench: Bench, topics: Sequence[str], holding: int, group: str = "g") -> Member:
    made = Member(bench.broker(), bench.prefix + group, topics)
    await made.reader.start()
    await made.until_holding(holding)
    return made


def seek_all(reader: Reader, partitions: Collection[Partition], offset: int = 0) -> None:
    for partition in partitions:
        assert reader.seek(partition, offset)


async def test_what_is_acknowledged_is_read_in_order_with_the_same_bytes(bench: Bench) -> None:
    topic = await bench.topic("a")
    sent = [message(topic, f"key-{n % 7}", f"text {n}") for n in range(200)]
    await bench.broker().publish(sent)
    one = await member(bench, [topic], 3)
    seek_all(one.reader, one.held)

    found = await one.read(200, one.held)

    for partition, records in found.items():
        assert [record.offset for record in records] == list(range(len(records)))
        assert {record.partition for record in records} == {partition.number}
        mine = [each for each in sent if home(topic, (each.key or b"").decode()) == partition]
        assert [Message(r.topic, r.key, r.value, r.headers) for r in records] == mine
    await one.reader.stop()


async def test_nothing_is_handed_out_of_a_partition_before_its_position_is_set(bench: Bench) -> None:
    topic = await bench.topic("a")
    await bench.broker().publish([message(topic, f"key-{n}") for n in range(30)])
    one = await member(bench, [topic], 3)
    chosen = home(topic, "key-1")
    assert one.reader.seek(chosen, 2)

    found = await one.read(1, one.held)

    assert set(found) == {chosen}
    assert found[chosen][0].offset >= 2
    await one.reader.stop()


async def test_a_position_set_while_records_of_an_older_one_are_in_hand_hands_out_none_of_those(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    await bench.broker().publish([message(topic, f"key-{n}", str(n)) for n in range(100)])
    one = await member(bench, [topic], 1)
    (partition,) = one.held
    one.reader.seek(partition, 0)
    await one.read(10, [partition], limit=10)

    one.reader.seek(partition, 50)
    found = await one.read(50, [partition])

    assert [record.offset for record in found[partition]] == list(range(50, 100))
    await one.reader.stop()


async def test_partitions_left_out_of_a_fetch_keep_their_place(bench: Bench) -> None:
    topic = await bench.topic("a")
    await bench.broker().publish([message(topic, f"key-{n}") for n in range(60)])
    one = await member(bench, [topic], 3)
    seek_all(one.reader, one.held)
    left = home(topic, "key-0")
    others = one.held - {left}
    counts = {partition: bounds.end for partition, bounds in (await one.reader.bounds(one.held)).items()}

    await one.read(60 - counts[left], others)
    found = await one.read(counts[left], one.held)

    assert [record.offset for record in found[left]] == list(range(counts[left]))
    await one.reader.stop()


async def test_no_more_is_taken_than_asked_for(bench: Bench) -> None:
    topic = await bench.topic("a")
    await bench.broker().publish([message(topic, f"key-{n}") for n in range(60)])
    one = await member(bench, [topic], 3)
    seek_all(one.reader, one.held)

    sizes: list[int] = []
    while sum(sizes) < 60:
        sizes.append(sum(map(len, (await one.reader.fetch(7, 1.0, one.held)).values())))

    assert max(sizes) <= 7
    await one.reader.stop()


async def test_a_topic_that_does_not_exist_leaves_the_outcome_unknown_and_the_next_publish_works(bench: Bench) -> None:
    topic = await bench.topic("a")
    broker = bench.broker()

    with pytest.raises(PublishUnknown):
        await broker.publish([message(topic, "key"), message(bench.prefix + "missing", "key")])
    await broker.publish([message(topic, "key", "after")])

    one = await member(bench, [topic], 3)
    seek_all(one.reader, one.held)
    found = await one.read(1, one.held)
    assert b"after" in [record.value for records in found.values() for record in records]
    await one.reader.stop()


async def test_bounds_follow_what_is_written_and_what_expires(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    partition = Partition(topic, 0)
    await bench.broker().publish([message(topic, "key") for _ in range(10)])
    one = await member(bench, [topic], 1)
    before = (await one.reader.bounds([partition]))[partition]

    await bench.expire(partition, 4)

    after = (await one.reader.bounds([partition]))[partition]
    assert (before.low, before.end) == (0, 10)
    assert (after.low, after.end) == (4, 10)
    await one.reader.stop()


async def test_a_position_outside_the_log_is_a_gap_and_never_reset(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    partition = Partition(topic, 0)
    await bench.broker().publish([message(topic, "key") for _ in range(10)])
    await bench.expire(partition, 4)
    one = await member(bench, [topic], 1)
    one.reader.seek(partition, 1)

    with pytest.raises(LogGap):
        await one.read(1, [partition])

    await one.reader.stop()


async def test_a_topic_made_anew_under_its_old_name_has_another_id(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    reader = Member(bench.broker(), bench.prefix + "g", [topic]).reader
    await reader.start()
    before = await reader.identity([topic])

    await bench.drop(topic)
    with pytest.raises(Transient):
        await reader.identity([topic])
    await bench.topic("a", partitions=1)
    after = await reader.identity([topic])

    assert before.cluster == after.cluster
    assert before.topics[topic] != after.topics[topic]
    await reader.stop()


async def test_two_members_share_the_partitions_and_one_inherits_when_the_other_leaves(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=4)
    one = await member(bench, [topic], 4)
    other = Member(bench.broker(), bench.prefix + "g", [topic])
    await other.reader.start()

    await asyncio.gather(one.until_holding(2), other.until_holding(2))
    assert not one.held & other.held

    await other.reader.stop()
    await one.until_holding(4)
    await one.reader.stop()


async def test_after_a_rebalance_a_partition_that_stayed_has_no_position_until_it_is_set_again(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=2)
    await bench.broker().publish([message(topic, f"key-{n}") for n in range(20)])
    one = await member(bench, [topic], 2)
    seek_all(one.reader, one.held)
    await one.read(20, one.held)
    other = Member(bench.broker(), bench.prefix + "g", [topic])
    await other.reader.start()
    await asyncio.gather(one.until_holding(1), other.until_holding(1))

    kept = tuple(one.held)
    assert await one.reader.fetch(500, 0.5, kept) == {}
    one.reader.seek(kept[0], 0)

    assert (await one.read(1, kept))[kept[0]][0].offset == 0
    await one.reader.stop()
    await other.reader.stop()


async def test_a_partition_of_somebody_else_cannot_be_sought(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    one = await member(bench, [topic], 1)

    assert not one.reader.seek(Partition(topic, 1), 0)

    await one.reader.stop()


async def test_topics_can_be_added_while_reading(bench: Bench) -> None:
    first = await bench.topic("a", partitions=1)
    one = await member(bench, [first], 1)
    second = await bench.topic("b", partitions=2)

    one.reader.update_topics([first, second])

    assert {partition.topic for partition in await one.until_holding(3)} == {first, second}
    await one.reader.stop()


async def test_offsets_can_be_reported_for_lag_displays_without_moving_what_is_read(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    partition = Partition(topic, 0)
    await bench.broker().publish([message(topic, "key", str(n)) for n in range(10)])
    one = await member(bench, [topic], 1)
    one.reader.seek(partition, 0)

    await one.reader.report({partition: 7})

    assert [record.offset for record in (await one.read(10, [partition]))[partition]] == list(range(10))
    await one.reader.stop()


async def test_a_message_of_64_kib_with_headers_travels(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    await bench.broker().publish([message(topic, "key", "ă" * 32 * 1024) for _ in range(40)])
    one = await member(bench, [topic], 1)
    seek_all(one.reader, one.held)

    found = await one.read(40, one.held)

    assert {len(record.value) for records in found.values() for record in records} == {64 * 1024}
    await one.reader.stop()
