"""The port to traces: where work began, for whoever looks at how long it took. Off, it keeps what a message says.

A trace is carried by the envelope's `traceparent` (W3C Trace Context) on internal topics alone. A row of the outbox is
a moment of its own: what the relay sends and what a handler does both hang below it, and so does the next row.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple, Protocol


class Sent(NamedTuple):
    """One message that a relay sent: its topic, and the `traceparent` of its row."""

    topic: str
    traceparent: str


class Tracing(Protocol):
    """What the bus tells of its work. No call raises, waits, or is given a personal value."""

    @property
    def on(self) -> bool:
        """Whether anybody listens; what only serves that may be left out else."""

    def written(self, topic: str, cause: str | None) -> str | None:
        """A row for `topic` is written now, because of the message with the traceparent `cause`; returns the row's."""

    def handling(self, group: str, topic: str, causes: Sequence[str | None]) -> AbstractContextManager[None]:
        """A handler works inside the block on messages with these traceparents: below it if one, linked if several."""

    def now(self) -> int:
        """A moment for `sent`."""

    def sent(self, since: int, messages: Sequence[Sent]) -> None:
        """A relay's messages are acknowledged now; it began to send them at `since`."""


class Off:
    """Nobody listens: causes are passed on as they came, and nothing else is done."""

    on = False

    def written(self, topic: str, cause: str | None) -> str | None:  # noqa: ARG002 - the port's
        """The cause's."""
        return cause

    def handling(self, group: str, topic: str, causes: Sequence[str | None]) -> AbstractContextManager[None]:  # noqa: ARG002 - the port's
        """Nothing."""
        return nullcontext()

    def now(self) -> int:
        """No moment."""
        return 0

    def sent(self, since: int, messages: Sequence[Sent]) -> None:
        """Nothing."""


OFF: Tracing = Off()
