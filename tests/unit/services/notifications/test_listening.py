"""What notifications listens to."""

from schemas.events import EVENTS, DossierErased
from schemas.events.dossier import DossierKind
from schemas.events.feed import FeedWithdrawn
from schemas.messages import EventData
from schemas.topics import AGGREGATES, Topics
from services.notifications.consumer import SUBSCRIPTIONS, listening


def test_every_fact_of_every_domain_topic_is_heard_and_none_is_replayed() -> None:
    assert set(SUBSCRIPTIONS) == set(EVENTS) - {FeedWithdrawn}
    assert {one.replay for one in SUBSCRIPTIONS.values()} == {"never"}
    # A dossier is a tip, signal or case: what ends one travels on the topic of what it ends.
    kinds = {kind.aggregate() for kind in SUBSCRIPTIONS if issubclass(kind, EventData) and kind is not DossierErased}
    assert kinds == set(AGGREGATES)
    assert {kind.value for kind in DossierKind} < kinds


def test_one_handler_hears_all_so_that_counters_are_locked_once_a_batch() -> None:
    assert len({one.handler for one in SUBSCRIPTIONS.values()}) == 1


def test_the_group_is_within_the_rights_of_the_service() -> None:
    assert listening(Topics("x.")).group.startswith("x.notifications.")
