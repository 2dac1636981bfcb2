"""Pages and their JSON twins over real timelines: who is let in, what is shown, what is never told."""

import json
import random
import re
import sys
from typing import Any
from uuid import UUID

import pytest

from builders import PERSONAL
from case_builders import numbered
from console_builders import grown
from console_house import House
from runtime_builders import problem
from schemas.views import GRANTABLE, View

pytestmark = pytest.mark.integration

UNITS = ("customs-kv2", "qltt-79", "tax-79", "bcd-79")
CASE, TIP = numbered(1), numbered(2)
OPEN = {"customs-kv2": View.FULL, "qltt-79": View.FULL, "bcd-79": View.FIELDS}


async def test_whatever_the_audiences_no_door_tells_a_unit_of_what_it_was_not_granted(board: Any, house: House) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    events: list[tuple[UUID, str, str, dict[str, View]]] = []
    for case in (numbered(10), numbered(11), numbered(12)):
        for number in range(5):
            audience = {unit: chance.choice(GRANTABLE[1:]) for unit in UNITS if chance.random() < 0.5}
            origin = UUID(int=case.int + 1000 * (number + 1))
            fact = grown(case, origin, audience, number + 1)
            await board.tell(fact)
            events.append((case, fact.envelope.id, f"ref-{origin}", audience))

    for unit in UNITS:
        told = await _everything(house, unit)
        granted = [one for one in events if unit in one[3]]
        for case, event_id, reference, audience in events:
            text = told.get(case, "")
            assert (event_id in text) == (unit in audience)
            assert (reference in text) == (audience.get(unit) is View.FULL)
        assert _first_number((await house.page("/cases", unit)).text) == len({case for case, *_ in granted})
        rows = (await house.twin("/api/cases", unit)).json()["cases"]
        assert {UUID(row["id"]): row["entries"] for row in rows} == {
            case: sum(one[0] == case for one in granted) for case, *_ in granted
        }


async def _everything(house: House, unit: str) -> dict[UUID, str]:
    """All that the page, the twin and the stream of each case tell a unit, by case."""
    found: dict[UUID, str] = {}
    for case in (numbered(10), numbered(11), numbered(12)):
        page, twin = await house.page(f"/cases/{case}", unit), await house.twin(f"/api/cases/{case}", unit)
        assert page.status_code == twin.status_code
        stream = await house.streamed(f"/cases/{case}/stream", unit, 1 if page.status_code == 200 else 0)
        if page.status_code == 404:
            assert stream == []
            continue
        texts = (page.text, twin.text, json.dumps(stream))
        marks = [set(re.findall(r"ref-[0-9a-f-]{36}", text)) for text in texts]
        assert marks[0] == marks[1] == marks[2]
        found[case] = "".join(texts)
    return found


def _first_number(text: str) -> int:
    found = re.search(r"<h1>(\d+)", text)
    assert found is not None
    return int(found[1])


async def test_unknown_and_unseen_cases_are_answered_alike_at_every_door(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, {"customs-kv2": View.FULL}))

    for ask in (house.page, house.twin):
        prefix = "" if ask == house.page else "/api"
        unseen, unknown = [await ask(f"{prefix}/cases/{case}", "qltt-79") for case in (CASE, numbered(9))]
        texts = [re.sub(r"urn:uuid:[0-9a-f-]+|[0-9a-f]{8}-[0-9a-f-]{27}", "", one.text) for one in (unseen, unknown)]
        assert (unseen.status_code, texts[0]) == (unknown.status_code, texts[1])
        assert unseen.status_code == 404


async def test_values_are_opened_in_full_and_named_by_kind_to_a_coordinator(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))
    secret = PERSONAL.identifiers[0].value

    assert secret in (await house.page(f"/cases/{CASE}", "qltt-79")).text
    coordinator = (await house.page(f"/cases/{CASE}", "bcd-79", "coordinator")).text
    assert secret not in coordinator
    assert "Importer" in coordinator


async def test_a_role_that_may_not_read_cases_is_told_so_and_can_sign_out(board: Any, house: House) -> None:
    await board.tell(grown(CASE, TIP, OPEN))

    for path in ("/cases", f"/cases/{CASE}"):
        page = await house.page(path, "qltt-79", "operator")
        assert page.status_code == 403
        assert "Sign out" in page.text
        assert str(TIP) not in page.text
        problem(await house.twin(f"/api{path}", "qltt-79", "operator"), "forbidden", 403)


async def test_every_page_forbids_foreign_content_and_is_kept_nowhere(house: House) -> None:
    for path in ("/sign-in", "/cases", "/no-such-page"):
        page = await house.page(path, "qltt-79")
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "Demonstration:" in page.text
        assert re.search(r"style=|<script>|\son[a-z]+=", page.text) is None


async def test_an_error_is_a_page_to_people_and_a_problem_to_programs(house: House) -> None:
    page = await house.page("/no-such-page", "qltt-79")
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (404, "text/html")
    problem(await house.twin("/api/no-such-thing", "qltt-79"), "not-found", 404)
    problem(await house.twin("/api/cases?state=x", "qltt-79"), "malformed", 422)
