"""Keys go where Java clients put them."""

import pytest
from aiokafka.partitioner import murmur2 as theirs
from hypothesis import given
from hypothesis import strategies as st

from bus.partition import murmur2, partition_of


@given(st.binary(max_size=80))
def test_the_hash_is_the_one_that_clients_use(key: bytes) -> None:
    assert murmur2(key) == theirs(key) & 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "signed"),
    [(b"21", -973932308), (b"foobar", -790332482), (b"a-little-bit-long-string", -985981536), (b"abc", 479470107)],
)
def test_the_hash_agrees_with_the_values_in_kafkas_own_tests(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed & 0xFFFFFFFF


@given(st.binary(max_size=80), st.integers(1, 24))
def test_a_key_has_one_partition_of_those_there_are(key: bytes, count: int) -> None:
    assert partition_of(key, count) == partition_of(key, count)
    assert 0 <= partition_of(key, count) < count


def test_keys_are_spread() -> None:
    used = {partition_of(str(number).encode(), 12) for number in range(200)}

    assert used == set(range(12))


def test_a_message_without_a_key_goes_to_the_first_partition() -> None:
    assert partition_of(None, 12) == 0
