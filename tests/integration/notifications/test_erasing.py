"""The end of a dossier goes to every feed that carried it, and each unit's position past it is known."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from bus.errors import Refused
from bus.identity import uuid7
from feed_builders import (
    CO,
    COORDINATOR,
    DESK,
    FULL,
    LEAD,
    POINTER,
    claimed,
    fact,
    forwarded,
    held,
    proposed,
    received,
    withdrawn,
)
from feed_desk import FeedDesk
from schemas.envelope import Event
from schemas.events import CaseSignalAdded, DossierErased, SignalDetected
from schemas.events.case import Origin, OriginKind
from schemas.events.dossier import DossierKind
from schemas.views import View
from services.audience import dossier_erased
from services.notifications.handlers.dossiers import Shown, shown_to
from services.notifications.repository.copies import RETENTION

pytestmark = pytest.mark.integration


def erased(dossier: UUID, sequence: int, kind: DossierKind = DossierKind.TIP, keeper: str = DESK) -> Event[Any]:
    audience = dossier_erased(dossier, keeper)
    return fact(DossierErased, dossier, audience, sequence=sequence, dossier=kind, holder=keeper)


async def destroy(desk: FeedDesk, dossier: UUID) -> None:
    async with desk.publishers.begin() as uow:
        assert await uow.destroy_keys([dossier], "lan.anh", "Luật 91/2025/QH15") == [dossier]


async def told(desk: FeedDesk, unit: str) -> list[dict[str, Any]]:
    return [one for one in await desk.pulled(unit) if one["type"] == DossierErased.type_name()]


async def followed(desk: FeedDesk, dossier: UUID, unit: str = DESK) -> dict[str, Shown]:
    async with desk.units.begin() as uow:
        return {one.unit: one for one in (await shown_to(dossier, unit, uow)).units}


async def test_every_feed_that_carried_the_dossier_is_told_and_no_other_one(desk: FeedDesk) -> None:
    tip, case, other = uuid7(), uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(case, tip), fact(SignalDetected, other, {"tax-79": FULL}))
    await destroy(desk, tip)

    await desk.append(erased(tip, 3))

    rows = await desk.rows("select unit, view from feed where type = $1 order by unit", DossierErased.type_name())
    assert [(row["unit"], row["view"]) for row in rows] == sorted(
        [(DESK, "full"), (LEAD, "full"), (CO, "full"), (COORDINATOR, "fields")]
    )
    (event,) = await told(desk, LEAD)
    assert (event["subject"], event["data"]["dossier"]) == (str(tip), "tip")
    for unit in (DESK, LEAD, CO):
        assert all("personal" not in one["data"] for one in await desk.pulled(unit))


async def test_who_saw_of_a_case_that_it_exists_learns_nothing_of_what_it_grew_from(desk: FeedDesk) -> None:
    signal, case = uuid7(), uuid7()
    origin = Origin(kind=OriginKind.SIGNAL, id=signal, sender=DESK)
    joined = fact(CaseSignalAdded, case, {LEAD: FULL, "tax-79": POINTER}, sequence=2, origin=origin)
    await desk.append(fact(SignalDetected, signal, {LEAD: FULL}), proposed(case, uuid7()), joined)
    assert len(await desk.pulled("tax-79")) == 1

    await desk.append(erased(signal, 2, DossierKind.SIGNAL, LEAD))

    assert await told(desk, "tax-79") == []
    assert len(await told(desk, LEAD)) == 1


async def test_who_saw_a_case_as_a_pointer_is_told_of_the_end_of_the_case_as_a_pointer(desk: FeedDesk) -> None:
    case = uuid7()
    await desk.append(proposed(case, uuid7()), fact(type(claimed(case).data), case, {"tax-79": POINTER}, sequence=2))

    await desk.append(erased(case, 3, DossierKind.CASE, LEAD))

    (event,) = await told(desk, "tax-79")
    assert set(event["data"]) == {"record", "holder", "contact"}
    assert event["data"]["record"] == "case"


async def test_an_event_that_comes_after_the_end_is_delivered_as_erased(desk: FeedDesk) -> None:
    tip, case = uuid7(), uuid7()
    late = await desk.sealed(proposed(case, tip))
    await desk.append(received(tip))
    await destroy(desk, tip)
    await desk.append(erased(tip, 2))

    await desk.apply(late)

    (shown,) = [one for one in await desk.pulled(LEAD) if one["subject"] == str(case)]
    assert (shown["data"]["erased"], "personal" in shown["data"]) == ([str(tip)], False)
    messages = [one for one in await desk.rendered() if one.topic == f"to.{LEAD}"]
    assert b"0999 000 111" not in b"".join(one.value for one in messages)


async def test_a_row_that_lies_unrelayed_at_the_end_is_written_to_its_topic_as_erased(desk: FeedDesk) -> None:
    tip = uuid7()
    await desk.append(received(tip))
    assert b"0999 000 111" in (await desk.rendered())[0].value

    await destroy(desk, tip)

    assert b"0999 000 111" not in (await desk.rendered())[0].value
    assert b"erased" in (await desk.rendered())[0].value


async def test_each_unit_is_listed_with_what_it_was_shown_and_how_long_its_topic_holds_it(desk: FeedDesk) -> None:
    tip, case = uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(case, tip))
    await desk.rendered()
    await destroy(desk, tip)
    await desk.append(erased(tip, 3))

    found = await followed(desk, tip)

    assert list(found) == sorted([DESK, LEAD, CO, COORDINATOR])
    lead, coordinator = found[LEAD], found[COORDINATOR]
    assert (lead.view, lead.numbers, lead.erased_number) == ("full", (1, 2), 3)
    assert lead.topic_until is not None
    assert timedelta(0) < lead.topic_until - lead.last_at - RETENTION < timedelta(minutes=1)
    assert (coordinator.view, coordinator.topic_until, coordinator.erased_number) == ("fields", None, 2)
    assert lead.erased_event is not None


async def test_a_unit_has_read_past_the_end_once_it_asks_for_what_stands_behind_it(desk: FeedDesk) -> None:
    tip = uuid7()
    await desk.append(received(tip))
    await desk.append(erased(tip, 2))
    assert (await followed(desk, tip))[DESK].pulled is None

    for after, position in ((1, 1), (2, 2), (1, 2), (2**62, 2)):
        await desk.pull.acknowledge(DESK, after)
        found = (await followed(desk, tip))[DESK]
        assert (found.erased_number, found.pulled) == (2, position)


@pytest.mark.parametrize("asking", [LEAD, CO, COORDINATOR, "tax-79"])
async def test_only_the_unit_that_answers_for_the_dossier_is_told_who_was_shown_it(desk: FeedDesk, asking: str) -> None:
    tip = uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(uuid7(), tip))

    with pytest.raises(Refused):
        await followed(desk, tip, asking)
    assert LEAD in await followed(desk, tip)


async def test_nothing_is_told_of_a_held_tip_or_of_what_came_of_it(desk: FeedDesk) -> None:
    tip, case = uuid7(), uuid7()
    await desk.append(received(tip), forwarded(tip), proposed(case, tip), claimed(case))
    await desk.append(withdrawn(tip, told=DESK), held(tip))

    for dossier, unit in ((tip, DESK), (case, LEAD), (tip, "integrity-389")):
        with pytest.raises(Refused):
            await followed(desk, dossier, unit)


async def test_a_case_is_answered_for_by_its_holder(desk: FeedDesk) -> None:
    case = uuid7()
    await desk.append(
        proposed(case, uuid7()), fact(type(claimed(case).data), case, {LEAD: FULL}, holder=LEAD, sequence=2)
    )

    assert (await followed(desk, case, LEAD))[LEAD].view == View.FULL.word
