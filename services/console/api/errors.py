"""Errors of pages as pages; those of programs stay the problems that every service answers with."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from bus.errors import Refused, Transient
from schemas.problems import PROBLEMS
from services.console.api.doors import SESSION, language_of, page
from services.console.sessions import SignedOut

Answering = Callable[[Request, Exception], Awaitable[JSONResponse]]
"""How the runtime answers one kind of error with a problem."""
_PROGRAMS = ("/api/", "/parked", "/healthz", "/readyz")
_KEPT = ("retry-after", "allow")


def install(app: FastAPI) -> None:
    """Answer with a page where a page was asked for; what the error means is decided by the runtime all the same."""
    for kind in (Refused, Transient, RequestValidationError, HTTPException, Exception):
        answering: Any = app.exception_handlers[kind]
        app.add_exception_handler(kind, partial(_told, answering))


async def _told(answering: Answering, request: Request, error: Exception) -> Response:
    if _asked_by_program(request):
        return await answering(request, error)
    if isinstance(error, SignedOut):
        return _to_sign_in(request)
    found = await answering(request, error)
    problem = json.loads(bytes(found.body))
    shown = page(request, "error.html", status=found.status_code, **_values(problem, language_of(request)))
    shown.headers.update({name: found.headers[name] for name in _KEPT if name in found.headers})
    return shown


def _asked_by_program(request: Request) -> bool:
    """A stream is read by the page's script, which cannot follow anybody to a form."""
    return request.url.path.startswith(_PROGRAMS) or request.url.path.endswith("/stream")


def _to_sign_in(request: Request) -> Response:
    said = "ended" if request.cookies.get(SESSION) else ""
    query = f"?{request.url.query}" if request.url.query else ""
    to = quote(request.url.path + query if request.method == "GET" else "/", safe="/")
    return RedirectResponse(f"/sign-in?next={to}&said={said}", HTTPStatus.SEE_OTHER)


def _values(problem: dict[str, Any], language: str) -> dict[str, Any]:
    """Heading and words in the language of the page, which may be another than the browser's."""
    kind = PROBLEMS.get(problem["type"].rpartition(":")[2])
    title = getattr(kind.title, language) if kind else problem["title"]
    number = problem.get("instance", "").removeprefix("urn:uuid:")
    ours = problem["status"] >= HTTPStatus.INTERNAL_SERVER_ERROR
    return {
        "status_code": problem["status"],
        "heading": title,
        "detail": problem[language],
        "request_id": number if ours else "",
    }
