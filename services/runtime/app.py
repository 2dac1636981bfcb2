"""The HTTP app of a service: its routers, health, problems, body limit and the edge that every request passes."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from bus.errors import Transient
from schemas.problems import UNAVAILABLE, Problem
from services.runtime import problems
from services.runtime.actors import Actors
from services.runtime.edge import Answered, Bounded, Identified
from services.runtime.health import Health
from services.runtime.metrics import door
from services.runtime.metrics.http import HttpNumbers, Measured
from services.runtime.metrics.meters import Meters
from services.runtime.problems import Passing
from services.runtime.secrecy import no_state_secret
from services.runtime.tracing.http import Traced
from services.runtime.tracing.port import NO_TRACING, ServiceTracing

MAX_BODY_BYTES = 64 * 1024
MAX_WAITING = 512
"""Requests that may wait for their answer at once: past it, a later answer is worth less than an early 503."""

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def _transient(error: BaseException) -> bool:
    return isinstance(error, Transient)


class App(FastAPI):
    """FastAPI within the edge of `services/runtime/edge.py`."""

    new_id: Callable[[], UUID]
    numbers: HttpNumbers
    tracing: ServiceTracing = NO_TRACING
    """Set by the composition root before the first request."""

    def build_middleware_stack(self) -> ASGIApp:
        """The framework's own stack inside ours: only what lies outside it sees the body limit's plain answer."""
        answered = Answered(super().build_middleware_stack())
        traced = Traced(answered, self.tracing) if self.tracing.on else answered
        bounded = Bounded(traced, MAX_WAITING, self.numbers)
        return Measured(Identified(bounded, self.new_id), self.numbers, time.monotonic)


def create_app(
    service: str,
    routers: Sequence[APIRouter],
    *,
    health: Health,
    actors: Actors | None = None,
    lifespan: Lifespan | None = None,
    max_body: int = MAX_BODY_BYTES,
    new_id: Callable[[], UUID] = uuid4,
    passing: Passing = _transient,
    meters: Meters | None = None,
) -> App:
    """An app with these routers, `/healthz`, `/readyz`, and with `meters` `/metrics` for who bears their token.

    Content that bears a secrecy level is refused at each of them. `actors` verifies the tokens of doors that ask for
    `CurrentActor`; a router or route may set a `max_body_size` of its own. What handlers need beside it is put on
    `app.state` by the composition root. `passing` tells errors that are outages (503); one with a database gives
    `bus.retry.passing`, which knows what a driver raises.
    """
    app = App(
        title=f"Phối Hợp: {service}",
        lifespan=lifespan,
        dependencies=[Depends(no_state_secret)],
        max_body_size=max_body,
        docs_url=None,
        redoc_url=None,
        # Spans and metrics of the framework would carry addresses of clients.
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
    )
    app.new_id = new_id
    app.numbers = meters.http if meters else HttpNumbers()
    app.state.actors = actors
    app.state.health = health
    problems.install(app, passing)
    for router in routers:
        app.include_router(router)
    app.include_router(_health_router(health))
    if meters:
        app.include_router(door.router(meters.ready(health)))
    return app


def _not_ready(reasons: Mapping[str, str]) -> Problem:
    told = "; ".join(f"{part}: {reason}" for part, reason in reasons.items())
    return UNAVAILABLE.problem(
        f"Chưa sẵn sàng ({told}). Tự trở lại khi phần này có lại.",
        f"Not ready ({told}). It comes back by itself when that part does.",
    )


def _health_router(health: Health) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The loop turns; says nothing of what the service needs."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(request: Request) -> JSONResponse:
        """200 when requests are welcome, else a 503 problem with the reasons by name of the part.

        `warnings` tell, by name too, what will become a reason unless somebody looks at it.
        """
        reasons = await health.reasons()
        state = {"ready": not reasons, "reasons": reasons, "warnings": await health.warnings()}
        return problems.answer(request, _not_ready(reasons), members=state) if reasons else JSONResponse(state)

    return router
