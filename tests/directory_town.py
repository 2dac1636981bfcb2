"""Directory at work, for tests: its doors, its clock, and looks at what it keeps."""

from dataclasses import dataclass
from typing import Any

import httpx2

from runtime_builders import Clock, bearer
from services.directory.handlers.means import Means
from services.runtime.secrets import Secrets

ADMIN_PASSWORD = "a password of the stack"
PUBLIC_KEY = "the key of the public process"
PASSWORD = "mật khẩu đủ dài"


@dataclass(frozen=True)
class Town:
    """Directory at work: its doors, its clock, and looks at what it keeps."""

    client: httpx2.AsyncClient
    means: Means
    clock: Clock
    secrets: Secrets

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx2.Response:
        """What the door answers."""
        return await self.client.post("/sessions", json={"login": login, "password": password})

    async def session(self, login: str, password: str = PASSWORD) -> str:
        """A session's credential."""
        answer = await self.sign_in(login, password)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["session"])

    async def exchange(self, credential: str, purpose: str = "") -> httpx2.Response:
        """What the door answers."""
        return await self.client.post("/tokens", json={"purpose": purpose}, headers=bearer(credential))

    async def headers(self, credential: str) -> dict[str, str]:
        """The header that carries a token got for this credential."""
        answer = await self.exchange(credential)
        assert answer.status_code == 200, answer.text
        return bearer(answer.json()["token"])

    async def admin(self) -> dict[str, str]:
        """The header of the first administrator."""
        return await self.headers(await self.session("admin", ADMIN_PASSWORD))

    async def add(self, login: str, /, **changes: Any) -> httpx2.Response:
        """What the door answers to the administrator."""
        form = {
            "login": login,
            "name": "Nguyễn Văn Giả Định",
            "unit": "qltt-79",
            "roles": ["officer"],
            "password": PASSWORD,
        }
        return await self.client.post("/people", json=form | changes, headers=await self.admin())

    async def issue(self, unit: str, request: str, headers: dict[str, str] | None = None) -> httpx2.Response:
        """What the door answers."""
        whole = (headers or await self.admin()) | {"Idempotency-Key": request}
        return await self.client.post(f"/units/{unit}/keys", headers=whole)

    async def rows(self, query: str) -> list[Any]:
        """What a query finds."""
        async with self.means.database.autocommit() as raw:
            return list(await raw.fetch(query))
