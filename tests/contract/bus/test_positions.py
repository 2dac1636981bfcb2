"""What every broker keeps about positions: they are set by the reader alone, and nothing is handed out without one."""

import asyncio

import pytest

from brokers import Bench
from bus.broker import Partition
from bus.errors import LogGap
from members import Member, home, member, message, seek_all


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


async def test_offsets_can_be_reported_for_lag_displays_without_moving_what_is_read(bench: Bench) -> None:
    topic = await bench.topic("a", partitions=1)
    partition = Partition(topic, 0)
    await bench.broker().publish([message(topic, "key", str(n)) for n in range(10)])
    one = await member(bench, [topic], 1)
    one.reader.seek(partition, 0)

    await one.reader.report({partition: 7})

    assert [record.offset for record in (await one.read(10, [partition]))[partition]] == list(range(10))
    await one.reader.stop()


async def test_a_fresh_assignment_hands_out_nothing_from_where_the_broker_believes_its_group_stands(
    bench: Bench,
) -> None:
    """A broker begins at the offset it was told last; the offset row may stand elsewhere, and its word counts."""
    topic = await bench.topic("a", partitions=1)
    partition = Partition(topic, 0)
    await bench.broker().publish([message(topic, "key", str(n)) for n in range(100)])
    first = await member(bench, [topic], 1)
    first.reader.seek(partition, 0)
    await first.reader.report({partition: 10})
    await first.reader.stop()
    heir = await member(bench, [topic], 1)

    early = [await heir.reader.fetch(500, 0.2, [partition]) for _ in range(5)]
    assert heir.reader.seek(partition, 50)
    found = await heir.read(50, [partition])

    assert early == [{}] * 5
    assert [record.offset for record in found[partition]] == list(range(50, 100))
    await heir.reader.stop()
