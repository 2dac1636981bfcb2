"""A session or a key becomes a token that other services believe."""

import pytest

from directory_town import ADMIN_PASSWORD, PUBLIC_KEY, Town
from runtime_builders import bearer
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.jwks import Jwks

pytestmark = pytest.mark.integration


async def believed(town: Town, credential: str, purpose: str = "") -> Actor:
    """What another service takes the token for, with the keys that directory publishes."""
    token = (await town.exchange(credential, purpose)).json()["token"]
    return (await Actors(Jwks(town.client, town.clock), town.clock).verify(token)).actor()


async def test_a_session_gives_the_person_with_unit_roles_and_purpose(town: Town) -> None:
    await town.add("an.nv", roles=["officer", "coordinator"])
    actor = await believed(town, await town.session("an.nv"), "kiểm tra kho")
    assert actor == Actor("an.nv", "qltt-79", frozenset({"officer", "coordinator"}), "kiểm tra kho")


async def test_a_units_key_gives_its_system_account(town: Town) -> None:
    key = (await town.issue("customs-hq", "k-1")).json()["key"]
    assert await believed(town, key) == Actor("system", "customs-hq", frozenset({"system"}))


async def test_the_public_process_gets_two_scopes_and_no_role(town: Town) -> None:
    actor = await believed(town, PUBLIC_KEY)
    assert (actor.person, actor.roles, actor.scope) == ("service:public", frozenset(), frozenset({"submit", "status"}))


async def test_me_tells_what_the_token_says(town: Town) -> None:
    token = (await town.exchange(await town.session("admin", ADMIN_PASSWORD), "xem")).json()["token"]
    found = (await town.client.get("/me", headers=bearer(token))).json()
    assert found == {
        "person": "admin",
        "name": "Quản trị danh bạ",
        "unit": "vptt-389",
        "roles": ["directory_admin"],
        "purpose": "xem",
        "scope": [],
        "expires_at": "2026-11-23T05:10:00Z",
    }


async def test_a_token_lives_ten_minutes_and_never_longer_than_its_session(town: Town) -> None:
    session = await town.session("admin", ADMIN_PASSWORD)
    assert (await town.exchange(session)).json()["expires_at"] == "2026-11-23T05:10:00Z"
    town.clock.forward(hours=11, minutes=58)
    assert (await town.exchange(session)).json()["expires_at"] == "2026-11-23T17:00:00Z"
    town.clock.forward(minutes=2)
    assert (await town.exchange(session)).status_code == 401


@pytest.mark.parametrize("credential", ["phs_guessed", "phk_customs-hq_guessed", "guessed", "x" * 3000])
async def test_what_directory_did_not_give_out_gets_nothing(town: Town, credential: str) -> None:
    answer = await town.exchange(credential)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_token_is_no_credential_for_another_token(town: Town) -> None:
    session = await town.session("admin", ADMIN_PASSWORD)
    token = (await town.exchange(session)).json()["token"]
    assert (await town.exchange(token)).status_code == 401
    assert (await town.client.get("/me", headers=bearer(session))).status_code == 401


async def test_a_purpose_that_is_too_long_is_told(town: Town) -> None:
    answer = await town.exchange(await town.session("admin", ADMIN_PASSWORD), "x" * 301)
    assert answer.json()["errors"][0]["pointer"] == "#/purpose"


async def test_one_credential_that_asks_without_end_is_slowed_down_alone(town: Town) -> None:
    statuses = [(await town.exchange("guessed")).status_code for _ in range(210)]
    assert statuses == [401] * 200 + [429] * 10
    assert (await town.exchange(PUBLIC_KEY)).status_code == 200


async def test_the_published_keys_hold_no_private_half_and_may_be_kept_a_while(town: Town) -> None:
    answer = await town.client.get("/jwks.json")
    assert [set(key) for key in answer.json()["keys"]] == [{"kty", "crv", "x", "kid", "use", "alg"}]
    assert answer.headers["cache-control"] == "public, max-age=300"
