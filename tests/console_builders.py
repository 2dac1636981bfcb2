"""Facts about cases as the console meets them, and the services behind its doors, for tests to vary."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx2
from joserfc.jwk import OKPKey

from builders import PERSONAL, event, example
from bus.identity import system_clock, uuid7
from runtime_builders import token
from schemas.envelope import Event
from schemas.events.case import CaseClaimed, CaseProposed, CaseSignalAdded, Origin, OriginKind
from schemas.problems import UNAUTHENTICATED, Problem
from schemas.views import View
from services.policy import Actor
from services.runtime.problems import body_of

HELD_BY = "customs-kv2"


def told(data: Any, case: UUID, sequence: int, audience: Mapping[str, View], **changes: Any) -> Event[Any]:
    """A fact about a case under an id of its own."""
    return event(data, subject=case, sequence=sequence, audience=audience, id=str(uuid7()), **changes)


def grown(case: UUID, origin: UUID, audience: Mapping[str, View], sequence: int = 1, reference: str = "") -> Event[Any]:
    """A tip that proposes a case, or joins it where the sequence says that the case is there."""
    made = Origin(kind=OriginKind.TIP, id=origin, sender="bcd-79", reference=reference or f"ref-{origin}")
    kind = CaseProposed if sequence == 1 else CaseSignalAdded
    return told(example(kind, origin=made, personal={origin: PERSONAL}), case, sequence, audience)


def claimed(case: UUID, audience: Mapping[str, View], sequence: int = 2, officer: str = "Lê Văn Giả") -> Event[Any]:
    """A claim by customs."""
    data = example(CaseClaimed, holder=HELD_BY, claimed_by=HELD_BY, officer=officer)
    return told(data, case, sequence, audience)


@dataclass
class Siblings:
    """Directory and cases as the console calls them. `people` is who each session belongs to.

    `answer` is what a claim is answered with: None for won, a problem otherwise; `claims` what was asked.
    """

    key: OKPKey
    people: dict[str, Actor] = field(default_factory=dict)
    answer: Problem | None = None
    claims: list[httpx2.Request] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    away: bool = False

    def directory(self, request: httpx2.Request) -> httpx2.Response:
        """Tokens for known sessions, and sessions for people whose password is `right`."""
        if self.away:
            raise httpx2.ConnectError("away")
        if request.method == "DELETE":
            self.people.pop(_credential(request), None)
            return httpx2.Response(204)
        if request.url.path == "/sessions":
            return self._opened(request)
        actor = self.people.get(_credential(request))
        if actor is None:
            return _problem(UNAUTHENTICATED.problem())
        return httpx2.Response(200, json={"token": token(self.key, actor, now=system_clock())})

    def cases(self, request: httpx2.Request) -> httpx2.Response:
        """The decision about a claim."""
        self.claims.append(request)
        self.asked.set()
        return httpx2.Response(200, json={}) if self.answer is None else _problem(self.answer)

    def _opened(self, request: httpx2.Request) -> httpx2.Response:
        if b'"right"' not in request.content:
            return _problem(UNAUTHENTICATED.problem("Sai tên hoặc mật khẩu.", "Wrong login or password."))
        self.people["phs_new"] = Actor("an.nv", "qltt-79", frozenset({"officer"}))
        return httpx2.Response(201, json={"session": "phs_new"})


def _credential(request: httpx2.Request) -> str:
    return request.headers["authorization"].removeprefix("Bearer ")


def _problem(problem: Problem) -> httpx2.Response:
    return httpx2.Response(problem.status, json=body_of(problem, None))
