"""Every error leaves as `application/problem+json` (RFC 9457): a stable type, and words in both languages."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bus.errors import Refused, Transient
from schemas.problems import (
    FORBIDDEN,
    IDEMPOTENCY_IN_FLIGHT,
    INTERNAL,
    MALFORMED,
    METHOD_NOT_ALLOWED,
    NOT_FOUND,
    OVERSIZE,
    PROBLEMS,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    UNAVAILABLE,
    UNDECODABLE,
    UNSUPPORTED_MEDIA,
    Problem,
    ProblemType,
    Words,
)
from services.runtime.language import language
from services.runtime.validation import Fault, faults, field_fault

Passing = Callable[[BaseException], bool]
"""Whether the same request may succeed later."""

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
"""Told with every 503, every 429 that knows no better, and a command that is still being decided."""

TOKEN_MISSING = UNAUTHENTICATED.problem(
    "Thiếu thẻ truy cập. Gửi kèm tiêu đề Authorization: Bearer <thẻ>.",
    "There is no token. Send the header Authorization: Bearer <token>.",
)
TOKEN_INVALID = UNAUTHENTICATED.problem(
    "Thẻ truy cập không hợp lệ. Xin thẻ mới ở directory (POST /tokens).",
    "The token is not valid. Get a new one from directory (POST /tokens).",
)
TOKEN_EXPIRED = UNAUTHENTICATED.problem(
    "Thẻ truy cập đã hết hạn. Xin thẻ mới ở directory (POST /tokens).",
    "The token has expired. Get a new one from directory (POST /tokens).",
)
DIRECTORY_UNREACHABLE = UNAVAILABLE.problem(
    "Chưa kiểm tra được thẻ truy cập vì directory không trả lời. Thử lại sau ít giây.",
    "The token cannot be checked because directory does not answer. Try again in a few seconds.",
)

_BY_STATUS: Mapping[int, ProblemType] = {
    kind.status: kind
    for kind in (
        UNDECODABLE, UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, METHOD_NOT_ALLOWED, OVERSIZE, UNSUPPORTED_MEDIA,
        MALFORMED, TOO_MANY_REQUESTS, INTERNAL, UNAVAILABLE,
    )
}  # fmt: skip


def body_of(
    problem: Problem, accept_language: str | None, faults: Sequence[Fault] = (), request_id: str | None = None
) -> dict[str, Any]:
    """The members of the problem document. `detail` is in the language asked for; `vi` and `en` hold both."""
    chosen = language(accept_language)
    kind = PROBLEMS.get(problem.slug)
    title = kind.title if kind else Words(problem.vi, problem.en)
    found: dict[str, Any] = {
        "type": problem.uri,
        "title": title.en if chosen == "en" else title.vi,
        "status": problem.status,
        "detail": problem.en if chosen == "en" else problem.vi,
        "vi": problem.vi,
        "en": problem.en,
    }
    if request_id:
        found["instance"] = f"urn:uuid:{request_id}"
    if faults:
        found["errors"] = [fault.body(chosen) for fault in faults]
    return found


def answer(
    request: Request,
    problem: Problem,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
) -> JSONResponse:
    """The response to one request; adds what the status asks for (`WWW-Authenticate`, `Retry-After`).

    `members` are what the document tells beyond RFC 9457's own.
    """
    document = body_of(problem, request.headers.get("accept-language"), faults, request.scope.get("phoihop.request_id"))
    document |= members or {}
    return JSONResponse(document, problem.status, _headers(problem) | dict(headers or {}), media_type=MEDIA_TYPE)


def install(app: FastAPI, passing: Passing) -> None:
    """Make every error of the app leave as a problem; one that is `passing` as an outage."""
    app.state.passing = passing
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Transient, _transient)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


def _headers(problem: Problem) -> dict[str, str]:
    found = {"Cache-Control": "no-store"}
    if problem.status == UNAUTHENTICATED.status:
        found["WWW-Authenticate"] = "Bearer"
    waits = (TOO_MANY_REQUESTS.status, UNAVAILABLE.status)
    if problem.status in waits or problem.slug == IDEMPOTENCY_IN_FLIGHT.slug:
        found["Retry-After"] = str(RETRY_SECONDS)
    return found


async def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Refused):
        raise error
    problem = error.problem
    wait = getattr(error, "retry_after", None)
    found = [field_fault(error.field, Words(problem.vi, problem.en))] if error.field else []
    return answer(request, problem, found, {"Retry-After": str(wait)} if wait else None)


async def _transient(request: Request, error: Exception) -> JSONResponse:
    structlog.get_logger().warning("request_met_outage", exc_info=error)
    return answer(request, UNAVAILABLE.problem())


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    errors = error.errors()
    kind = UNDECODABLE if any(one["type"] == "json_invalid" for one in errors) else MALFORMED
    return answer(request, kind.problem(), faults(errors))


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    ours = error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    kind = _BY_STATUS.get(error.status_code, INTERNAL if ours else UNDECODABLE)
    problem = Problem(kind.slug, error.status_code, *_told(kind))
    return answer(request, problem, headers=error.headers)


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    """A database that is away, busy or in a deadlock is an outage like any other, though its driver raises it."""
    passing: Passing = request.app.state.passing
    return answer(request, (UNAVAILABLE if passing(error) else INTERNAL).problem())


def _told(kind: ProblemType) -> Words:
    problem = kind.problem()
    return Words(problem.vi, problem.en)
