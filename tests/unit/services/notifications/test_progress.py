"""How far tips have come, whatever the order and the number of times in which their events come."""

from random import Random
from typing import Any

from case_builders import numbered
from feed_builders import DESK, FULL, LEAD, fact, forwarded, held, received, withdrawn
from schemas.envelope import Event
from schemas.events import TipLinked
from services.notifications.model.progress import Progress, progressed

TIP, OTHER = numbered(1), numbered(2)


def test_the_state_of_a_tip_is_that_of_its_last_event_in_whatever_order_they_come() -> None:
    events: list[Event[Any]] = [
        received(TIP),
        fact(TipLinked, TIP, {DESK: FULL}, sequence=2, linked_to=OTHER),
        forwarded(TIP, 3),
    ]
    seed = Random().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    chance = Random(seed)
    for _ in range(20):
        chance.shuffle(events)
        assert progressed([*events, *events]) == [Progress(TIP, "forwarded", 3)]


def test_a_tip_that_was_forwarded_stays_so_when_it_is_held_or_withdrawn() -> None:
    assert progressed([forwarded(TIP, 2), withdrawn(TIP, 3, LEAD), held(TIP, 4)]) == [Progress(TIP, "forwarded", 2)]


def test_states_are_told_in_the_order_of_their_tips_so_that_writers_wait_in_line() -> None:
    found = [one.tip for one in progressed([forwarded(OTHER), forwarded(TIP)])]

    assert found == sorted([TIP, OTHER])
