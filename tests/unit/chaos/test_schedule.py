"""Faults are drawn from a seed, spread over all parts, and over before the run is."""

from itertools import pairwise
from random import Random

import pytest

from chaos.schedule import EVERY, LENGTH, PROGRAMS, Kind, schedule


def test_a_seed_gives_the_same_faults_again() -> None:
    assert schedule(Random(7), 300) == schedule(Random(7), 300)
    assert schedule(Random(7), 300) != schedule(Random(8), 300)


@pytest.mark.parametrize("seed", range(20))
def test_each_kind_of_fault_befalls_each_part_before_any_does_so_again(seed: int) -> None:
    drawn = [(fault.kind, fault.part) for fault in schedule(Random(seed), 600)]

    assert set(drawn[: len(EVERY)]) == set(EVERY)


@pytest.mark.parametrize("seed", range(20))
def test_one_fault_is_over_before_the_next_begins_and_all_begin_in_time(seed: int) -> None:
    faults = schedule(Random(seed), 300)

    assert all(one.at + one.seconds < next_one.at for one, next_one in pairwise(faults))
    assert faults[-1].at < 300


def test_a_short_run_has_short_faults_alone_and_a_killed_program_no_length() -> None:
    for seed in range(20):
        for fault in schedule(Random(seed), 40):
            assert fault.seconds <= LENGTH[1]
            assert (fault.kind is Kind.KILL and fault.part in PROGRAMS) == (fault.seconds == 0.0)
