"""Keys, tokens, homes and real servers for tests of what services share."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from fastapi import FastAPI
from joserfc import jwt
from joserfc.jwk import OKPKey

from schemas.problems import PROBLEMS
from services.policy import Actor
from services.runtime.claims import ALGORITHM, Claims
from services.runtime.server import Server

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
OFFICER = Actor("an.nv", "qltt-79", frozenset({"officer"}))


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


class Ticks:
    """The same for monotonic seconds."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class KnownKeys:
    """A key source that holds these keys and asks nobody."""

    def __init__(self, *keys: OKPKey) -> None:
        self._keys = {key.kid: key for key in keys}

    async def find(self, kid: str) -> OKPKey | None:
        return self._keys.get(kid)


def signing_key() -> OKPKey:
    """A new Ed25519 key with a kid."""
    return OKPKey.generate_key("Ed25519", auto_kid=True)


def token(
    key: OKPKey, actor: Actor = OFFICER, *, now: datetime = NOON, without: str | None = None, **claims: Any
) -> str:
    """A token as directory would sign it, with claims replaced or one left out."""
    told = Claims.of(actor, "Nguyễn Văn An", now).encoded() | claims
    told.pop(without or "", None)
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, told, key, algorithms=[ALGORITHM])


def bearer(credential: str) -> dict[str, str]:
    """The header that carries a credential."""
    return {"Authorization": f"Bearer {credential}"}


def problem(answer: httpx2.Response, slug: str, status: int) -> dict[str, Any]:
    """The answer as the problem that it must be."""
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["cache-control"] == "no-store"
    document: dict[str, Any] = answer.json()
    assert (document["type"], document["status"], answer.status_code) == (
        f"urn:phoihop:problem:{slug}",
        status,
        status,
    )
    assert document["instance"] == f"urn:uuid:{answer.headers['x-request-id']}"
    assert slug in PROBLEMS
    return document


def home_with(
    folder: Path, services: Mapping[str, str] | None = None, secrets: Mapping[str, str] | None = None
) -> Path:
    """A stack's home with these addresses and secrets."""
    (folder / "services.json").write_text(json.dumps(dict(services or {})))
    for name, value in (secrets or {}).items():
        path = folder / "secrets" / name
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(value)
    return folder


@asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """The app behind the real server on a free port of loopback, and a client of it."""
    server = Server(app, "127.0.0.1", 0, drain_seconds=1)
    await server.start()
    try:
        async with httpx2.AsyncClient(base_url=server.url, trust_env=False) as client:
            yield client
    finally:
        await server.stop()
