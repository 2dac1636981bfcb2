"""What is over by the sheet is erased, once it was adopted, and nothing else; what would go is told before."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from builders import event, example
from bus.database import Database
from bus.uow import UnitsOfWork
from intake_builders import PAPER, Http, Published, Taking, Tokens
from schemas.events import CaseClaimed, CaseClosed, CaseProposed, DossierErased
from schemas.events.case import Origin, OriginKind
from schemas.events.dossier import Ground
from schemas.reference.book import ReferenceBook
from schemas.reference.retention import Retention
from services.intake.handlers import retention
from services.intake.handlers.cases import case_ended, case_found_lead, origin_became_case
from services.intake.handlers.retention import Retaining

pytestmark = pytest.mark.integration
DECISION = "02/QĐ-BCĐ389 (hư cấu)"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def kept_for(book: ReferenceBook, years: int = 1) -> ReferenceBook:
    """The book, with one row for refused tips, closed tips and closed signals, in force since long ago."""
    rows = [("tip", "refused"), ("tip", "closed"), ("signal", "closed")]
    given = {"years": years, "days": 0, "basis": "Luật 91/2025/QH15", "source": "x", "valid_to": None}
    sheet = [
        Retention.model_validate({"kind": kind, "outcome": end, **given, "valid_from": date(2000, 1, 1)})
        for kind, end in rows
    ]
    return replace(book, retention=tuple(sheet))


async def retire(units: UnitsOfWork, book: ReferenceBook, decision: str = DECISION) -> int:
    return await Retaining(units, book, decision).erase(asyncio.Event())


async def refused(intake: Http, taken: Taking, operator: str, store: Database, *, since: datetime) -> UUID:
    tip = await taken()
    await intake.post(f"/desk/tips/{tip}/refuse", {"code": "quay_roi"}, operator)
    async with store.autocommit() as raw:
        await raw.execute("update tip set shown_since = $2 where id = $1", tip, since)
    return tip


async def kinds(published: Published, tip: UUID) -> list[str]:
    return [one.data.KIND for one in await published(tip)]


@pytest.fixture(autouse=True)
async def nothing_else_is_due(store: Database) -> None:
    async with store.autocommit() as raw:
        await raw.execute("update tip set erased_at = now() where erased_at is null")
        await raw.execute("update signal set erased_at = now() where erased_at is null")


async def test_a_tip_ends_once_its_time_is_over_and_not_a_day_before(
    *,
    intake: Http,
    taken: Taking,
    operator: str,
    store: Database,
    units_of_work: UnitsOfWork,
    book: ReferenceBook,
    published: Published,
) -> None:
    over = await refused(intake, taken, operator, store, since=datetime.now(UTC) - timedelta(days=367))
    young = await refused(intake, taken, operator, store, since=datetime.now(UTC) - timedelta(days=364))

    assert await retire(units_of_work, kept_for(book)) == 1

    *_, last = await published(over)
    assert isinstance(last.data, DossierErased)
    assert (last.data.ground, last.data.basis) == (Ground.RETENTION, f"Luật 91/2025/QH15; {DECISION}")
    assert await kinds(published, young) == ["tip.received", "tip.refused"]
    assert await retire(units_of_work, kept_for(book)) == 0


async def test_what_would_go_is_told_to_the_unit_that_answers_for_it_and_nothing_goes(
    *, intake: Http, taken: Taking, operator: str, store: Database, token: Tokens, published: Published
) -> None:
    over = await refused(intake, taken, operator, store, since=LONG_AGO)

    mine = (await intake.get("/dossiers/due", token("bcd-79", "privacy_officer"))).json()["due"]
    theirs = (await intake.get("/dossiers/due", token("vptt-389", "privacy_officer"))).json()["due"]

    assert [(one["dossier"], one["outcome"], one["basis"]) for one in mine] == [
        (str(over), "refused", "Luật 91/2025/QH15")
    ]
    assert theirs == []
    assert (await intake.get("/dossiers/due", operator)).status_code == 403
    assert await kinds(published, over) == ["tip.received", "tip.refused"]


@pytest.mark.parametrize(("decision", "looks"), [("", False), (DECISION, True)])
async def test_without_a_decision_nothing_is_even_looked_for(
    *, decision: str, looks: bool, units_of_work: UnitsOfWork, book: ReferenceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, stop = asyncio.Event(), asyncio.Event()

    async def due(*_: Any, **__: Any) -> list[Any]:
        looked.set()
        return []

    monkeypatch.setattr(retention, "due", due)
    running = asyncio.create_task(Retaining(units_of_work, kept_for(book), decision).run(stop))
    with suppress(TimeoutError):
        await asyncio.wait_for(looked.wait(), 1.0 if not looks else 20.0)
    stop.set()
    await running

    assert looked.is_set() == looks


async def test_a_held_tip_is_left_alone_and_a_forwarded_one_waits_for_its_last_case(
    *,
    intake: Http,
    taken: Taking,
    operator: str,
    store: Database,
    units_of_work: UnitsOfWork,
    book: ReferenceBook,
    published: Published,
) -> None:
    held = await refused(intake, taken, operator, store, since=LONG_AGO)
    await intake.post(f"/desk/tips/{held}/hold", {"named_units": ["qltt-79"], "reason": "x"}, operator)
    sent, cases = await taken(), [uuid4(), uuid4()]
    await intake.post(f"/desk/tips/{sent}/forward", PAPER, operator)
    for case in cases:
        await grown(units_of_work, case, Origin(kind=OriginKind.TIP, id=sent, sender="bcd-79"))
    await closed(units_of_work, cases[0])
    assert await retire(units_of_work, kept_for(book)) == 0

    await closed(units_of_work, cases[1])

    assert await retire(units_of_work, kept_for(book)) == 1
    assert (await kinds(published, sent))[-1] == "dossier.erased"
    assert "dossier.erased" not in await kinds(published, held)


async def test_one_that_was_held_between_finding_and_locking_stays(
    *,
    intake: Http,
    taken: Taking,
    operator: str,
    store: Database,
    units_of_work: UnitsOfWork,
    book: ReferenceBook,
    published: Published,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tip = await refused(intake, taken, operator, store, since=LONG_AGO)
    found = retention.due

    async def then_held(*given: Any, **named: Any) -> Any:
        over = await found(*given, **named)
        if over:
            await intake.post(f"/desk/tips/{tip}/hold", {"named_units": ["qltt-79"], "reason": "x"}, operator)
        return over

    monkeypatch.setattr(retention, "due", then_held)

    assert await retire(units_of_work, kept_for(book)) == 0
    assert "dossier.erased" not in await kinds(published, tip)


async def grown(units: UnitsOfWork, case: UUID, origin: Origin) -> None:
    async with units.begin() as uow:
        await origin_became_case([event(example(CaseProposed, origin=origin, personal={}), subject=case)], uow)
        await case_found_lead([event(example(CaseClaimed), subject=case)], uow)


async def closed(units: UnitsOfWork, case: UUID) -> None:
    async with units.begin() as uow:
        await case_ended([event(example(CaseClosed), subject=case, acttime=LONG_AGO)], uow)
