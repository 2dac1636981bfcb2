"""Signing in and out, and how long a wrong password has to wait."""

import asyncio

import pytest

from directory_town import ADMIN_PASSWORD, PASSWORD, Town
from runtime_builders import bearer
from services.directory.model import FREE_FAILURES

pytestmark = pytest.mark.integration


async def test_a_session_shows_who_it_is_for_and_its_credential_once(town: Town) -> None:
    await town.add("an.nv")
    answer = await town.sign_in("an.nv")
    found = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    credential = found.pop("session")
    assert found == {
        "person": "an.nv",
        "name": "Nguyễn Văn Giả Định",
        "unit": "qltt-79",
        "roles": ["officer"],
        "expires_at": "2026-11-23T17:00:00Z",
    }
    kept = " ".join(str(dict(row)) for row in await town.rows("select * from session"))
    assert credential not in kept


async def test_a_wrong_password_an_unknown_login_and_a_disabled_person_are_told_apart_by_nobody(town: Town) -> None:
    await town.add("an.nv")
    await town.add("binh.tt")
    assert (await town.client.delete("/people/binh.tt", headers=await town.admin())).status_code == 204
    answers = [await town.sign_in("an.nv", "không đúng"), await town.sign_in("nobody"), await town.sign_in("binh.tt")]
    told = [{**answer.json(), "instance": ""} for answer in answers]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert told[0] == told[1] == told[2]


@pytest.mark.parametrize("login", ["an.nv", "nobody"])
async def test_after_ten_wrong_passwords_in_a_row_even_the_right_one_waits(town: Town, login: str) -> None:
    await town.add("an.nv")
    for _ in range(FREE_FAILURES):
        assert (await town.sign_in(login, "không đúng")).status_code == 401
    answer = await town.sign_in(login)
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "10"
    assert answer.json()["type"] == "urn:phoihop:problem:too-many-requests"


async def test_whoever_waited_gets_in_and_starts_afresh(town: Town) -> None:
    await town.add("an.nv")
    for _ in range(FREE_FAILURES):
        await town.sign_in("an.nv", "không đúng")
    town.clock.forward(seconds=9)
    assert (await town.sign_in("an.nv")).status_code == 429
    town.clock.forward(seconds=1)
    await town.session("an.nv")
    assert (await town.sign_in("an.nv", "không đúng")).status_code == 401
    await town.session("an.nv")


async def test_the_wait_doubles_while_the_guessing_goes_on(town: Town) -> None:
    await town.add("an.nv")
    waits = []
    for _ in range(FREE_FAILURES - 1):
        await town.sign_in("an.nv", "không đúng")
    for _ in range(3):
        assert (await town.sign_in("an.nv", "không đúng")).status_code == 401
        waits.append(int((await town.sign_in("an.nv")).headers["retry-after"]))
        town.clock.forward(seconds=waits[-1])
    assert waits == [10, 20, 40]


async def test_parallel_guesses_are_each_counted(town: Town) -> None:
    await town.add("an.nv")
    answers = await asyncio.gather(*(town.sign_in("an.nv", f"không đúng {one}") for one in range(FREE_FAILURES + 15)))
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == FREE_FAILURES
    assert statuses.count(429) == 15


async def test_one_person_being_guessed_at_keeps_nobody_else_out(town: Town) -> None:
    await town.add("an.nv")
    for _ in range(FREE_FAILURES + 1):
        await town.sign_in("nobody", "không đúng")
    await town.session("an.nv")


async def test_what_was_typed_as_a_login_is_not_kept_and_a_day_later_forgotten(town: Town) -> None:
    await town.sign_in("mật khẩu gõ nhầm ô", "x")
    assert "gõ nhầm" not in str([dict(row) for row in await town.rows("select * from sign_in_attempt")])
    town.clock.forward(days=1, seconds=1)
    await town.sign_in("someone", "x")
    assert len(await town.rows("select 1 from sign_in_attempt")) == 1


async def test_no_password_is_kept_but_as_argon2id(town: Town) -> None:
    await town.add("an.nv")
    kept = await town.rows("select password_hash from person")
    assert len(kept) == 2
    assert all(row["password_hash"].startswith("$argon2id$") for row in kept)
    assert not any(secret in str(kept) for secret in (PASSWORD, ADMIN_PASSWORD))


async def test_signing_out_ends_the_session_and_is_told_when_there_was_none(town: Town) -> None:
    session = await town.session("admin", ADMIN_PASSWORD)
    assert (await town.client.delete("/sessions", headers=bearer(session))).status_code == 204
    assert (await town.exchange(session)).status_code == 401
    assert (await town.client.delete("/sessions", headers=bearer(session))).status_code == 401


async def test_one_sign_out_leaves_the_persons_other_sessions(town: Town) -> None:
    first, second = [await town.session("admin", ADMIN_PASSWORD) for _ in range(2)]
    await town.client.delete("/sessions", headers=bearer(first))
    assert (await town.exchange(second)).status_code == 200


async def test_sessions_that_ran_out_are_dropped_at_the_next_sign_in(town: Town) -> None:
    await town.session("admin", ADMIN_PASSWORD)
    town.clock.forward(hours=12)
    await town.session("admin", ADMIN_PASSWORD)
    assert len(await town.rows("select 1 from session")) == 1


async def test_the_whole_door_slows_down_for_a_flood(town: Town) -> None:
    answers = [(await town.sign_in(f"nobody{one}", "x")).status_code for one in range(70)]
    assert answers == [401] * 60 + [429] * 10


async def test_a_malformed_sign_in_repeats_neither_login_nor_password(town: Town) -> None:
    answer = await town.client.post("/sessions", json={"login": ["bí mật một"], "password": {"x": "bí mật hai"}})
    assert answer.status_code == 422
    assert "bí mật" not in answer.text
