"""Kafka and PostgreSQL as this project runs them: one `up`, and everything behind it answers."""

from typing import TYPE_CHECKING, Any

from infra.stack.errors import StackError
from infra.stack.home import Home, cache_of, home_of
from infra.stack.info import StackInfo, StackStatus
from infra.stack.provider import Stack

if TYPE_CHECKING:
    from infra.stack.embedded import EmbeddedStack

__all__ = ["EmbeddedStack", "Home", "Stack", "StackError", "StackInfo", "StackStatus", "cache_of", "home_of"]


def __getattr__(name: str) -> Any:
    """Load the stack itself on first use: it takes half a second, and most of a test run never needs it."""
    if name != "EmbeddedStack":
        raise AttributeError(name)
    from infra.stack.embedded import EmbeddedStack  # noqa: PLC0415 - the point of this function

    return EmbeddedStack
