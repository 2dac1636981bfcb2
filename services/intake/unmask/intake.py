"""Asks intake, with the actor's own token, whether that actor may open a part of a tip.

Intake knows the desk, the state and the lead; this process knows none of them and keeps none of the answer.
"""

from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from bus.errors import Refused
from schemas.problems import UNAUTHENTICATED, UNAVAILABLE

INTAKE_UNREACHABLE = UNAVAILABLE.problem(
    "Chưa kiểm tra được quyền mở vì intake không trả lời; chưa có gì được mở. Thử lại sau ít giây.",
    "Whether this may be opened cannot be checked because intake does not answer; nothing was opened. "
    "Try again in a few seconds.",
)


class Access(BaseModel):
    """Intake's answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    allowed: bool
    code: str
    vi: str
    en: str


async def access(intake: httpx2.AsyncClient, tip: UUID, part: str, token: str) -> Access:
    """The answer for the bearer of the token. Raises Refused: 401 if intake does not take it, 503 without an answer."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        answer = await intake.get(f"/desk/tips/{tip}/access", params={"part": part}, headers=headers)
        if answer.status_code == UNAUTHENTICATED.status:
            raise Refused(UNAUTHENTICATED.problem())
        answer.raise_for_status()
        return Access.model_validate_json(answer.content)
    except (httpx2.HTTPError, ValidationError) as error:
        raise Refused(INTAKE_UNREACHABLE) from error
