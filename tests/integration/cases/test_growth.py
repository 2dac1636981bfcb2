"""Signals and tips become cases on a real PostgreSQL."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from builders import PERSONAL
from bus.retry import passing
from case_builders import EXPRESS_ROUTE, numbered, signal, tip
from schemas.events.case import CaseProposed, CaseSignalAdded
from schemas.facts import Facts, Identifier, IdentifierKind, PersonalFacts
from schemas.route import Route
from schemas.views import View
from services.routing import NoRuleError

pytestmark = pytest.mark.integration
Numbers = Callable[[], int]


def about(phone: str) -> PersonalFacts:
    return PersonalFacts(identifiers=(Identifier(kind=IdentifierKind.PHONE, value=phone),))


async def test_a_signal_proposes_a_case_to_the_units_that_its_rule_names(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.signals(signal(number))
    (event,) = await desk.opened()
    assert isinstance(event.data, CaseProposed)
    assert event.envelope.sequence == 1
    assert event.envelope.subject == str(await desk.only_case())
    assert event.envelope.causationid == f"signal-{number}"
    assert event.data.route == EXPRESS_ROUTE
    assert event.data.origin.id == numbered(number)
    assert event.audience == {
        "bcd-79": View.FIELDS,
        "customs-kv2": View.FULL,
        "qltt-79": View.FULL,
        "tax-79": View.FULL,
        "vptt-389": View.FIELDS,
    }


async def test_personal_facts_travel_sealed_under_the_key_of_their_origin(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    await desk.signals(signal(number))
    (travelling,) = await desk.published()
    assert list(travelling.data.sealed) == [numbered(number)]
    assert not travelling.data.personal
    (opened,) = await desk.opened()
    assert opened.data.personal == {numbered(number): PERSONAL}


async def test_a_proposed_case_has_a_key_of_its_own(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number()))
    async with desk.begin() as uow:
        assert len(await uow.open_keys([await desk.only_case()], "test")) == 1


async def test_signals_on_one_subject_share_a_case_within_a_batch_and_across_batches(
    desk: Any, new_number: Numbers
) -> None:
    await desk.signals(signal(new_number()), signal(new_number()))
    await desk.signals(signal(new_number()))
    events = await desk.published()
    assert [type(event.data) for event in events] == [CaseProposed, CaseSignalAdded, CaseSignalAdded]
    assert [event.envelope.sequence for event in events] == [1, 2, 3]
    assert {event.envelope.subject for event in events} == {str(await desk.only_case())}


async def test_a_tip_joins_the_case_that_a_signal_on_its_subject_proposed(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number()))
    await desk.tips(tip(new_number()))
    added = (await desk.published())[1]
    assert isinstance(added.data, CaseSignalAdded)
    assert (added.data.origin.kind, added.data.origin.sender) == ("tip", "vptt-389")


async def test_the_route_that_the_desk_decided_is_not_computed_again(desk: Any, new_number: Numbers) -> None:
    by_desk = Route(rule="R-INL-01", basis="quyết định của bàn tiếp nhận", lead="qltt-20", co=("csb-hq",))
    await desk.tips(tip(new_number(), by_desk))
    (event,) = await desk.published()
    assert event.data.route == by_desk
    assert event.audience["qltt-20"] is View.FULL
    assert event.audience["csb-hq"] is View.FULL


async def test_one_subject_under_two_lead_units_makes_two_cases(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number()))
    await desk.tips(tip(new_number(), EXPRESS_ROUTE.model_copy(update={"lead": "customs-kv1"})))
    assert len(await desk.rows("select from case_file")) == 2


async def test_signals_without_a_subject_each_have_a_case_of_their_own(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number(), personal=None), signal(new_number(), personal=None))
    await desk.signals(signal(new_number(), personal=PersonalFacts(names=("Nguyễn Giả Định",))))
    assert len(await desk.rows("select from case_file where subject_key is null")) == 3


async def test_a_closed_case_is_not_reopened(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number()))
    async with desk.begin() as uow:
        await uow.raw.execute("update case_file set state = 'closed', holder = 'customs-kv2', claimed_at = now()")
    await desk.signals(signal(new_number()))
    assert len(await desk.rows("select from case_file")) == 2
    assert isinstance((await desk.published())[1].data, CaseProposed)


async def test_after_a_claim_a_signal_is_whole_for_the_holder_and_a_pointer_for_the_others(
    desk: Any, new_number: Numbers
) -> None:
    await desk.signals(signal(new_number()))
    async with desk.begin() as uow:
        await uow.raw.execute("update case_file set state = 'claimed', holder = 'qltt-79', claimed_at = now()")
    await desk.signals(signal(new_number()))
    added = (await desk.published())[1]
    assert added.audience == {
        "bcd-79": View.FIELDS,
        "customs-kv2": View.POINTER,
        "qltt-79": View.FULL,
        "tax-79": View.POINTER,
        "vptt-389": View.FIELDS,
    }
    assert added.data.holder == "qltt-79"


async def test_the_sender_of_a_signal_that_is_no_party_is_told_nothing(desk: Any, new_number: Numbers) -> None:
    await desk.signals(signal(new_number(), sender="csb-hq"))
    assert "csb-hq" not in (await desk.published())[0].audience


async def test_an_event_that_comes_again_adds_nothing(desk: Any, new_number: Numbers) -> None:
    (travelling,) = await desk.sealed(signal(new_number()))
    for batch in ([travelling], [travelling, travelling]):
        async with desk.begin() as uow:
            await desk.growth.add_signals(batch, uow)
    assert len(await desk.published()) == 1
    assert len(await desk.rows("select from case_origin")) == 1


async def test_the_same_signal_twice_in_a_batch_counts_once(desk: Any, new_number: Numbers) -> None:
    (travelling,) = await desk.sealed(signal(new_number()))
    async with desk.begin() as uow:
        await desk.growth.add_signals([travelling, travelling], uow)
    assert len(await desk.published()) == 1


async def test_a_signal_of_a_day_before_every_rule_fails_with_its_reason_and_leaves_nothing(
    desk: Any, new_number: Numbers
) -> None:
    long_ago = Facts(seen_to=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(NoRuleError, match="begin on 2025-03-01"):
        await desk.signals(signal(new_number()), signal(new_number(), facts=long_ago))
    assert not await desk.rows("select from case_file")
    assert not await desk.published()


async def test_a_signal_whose_key_was_destroyed_still_becomes_a_case_without_personal_facts(
    desk: Any, new_number: Numbers
) -> None:
    number = new_number()
    forgotten = signal(number, personal=None, erased=(numbered(number),))
    await desk.signals(forgotten)
    (event,) = await desk.published()
    assert not event.data.sealed
    assert len(await desk.rows("select from case_file where subject_key is null")) == 1


async def test_a_case_number_that_is_taken_is_drawn_again(
    desk: Any, new_number: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter([bytes(5), bytes(5), b"\x01" * 5])
    monkeypatch.setattr(desk.growth._intake, "_random", lambda _: next(drawn))
    await desk.signals(signal(new_number(), about("0999000001")))
    await desk.signals(signal(new_number(), about("0999000002")))
    assert len({row["case_no"] for row in await desk.rows("select case_no from case_file")}) == 2


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_batches_that_race_for_the_same_subjects_open_one_case_each(
    desk: Any, new_number: Numbers, seed: int
) -> None:
    random = Random(seed)
    batches = [
        await desk.sealed(*(signal(new_number(), about(f"09990000{random.randrange(12):02d}")) for _ in range(40)))
        for _ in range(8)
    ]
    await asyncio.gather(*(_until_done(desk, batch) for batch in batches))
    events = await desk.published()
    assert len({event.data.origin.id for event in events}) == len(events) == 320
    subjects: dict[str | None, list[int | None]] = {}
    for event in events:
        subjects.setdefault(event.envelope.subject, []).append(event.envelope.sequence)
    assert len(subjects) == len(await desk.rows("select distinct subject_key from case_file")) == 12
    assert all(sequences == list(range(1, len(sequences) + 1)) for sequences in subjects.values())
    kept = {str(row["id"]): row["sequence"] for row in await desk.rows("select id, sequence from case_file")}
    assert kept == {subject: len(sequences) for subject, sequences in subjects.items()}


async def _until_done(desk: Any, batch: list[Any]) -> None:
    """As the consumer does: what is transient is tried again."""
    while True:
        try:
            async with desk.begin() as uow:
                await desk.growth.add_signals(batch, uow)
        except Exception as error:
            if not passing(error):
                raise
        else:
            return


async def test_the_version_of_the_rule_is_kept_with_the_case_and_with_what_it_grew_from(
    desk: Any, new_number: Numbers
) -> None:
    await desk.signals(signal(new_number()))
    assert (await desk.claim("customs-kv2")).accepted

    kept = await desk.rows("select rule_version from case_file union all select rule_version from case_origin")

    assert [row["rule_version"] for row in kept] == [EXPRESS_ROUTE.version, EXPRESS_ROUTE.version]
