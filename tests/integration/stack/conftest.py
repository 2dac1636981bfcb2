"""Signing in as the principals of a test."""

from collections.abc import Callable

import pytest

from infra.stack.admin import client_settings
from infra.stack.info import StackInfo
from infra.stack.secrets import SecretFiles
from plugins.kafka_login import Login
from schemas.topics import Topics


@pytest.fixture
def login(stack: StackInfo, topics: Topics) -> Callable[[str], Login]:
    """Signs in as a principal of this test's prefix over the units' listener."""

    def sign_in(name: str) -> Login:
        principal = f"{topics.prefix}{name}"
        secret = SecretFiles(stack.secrets).read(f"kafka/{principal}")
        return Login(client_settings(stack.kafka.agency, stack.kafka.ca, principal, secret))

    return sign_in
