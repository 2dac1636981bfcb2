"""What a process tells beside the bus: requests that it answers, and what goes with those that it makes."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from bus.tracing import Off, Tracing


class Answering(Protocol):
    """A request that is being answered."""

    def answered(self, route: str, status: int) -> None:
        """The answer has begun. What is not to be told of is forgotten whole."""


class ServiceTracing(Tracing, Protocol):
    """The bus's port and that of the doors."""

    def answering(self, method: str, cause: str | None) -> AbstractContextManager[Answering]:
        """A request is answered inside the block; `cause` is the traceparent that came with it."""

    def carry(self) -> Mapping[str, str]:
        """The headers that go with a request to a sibling."""


class _Unheard:
    def answered(self, route: str, status: int) -> None:
        """Nothing."""


class NoTracing(Off):
    """Nobody listens."""

    def answering(self, method: str, cause: str | None) -> AbstractContextManager[Answering]:  # noqa: ARG002 - the port's
        """Nothing."""
        return nullcontext(_Unheard())

    def carry(self) -> Mapping[str, str]:
        """None."""
        return {}


NO_TRACING: ServiceTracing = NoTracing()
