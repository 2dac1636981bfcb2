"""People of a running bus: made known to directory when first asked for, each with what proves who they are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar, DefaultCookiePolicy
from uuid import uuid4

import httpx2

from bus_run import Bus
from cli.demo.person import Person
from services.policy import Role

PASSWORD = "mat-khau-de-thu-nghiem"
EVERY_ROLE = tuple(role.value for role in Role if role is not Role.SYSTEM)
"""Everything that a person may be at once: whoever sees nothing with these sees nothing with fewer."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a request carries to say who sends it: a token for programs' doors, a session for pages."""

    name: str
    unit: str
    token: str = ""
    session: str = ""


@dataclass
class People:
    """Whoever acts on the bus, over one client."""

    bus: Bus
    client: httpx2.AsyncClient
    _known: dict[str, Person] = field(default_factory=dict)
    _proofs: dict[str, Proof] = field(default_factory=dict)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def admin(self) -> Person:
        """Directory's first administrator."""
        return self._known.setdefault("admin", self._signing_in("admin", self.bus.secret("directory-admin")))

    async def person(self, unit: str, *roles: str) -> Person:
        """Somebody of the unit with exactly these roles."""
        login = _login(unit, roles)
        async with self._one_at_a_time:
            if login not in self._known:
                body = {"login": login, "name": f"Người thử {login}", "unit": unit, "roles": list(roles)}
                await self.admin.write("directory", "/people", {**body, "password": PASSWORD}, login)
                self._known[login] = self._signing_in(login, PASSWORD)
        return self._known[login]

    async def proof(self, unit: str, *roles: str) -> Proof:
        """Token and session of somebody of the unit with exactly these roles."""
        await self.person(unit, *roles)
        return await self._proved(_login(unit, roles), unit, PASSWORD)

    async def admin_proof(self) -> Proof:
        """Token and session of the first administrator."""
        return await self._proved("admin", "vptt-389", self.bus.secret("directory-admin"))

    async def system(self, unit: str) -> Proof:
        """The token that a unit's system buys with an HTTP key."""
        name = f"system.{unit}"
        if name not in self._proofs:
            issued = await self.admin.write("directory", f"/units/{unit}/keys", {}, str(uuid4()))
            self._proofs[name] = Proof(name, unit, token=await self._token(str(issued["key"])))
        return self._proofs[name]

    async def public_process(self) -> Proof:
        """The token of the process that the public reaches: what an intruder there could use."""
        return Proof("public-process", "phoihop", token=await self._token(self.bus.secret("public-service-key")))

    async def _proved(self, login: str, unit: str, password: str) -> Proof:
        if login not in self._proofs:
            answer = await self._post("/sessions", {"login": login, "password": password}, "")
            session = str(answer["session"])
            self._proofs[login] = Proof(login, unit, await self._token(session), session)
        return self._proofs[login]

    async def _token(self, credential: str) -> str:
        return str((await self._post("/tokens", {"purpose": "kiểm tra các cửa"}, credential))["token"])

    async def _post(self, path: str, body: dict[str, str], credential: str) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {credential}"} if credential else {}
        answer = await self.client.post(f"{self.bus.urls['directory']}{path}", json=body, headers=headers)
        answer.raise_for_status()
        found: dict[str, str] = answer.json()
        return found

    def _signing_in(self, login: str, password: str) -> Person:
        return Person(self.client, self.bus.urls, login, password)


@asynccontextmanager
async def people_of(bus: Bus) -> AsyncIterator[People]:
    """People over a client of their own; use it within one event loop."""
    async with client_at() as client:
        yield People(bus, client)


def client_at(url: str = "") -> httpx2.AsyncClient:
    """A client for many people at once: it keeps no cookie of one for another.

    It lets go of a connection before the server does, so that no request meets a closing one.
    """
    limits = httpx2.Limits(max_connections=100, max_keepalive_connections=50, keepalive_expiry=2.0)
    none = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx2.AsyncClient(base_url=url, trust_env=False, timeout=40.0, limits=limits, cookies=none)


def _login(unit: str, roles: tuple[str, ...]) -> str:
    """Directory knows people by it, so the same unit and roles are the same person in every test."""
    return f"{'-'.join(sorted(role[:3] for role in roles))}.{unit}"
