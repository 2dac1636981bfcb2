"""Reads an agency's system page by page over HTTP: waits where it is busy, and steps around what cannot be read.

The system numbers its rows in a stable order: `GET <path>?after=<rows done>&limit=<at most>` answers
`{"source", "declarations" or another name for the rows, "cursor", "next"}`, where `cursor` is the number of rows done
after this page and `next` is null at the end.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import stamina
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from adapters.sdk.errors import ConfigurationError, SourceRefused, SourceUnavailable, SourceUnreadable
from adapters.sdk.quarantine import Quarantine

MAX_PAGE_BYTES = 16 * 1024 * 1024
MOST_STEPS = 20
"""Rows in a row that may be stepped over: past that, it is the system that is broken, and not its rows."""
_BUSY = frozenset({401, 408, 425, 429})
_OK = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as they came from the source that names itself `source`, and how many rows of it are done after them."""

    source: str
    rows: list[dict[str, Any]]
    cursor: int
    last: bool


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a busy system is waited for: so many attempts, waits doubling from `first` to `longest` seconds."""

    attempts: int = 8
    first: float = 0.2
    longest: float = 15.0


@dataclass(frozen=True, slots=True)
class Pager:
    """The pages of one system. `token` is asked for at each request, because a token may be replaced meanwhile."""

    client: httpx2.AsyncClient
    path: str
    rows: str
    token: Callable[[], str]
    quarantine: Quarantine
    patience: Patience = Patience()

    async def after(self, done: int, limit: int) -> Page:
        """The rows after the first `done`. What cannot be read is kept in quarantine and stepped around.

        A page that cannot be read is asked for again in halves, so that one bad row costs no other. Raises
        `SourceUnavailable`, `SourceRefused`, or `SourceUnreadable` once too much in a row cannot be read.
        """
        asked, stepped = limit, 0
        while True:
            content = await self._fetched(done + stepped, asked)
            try:
                return self._page(content, done + stepped)
            except ValueError as error:
                self._put_aside(content, done + stepped, asked, str(error))
            if asked == 1:
                stepped += 1
            asked = max(1, asked // 2)
            if stepped >= MOST_STEPS:
                raise SourceUnreadable(
                    f"rows {done + 1} to {done + stepped} of {self.path} cannot be read: have the agency's system "
                    f"repaired and start again; what it sent is kept in {self.quarantine.folder}"
                )

    def _page(self, content: bytes, done: int) -> Page:
        """Raises ValueError, saying what is wrong."""
        try:
            said = _Said.model_validate_json(content)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False, include_context=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the answer"
            raise ValueError(f"{where}: {first['msg']}") from None
        rows = said.model_extra.get(self.rows) if said.model_extra else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise ValueError(f"{self.rows}: must be a list of objects")
        if said.cursor != done + len(rows):
            raise ValueError(f"cursor: {said.cursor} is not {len(rows)} rows after {done}")
        return Page(said.source, rows, said.cursor, last=said.next is None)

    def _put_aside(self, content: bytes, done: int, limit: int, reason: str) -> None:
        kept = self.quarantine.keep(f"page-{done}-{limit}", content, reason)
        structlog.get_logger().error("page_unreadable", after=done, limit=limit, reason=reason, kept=str(kept))

    async def _fetched(self, done: int, limit: int) -> bytes:
        patience = self.patience
        async for attempt in stamina.retry_context(
            on=_worth_another_try,
            attempts=patience.attempts,
            timeout=None,
            wait_initial=patience.first,
            wait_max=patience.longest,
            wait_jitter=patience.first,
        ):
            with attempt:
                return await self._asked(done, limit)
        raise SourceUnavailable(f"{self.path} was never asked")

    async def _asked(self, done: int, limit: int) -> bytes:
        page = {"after": done, "limit": limit}
        try:
            async with self.client.stream("GET", self.path, params=page, headers=self._headers()) as answer:
                self._judge(answer)
                return await _content(answer)
        except httpx2.TransportError as error:
            raise SourceUnavailable(f"{self.path} does not answer: {type(error).__name__}") from error

    def _headers(self) -> dict[str, str]:
        try:
            token = self.token()
        except ConfigurationError as error:
            # A system that starts beside us writes its token when it is up: as worth waiting for as its answer.
            raise SourceUnavailable(str(error)) from error
        return {"Authorization": f"Bearer {token}", "Accept": "application/json"}

    def _judge(self, answer: httpx2.Response) -> None:
        status = answer.status_code
        if status == _OK:
            return
        if status in _BUSY or answer.is_server_error:
            raise SourceUnavailable(f"{self.path} answers {status}", _asked_wait(answer))
        raise SourceRefused(f"{self.path} answers {status}: check the address and the version of the agency's system")


class _Said(BaseModel):
    """The page as it came; its rows stand under a name that the agency chose."""

    model_config = ConfigDict(extra="allow")

    source: str = Field(min_length=1, max_length=200)
    cursor: int = Field(ge=0)
    next: int | None = None


def _worth_another_try(error: Exception) -> bool | float:
    if not isinstance(error, SourceUnavailable):
        return False
    return True if error.wait is None else error.wait


def _asked_wait(answer: httpx2.Response) -> float | None:
    """Seconds of `Retry-After`, at most a minute; a date there is not worth its parsing."""
    said = answer.headers.get("Retry-After", "")
    return min(float(said), 60.0) if said.isdecimal() else None


async def _content(answer: httpx2.Response) -> bytes:
    """The body, cut where it is larger than any page: the rest would be no JSON either."""
    parts, size = [], 0
    async for part in answer.aiter_bytes():
        parts.append(part)
        size += len(part)
        if size > MAX_PAGE_BYTES:
            break
    return b"".join(parts)
