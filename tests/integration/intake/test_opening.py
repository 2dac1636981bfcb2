"""Who may open what the vault keeps, and that every attempt is on record before its answer."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx2
import pytest

from builders import event, example
from bus.uow import UnitsOfWork
from infra.stack.testing import TestDatabase
from intake_builders import FORM, PAPER, Http, Taking, Tokens, app_of
from schemas.events.case import CaseClaimed, CaseProposed, Origin, OriginKind
from services.intake.handlers.cases import case_found_lead, origin_became_case

PURPOSE = "xác minh tin báo"


@pytest.fixture
async def root(database: TestDatabase) -> AsyncIterator[Any]:
    connection = await database.connect("postgres")
    yield connection
    await connection.close()


async def opened(unmask: Http, tip: UUID, token: str, part: str = "content") -> Any:
    return await unmask.post(f"/vault/{tip}/open", {"part": part, "purpose": PURPOSE}, token)


async def attempts(root: Any, tip: UUID) -> list[tuple[Any, ...]]:
    rows = await root.fetch(
        "select person, unit, part, purpose, allowed, reason from vault.opening where tip = $1 order by id", tip
    )
    return [tuple(row) for row in rows]


async def test_the_desk_opens_the_content_of_a_tip_it_received_and_nothing_more(
    unmask: Http, taken: Taking, operator: str, root: Any
) -> None:
    tip = await taken()
    answer = await opened(unmask, tip, operator)
    assert answer.json() == {"part": "content", "content": FORM["content"]}
    assert answer.headers["cache-control"] == "no-store"
    assert await attempts(root, tip) == [("an", "bcd-79", "content", PURPOSE, True, None)]


async def test_the_informant_needs_a_role_of_its_own(
    unmask: Http, taken: Taking, operator: str, token: Tokens, root: Any
) -> None:
    tip = await taken()
    assert (await opened(unmask, tip, operator, "informant")).status_code == 403
    answer = await opened(unmask, tip, token("bcd-79", "unmask_informant", person="mai"), "informant")
    assert answer.json()["informant"]["name"] == FORM["informant"]["name"]
    assert "content" not in answer.json()
    assert await attempts(root, tip) == [
        ("an", "bcd-79", "informant", PURPOSE, False, "role_missing"),
        ("mai", "bcd-79", "informant", PURPOSE, True, None),
    ]


async def test_once_forwarded_the_desk_may_no_longer_open_it_and_the_lead_of_its_case_may(
    *, unmask: Http, intake: Http, taken: Taking, operator: str, token: Tokens, units_of_work: UnitsOfWork
) -> None:
    tip, case = await taken(), uuid4()
    await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    lead = token("qltt-79", "officer")
    assert (await opened(unmask, tip, operator)).status_code == 403
    assert (await opened(unmask, tip, lead)).status_code == 404
    origin = Origin(kind=OriginKind.TIP, id=tip, sender="bcd-79")
    async with units_of_work.begin() as uow:
        await origin_became_case([event(example(CaseProposed, origin=origin, personal={}), subject=case)], uow)
        await case_found_lead([event(example(CaseClaimed, claimed_by="qltt-79"), subject=case)], uow)
    assert (await opened(unmask, tip, lead)).json()["content"] == FORM["content"]
    assert (await opened(unmask, tip, token("ca-79", "officer"))).status_code == 404


async def test_a_held_tip_opens_for_the_integrity_officer_alone(
    unmask: Http, intake: Http, taken: Taking, operator: str, token: Tokens
) -> None:
    tip = await taken()
    await intake.post(f"/desk/tips/{tip}/hold", {"named_units": ["qltt-79"], "reason": "nêu cán bộ"}, operator)
    assert (await opened(unmask, tip, operator)).status_code == 404
    officer = token("integrity-389", "integrity_officer")
    assert (await opened(unmask, tip, officer)).json()["content"] == FORM["content"]


@pytest.mark.parametrize("part", ["content", "informant"])
@pytest.mark.parametrize("roles", [("operator",), ("officer",), ("unmask_informant",), ("integrity_officer",)])
async def test_a_held_tip_a_foreign_one_and_none_at_all_are_refused_alike(
    *, part: str, roles: tuple[str, ...], unmask: Http, intake: Http, taken: Taking, operator: str, token: Tokens
) -> None:
    held, foreign = await taken(), await taken()
    await intake.post(f"/desk/tips/{held}/hold", {"named_units": ["qltt-79"], "reason": "nêu cán bộ"}, operator)
    stranger = token("qltt-79", *roles)
    answers = [await opened(unmask, tip, stranger, part) for tip in (held, foreign, uuid4())]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.json()["detail"] for answer in answers}) == 1


@pytest.mark.parametrize(
    "body", [{}, {"part": "content"}, {"part": "all", "purpose": PURPOSE}, {"part": "content", "purpose": "  "}]
)
async def test_an_opening_needs_a_part_and_a_purpose(
    body: dict[str, str], unmask: Http, taken: Taking, operator: str, root: Any
) -> None:
    tip = await taken()
    assert (await unmask.post(f"/vault/{tip}/open", body, operator)).status_code == 422
    assert await attempts(root, tip) == []


async def test_without_an_answer_of_intake_nothing_is_opened_or_noted(
    unmask: Http, taken: Taking, operator: str, root: Any
) -> None:
    tip = await taken()
    deaf = httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(500)), base_url="http://intake")
    state = app_of(unmask).state
    state.opener = replace(state.opener, intake=deaf)
    answer = await opened(unmask, tip, operator)
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:phoihop:problem:unavailable")
    assert await attempts(root, tip) == []


async def test_the_record_of_openings_cannot_be_read_changed_or_removed_by_who_writes_it(
    database: TestDatabase,
) -> None:
    role = await database.connect("unmask")
    try:
        for statement in (
            "select * from vault.opening",
            "update vault.opening set purpose = 'khác'",
            "delete from vault.opening",
            "insert into vault.tip (ref, sealed) values (gen_random_uuid(), 'x')",
            "select * from intake.tip",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await role.execute(statement)
    finally:
        await role.close()
