"""`GET /metrics`: for who bears the scrape token; for everyone else the path does not exist.

Nobody is told that there is a door: on the public process too the answer is that of any unknown path.
"""

import hmac
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from services.runtime.metrics.exposition import CONTENT_TYPE
from services.runtime.metrics.meters import Meters

PATH = "/metrics"


def router(meters: Meters) -> APIRouter:
    """The one door, for this process's numbers."""
    doors = APIRouter(include_in_schema=False)

    @doors.get(PATH)
    async def metrics(request: Request) -> Response:
        """All numbers of the process, as Prometheus reads them."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), meters.token.encode()):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(
            await meters.text(request.app.state.passing), media_type=CONTENT_TYPE, headers={"Cache-Control": "no-store"}
        )

    return doors
