"""What every way of running the stack promises: one suite, the embedded servers and the ones in containers."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

import asyncpg
import pytest
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import AdminClient

from infra.stack.admin import client_settings, connect, silent
from infra.stack.blocking import finish
from infra.stack.desired import desired_state
from infra.stack.docker_stack import DockerStack
from infra.stack.embedded import EmbeddedStack
from infra.stack.engine import lacking
from infra.stack.home import Home, cache_of
from infra.stack.info import StackInfo
from infra.stack.migrate import migrate_stack
from infra.stack.provider import Stack
from infra.stack.secrets import SecretFiles
from infra.stack.testing import provisioner

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

UNITS = ("customs-hq", "qltt-79")


@dataclass(frozen=True)
class Ran:
    """A stack that is up, and what it told of itself."""

    stack: Stack
    home: Home
    info: StackInfo

    def secret(self, name: str) -> str:
        return SecretFiles(self.info.secrets).read(name)

    def settings(self, user: str, password: str | None = None) -> dict[str, str]:
        kafka = self.info.kafka
        return client_settings(kafka.agency, kafka.ca, user, password or self.secret(f"kafka/{user}"))

    async def ask(self, role: str, question: str, password: str | None = None) -> object:
        place = self.info.postgres
        word = password or self.secret(f"postgres/{role}")
        connection = await asyncpg.connect(
            host=place.host, port=place.port, user=role, password=word, database=place.database, timeout=10
        )
        try:
            return await connection.fetchval(question)
        finally:
            await connection.close()


@pytest.fixture(scope="module", params=["embedded", "docker"])
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    home = Home(tmp_path_factory.mktemp("stack") / "home")
    stack = stack_of(request.param)
    try:
        yield Ran(stack, home, stack.up(home, UNITS))
    finally:
        stack.reset(home)


def stack_of(kind: str) -> Stack:
    if kind == "embedded":
        return EmbeddedStack(os.environ, cache_of(os.environ), durable=False)
    if reason := lacking(os.environ):
        pytest.skip(reason)
    return DockerStack(os.environ, cache_of(os.environ))


def test_everything_answers_where_it_is_said_to_listen(ran: Ran) -> None:
    found = ran.stack.status(ran.home)

    assert found.ready
    assert all(part.running for part in found.parts)
    assert ran.info == StackInfo.load(ran.home)


def test_the_declared_state_is_there_and_applying_it_again_changes_nothing(ran: Ran) -> None:
    assert not provisioner(ran.info).apply(desired_state(UNITS))


def test_a_unit_writes_its_own_topic_and_no_other(ran: Ran) -> None:
    mine = Producer({**ran.settings("customs-hq"), "log_level": 0})
    told: list[object] = []

    for topic in ("from.customs-hq", "from.qltt-79"):
        mine.produce(topic, b"{}", on_delivery=lambda error, _message: told.append(error))
    assert mine.flush(30) == 0

    assert sorted(error is None for error in told) == [False, True]


def test_a_wrong_password_opens_neither_server(ran: Ran) -> None:
    wrong = connect(ran.info.kafka.agency, ran.info.kafka.ca, "admin", "wrong")

    with pytest.raises(KafkaException):
        wrong.list_topics(timeout=3)
    with pytest.raises(asyncpg.InvalidPasswordError):
        finish(ran.ask("cases", "select 1", password="wrong"))


def test_both_listeners_refuse_whoever_brings_no_password(ran: Ran) -> None:
    for place in (ran.info.kafka.bootstrap, ran.info.kafka.agency):
        settings: dict[str, object] = {"bootstrap.servers": place, "log_level": 0, "error_cb": silent}
        plain = AdminClient(settings)  # type: ignore[arg-type] # its signature forgets callbacks
        with pytest.raises(KafkaException):
            plain.list_topics(timeout=3)


def test_a_service_migrates_its_own_tables_and_cannot_read_those_of_another(ran: Ran) -> None:
    migrate_stack(ran.info)

    assert finish(ran.ask("cases", "select count(*) from cases.outbox")) == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        finish(ran.ask("cases", "select count(*) from intake.outbox"))


def test_passwords_are_kept_as_scram_and_asked_for_on_every_way_in(ran: Ran) -> None:
    weak = "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'"
    kept = "select bool_and(rolpassword like 'SCRAM-SHA-256$%') from pg_authid where rolcanlogin"

    assert finish(ran.ask("postgres", kept)) is True
    assert finish(ran.ask("postgres", weak)) == 0


def test_strings_are_ordered_the_same_everywhere(ran: Ran) -> None:
    assert finish(ran.ask("postgres", "select datlocale from pg_database where datname = 'phoihop'")) == "C.UTF-8"


def test_a_second_up_and_one_after_down_find_the_same_stack_with_its_data(ran: Ran) -> None:
    assert ran.stack.up(ran.home, UNITS) == ran.info
    ran.stack.down(ran.home)
    assert not ran.stack.status(ran.home).ready

    again = ran.stack.up(ran.home, UNITS)

    assert again.kafka.cluster_id == ran.info.kafka.cluster_id
    assert ran.stack.status(ran.home).ready
    assert not provisioner(again).apply(desired_state(UNITS))
