"""What every broker keeps of the port's promises."""

import asyncio

import pytest

from brokers import Bench
from bus.broker import Partition
from bus.errors import PublishUnknown, Transient
from bus.message import Message
from members import Member, home, member, message, seek_all


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


async def test_topics_can_be_added_while_reading(bench: Bench) -> None:
    first = await bench.topic("a", partitions=1)
    one = await member(bench, [first], 1)
    second = await bench.topic("b", partitions=2)

    one.reader.update_topics([first, second])

    assert {partition.topic for partition in await one.until_holding(3)} == {first, second}
    await one.reader.stop()


async def test_a_message_of_64_kib_with_headers_travels(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    await bench.broker().publish([message(topic, "key", "ă" * 32 * 1024) for _ in range(40)])
    one = await member(bench, [topic], 1)
    seek_all(one.reader, one.held)

    found = await one.read(40, one.held)

    assert {len(record.value) for records in found.values() for record in records} == {64 * 1024}
    await one.reader.stop()
