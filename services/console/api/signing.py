"""Signing in and out."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, Field

from bus.errors import Refused
from schemas.problems import FORBIDDEN, Problem
from services.console.api.doors import DOOR, SESSION, TheDoors, fresh_secret, keep, language_of, page
from services.console.sessions import form_token, genuine

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=300)]
SEE_OTHER = 303
STALE_FORM = FORBIDDEN.problem(
    "Trang này đã cũ hoặc không phải của hệ thống. Hãy tải lại trang rồi thử lại.",
    "This page is out of date, or not one of ours. Reload it and try again.",
)


class SignIn(BaseModel):
    """What the form sends."""

    login: Annotated[str, Field(max_length=100)] = ""
    password: Annotated[str, Field(max_length=300)] = ""
    form_token: Annotated[str, Field(max_length=100)] = ""
    next: Annotated[str, Field(max_length=2000)] = "/"
    """Long enough for the address of any search, whose words may take nine characters a letter."""


@router.get("/sign-in")
async def sign_in_page(request: Request, to: Annotated[str, Query(alias="next")] = "/", said: str = "") -> Response:
    """The form, tied to this browser."""
    return _form(request, to, said=said)


@router.post("/sign-in")
async def sign_in(request: Request, doors: TheDoors, form: Annotated[SignIn, Form()]) -> Response:
    """Open a session at directory and go where the visitor wanted to go; a wrong password keeps what was typed."""
    if not genuine(request.cookies.get(DOOR, ""), form.form_token):
        return _form(request, form.next, login=form.login, problem=STALE_FORM)
    try:
        session = await doors.sessions.open(form.login, form.password)
    except Refused as error:
        return _form(request, form.next, login=form.login, problem=error.problem)
    response = RedirectResponse(_local(form.next), SEE_OTHER)
    keep(response, request, SESSION, session)
    return response


@router.post("/sign-out")
async def sign_out(request: Request, doors: TheDoors, form_token: Text) -> Response:
    """End the session here and at directory."""
    session = request.cookies.get(SESSION, "")
    if not genuine(session, form_token):
        raise Refused(STALE_FORM)
    await doors.sessions.close(session)
    response = RedirectResponse("/sign-in?said=signed-out", SEE_OTHER)
    response.delete_cookie(SESSION)
    return response


def _form(request: Request, to: str, *, said: str = "", login: str = "", problem: Problem | None = None) -> Response:
    secret = request.cookies.get(DOOR) or fresh_secret()
    words = "" if problem is None else problem.en if language_of(request) == "en" else problem.vi
    values = {"next": _local(to), "said": said, "login": login, "problem": words, "form_token": form_token(secret)}
    response = page(request, "sign_in.html", status=problem.status if problem else 200, **values)
    keep(response, request, DOOR, secret)
    return response


def _local(path: str) -> str:
    """A path on this site; anything that a browser could read as another site is answered by the first page."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
