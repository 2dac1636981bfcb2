"""How events become rows of feeds, and rows what units see, on the real PostgreSQL."""

import base64
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from builders import PERSONAL
from bus.errors import SealBroken
from bus.identity import uuid7
from feed_builders import CO, COORDINATOR, DESK, FULL, LEAD, added, claimed, fact, forwarded, proposed, received
from feed_desk import FeedDesk
from infra.stack.testing import TestDatabase
from schemas.envelope import Event
from schemas.events import CaseClaimed, CaseProposed, CommandAccepted, SignalDetected
from schemas.views import View
from services.notifications.handlers import feeds

pytestmark = pytest.mark.integration
NAME = PERSONAL.names[0]


def text(found: Any) -> str:
    """Everything that is in it, as one text."""
    return json.dumps(found, ensure_ascii=False, default=str)


async def test_each_unit_counts_what_it_sees_and_each_case_as_that_unit_sees_it(desk: FeedDesk) -> None:
    one, other = uuid7(), uuid7()
    await desk.append(proposed(one, uuid7()), proposed(other, uuid7()), claimed(one), fact(CaseClaimed, other, {}))
    await desk.append(added(one, uuid7(), 3), fact(CaseClaimed, other, {CO: FULL}, sequence=3))

    lead, co = await desk.pulled(LEAD), await desk.pulled(CO)

    assert [event["feednumber"] for event in lead] == [1, 2, 3, 4]
    assert [event["casenumber"] for event in lead] == [1, 1, 2, 3]
    assert [(event["feednumber"], event["casenumber"]) for event in co] == [(1, 1), (2, 1), (3, 2), (4, 3), (5, 2)]
    assert await desk.pulled(DESK) == []


async def test_tips_signals_and_answers_have_no_case_number(desk: FeedDesk) -> None:
    await desk.append(received(uuid7()), fact(SignalDetected, uuid7(), {DESK: FULL}))

    assert ["casenumber" in event for event in await desk.pulled(DESK)] == [False, False]


async def test_an_event_that_comes_again_burns_no_number(desk: FeedDesk) -> None:
    first, second = await desk.sealed(proposed(uuid7(), uuid7()), proposed(uuid7(), uuid7()))
    await desk.apply([first, first])
    await desk.apply([first, second])

    assert await desk.numbers(LEAD) == [1, 2]
    assert len({event["id"] for event in await desk.pulled(LEAD)}) == 2


async def test_a_batch_that_fails_takes_its_numbers_back(desk: FeedDesk) -> None:
    with pytest.raises(LookupError):
        await _fail_after(desk, await desk.sealed(proposed(uuid7(), uuid7())))
    await desk.append(proposed(uuid7(), uuid7()))

    assert await desk.numbers(LEAD) == [1]


async def test_each_view_shows_what_it_may_and_no_more(desk: FeedDesk) -> None:
    case, tip = uuid7(), uuid7()
    await desk.append(proposed(case, tip), claimed(case))

    (full, _), (fields, _), (_, pointer) = [await desk.pulled(unit) for unit in (LEAD, COORDINATOR, CO)]

    assert full["data"]["personal"][str(tip)]["names"] == [NAME]
    assert full["dataschema"] == "urn:phoihop:schema:vn.phoihop.case.proposed.v1:1.0:full"
    assert NAME not in text(fields)
    assert "personal" not in fields["data"]
    assert "reference" not in fields["data"]["origin"]
    assert set(pointer["data"]) == {"record", "holder", "contact"}
    assert pointer["dataschema"] == "urn:phoihop:schema:pointer:1.0:pointer"


async def test_a_pointer_tells_the_contact_of_the_holder(desk: FeedDesk) -> None:
    await desk.append(fact(CaseClaimed, uuid7(), {CO: View.POINTER}, holder="customs-hq"))

    (pointer,) = await desk.pulled(CO)

    assert pointer["data"]["holder"] == "customs-hq"
    assert pointer["data"]["contact"]


async def test_what_is_rendered_is_what_is_pulled(desk: FeedDesk) -> None:
    case = uuid7()
    await desk.append(received(uuid7()), proposed(case, uuid7()), claimed(case))

    for message in await desk.rendered():
        headers = {name.removeprefix("ce_"): value.decode() for name, value in message.headers}
        pulled = await desk.pulled(message.topic.removeprefix("to."), int(headers["feednumber"]) - 1, 1)
        (same,) = pulled
        assert json.loads(message.value) == same.pop("data")
        assert headers.pop("content-type") == same.pop("datacontenttype")
        assert headers == {name: str(value) for name, value in same.items()}
        assert message.key == headers["subject"].encode()


async def test_what_stays_inside_leaves_by_no_door(desk: FeedDesk) -> None:
    case = uuid7()
    sent = proposed(case, uuid7())
    await desk.append(sent)

    shown = text(await desk.pulled(LEAD)) + "".join(str(message) for message in await desk.rendered())

    inside = {sent.envelope.correlationid, sent.envelope.causationid, sent.envelope.traceparent, "audience", "sealed"}
    assert not {word for word in inside if word and word in shown}


async def test_an_answer_reaches_its_sender_alone(desk: FeedDesk) -> None:
    await desk.append(fact(CommandAccepted, uuid7(), {CO: FULL}))

    assert [row["unit"] for row in await desk.rows("select unit from feed")] == [CO]


async def test_an_event_that_nobody_may_see_is_in_no_feed(desk: FeedDesk) -> None:
    await desk.append(fact(CaseClaimed, uuid7(), {LEAD: View.NONE, "case:1#members": FULL}))

    assert await desk.rows("select 1 from feed") == []


async def test_a_broken_seal_is_found_before_a_number_is_given(desk: FeedDesk) -> None:
    tip = uuid7()
    (sealed,) = await desk.sealed(received(tip))
    block = bytearray(base64.b64decode(sealed.data.sealed[tip]))
    block[-1] ^= 1
    broken = {tip: base64.b64encode(bytes(block)).decode()}
    with pytest.raises(SealBroken):
        await desk.apply([_with_sealed(sealed, broken)])

    assert await desk.numbers(DESK) == []


async def test_an_erased_dossier_is_told_as_erased(desk: FeedDesk, database: TestDatabase) -> None:
    tip = uuid7()
    travelling = await desk.sealed(received(tip))
    owner = await database.connect("postgres")
    await owner.execute("delete from keys.dossier_key where dossier = $1", tip)
    await owner.close()
    await desk.apply(travelling)

    (shown,) = await desk.pulled(DESK)
    assert shown["data"]["erased"] == [str(tip)]
    assert NAME not in text(shown)


async def test_a_page_goes_on_where_the_one_before_it_ended(desk: FeedDesk) -> None:
    await desk.append(*[proposed(uuid7(), uuid7()) for _ in range(7)])

    first = await desk.pull.page(LEAD, 0, 3)
    rest = await desk.pull.page(LEAD, first.next, 500)
    end = await desk.pull.page(LEAD, rest.next, 500)

    assert [one.envelope.feednumber for one in (*first.events, *rest.events)] == [1, 2, 3, 4, 5, 6, 7]
    assert (first.next, rest.next, end.next, end.events) == (3, 7, 7, [])


async def test_a_page_is_bounded_by_bytes_and_never_empty_for_being_large(
    desk: FeedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.append(*[proposed(uuid7(), uuid7()) for _ in range(3)])
    monkeypatch.setattr("services.notifications.repository.feeds.PAGE_BYTES", 1)

    assert await desk.numbers(LEAD) == [1]


async def test_a_unit_out_of_force_keeps_its_feed_and_has_no_topic(desk: FeedDesk) -> None:
    await desk.append(fact(CaseProposed, uuid7(), {"customs-gone": FULL, LEAD: FULL}))

    assert {message.topic for message in await desk.rendered()} == {f"to.{LEAD}"}
    assert await desk.numbers("customs-gone") == [1]


async def test_delivery_is_audited_by_its_purpose(desk: FeedDesk, database: TestDatabase) -> None:
    tip = uuid7()
    await desk.append(forwarded(tip, 1))
    await desk.rendered()

    owner = await database.connect("postgres")
    rows = await owner.fetch("select distinct role, purpose from keys.audit where $1 = any (dossiers)", tip)
    await owner.close()
    assert ("notifications", "deliver") in {(row["role"], row["purpose"]) for row in rows}


async def _fail_after(desk: FeedDesk, travelling: Sequence[Event[Any]]) -> None:
    async with desk.units.begin() as uow:
        await feeds.append(travelling, uow)
        raise LookupError


def _with_sealed(event: Event[Any], sealed: dict[UUID, str]) -> Event[Any]:
    return replace(event, data=event.data.model_copy(update={"sealed": sealed}))
