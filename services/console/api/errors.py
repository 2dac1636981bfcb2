"""Errors of pages as pages; those of the JSON twins stay problems."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from bus.errors import Refused, Transient
from schemas.problems import INTERNAL, MALFORMED, NOT_FOUND, PROBLEMS, UNAVAILABLE, Problem
from services.console.api.doors import SESSION, language_of, page
from services.console.sessions import SignedOut
from services.runtime.problems import answer

_JSON = ("/api/", "/parked", "/healthz", "/readyz")


def install(app: FastAPI) -> None:
    """Answer with a page where a page was asked for."""
    for kind in (Refused, Transient, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, _told)


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, SignedOut) and not request.url.path.startswith(_JSON):
        said = "ended" if request.cookies.get(SESSION) else ""
        to = quote(request.url.path if request.method == "GET" else "/cases", safe="/")
        return RedirectResponse(f"/sign-in?next={to}&said={said}", HTTPStatus.SEE_OTHER)
    problem = _problem(error)
    if request.url.path.startswith(_JSON):
        return answer(request, problem)
    english = language_of(request) == "en"
    kind = PROBLEMS.get(problem.slug)
    detail = problem.en if english else problem.vi
    heading = (kind.title.en if english else kind.title.vi) if kind else detail
    number = request.scope.get("phoihop.request_id") if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    values = {"heading": heading, "detail": detail, "request_id": number}
    return page(request, "error.html", status=problem.status, **{"status_code": problem.status, **values})


def _problem(error: Exception) -> Problem:
    if isinstance(error, Refused):
        return error.problem
    if isinstance(error, Transient):
        return UNAVAILABLE.problem()
    if isinstance(error, HTTPException):
        return (NOT_FOUND if error.status_code == HTTPStatus.NOT_FOUND else MALFORMED).problem()
    return MALFORMED.problem() if isinstance(error, RequestValidationError) else INTERNAL.problem()
