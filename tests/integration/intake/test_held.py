"""Nothing of a held tip reaches the units it names, their line, its desk or anyone outside the route, by any door.

The doors are taken from the app itself, so that a new one is walked too or fails this test.
"""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from bus.database import Database
from intake_builders import FORM, PAPER, Http, Published, Tokens, app_of
from schemas.reference.book import ReferenceBook
from services.intake.api.doors import Doors
from services.policy import Role

NAMED = "qltt-79"
ROLES = tuple(role.value for role in Role)
BODIES: dict[str, dict[str, Any]] = {
    "refuse": {"code": "quay_roi"},
    "advise": {"advised_to": "nơi khác"},
    "link": {},
    "forward": PAPER,
    "hold": {"named_units": ["ca-79"], "reason": "x"},
}


async def marks(store: Database, tips: Sequence[UUID]) -> set[str]:
    """Every text by which one of these tips could be known again."""
    async with store.autocommit() as raw:
        rows = await raw.fetch("select id, tip_no, integrity_id from tip where id = any($1)", tips)
    return {str(value) for row in rows for value in row.values() if value is not None}


@pytest.fixture
async def held(intake: Http, operator: str) -> list[UUID]:
    """One held at entry, one after receipt, one after forwarding."""
    form = FORM | {"channel": "phone"}
    first = await intake.post("/desk/tips", form | {"named_units": [NAMED]}, operator)
    found = [UUID(first.json()["tip_id"])]
    for forwarded in (False, True):
        tip = (await intake.post("/desk/tips", form, operator)).json()["tip_id"]
        if forwarded:
            await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
        await intake.post(f"/desk/tips/{tip}/hold", {"named_units": [NAMED], "reason": "nêu cán bộ"}, operator)
        found.append(UUID(tip))
    return found


def outsiders(book: ReferenceBook, parts: Doors) -> list[str]:
    """The named unit, its line, its desk, another desk, another force."""
    line = [*book.line_of_command(NAMED, parts.today()), *book.below(NAMED, parts.today())]
    return [NAMED, *line, "bcd-79", "vptt-389", "bcd-01", "ca-79", "customs-hq"]


def walks(intake: Http) -> list[tuple[str, str]]:
    """Every method and path of the app."""
    paths = app_of(intake).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


async def knock(intake: Http, method: str, path: str, tip: UUID, token: str) -> list[str]:
    """What the door says about this tip, for each thing that may be asked of it."""
    told = []
    for verb in BODIES if "{verb}" in path else ("",):
        at = path.replace("{tip_id}", str(tip)).replace("{dossier}", str(tip)).replace("{verb}", verb)
        if method == "GET":
            answers = [await intake.get(f"{at}{query}", token) for query in queries(path)]
        else:
            body = BODIES.get(verb) or ({"basis": "x"} if "/dossiers/" in path else {"linked_to": str(tip)})
            answers = [await intake.post(at, body, token)]
        told += [f"{answer.status_code} {answer.text}" for answer in answers]
    return told


def queries(path: str) -> Sequence[str]:
    if path.endswith("/access"):
        return ("?part=content", "?part=informant")
    return ("?limit=200", "?limit=200&state=held") if path == "/desk/tips" else ("",)


@pytest.mark.parametrize("roles", [ROLES, ("operator",), ("officer",), ("unmask_informant",)])
async def test_no_door_tells_an_outsider_anything_of_a_held_tip(
    *,
    roles: tuple[str, ...],
    intake: Http,
    held: list[UUID],
    token: Tokens,
    store: Database,
    book: ReferenceBook,
    parts: Doors,
) -> None:
    known = await marks(store, held)
    doors = walks(intake)
    assert {path for _, path in doors} >= {"/desk/tips", "/desk/tips/{tip_id}", "/integrity/tips", "/tips/status"}
    for unit in outsiders(book, parts):
        everything = token(unit, *roles)
        for method, path in doors:
            for tip in held:
                told = await knock(intake, method, path, tip, everything)
                never = uuid4()
                same = await knock(intake, method, path, never, everything)
                assert not [mark for mark in known for answer in told if mark in answer], (unit, method, path)
                assert [anonymous(text) for text in told] == [anonymous(text) for text in same], (unit, method, path)


def anonymous(text: str) -> str:
    """The answer without the id of its request and the age of the rows, which differ each time."""
    return re.sub(r'"instance":"[^"]*"|"age_seconds":\d+', "", text)


async def test_a_tip_cannot_be_linked_to_a_held_one_and_an_older_link_leads_nowhere(
    intake: Http, operator: str
) -> None:
    form = FORM | {"channel": "phone"}
    first, second, third = [(await intake.post("/desk/tips", form, operator)).json()["tip_id"] for _ in range(3)]
    await intake.post(f"/desk/tips/{second}/link", {"linked_to": first}, operator)
    await intake.post(f"/desk/tips/{first}/hold", {"named_units": [NAMED], "reason": "x"}, operator)
    refused = await intake.post(f"/desk/tips/{third}/link", {"linked_to": first}, operator)
    assert refused.status_code == 404
    assert (await intake.get(f"/desk/tips/{second}", operator)).json()["linked_to"] is None


@pytest.mark.parametrize(
    ("verb", "body"), [("forward", PAPER), ("refuse", {"code": "quay_roi"}), ("advise", {"advised_to": "nơi khác"})]
)
async def test_a_decision_sent_again_after_the_hold_is_answered_as_if_there_were_no_tip(
    intake: Http, operator: str, verb: str, body: dict[str, Any]
) -> None:
    first, held = f"{verb}-first", f"{verb}-held"
    tip = (await intake.post("/desk/tips", FORM | {"channel": "phone"}, operator)).json()["tip_id"]
    decided = await intake.post(f"/desk/tips/{tip}/{verb}", body, operator, first)
    assert decided.status_code == 200
    assert (await intake.post(f"/desk/tips/{tip}/{verb}", body, operator, first)).json() == decided.json()
    await intake.post(f"/desk/tips/{tip}/hold", {"named_units": [NAMED], "reason": "x"}, operator, held)

    again = await intake.post(f"/desk/tips/{tip}/{verb}", body, operator, first)
    unknown = await intake.post(f"/desk/tips/{uuid4()}/{verb}", body, operator)

    assert again.status_code == 404
    assert anonymous(again.text) == anonymous(unknown.text)
    held_again = await intake.post(f"/desk/tips/{tip}/hold", {"named_units": [NAMED], "reason": "x"}, operator, held)
    assert held_again.status_code == 200


async def test_the_integrity_officer_sees_every_held_tip(intake: Http, held: list[UUID], token: Tokens) -> None:
    page = await intake.get("/integrity/tips?limit=200", token("integrity-389", "integrity_officer"))
    assert {str(tip) for tip in held} <= {row["tip_id"] for row in page.json()["tips"]}


async def test_after_a_hold_no_event_about_the_tip_is_for_anyone_it_must_be_kept_from(
    held: list[UUID], published: Published, book: ReferenceBook, parts: Doors
) -> None:
    hidden = {NAMED, *book.line_of_command(NAMED, parts.today()), *book.below(NAMED, parts.today())}
    for tip in held:
        events = await published(tip)
        last = [one for one in events if one.envelope.type.split(".")[3] in {"held", "withdrawn", "opened"}]
        assert last
        for one in last:
            assert not hidden & set(one.audience)
