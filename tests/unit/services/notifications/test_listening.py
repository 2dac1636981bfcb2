"""What notifications listens to."""

from schemas.events import EVENTS
from schemas.events.feed import FeedWithdrawn
from schemas.messages import EventData
from schemas.topics import AGGREGATES, Topics
from services.notifications.consumer import SUBSCRIPTIONS, listening


def test_every_fact_of_every_domain_topic_is_heard_and_none_is_replayed() -> None:
    assert set(SUBSCRIPTIONS) == set(EVENTS) - {FeedWithdrawn}
    assert {one.replay for one in SUBSCRIPTIONS.values()} == {"never"}
    assert {kind.aggregate() for kind in SUBSCRIPTIONS if issubclass(kind, EventData)} == set(AGGREGATES)


def test_one_handler_hears_all_so_that_counters_are_locked_once_a_batch() -> None:
    assert len({one.handler for one in SUBSCRIPTIONS.values()}) == 1


def test_the_group_is_within_the_rights_of_the_service() -> None:
    assert listening(Topics("x.")).group.startswith("x.notifications.")
