"""Where time and ids come from. Everything else takes them by argument, so that a test can say what they are."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils import compat

Clock = Callable[[], datetime]
"""The present instant, aware and in UTC."""
NewId = Callable[[], UUID]
"""An id that no other call returns."""


def system_clock() -> datetime:
    """The present instant by the system's clock, in UTC."""
    return datetime.now(UTC)


def uuid7() -> UUID:
    """A new uuidv7: ids made later sort later, to the millisecond."""
    return compat.uuid7()
