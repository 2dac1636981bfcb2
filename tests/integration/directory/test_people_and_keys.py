"""What the administrator does: people, units' keys, and nobody else does it."""

import asyncio
import re
from datetime import UTC, datetime

import pytest

from directory_town import ADMIN_PASSWORD, PASSWORD, PUBLIC_KEY, Town
from services.directory import bootstrap
from services.runtime.errors import OpenSecret

pytestmark = pytest.mark.integration


async def test_the_same_person_again_changes_nothing(town: Town) -> None:
    first, again = await town.add("an.nv"), await town.add("an.nv")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert PASSWORD not in first.text


@pytest.mark.parametrize(
    "change", [{"name": "Khác"}, {"unit": "qltt-01"}, {"roles": ["operator"]}, {"password": "y" * 12}]
)
async def test_a_taken_login_with_other_content_is_a_conflict(town: Town, change: dict[str, object]) -> None:
    await town.add("an.nv")
    answer = await town.add("an.nv", **change)
    assert answer.status_code == 409
    assert answer.json()["errors"][0]["pointer"] == "#/login"
    await town.session("an.nv")


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"unit": "qltt-99"}, 422, "#/unit"),
        ({"roles": ["king"]}, 422, "#/roles"),
        ({"roles": ["system"]}, 422, "#/roles"),
        ({"roles": []}, 422, "#/roles"),
        ({"login": "An Nguyễn"}, 422, "#/login"),
        ({"password": "ngắn"}, 422, "#/password"),
        ({"name": " "}, 422, "#/name"),
        ({"admin": True}, 422, "#/admin"),
    ],
)
async def test_a_wrong_form_names_the_field(town: Town, change: dict[str, object], status: int, pointer: str) -> None:
    answer = await town.add("an.nv", **change)
    assert answer.status_code == status
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_only_the_administrator_adds_people_and_keys(town: Town) -> None:
    await town.add("an.nv")
    officer = await town.headers(await town.session("an.nv"))
    system = await town.headers((await town.issue("customs-hq", "k-1")).json()["key"])
    public = await town.headers(PUBLIC_KEY)
    form = {"login": "x.y", "name": "X", "unit": "qltt-79", "roles": ["directory_admin"], "password": PASSWORD}
    for headers in (officer, system, public):
        assert (await town.client.post("/people", json=form, headers=headers)).status_code == 403
        assert (await town.client.delete("/people/an.nv", headers=headers)).status_code == 403
        assert (await town.issue("customs-hq", "k-2", headers)).status_code == 403
        assert (await town.client.delete("/units/customs-hq/keys/a", headers=headers)).status_code == 403
    assert (await town.client.post("/people", json=form)).status_code == 401
    assert len(await town.rows("select 1 from person")) == 2


async def test_ending_a_persons_access_ends_their_sessions(town: Town) -> None:
    await town.add("an.nv")
    session, admin = await town.session("an.nv"), await town.admin()
    for _ in range(2):
        assert (await town.client.delete("/people/an.nv", headers=admin)).status_code == 204
    assert (await town.exchange(session)).status_code == 401
    assert (await town.add("an.nv")).status_code == 409
    assert (await town.client.delete("/people/nobody", headers=admin)).status_code == 404


async def test_a_unit_has_two_keys_at_most_and_the_newest_replaces_the_oldest(town: Town) -> None:
    issued = []
    for number in range(3):
        answer = await town.issue("customs-hq", f"k-{number}")
        assert answer.status_code == 201
        assert re.fullmatch(r"phk_customs-hq_[A-Za-z0-9_-]{43}", answer.json()["key"])
        issued.append(answer.json())
        town.clock.forward(minutes=1)
    assert [one["slot"] for one in issued] == ["a", "b", "a"]
    assert [(await town.exchange(one["key"])).status_code for one in issued] == [401, 200, 200]


async def test_a_key_is_kept_as_a_digest_alone(town: Town) -> None:
    key = (await town.issue("customs-hq", "k-1")).json()["key"]
    kept = str([dict(row) for row in await town.rows("select * from unit_credential")])
    assert key not in kept
    assert PUBLIC_KEY not in kept


async def test_a_repeated_request_makes_no_second_key(town: Town) -> None:
    first, again = await town.issue("customs-hq", "k-1"), await town.issue("customs-hq", "k-1")
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["errors"][0]["header"] == "Idempotency-Key"
    assert (await town.issue("qltt-79", "k-1")).status_code == 201
    assert (await town.client.post("/units/qltt-79/keys", headers=await town.admin())).status_code == 400


async def test_keys_issued_at_the_same_moment_take_different_slots(town: Town) -> None:
    admin = await town.admin()
    answers = await asyncio.gather(*(town.issue("customs-hq", f"k-{one}", admin) for one in range(2)))
    assert sorted(answer.json()["slot"] for answer in answers) == ["a", "b"]


async def test_a_revoked_key_gets_no_token_and_the_other_slot_works_on(town: Town) -> None:
    keys = [(await town.issue("customs-hq", f"k-{one}")).json()["key"] for one in range(2)]
    admin = await town.admin()
    assert (await town.client.delete("/units/customs-hq/keys/a", headers=admin)).status_code == 204
    assert [(await town.exchange(key)).status_code for key in keys] == [401, 200]
    assert (await town.client.delete("/units/customs-hq/keys/a", headers=admin)).status_code == 404
    assert (await town.client.delete("/units/customs-hq/keys/c", headers=admin)).status_code == 422


async def test_a_unit_that_is_not_in_force_gets_no_key_and_its_key_no_token(town: Town) -> None:
    assert (await town.issue("qltt-99", "k-1")).status_code == 404
    key = (await town.issue("customs-hq", "k-1")).json()["key"]
    town.clock.now = datetime(2024, 1, 1, tzinfo=UTC)
    assert (await town.exchange(key)).status_code == 401


async def test_units_are_listed_to_whoever_has_a_token(town: Town) -> None:
    found = (await town.client.get("/units", headers=await town.headers(PUBLIC_KEY))).json()
    listed = {unit["code"]: unit for unit in found}
    assert listed["vptt-389"]["desk"]
    assert listed["qltt-79"]["agency"] == "market_surveillance"
    assert (await town.client.get("/units")).status_code == 401


async def test_a_second_start_adds_nobody_and_nothing(town: Town) -> None:
    assert not await bootstrap.first_administrator(town.means, town.secrets)
    assert not await bootstrap.register_public_key(town.means, town.secrets)
    assert len(await town.rows("select 1 from unit_credential")) == 1
    await town.session("admin", ADMIN_PASSWORD)


async def test_a_replaced_key_file_replaces_the_public_processs_key(town: Town) -> None:
    town.secrets.path("public-service-key").write_text("another key")
    assert await bootstrap.register_public_key(town.means, town.secrets)
    assert (await town.exchange("another key")).status_code == 200
    assert (await town.exchange(PUBLIC_KEY)).status_code == 401


async def test_a_key_file_that_others_may_read_is_refused_at_start(town: Town) -> None:
    town.secrets.path("public-service-key").chmod(0o644)
    with pytest.raises(OpenSecret):
        await bootstrap.register_public_key(town.means, town.secrets)
