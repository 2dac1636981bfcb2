"""Hands a request to intake as this process, and intake's answer back."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from bus.errors import Refused
from schemas.problems import FORBIDDEN, UNAUTHENTICATED, UNAVAILABLE, WEB_CHANNEL_OFF
from services.runtime.clients import ServiceToken

FORWARDED = ("accept-language", "content-type", "idempotency-key")
"""The only headers of a client that go further: none tells where it came from."""
RETURNED = ("content-type", "retry-after", "cache-control")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets: intake's words, without what intake says to us alone."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class Intake:
    """The way to intake."""

    def __init__(self, client: httpx2.AsyncClient, token: ServiceToken) -> None:
        self._client = client
        self._token = token

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Intake's answer to this body. Raises Refused (503) where intake or directory cannot be asked."""
        passed = {name: headers[name] for name in FORWARDED if name in headers}
        try:
            passed["authorization"] = f"Bearer {await self._token.current()}"
            answer = await self._client.post(path, content=body, headers=passed)
        except (httpx2.HTTPError, KeyError, ValueError) as error:
            raise Refused(UNAVAILABLE.problem()) from error
        if _concerns_us(answer):
            raise Refused(UNAVAILABLE.problem())
        returned = {name: answer.headers[name] for name in RETURNED if name in answer.headers}
        return Answer(answer.status_code, answer.content, returned)


def _concerns_us(answer: httpx2.Response) -> bool:
    """Whether intake refused this process rather than the client."""
    if answer.status_code == UNAUTHENTICATED.status:
        return True
    return answer.status_code == FORBIDDEN.status and WEB_CHANNEL_OFF.uri.encode() not in answer.content
