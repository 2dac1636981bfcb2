"""A token is believed only when directory signed it, for now."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from bus.errors import Refused
from runtime_builders import NOON, OFFICER, Clock, KnownKeys, signing_key, token
from schemas.problems import Problem
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.claims import Claims
from services.runtime.problems import TOKEN_EXPIRED, TOKEN_INVALID


@pytest.fixture
def key() -> OKPKey:
    return signing_key()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def actors(key: OKPKey, clock: Clock) -> Actors:
    return Actors(KnownKeys(key), clock)


async def refusal(actors: Actors, credential: str) -> Problem:
    with pytest.raises(Refused) as refused:
        await actors.verify(credential)
    return refused.value.problem


def parts(credential: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    head, body, signature = credential.split(".")
    return json.loads(unpadded(head)), json.loads(unpadded(body)), signature


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(header: dict[str, Any], claims: dict[str, Any], signature: str) -> str:
    words = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, claims))
    return ".".join((*words, signature))


async def test_a_genuine_token_gives_the_actor_as_directory_knows_them(actors: Actors, key: OKPKey) -> None:
    actor = Actor("an.nv", "qltt-79", frozenset({"officer", "coordinator"}), "kiểm tra kho", frozenset({"submit"}))
    claims = await actors.verify(token(key, actor))
    assert claims.actor() == actor
    assert claims.name == "Nguyễn Văn An"


async def test_a_token_is_good_until_its_end_and_five_seconds_for_slow_clocks(
    actors: Actors, key: OKPKey, clock: Clock
) -> None:
    credential = token(key)
    clock.forward(seconds=604)
    await actors.verify(credential)
    clock.forward(seconds=1)
    assert await refusal(actors, credential) == TOKEN_EXPIRED


async def test_a_token_from_the_future_is_refused_beyond_five_seconds(
    actors: Actors, key: OKPKey, clock: Clock
) -> None:
    credential = token(key)
    clock.forward(seconds=-5)
    await actors.verify(credential)
    clock.forward(seconds=-1)
    assert await refusal(actors, credential) == TOKEN_INVALID


async def test_a_token_that_would_live_longer_than_ten_minutes_is_refused(actors: Actors, key: OKPKey) -> None:
    issued = int(NOON.timestamp())
    await actors.verify(token(key, iat=issued, exp=issued + 600))
    assert await refusal(actors, token(key, iat=issued, exp=issued + 601)) == TOKEN_INVALID


@pytest.mark.parametrize("claim", ["iss", "sub", "unit", "iat", "exp"])
async def test_a_token_without_a_claim_is_refused(actors: Actors, key: OKPKey, claim: str) -> None:
    assert await refusal(actors, token(key, without=claim)) == TOKEN_INVALID


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "someone-else"},
        {"exp": "never"},
        {"exp": float("inf")},
        {"unit": "../qltt-79"},
        {"roles": "officer"},
        {"sub": ""},
    ],
)
async def test_a_token_with_a_claim_out_of_shape_is_refused(
    actors: Actors, key: OKPKey, claims: dict[str, Any]
) -> None:
    assert await refusal(actors, token(key, **claims)) == TOKEN_INVALID


async def test_a_token_signed_by_another_key_under_the_known_id_is_refused(actors: Actors, key: OKPKey) -> None:
    forger = OKPKey.import_key(signing_key().as_dict(private=True) | {"kid": str(key.kid)})
    assert await refusal(actors, token(forger)) == TOKEN_INVALID


async def test_a_key_that_directory_does_not_have_is_refused(actors: Actors) -> None:
    assert await refusal(actors, token(signing_key())) == TOKEN_INVALID


async def test_a_changed_claim_breaks_the_signature(actors: Actors, key: OKPKey) -> None:
    header, claims, signature = parts(token(key))
    assert await refusal(actors, compact(header, claims | {"unit": "ca-c03"}, signature)) == TOKEN_INVALID


async def test_no_other_algorithm_is_taken(actors: Actors, key: OKPKey) -> None:
    header, claims, signature = parts(token(key))
    for algorithm in ("none", "HS256", "EdDSA", "Ed448"):
        assert await refusal(actors, compact(header | {"alg": algorithm}, claims, signature)) == TOKEN_INVALID
    assert await refusal(actors, compact(header | {"alg": "none"}, claims, "")) == TOKEN_INVALID


async def test_the_public_key_is_no_shared_secret(actors: Actors, key: OKPKey) -> None:
    _, claims, _ = parts(token(key))
    unsigned = compact({"alg": "HS256", "kid": key.kid}, claims, "").rstrip(".")
    for secret in (key.as_pem(private=False), unpadded(str(key.as_dict(private=False)["x"]))):
        mac = hmac.new(secret, unsigned.encode(), hashlib.sha256).digest()
        forged = f"{unsigned}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
        assert await refusal(actors, forged) == TOKEN_INVALID


@pytest.mark.parametrize("credential", ["x", "a.b.c", "a.b", "phs_abc", "é" * 10, "a" * 5000, ". .", "e30.e30.e30"])
async def test_what_is_no_token_is_refused(actors: Actors, credential: str) -> None:
    assert await refusal(actors, credential) == TOKEN_INVALID


def test_claims_never_outlive_ten_minutes_whatever_is_asked() -> None:
    claims = Claims.of(OFFICER, "", datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=1))
    assert claims.exp - claims.iat == 600
