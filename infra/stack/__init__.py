"""Kafka and PostgreSQL as this project runs them: one `up`, and everything behind it answers."""

from infra.stack.embedded import EmbeddedStack
from infra.stack.errors import StackError
from infra.stack.home import Home, cache_of, home_of
from infra.stack.info import StackInfo, StackStatus
from infra.stack.provider import Stack

__all__ = ["EmbeddedStack", "Home", "Stack", "StackError", "StackInfo", "StackStatus", "cache_of", "home_of"]
