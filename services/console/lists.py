"""Lists of reported sites that an operator hands in by a page, carried to intake in the operator's own name.

The file is kept on disk for as long as it is being sent, and no longer. If the console stops meanwhile the list stays
as far as it came, and goes on when the same file is handed in again.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import httpx2
import structlog

from bus.errors import Refused
from schemas.problems import TOO_MANY_REQUESTS, UNAVAILABLE
from schemas.reported.chunks import ListedFile, examined
from schemas.reported.lines import EncodingError
from schemas.reported.rows import MapError, Reading
from services.console.sessions import Sessions, Visitor, problem_of
from services.console.unreadable import unreadable

MOST_AT_ONCE = 4
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0
_AWAY = frozenset({429, 502, 503, 504})
INTAKE_SILENT = UNAVAILABLE.problem(
    "Dịch vụ tiếp nhận chưa trả lời. Hãy thử lại sau ít giây; danh sách gửi lại chỉ được tính một lần.",
    "The service of tips does not answer. Try again in a few seconds; a list that is sent again counts once.",
)
BUSY = TOO_MANY_REQUESTS.problem(
    "Đang có nhiều danh sách được nhập. Hãy chờ một danh sách xong rồi thử lại.",
    "Several lists are being imported. Wait until one of them is done, then try again.",
)


class Lists:
    """Asks intake about lists, and sends files to it in the background."""

    def __init__(self, intake: httpx2.AsyncClient, sessions: Sessions) -> None:
        self._intake = intake
        self._sessions = sessions
        self._sending: dict[str, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Wait until `stop` is set, then leave off sending."""
        await stop.wait()
        tasks = tuple(self._sending.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def sending(self, list_id: str) -> bool:
        """Whether a file is being sent to this list from here."""
        return list_id in self._sending

    async def ask(self, visitor: Visitor, path: str = "", **params: str | int) -> dict[str, Any]:
        """What intake's door says of the desk's lists. Raises `Refused` with its problem, or 503 where it is silent."""
        return await self._call("GET", path, visitor.token, params=params)

    async def hand_in(self, upload: BinaryIO, name: str, reading: Reading, visitor: Visitor) -> dict[str, Any]:
        """The state of the list that the file begins or goes on with; what is missing is sent in the background.

        Raises `Refused`: the file cannot be read as it is said to be, too many are being sent, or intake says no.
        """
        if len(self._sending) >= MOST_AT_ONCE:
            raise Refused(BUSY)
        with ExitStack() as held:
            kept = Path(held.enter_context(tempfile.NamedTemporaryFile(prefix="phoihop-list-")).name)
            file = await asyncio.to_thread(_copied, upload, kept, name, reading)
            state = await self._call("POST", "", visitor.token, json=file.listed())
            list_id = str(state["list_id"])
            if state["finished_at"] is None and not self.sending(list_id):
                keeping = held.pop_all()
                task = asyncio.create_task(self._send(file, state, visitor.session))
                self._sending[list_id] = task
                task.add_done_callback(lambda _: self._done(list_id, keeping))
        return state

    def _done(self, list_id: str, keeping: ExitStack) -> None:
        keeping.close()
        task = self._sending.pop(list_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            structlog.get_logger().warning("list_interrupted", list_id=list_id, exc_info=error)

    async def _send(self, file: ListedFile, state: Mapping[str, Any], session: str) -> None:
        chunks = file.chunks(int(state["last_line"]))
        while (chunk := await asyncio.to_thread(_next, chunks)) is not None:
            await self._patiently(f"/{state['list_id']}/rows", chunk, session)

    async def _patiently(self, path: str, chunk: Mapping[str, Any], session: str) -> None:
        """Posts one chunk, and the same again while intake is away or busy: it counts once."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    visitor = await self._sessions.visitor(session)
                    await self._call("POST", path, visitor.token, json=chunk)
                except Refused as error:
                    if error.problem.status not in _AWAY:
                        raise
                    await asyncio.sleep(PAUSE_SECONDS)
                else:
                    return

    async def _call(self, method: str, path: str, token: str, **options: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            answer = await self._intake.request(method, f"/desk/lists{path}", headers=headers, **options)
            document: dict[str, Any] = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Refused(INTAKE_SILENT) from error
        if answer.is_error:
            raise Refused(problem_of(document))
        return document


def _copied(upload: BinaryIO, kept: Path, name: str, reading: Reading) -> ListedFile:
    with kept.open("wb") as copy:
        shutil.copyfileobj(upload, copy)
    try:
        return examined(lambda: kept.open("rb"), name, reading)
    except (EncodingError, MapError) as error:
        raise unreadable(error) from error


def _next(chunks: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
    return next(chunks, None)
