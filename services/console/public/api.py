"""The three addresses that the public may use."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from services.console.public.description import Description, describe
from services.console.public.intake import Intake
from services.runtime.limits import Limiter, whole_door


def intake(request: Request) -> Intake:
    """The way to intake that the composition root put there."""
    found: Intake = request.app.state.intake
    return found


CurrentIntake = Annotated[Intake, Depends(intake)]


def router(decision: str, submitting: Limiter, asking: Limiter) -> APIRouter:
    """Both limiters count the door as a whole, since nothing is kept by which one client is told from another."""
    found = APIRouter()

    @found.get("/")
    async def description() -> Description:
        """What this is and how it is used."""
        return describe(decision)

    @found.post("/tips", dependencies=[Depends(whole_door(submitting, "tips"))])
    async def submit(request: Request, to: CurrentIntake) -> Response:
        """A tip; the answer holds the receipt, shown once."""
        return await _hand_over(request, "/tips", to)

    @found.post("/tips/status", dependencies=[Depends(whole_door(asking, "status"))])
    async def status(request: Request, to: CurrentIntake) -> Response:
        """Where the tip of a receipt stands. By POST, because addresses end up in logs."""
        return await _hand_over(request, "/tips/status", to)

    return found


async def _hand_over(request: Request, path: str, to: Intake) -> Response:
    answer = await to.post(path, await request.body(), request.headers)
    return Response(answer.body, answer.status, dict(answer.headers) | {"cache-control": "no-store"})
