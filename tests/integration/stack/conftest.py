"""Signing in as the principals of a test, and a stack of a module's own for those that end or freeze its parts."""

import os
from collections.abc import Callable, Iterator

import pytest

from infra.stack.admin import client_settings
from infra.stack.embedded import EmbeddedStack
from infra.stack.home import Home, cache_of
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


@pytest.fixture(scope="module")
def own() -> EmbeddedStack:
    return EmbeddedStack(os.environ, cache_of(os.environ), durable=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, own: EmbeddedStack) -> Iterator[Home]:
    """Where the module's own stack lives; nothing runs there until a test brings it up, nor after the module."""
    place = Home(tmp_path_factory.mktemp("own") / "home")
    yield place
    own.reset(place)
