"""With PHOIHOP_KAFKA and PHOIHOP_DATABASE set, servers of others are provisioned and never started or stopped."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.stack.blocking import finish
from infra.stack.desired import desired_state
from infra.stack.embedded import EmbeddedStack
from infra.stack.errors import AdministratorRefused, StackError
from infra.stack.home import Home, cache_of
from infra.stack.info import StackInfo
from infra.stack.postgres import SUPERUSER_SECRET, superuser
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles
from infra.stack.testing import unique_prefix
from schemas.topics import Topics

pytestmark = pytest.mark.integration

UNITS = ("qltt-79",)


@pytest.fixture
def names() -> Topics:
    return Topics(unique_prefix())


@pytest.fixture
def environ(stack: StackInfo, names: Topics, kafka_admin: Provisioner) -> Iterator[dict[str, str]]:
    database = f"elsewhere_{names.prefix.rstrip('.')}"
    place = stack.postgres
    yield {
        "PHOIHOP_KAFKA": stack.kafka.bootstrap,
        "PHOIHOP_KAFKA_AGENCY": stack.kafka.agency,
        "PHOIHOP_KAFKA_CA": str(stack.kafka.ca),
        "PHOIHOP_DATABASE": f"postgresql://{place.host}:{place.port}/{database}",
    }
    declared = desired_state(UNITS, topics=names)
    kafka_admin.remove_topics([spec.name for spec in declared.topics])
    kafka_admin.remove_principals(declared.principals)
    finish(drop(stack, database))


async def drop(stack: StackInfo, database: str) -> None:
    password = SecretFiles(stack.secrets).read(SUPERUSER_SECRET)
    connection = await superuser(stack.postgres.host, stack.postgres.port, password)
    try:
        await connection.execute(f'drop database if exists "{database}" with (force)')
    finally:
        await connection.close()


def test_servers_elsewhere_are_provisioned_and_left_running(
    stack: StackInfo, environ: dict[str, str], names: Topics, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(stack.secrets, home.secrets)
    there = EmbeddedStack(environ, cache_of(os.environ), topics=names)

    info = there.up(home, UNITS)

    assert not info.kafka.embedded
    assert not info.postgres.embedded
    assert info.postgres_data is None
    assert info.kafka.cluster_id == stack.kafka.cluster_id
    assert SecretFiles(home.secrets).exists(f"kafka/{names.prefix}qltt-79")
    assert there.status(home).ready
    assert not home.processes.exists()

    there.reset(home)
    assert EmbeddedStack({}, cache_of(os.environ)).status(Home(stack.home)).ready


def test_without_the_administrators_secret_nothing_is_tried(environ: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(StackError, match=r"kafka/admin does not exist"):
        EmbeddedStack(environ, cache_of(os.environ)).up(Home(tmp_path / "home"), UNITS)


def test_a_server_that_refuses_our_administrator_is_told_with_the_secret_to_look_at(
    stack: StackInfo, environ: dict[str, str], names: Topics, tmp_path: Path
) -> None:
    home = Home(tmp_path / "home")
    shutil.copytree(stack.secrets, home.secrets)
    SecretFiles(home.secrets).write(SUPERUSER_SECRET, "of another server")

    with pytest.raises(AdministratorRefused, match=r"PostgreSQL at .* did not let its administrator in") as told:
        EmbeddedStack(environ, cache_of(os.environ), topics=names).up(home, UNITS)
    assert str(home.secrets / SUPERUSER_SECRET) in told.value.remedy
