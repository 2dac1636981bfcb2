"""Who is signed in: directory's session travels in the cookie, and buys a short token whenever one is needed.

Nothing about a session is kept here but tokens that can be bought again, so a restart signs nobody out.
"""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from bus.errors import Refused
from schemas.problems import UNAUTHENTICATED, UNAVAILABLE, Problem
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.claims import Claims

RENEW_BEFORE_SECONDS = 60
CAPACITY = 10_000
DIRECTORY_SILENT = UNAVAILABLE.problem(
    "Danh bạ chưa trả lời nên chưa đăng nhập được. Hãy thử lại sau ít giây; hồ sơ không bị ảnh hưởng.",
    "The directory does not answer, so nobody can sign in. Try again in a few seconds; no record is affected.",
)
_SIGN_IN = UNAUTHENTICATED.problem("Hãy đăng nhập để xem trang này.", "Sign in to see this page.")


class SignedOut(Refused):
    """There is no session, or it has ended: the page asks to sign in and comes back."""

    def __init__(self) -> None:
        super().__init__(_SIGN_IN)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page, proved by a token that is good now."""

    claims: Claims
    token: str
    session: str

    @property
    def actor(self) -> Actor:
        """The actor that policy decides about."""
        return self.claims.actor()

    @property
    def unit(self) -> str:
        """The unit whose view everything is cut to."""
        return self.claims.unit

    @property
    def form_token(self) -> str:
        """What forms of this session carry."""
        return form_token(self.session)


def form_token(secret: str) -> str:
    """What a form must carry to prove that it came from a page of ours: nobody makes it without the cookie's value."""
    return hmac.digest(secret.encode(), b"phoihop form", hashlib.sha256).hex()


def genuine(secret: str, given: str) -> bool:
    """Whether a form's token belongs to the cookie's value."""
    return bool(secret) and hmac.compare_digest(form_token(secret).encode(), given.encode())


class Sessions:
    """Signs in and out at directory, and keeps each session's current token until shortly before it ends."""

    def __init__(self, directory: httpx2.AsyncClient, actors: Actors, clock: Callable[[], datetime]) -> None:
        self._directory = directory
        self._actors = actors
        self._clock = clock
        self._visitors: OrderedDict[str, Visitor] = OrderedDict()

    async def open(self, login: str, password: str) -> str:
        """A new session's secret. Raises `Refused` with directory's own problem, or 503 where it is silent."""
        answer = await self._post("/sessions", {"login": login, "password": password}, {})
        return str(answer["session"])

    async def close(self, session: str) -> None:
        """End a session; one that has ended already is no error."""
        self._visitors.pop(_name(session), None)
        try:
            await self._directory.delete("/sessions", headers=_bearer(session))
        except httpx2.HTTPError as error:
            raise Refused(DIRECTORY_SILENT) from error

    async def visitor(self, session: str) -> Visitor:
        """Who this session belongs to. Raises `SignedOut`, or `Refused` (503) where directory is silent."""
        if not session:
            raise SignedOut
        known = self._visitors.get(_name(session))
        if known is None or known.claims.exp - self._clock().timestamp() < RENEW_BEFORE_SECONDS:
            known = await self._renewed(session)
        self._visitors.move_to_end(_name(session))
        return known

    async def _renewed(self, session: str) -> Visitor:
        self._visitors.pop(_name(session), None)
        try:
            token = str((await self._post("/tokens", {}, _bearer(session)))["token"])
        except Refused as error:
            if error.problem.slug == UNAUTHENTICATED.slug:
                raise SignedOut from error
            raise
        visitor = Visitor(await self._actors.verify(token), token, session)
        self._visitors[_name(session)] = visitor
        if len(self._visitors) > CAPACITY:
            self._visitors.popitem(last=False)
        return visitor

    async def _post(self, path: str, body: dict[str, str], headers: dict[str, str]) -> dict[str, Any]:
        try:
            answer = await self._directory.post(path, json=body, headers=headers)
            found: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Refused(DIRECTORY_SILENT) from error
        if answer.is_error:
            raise Refused(problem_of(found))
        return found


def problem_of(document: dict[str, Any]) -> Problem:
    """The problem that a sibling answered with, to be shown to the person in their own language."""
    slug = str(document.get("type", "")).rpartition(":")[2]
    return Problem(slug, int(document["status"]), str(document["vi"]), str(document["en"]))


def _bearer(credential: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {credential}"}


def _name(session: str) -> str:
    """A session is found by its digest, so that no dump of the process lists usable ones by their keys."""
    return hashlib.sha256(session.encode()).hexdigest()
