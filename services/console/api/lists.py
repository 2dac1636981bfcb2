"""Pages on which an operator hands in a list of reported sites and sees how far it is."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, File, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response

from bus.errors import Refused
from schemas.problems import FORBIDDEN, MALFORMED
from schemas.reported.lines import Encoding
from schemas.reported.rows import Field, Format, Reading
from services.console.api.doors import language_of, page, signed_in
from services.console.api.signing import SEE_OTHER, STALE_FORM
from services.console.lists import Lists
from services.console.sessions import Visitor, genuine
from services.console.unreadable import COLUMNS, FILE

MOST_BYTES = 64 * 1024 * 1024
"""Of a file by page; the command line takes any."""
LISTED = 20
Text = Annotated[str, Form(max_length=300)]
Columns = Annotated[str, Form(max_length=2000)]
OPERATORS_ONLY = FORBIDDEN.problem(
    "Chỉ trực ban viên của một trực ban được nhập danh sách.", "Only an operator of a desk may import lists."
)
NO_FILE = MALFORMED.problem("Chưa chọn tệp. Hãy chọn một tệp.", "No file was chosen. Choose one.")


async def operator_of(request: Request) -> Visitor:
    """Who is signed in as an operator; intake decides whether of a desk. Raises `SignedOut` or `Refused`."""
    visitor = await signed_in(request)
    if "operator" not in visitor.actor.roles:
        raise Refused(OPERATORS_ONLY)
    return visitor


@dataclass(frozen=True, slots=True)
class Given:
    """What was filled in, to be shown again, and why it was refused; a browser gives a file out but once."""

    columns: str = ""
    encoding: Encoding = Encoding.UTF_8
    refused: Refused | None = None

    @property
    def fault(self) -> str:
        """The id of the field where the refusal can be mended; empty where nothing was refused."""
        return "" if self.refused is None else self.refused.field or FILE


NOTHING = Given()
TheOperator = Annotated[Visitor, Depends(operator_of)]


def router(lists: Lists) -> APIRouter:
    """The pages over what carries lists to intake."""
    found = APIRouter(include_in_schema=False)

    @found.get("/lists")
    async def overview(request: Request, visitor: TheOperator) -> Response:
        return await _overview(request, visitor, lists)

    @found.post("/lists", max_body_size=MOST_BYTES)
    async def hand_in(
        request: Request,
        visitor: TheOperator,
        form_token: Text,
        file: Annotated[UploadFile, File()],
        columns: Columns = "",
        encoding: Annotated[Encoding, Form()] = Encoding.UTF_8,
    ) -> Response:
        if not genuine(visitor.session, form_token):
            raise Refused(STALE_FORM)
        try:
            reading = reading_of(columns, encoding, file.filename or "")
            state = await lists.hand_in(file.file, file.filename or "", reading, visitor)
        except Refused as error:
            return await _overview(request, visitor, lists, Given(columns, encoding, error))
        known = "?known=1" if state["finished_at"] is not None else ""
        return RedirectResponse(f"/lists/{state['list_id']}{known}", SEE_OTHER)

    @found.get("/lists/{list_id}")
    async def one(request: Request, list_id: UUID, visitor: TheOperator, known: str = "") -> Response:
        state = await lists.ask(visitor, f"/{list_id}")
        refused = await lists.ask(visitor, f"/{list_id}/refused") if state["refused"] else {"refused": [], "next": None}
        sending = lists.sending(str(list_id))
        values: dict[str, Any] = {"state": state, "refused": refused, "sending": sending, "known": known == "1"}
        return page(request, "list.html", visitor=visitor, section="lists", **values)

    return found


def reading_of(columns: str, encoding: Encoding, name: str) -> Reading:
    """How the file is read: a sheet where columns are named, a pair a line, or its name ends so. Raises `Refused`."""
    if not name:
        raise Refused(NO_FILE)
    pairs = [pair.strip().rpartition("=") for pair in columns.splitlines() if pair.strip()]
    wrong = [f"{column}{sign}{field}" for column, sign, field in pairs if not column.strip() or field not in set(Field)]
    if wrong:
        fields = ", ".join(Field)
        raise Refused(
            MALFORMED.problem(
                f"Không hiểu dòng «{wrong[0]}». Hãy viết CỘT=TRƯỜNG với một trong các trường {fields}.",
                f"The line «{wrong[0]}» says no column. Write COLUMN=FIELD with one of the fields {fields}.",
            ),
            COLUMNS,
        )
    sheet = bool(pairs) or name.lower().endswith(".csv")
    mapped = {column.strip(): Field(field) for column, _, field in pairs}
    return Reading(Format.CSV if sheet else Format.SITES, encoding, mapped)


async def _overview(request: Request, visitor: Visitor, lists: Lists, given: Given = NOTHING) -> Response:
    known = await lists.ask(visitor, limit=LISTED)
    problem = given.refused.problem if given.refused else None
    words = "" if problem is None else problem.en if language_of(request) == "en" else problem.vi
    values: dict[str, Any] = {"lists": known["lists"], "problem": words, "given": given, "encodings": list(Encoding)}
    status = problem.status if problem else 200
    return page(request, "lists.html", status=status, visitor=visitor, section="lists", **values)
