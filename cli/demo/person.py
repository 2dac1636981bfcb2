"""One person of the demo, acting over HTTP as anyone would: signs in, asks for a token, sends, tries again."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import httpx2

TOKEN_SECONDS = 480.0
PATIENCE_SECONDS = 90.0
_PAUSE = 0.2
_AGAIN = {429, 502, 503, 504}
_SIGNED_OUT = 401


class RefusedError(Exception):
    """A door said no: its status and its problem document."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('type', '')}: {problem.get('detail') or problem.get('title', '')}")
        self.status = status
        self.problem = problem


class Person:
    """A login and its password; every call carries a fresh token and, for writes, an Idempotency-Key."""

    def __init__(self, client: httpx2.AsyncClient, urls: Mapping[str, str], login: str, password: str) -> None:
        self.login = login
        self._client = client
        self._urls = urls
        self._password = password
        self._token = ""
        self._fresh_until = 0.0
        self._signing_in = asyncio.Lock()

    async def write(self, service: str, path: str, body: Mapping[str, Any], key: str) -> dict[str, Any]:
        """POST once in effect: a lost answer is asked for again under the same key. Raises RefusedError."""
        return await self._call("POST", service, path, json=body, headers={"Idempotency-Key": key})

    async def read(self, service: str, path: str, **params: str | int) -> dict[str, Any]:
        """GET. Raises RefusedError."""
        return await self._call("GET", service, path, params=params)

    async def _call(self, method: str, service: str, path: str, **options: Any) -> dict[str, Any]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = await self._try(method, service, path, **options)
            if answer is not None and answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            if answer is not None and answer.status_code not in _AGAIN | {_SIGNED_OUT}:
                raise RefusedError(answer.status_code, answer.json())
            if time.monotonic() > deadline:
                reason = "does not answer" if answer is None else f"answered {answer.status_code}"
                raise RefusedError(0 if answer is None else answer.status_code, {"title": f"{service} {reason}"})
            await asyncio.sleep(_PAUSE)

    async def _try(self, method: str, service: str, path: str, **options: Any) -> httpx2.Response | None:
        headers = {**options.pop("headers", {}), "Accept-Language": "vi"}
        try:
            headers["Authorization"] = f"Bearer {await self._current_token()}"
            answer = await self._client.request(method, f"{self._urls[service]}{path}", headers=headers, **options)
        except httpx2.TransportError:
            return None
        except httpx2.HTTPStatusError as error:
            # Directory did not sign this person in: too busy, or for good.
            if error.response.status_code in _AGAIN:
                return None
            raise RefusedError(error.response.status_code, error.response.json()) from None
        if answer.status_code == _SIGNED_OUT:
            self._fresh_until = 0.0
        return answer

    async def _current_token(self) -> str:
        async with self._signing_in:
            if time.monotonic() >= self._fresh_until:
                directory = self._urls["directory"]
                session = await self._client.post(
                    f"{directory}/sessions", json={"login": self.login, "password": self._password}
                )
                session.raise_for_status()
                bearer = {"Authorization": f"Bearer {session.json()['session']}"}
                token = await self._client.post(f"{directory}/tokens", json={}, headers=bearer)
                token.raise_for_status()
                self._token = str(token.json()["token"])
                self._fresh_until = time.monotonic() + TOKEN_SECONDS
        return self._token
