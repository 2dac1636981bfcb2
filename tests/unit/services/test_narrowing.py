"""What a later state takes from a view: a forwarded tip is read as its status, and nothing ever widens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.views import View
from services.policy import view_today

views = st.sampled_from(View)
RECEIVED = "vn.phoihop.tip.received.v1"


@pytest.mark.parametrize("state", [None, "received", "linked", "refused", "advised"])
def test_a_desk_reads_its_tip_in_full_as_long_as_it_was_not_forwarded(state: str | None) -> None:
    assert view_today(View.FULL, RECEIVED, state) is View.FULL


def test_once_a_tip_was_forwarded_its_desk_reads_how_far_it_has_come_and_of_other_events_what_it_did() -> None:
    assert view_today(View.FULL, RECEIVED, "forwarded") is View.STATUS
    assert view_today(View.FULL, "vn.phoihop.tip.forwarded.v1", "forwarded") is View.FULL


@given(
    views, st.sampled_from([RECEIVED, "vn.phoihop.tip.forwarded.v1"]), st.none() | st.sampled_from(["forwarded", "x"])
)
def test_the_view_of_today_is_never_wider_than_the_one_at_publication(then: View, kind: str, state: str | None) -> None:
    assert view_today(then, kind, state) <= then
