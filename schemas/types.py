"""Finds the model of a message by its CloudEvents type."""

from schemas.commands import COMMANDS
from schemas.events import EVENTS
from schemas.messages import registry

MESSAGES = registry((*EVENTS, *COMMANDS))
"""Every type that this release reads and writes."""


def family(type_name: str) -> str:
    """The type without its major version: two types of one family differ only by major version."""
    return type_name.rpartition(".v")[0]
