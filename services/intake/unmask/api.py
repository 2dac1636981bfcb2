"""The vault's one door."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, StringConstraints

from services.intake.forms import Informant
from services.intake.unmask.handlers import Opener
from services.runtime.actors import Credential, CurrentActor
from services.runtime.limits import Limiter, per_actor

Purpose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class OpenRequest(BaseModel):
    """What is to be opened and why; the purpose stays on record."""

    part: Literal["content", "informant"]
    purpose: Purpose


class Opened(BaseModel):
    """Exactly the part that was asked for."""

    part: Literal["content", "informant"]
    content: str | None = None
    informant: Informant | None = None


def opener(request: Request) -> Opener:
    """The opener that the composition root put there."""
    found: Opener = request.app.state.opener
    return found


def router(opening: Limiter) -> APIRouter:
    """`opening` counts each actor's attempts, so that a stolen token cannot empty the vault."""
    found = APIRouter(tags=["vault"])

    @found.post("/vault/{tip}/open", response_model_exclude_none=True, dependencies=[Depends(per_actor(opening))])
    async def open_part(
        tip: UUID,
        wanted: OpenRequest,
        actor: CurrentActor,
        token: Credential,
        vault: Annotated[Opener, Depends(opener)],
        response: Response,
    ) -> Opened:
        """Open one part of a tip for the bearer of the token."""
        response.headers["Cache-Control"] = "no-store"
        part = await vault.open(tip, wanted.part, wanted.purpose, actor, token)
        if isinstance(part, Informant):
            return Opened(part="informant", informant=part)
        return Opened(part="content", content=part)

    return found
