"""Who gets an event, and the numbers under which they get it."""

from collections import defaultdict
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from case_builders import numbered
from schemas.views import View
from services.notifications.model.numbering import Destined, Numbering, recipients

UNITS = st.sampled_from(["a-1", "b-2", "c-3"])
CASES = st.one_of(st.none(), st.integers(1, 3).map(numbered))
DESTINED = st.builds(
    Destined, place=st.just(0), unit=UNITS, view=st.just(View.FULL), event_id=st.text(max_size=3), case_id=CASES
)
AUDIENCES = st.dictionaries(st.sampled_from(["a-1", "b-2", "c-3", "case:1#members"]), st.sampled_from(list(View)))


@given(st.lists(DESTINED))
def test_numbers_go_on_from_the_last_without_a_hole_for_each_unit_and_each_case_in_it(all_of: list[Destined]) -> None:
    counts = Numbering({"a-1": 40}, {("a-1", numbered(1)): 7})
    given_numbers = [counts.number(one) for one in all_of]

    by_unit: defaultdict[str, list[int]] = defaultdict(list)
    by_case: defaultdict[tuple[str, UUID], list[int | None]] = defaultdict(list)
    for one in given_numbers:
        by_unit[one.destined.unit].append(one.number)
        if one.destined.case_id is not None:
            by_case[one.destined.unit, one.destined.case_id].append(one.case_number)
    for unit, numbers in by_unit.items():
        first = 41 if unit == "a-1" else 1
        assert numbers == list(range(first, first + len(numbers)))
    for key, case_numbers in by_case.items():
        first = 8 if key == ("a-1", numbered(1)) else 1
        assert case_numbers == list(range(first, first + len(case_numbers)))
    assert [one.case_number is None for one in given_numbers] == [one.case_id is None for one in all_of]


@given(AUDIENCES)
def test_only_units_that_may_see_something_are_recipients(audience: dict[str, View]) -> None:
    found = recipients(audience)

    assert found == {unit: view for unit, view in audience.items() if "#" not in unit and view is not View.NONE}
    assert list(found) == sorted(found)


def test_members_of_a_relation_are_recipients_and_get_the_wider_view() -> None:
    audience = {"a-1": View.POINTER, "case:1#members": View.FIELDS, "case:2#members": View.FULL}

    found = recipients(audience, {"case:1#members": {"a-1", "b-2"}})

    assert found == {"a-1": View.FIELDS, "b-2": View.FIELDS}
