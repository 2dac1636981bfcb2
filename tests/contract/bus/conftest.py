"""One suite, every broker: a test that asks for `bench` runs on each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from brokers import Bench, KafkaBench, MemoryBench
from bus.kafka import KafkaSettings
from infra.stack.info import StackInfo
from infra.stack.provision import Provisioner
from infra.stack.secrets import SecretFiles


@pytest.fixture(params=["memory", pytest.param("kafka", marks=pytest.mark.integration)])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """A broker under test."""
    made: Bench
    if request.param == "memory":
        made = MemoryBench()
    else:
        stack: StackInfo = request.getfixturevalue("stack")
        provisioner: Provisioner = request.getfixturevalue("kafka_admin")
        password = SecretFiles(stack.secrets).read("kafka/admin")
        settings = KafkaSettings(
            stack.kafka.bootstrap,
            Path(stack.kafka.ca),
            "admin",
            password,
            publish_seconds=3.0,
            fetch_wait_seconds=0.2,
        )
        made = KafkaBench(settings, provisioner)
    yield made
    await made.close()
