"""State secrets are refused at every HTTP door, before anything of what was sent is read for its meaning."""

from fastapi import Request

from bus.errors import Refused
from schemas.classification import SECRECY, bears_secrecy
from schemas.problems import STATE_SECRET

HEADER = f"ce-{SECRECY}"
"""How a CloudEvent in binary mode would say it."""


async def no_state_secret(request: Request) -> None:
    """For every route: raises `Refused` (state-secret) for JSON content that bears a secrecy level.

    A schema that does not know the member would ignore it and carry the content, or ask to leave out the mark.
    """
    if request.headers.get(HEADER):
        raise Refused(STATE_SECRET.problem(), HEADER.title())
    if _is_json(request) and bears_secrecy(await _content(request)):
        raise Refused(STATE_SECRET.problem(), f"/{SECRECY}")


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json")


async def _content(request: Request) -> object:
    """The content, or None where it is not JSON: what is wrong with it is for the door to say."""
    try:
        return await request.json()
    except (ValueError, RecursionError):
        return None
