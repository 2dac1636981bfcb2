"""The cursor loses no id that may still become visible, and keeps none that never will."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bus.cursor import MOST_GAPS, Cursor
from bus.errors import OutboxJumped


def test_ids_in_a_row_leave_no_gap() -> None:
    cursor = Cursor().advance([1, 2, 3], [], xmin=100)

    assert (cursor.high, cursor.open) == (3, [])


def test_high_passes_a_hole_and_the_hole_is_kept() -> None:
    cursor = Cursor().advance([1, 4, 5], [], xmin=100)

    assert (cursor.high, cursor.open) == (5, [2, 3])


def test_a_gap_ends_when_its_row_appears() -> None:
    cursor = Cursor().advance([1, 3], [], xmin=100).advance([2], [], xmin=101)

    assert (cursor.high, cursor.open) == (3, [])


def test_a_gap_without_a_fence_is_kept_however_high_xmin_is() -> None:
    cursor = Cursor().advance([1, 3], [], xmin=100).advance([], [], xmin=10**15)

    assert cursor.open == [2]


def test_a_gap_is_kept_while_a_transaction_as_old_as_its_fence_may_run() -> None:
    cursor = Cursor().advance([1, 3], [], xmin=100).fenced(150)

    assert cursor.advance([], [], xmin=150).open == [2]
    assert cursor.advance([], [], xmin=151).open == []


def test_a_later_save_does_not_move_the_fence_of_an_older_gap() -> None:
    cursor = Cursor().advance([1, 3], [], xmin=100).fenced(150).advance([5], [], xmin=120).fenced(200)

    assert cursor.advance([], [], xmin=151).open == [4]


def test_a_gap_whose_row_is_visible_but_waits_is_not_dropped_by_its_fence() -> None:
    cursor = Cursor().advance([1, 4], [], xmin=100).fenced(150)

    after = cursor.advance([2], [3], xmin=1000)

    assert after.open == [3]
    assert after.advance([3], [], xmin=1000).open == []


def test_new_rows_that_wait_are_not_passed() -> None:
    cursor = Cursor().advance([1, 2], [3, 4], xmin=100)

    assert (cursor.high, cursor.open) == (2, [])


def test_a_resumed_cursor_judges_no_gap_before_a_save_of_its_own() -> None:
    cursor = Cursor.resumed(9, [4, 7])

    assert cursor.unfenced
    assert cursor.advance([], [], xmin=10**15).open == [4, 7]
    assert cursor.fenced(20).advance([], [], xmin=21).open == []


def test_a_jump_of_the_sequence_stops_the_relay_instead_of_filling_its_memory() -> None:
    with pytest.raises(OutboxJumped, match="set the cursor by hand"):
        Cursor(high=10).advance([MOST_GAPS + 12], [], xmin=100)


def test_saving_again_is_needed_only_when_high_or_the_gaps_changed() -> None:
    cursor = Cursor().advance([1, 3], [], xmin=100)

    assert cursor.same(cursor.fenced(150))
    assert not cursor.same(cursor.advance([2], [], xmin=100))
    assert not cursor.same(cursor.advance([4], [], xmin=100))


@given(st.data())
def test_every_committed_id_is_sent_once_and_every_other_is_dropped(
    data: st.DataObject,
) -> None:
    """A model of the database: writer i has xid 10 * i and id i, and ends when hypothesis says so."""
    count = data.draw(st.integers(1, 12))
    ends = data.draw(st.permutations(range(1, count + 1)))
    committed = {id_: data.draw(st.booleans()) for id_ in ends}
    saves = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    cursor, sent, ended = Cursor(), [], set[int]()
    for save, id_ in zip(saves, ends, strict=True):
        ended.add(id_)
        now = sorted(i for i in ended if committed[i] and (i > cursor.high or i in cursor.gaps))
        xmin = min((10 * i for i in range(1, count + 1) if i not in ended), default=10 * count + 5)
        cursor = cursor.advance(now, [], xmin)
        sent += now
        cursor = cursor.fenced(10 * count + 1) if save else cursor

    cursor = cursor.fenced(10 * count + 2).advance([], [], 10 * count + 5)

    assert sorted(sent) == sorted(i for i in ends if committed[i])
    assert cursor.open == []
