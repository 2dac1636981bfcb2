"""Which places of an assignment may be read."""

from bus.broker import Partition
from bus.fence import Grip, Origin
from bus.gate import Gate, Place, State
from bus.message import Record

P0, P1 = Partition("t", 0), Partition("t", 1)
RECORD = Record("t", None, b"", (), partition=0, offset=60, timestamp=0)
GRIP = Grip(3, 50, Origin("cluster", "topic"))


def test_a_new_assignment_lets_nothing_through_until_each_place_is_opened() -> None:
    gate = Gate()
    gate.assigned([P1, P0])

    assert gate.readable() == {}
    next(iter(gate)).open(GRIP)

    assert list(gate.readable()) == [P0]
    assert gate.stirred.is_set()


def test_an_assignment_voids_what_an_earlier_one_opened() -> None:
    gate = Gate()
    gate.assigned([P0])
    (old,) = gate
    old.open(GRIP)

    gate.assigned([P0, P1])

    assert gate.readable() == {}
    assert not gate.holds(old)


def test_a_revoked_place_is_not_held() -> None:
    gate = Gate()
    gate.assigned([P0, P1])
    first, second = gate

    gate.revoked([P0])

    assert (gate.holds(first), gate.holds(second)) == (False, True)


def test_a_place_is_due_when_its_time_has_come_and_in_the_state_asked_for() -> None:
    gate = Gate()
    gate.assigned([P0, P1])
    first, second = gate
    first.shut(State.LOST, "taken", due=10.0)
    second.open(GRIP)
    second.shut(State.WAITING, "TimeoutError", due=5.0)

    assert gate.due(4.0, State.LOST, State.WAITING) == []
    assert gate.due(6.0, State.LOST, State.WAITING) == [second]
    assert gate.due(11.0, State.LOST) == [first]
    assert gate.next_due(4.0, limit=60.0) == 1.0
    assert gate.next_due(9.0, limit=60.0) == 0.0
    assert gate.next_due(1.0, limit=2.0) == 2.0


def test_a_batch_in_hand_is_kept_while_waiting() -> None:
    place = Place(P0)
    place.open(GRIP)
    place.moved(60)
    place.records = [RECORD]

    place.shut(State.WAITING, "TimeoutError", due=1.0)

    assert place.grip == Grip(3, 60, GRIP.origin)
    assert place.records == [RECORD]


def test_a_batch_in_hand_is_dropped_when_the_place_is_lost() -> None:
    place = Place(P0)
    place.open(GRIP)
    place.records = [RECORD]

    place.shut(State.LOST, "taken", due=1.0)

    assert (place.grip, list(place.records)) == (None, [])
