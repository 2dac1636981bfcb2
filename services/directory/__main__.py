"""Composition root of directory: HTTP alone; it neither reads nor writes the log."""

import secrets
import time
from contextlib import AsyncExitStack

from argon2 import PasswordHasher

import reference
from bus.database import Database
from bus.identity import system_clock, uuid7
from bus.retry import passing
from schemas.reference.book import ReferenceBook
from services.directory import api, bootstrap
from services.directory.handlers.means import Means
from services.directory.passwords import Passwords
from services.directory.signing import Signer
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.checks import database_answers
from services.runtime.health import Health
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.sources_bus import pool_source
from services.runtime.process import run
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.tracing.making import tracing_of

NAME = "directory"


async def build(settings: Settings, closers: AsyncExitStack) -> Service:
    """Directory with its first administrator and the public process's key in place."""
    database = Database.connect(settings.database_url(NAME), pool_size=6)
    closers.push_async_callback(database.close)
    means = Means(
        database=database,
        signer=Signer.load(settings.secrets.path("actor-signing.json")),
        passwords=Passwords(PasswordHasher()),
        book=ReferenceBook.load(reference.folder()),
        clock=system_clock,
        new_id=uuid7,
        entropy=secrets.token_bytes,
    )
    await means.passwords.prepare()
    await bootstrap.first_administrator(means, settings.secrets)
    await bootstrap.register_public_key(means, settings.secrets)
    health = Health(checks={"database": database_answers(database)})
    meters = Meters.of(settings)
    meters.add(pool_source(database))
    actors = Actors(means.signer, system_clock)
    doors = [api.router(time.monotonic)]
    app = create_app(NAME, doors, health=health, actors=actors, passing=passing, meters=meters)
    app.tracing = tracing_of(settings, NAME, closers)
    app.state.means = means
    return Service(NAME, health, app)


if __name__ == "__main__":
    run(NAME, build)
