"""Kafka and PostgreSQL as this project runs them: one `up`, and everything behind it answers."""

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from infra.stack.errors import StackError
from infra.stack.home import Home, cache_of, home_of

if TYPE_CHECKING:
    from infra.stack.embedded import EmbeddedStack
    from infra.stack.info import StackInfo, StackStatus
    from infra.stack.provider import Stack

__all__ = ["EmbeddedStack", "Home", "Stack", "StackError", "StackInfo", "StackStatus", "cache_of", "home_of"]

_HOMES = MappingProxyType(
    {
        "EmbeddedStack": "infra.stack.embedded",
        "Stack": "infra.stack.provider",
        "StackInfo": "infra.stack.info",
        "StackStatus": "infra.stack.info",
    }
)


def __getattr__(name: str) -> Any:
    """Load the rest on first use: it takes half a second, and neither `--help` nor most of a test run needs it."""
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
