"""What the fixtures of `plugins.stack` promise to every other integration test."""

from collections.abc import Sequence

import pytest

from infra.stack.desired import DesiredState
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles
from infra.stack.testing import TestDatabase
from schemas.topics import Topics

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ()


def test_a_test_has_topics_under_its_own_prefix(topics: Topics, kafka_admin: Provisioner) -> None:
    names = [topics.of_aggregate("tip"), topics.inbound("cases"), topics.to_unit("qltt-79")]

    assert topics.prefix
    assert set(kafka_admin.topic_ids(names)) == set(names)


async def test_a_role_works_in_its_own_schema_of_a_database_of_the_module(database: TestDatabase) -> None:
    connection = await database.connect("intake")
    try:
        assert await connection.fetchval("select current_schema()") == "intake"
        assert await connection.fetchval("select current_database()") == database.name
    finally:
        await connection.close()


def test_principals_have_their_secret_on_file(principals: DesiredState, topics: Topics, stack: StackInfo) -> None:
    assert f"{topics.prefix}qltt-79.b" in principals.principals
    assert SecretFiles(stack.secrets).read(f"kafka/{topics.prefix}qltt-79.b")
