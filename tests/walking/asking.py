"""One request at a door, and the whole of its answer."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2

from bus_people import Proof
from walking.doors import Door
from walking.rules import Ask, Knock

_BUSY = 429
_BROKEN = 500
_MOST_SECONDS = 5.0
_NEW_EACH_TIME = re.compile(
    rb'"instance":"[^"]*"|"age_seconds":\d+|name="(?:key|form_token)" value="[^"]*"|"expires_at":"[^"]*"'
    rb'|data-reload="[^"]*">[^<]*<'
)
_NEW_HEADERS = frozenset({"date", "x-request-id", "set-cookie", "content-length"})


@dataclass(frozen=True, slots=True)
class Heard:
    """Status, headers and body as they came, without the headers that are new in every answer."""

    status: int
    raw: bytes
    body: bytes

    def about(self, knock: Knock) -> bytes:
        """The whole of it without the ids that the asker sent: to be given them back tells nothing."""
        text = self.raw
        for id_ in filter(None, knock.ids):
            text = text.replace(id_.encode(), b"(asked)")
        return text

    def lasting(self, knock: Knock) -> bytes:
        """What another answer to the same question would be too."""
        return _NEW_EACH_TIME.sub(b"", self.about(knock))


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks programs, each by its own client."""

    clients: Mapping[str, httpx2.AsyncClient]

    async def ask(self, door: Door, ask: Ask, actor: Proof) -> Heard:
        """The answer; where the door says to come again later, it is asked again then.

        Raises RuntimeError for a program that broke: no answer of it says what the door would have told.
        """
        options: dict[str, Any] = {
            "params": dict(ask.params),
            "json": ask.body,
            "data": ask.form,
            "headers": _headers(door, actor),
        }
        while True:
            answer = await self.clients[door.program].request(door.method, ask.path, **options)
            if answer.status_code == _BROKEN:
                raise RuntimeError(f"{door} broke: {answer.text}")
            if answer.status_code != _BUSY:
                return _heard(answer.status_code, answer.headers.multi_items(), answer.content)
            wait = float(answer.headers.get("Retry-After", "1"))
            if wait > _MOST_SECONDS:
                raise TimeoutError(f"{door} is closed to {actor.name} for {wait:.0f} s")
            await asyncio.sleep(wait)


def _headers(door: Door, actor: Proof) -> dict[str, str]:
    """Nothing that would end the session of whoever walks."""
    found = {"Idempotency-Key": str(uuid4())}
    if actor.token and door.path != "/sessions":
        found["Authorization"] = f"Bearer {actor.token}"
    if actor.session and door.program == "console":
        found["Cookie"] = f"phoihop_session={actor.session}"
    return found


def _heard(status: int, headers: Sequence[tuple[str, str]], body: bytes) -> Heard:
    kept = [f"{name}: {value}".encode() for name, value in headers if name.lower() not in _NEW_HEADERS]
    return Heard(status, b"\n".join([str(status).encode(), *kept, b"", body]), body)
