"""Composition root of unmask: one HTTP door, the private keyset, a role that may read the vault and note openings."""

import time
from contextlib import AsyncExitStack

from bus.database import Database
from bus.identity import system_clock
from bus.retry import passing
from services.intake.unmask import api
from services.intake.unmask.handlers import Opener
from services.intake.unmask.opening import OpenVault
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.checks import database_answers
from services.runtime.clients import client_of
from services.runtime.health import Health
from services.runtime.jwks import Jwks
from services.runtime.limits import Limiter
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.sources_bus import pool_source
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "unmask"
OPENINGS_PER_SECOND, OPENINGS_AT_ONCE = 1.0, 60


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Everything that unmask holds, opened here and closed by `closers` in reverse."""
    database = Database.connect(settings.database_url(NAME), pool_size=2)
    closers.push_async_callback(database.close)
    directory, intake = client_of(settings, "directory"), client_of(settings, "intake")
    closers.push_async_callback(directory.aclose)
    closers.push_async_callback(intake.aclose)
    health = Health(checks={"database": database_answers(database)})
    doors = api.router(Limiter(OPENINGS_PER_SECOND, OPENINGS_AT_ONCE, time.monotonic))
    meters = Meters.of(settings)
    meters.add(pool_source(database))
    actors = Actors(Jwks(directory, system_clock), system_clock)
    app = create_app(NAME, [doors], health=health, actors=actors, passing=passing, meters=meters)
    app.tracing = tracing_of(settings, NAME, closers)
    vault = OpenVault.load(settings.secrets.path("vault-private.json"))
    app.state.opener = Opener(vault=vault, database=database, intake=intake)
    return Service(NAME, health, app)


if __name__ == "__main__":
    run(NAME, build)
