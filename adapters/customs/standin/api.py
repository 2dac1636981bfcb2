"""The stand-in's doors: declarations page by page behind a token, and health.

`GET /declarations?after=<rows done>&limit=<1..1000>` with `Authorization: Bearer <token>` answers `{"source",
"notice", "total", "declarations": [row], "cursor", "next"}`. A row has the published columns, `Moved Date`, and from
the generator `Goods Description`; values are text. `cursor` is the `after` of what follows, `next` the same or null
at the end. `GET /health` tells the source, how many rows it has and how many are flagged.
"""

import secrets
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException, Query

from adapters.customs.standin.shelf import Shelf

MAX_PAGE = 1000


def create_app(shelf: Shelf, token: str) -> FastAPI:
    """The app over these declarations."""
    app = FastAPI(title="A stand-in for a customs system (fiction)", docs_url=None, redoc_url=None)
    guarded = [Depends(_asking(token))]

    @app.get("/declarations", dependencies=guarded)
    async def declarations(
        after: Annotated[str, Query(pattern=r"^\d{0,9}$")] = "", limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 500
    ) -> dict[str, Any]:
        return shelf.page(int(after or 0), limit)

    @app.get("/health")
    async def health() -> dict[str, Any]:
        told = {"source": shelf.source, "notice": shelf.notice}
        return {"status": "ok", **told, "declarations": len(shelf.rows), "flagged": shelf.flagged()}

    @app.get("/healthz")
    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    return app


def _asking(token: str) -> Any:
    async def check(authorization: Annotated[str, Header()] = "") -> None:
        if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            raise HTTPException(401, "give Authorization: Bearer <token>", {"WWW-Authenticate": "Bearer"})

    return check
