"""Directory on a database of its own, as its own role, behind the real server."""

import secrets
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from argon2 import PasswordHasher

import reference
from bus.database import Database
from bus.identity import uuid7
from directory_town import ADMIN_PASSWORD, PUBLIC_KEY, Town
from infra.stack.testing import TestDatabase
from runtime_builders import Clock, Ticks, home_with, serving, signing_key
from schemas.reference.book import ReferenceBook
from services.directory import api, bootstrap
from services.directory.handlers.means import Means
from services.directory.passwords import Passwords
from services.directory.signing import Signer
from services.runtime.actors import Actors
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.secrets import Secrets

TABLES = "person, sign_in_attempt, session, unit_credential"


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("directory",)


@pytest.fixture
async def town(database: TestDatabase, tmp_path: Path) -> AsyncIterator[Town]:
    clock = Clock()
    secrets_on_file = {"directory-admin": ADMIN_PASSWORD, "public-service-key": PUBLIC_KEY, "scrape-token": "một"}
    place = Secrets(home_with(tmp_path, {}, secrets_on_file) / "secrets")
    connected = Database.connect(database.url("directory"), pool_size=8, application="directory tests")
    means = Means(
        database=connected,
        signer=Signer([signing_key()]),
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        book=ReferenceBook.load(reference.folder()),
        clock=clock,
        new_id=uuid7,
        entropy=secrets.token_bytes,
    )
    await means.passwords.prepare()
    await bootstrap.first_administrator(means, place)
    await bootstrap.register_public_key(means, place)
    app = create_app("directory", [api.router(Ticks())], health=Health(), actors=Actors(means.signer, clock))
    app.state.means = means
    async with serving(app) as client:
        yield Town(client, means, clock, place)
    async with connected.autocommit() as raw:
        await raw.execute(f"truncate {TABLES}")
    await connected.close()
