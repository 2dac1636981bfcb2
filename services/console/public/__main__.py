"""Composition root of the public door: two doors to intake with one token, the published schemas, nothing else."""

import time
from contextlib import AsyncExitStack

from bus.identity import system_clock
from services.console.public import api, published
from services.console.public.intake import Intake
from services.runtime.app import create_app
from services.runtime.clients import ServiceToken, client_of
from services.runtime.health import Health
from services.runtime.limits import Limiter
from services.runtime.metrics.meters import Meters
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "public"
PER_SECOND, AT_ONCE = 5.0, 100
MAX_BODY_BYTES = 32 * 1024


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that the public door holds, opened here and closed by `closers` in reverse."""
    tracing = tracing_of(settings, NAME, closers, outward=True)
    directory, client = client_of(settings, "directory"), client_of(settings, "intake", carry=tracing.carry)
    closers.push_async_callback(directory.aclose)
    closers.push_async_callback(client.aclose)
    health = Health()
    submitting, asking = (Limiter(PER_SECOND, AT_ONCE, time.monotonic) for _ in range(2))
    doors = api.router(settings.web_channel_decision, submitting, asking)
    routers = [doors, published.router()]
    app = create_app(NAME, routers, health=health, max_body=MAX_BODY_BYTES, meters=Meters.of(settings))
    app.tracing = tracing
    app.state.intake = Intake(
        client, ServiceToken(directory, settings.secrets.read("public-service-key"), system_clock)
    )
    return Service(NAME, health, app)


if __name__ == "__main__":
    run(NAME, build)
