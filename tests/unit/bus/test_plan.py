"""What becomes of each record, decided without a database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import event, example
from bus.errors import BusError, UnknownMajor, UnknownType
from bus.frame import Frame, frame
from bus.listening import Handler, Subscription
from bus.message import Record, Trust
from bus.parking import because
from bus.plan import Plan, Rules
from bus.uow import UnitOfWork
from bus.wire import encode
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseClosed, CaseProposed
from schemas.messages import EventData

ONE, TWO = UUID(int=1), UUID(int=2)


async def first(_events: Sequence[Event[Any]], _unit: UnitOfWork) -> None:
    """A handler by name only: plans call nobody."""


async def second(_events: Sequence[Event[Any]], _unit: UnitOfWork) -> None:
    """Another one."""


def rules(*, sequenced: bool = True, replaying: bool = False) -> Rules:
    return Rules(
        {
            CaseClaimed.type_name(): Subscription(first, "project"),
            CaseClosed.type_name(): Subscription(second, "never"),
        },
        sequenced,
        replaying,
    )


def record(offset: int, aggregate: UUID, sequence: int, model: type[EventData] = CaseClaimed) -> Record:
    said = event(example(model, personal={}), subject=aggregate, sequence=sequence, id=f"e-{offset}")
    message = encode(said, "t")
    return Record("t", message.key, message.value, message.headers, partition=0, offset=offset, timestamp=0)


def read(one: Record) -> Frame | BusError:
    try:
        return frame(one, Trust.LOG)
    except BusError as error:
        return error


def planned(records: Sequence[Record], **known: Any) -> Plan:
    plan = Plan(known.pop("rules", rules()), **known)
    for one in records:
        plan.add(one, read(one))
    return plan


def applied(plan: Plan) -> list[str]:
    return [one.envelope.id for run in plan.runs for one in run.events]


def reasons(plan: Plan) -> list[tuple[int, str]]:
    return [(one.record.offset, one.reason) for one in plan.parked]


def test_neighbours_with_one_handler_are_one_run() -> None:
    plan = planned(
        [record(0, ONE, 1), record(1, TWO, 1), record(2, ONE, 2, CaseClosed), record(3, TWO, 2), record(4, TWO, 3)]
    )

    runs: list[tuple[Handler, int]] = [(run.handler, len(run.events)) for run in plan.runs]
    assert runs == [(first, 2), (second, 1), (first, 2)]
    assert plan.moved == {ONE: 2, TWO: 3}


def test_a_repeat_is_skipped_within_the_batch_and_from_before_it() -> None:
    plan = planned([record(0, ONE, 3), record(1, ONE, 4), record(2, ONE, 4), record(3, ONE, 1)], last={ONE: 3})

    assert applied(plan) == ["e-1"]
    assert plan.skipped == 3
    assert plan.moved == {ONE: 4}


def test_a_hole_parks_the_key_from_there_on_and_moves_nothing() -> None:
    plan = planned([record(0, ONE, 1), record(1, ONE, 3), record(2, TWO, 1), record(3, ONE, 2)])

    assert applied(plan) == ["e-0", "e-2"]
    assert reasons(plan) == [(1, "sequence-hole"), (3, "behind")]
    assert plan.moved == {ONE: 1, TWO: 1}


def test_an_aggregate_that_begins_later_than_one_has_a_hole() -> None:
    assert reasons(planned([record(0, ONE, 2)])) == [(0, "sequence-hole")]


def test_a_key_that_was_parked_before_stays_parked() -> None:
    plan = planned([record(0, ONE, 1), record(1, TWO, 1)], held={str(ONE).encode()})

    assert reasons(plan) == [(0, "behind")]
    assert applied(plan) == ["e-1"]


def test_a_type_nobody_handles_is_skipped_and_counts_in_the_order() -> None:
    plan = planned([record(0, ONE, 1, CaseProposed), record(1, ONE, 2)])

    assert (plan.skipped, applied(plan), plan.moved) == (1, ["e-1"], {ONE: 2})


def test_a_handler_known_to_fail_parks_its_record_unless_that_is_a_repeat() -> None:
    failed = {0: ValueError("secret"), 1: ValueError("secret")}
    plan = planned([record(0, ONE, 1), record(1, ONE, 2), record(2, ONE, 3)], last={ONE: 1}, failed=failed)

    assert plan.skipped == 1
    assert reasons(plan) == [(1, "handler"), (2, "behind")]
    assert "secret" not in plan.parked[0].error


def test_data_that_do_not_fit_their_type_park_the_key() -> None:
    bad = replace(record(0, ONE, 1), value=b'{"case_no":1}')

    assert reasons(planned([bad, record(1, ONE, 2)])) == [(0, "undecodable"), (1, "behind")]


def test_data_that_nobody_reads_may_be_anything() -> None:
    plan = planned([replace(record(0, ONE, 1, CaseProposed), value=b"\xff"), record(1, ONE, 2)])

    assert (plan.skipped, applied(plan)) == (1, ["e-1"])


def test_a_replay_leaves_out_effects_and_keeps_the_order() -> None:
    records = [record(0, ONE, 1), record(1, ONE, 2, CaseClosed), record(2, ONE, 3)]

    plan = planned(records, rules=rules(replaying=True))

    assert (applied(plan), plan.skipped, plan.moved) == (["e-0", "e-2"], 1, {ONE: 3})


def test_another_major_of_a_handled_type_may_not_be_skipped() -> None:
    with pytest.raises(UnknownMajor):
        rules().subscription("vn.phoihop.case.claimed.v2")


def test_an_unknown_type_is_skipped_on_a_log_and_answered_for_at_a_door() -> None:
    assert rules().subscription("vn.phoihop.case.reopened.v1") is None
    with pytest.raises(UnknownType):
        rules(sequenced=False).subscription("vn.phoihop.case.reopened.v1")


def test_the_error_of_a_parked_record_names_a_place_and_quotes_nothing_foreign() -> None:
    with pytest.raises(KeyError) as raised:
        dict[str, str]()["0999 000 111"]

    parked = because(record(0, ONE, 1), raised.value)

    assert parked.reason == "handler"
    assert parked.error.startswith("KeyError at test_plan.py:")


@given(
    st.lists(st.tuples(st.sampled_from([ONE, TWO]), st.integers(1, 6), st.booleans()), max_size=40),
    st.dictionaries(st.sampled_from([ONE, TWO]), st.integers(1, 4)),
)
def test_every_record_has_one_outcome_and_what_is_applied_is_in_order_without_holes(
    story: list[tuple[UUID, int, bool]], last: dict[UUID, int]
) -> None:
    records = []
    for offset, (aggregate, sequence, sound) in enumerate(story):
        made = record(offset, aggregate, sequence)
        records.append(made if sound else replace(made, headers=()))

    plan = planned(records, last=dict(last))

    assert plan.applied + plan.skipped + len(plan.parked) == len(records)
    for aggregate in (ONE, TWO):
        events = [one.envelope for run in plan.runs for one in run.events if one.envelope.subject == str(aggregate)]
        start = last.get(aggregate, 0)
        assert [one.sequence for one in events] == list(range(start + 1, start + 1 + len(events)))
        parked = [one.record.offset for one in plan.parked if one.record.key == str(aggregate).encode()]
        offsets = [int(one.id.removeprefix("e-")) for one in events]
        assert not parked or max(offsets, default=-1) < min(parked)
