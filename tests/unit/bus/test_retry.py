"""What is worth trying again, and when."""

import asyncpg
import pytest

from bus.errors import PublishUnknown, SequenceHole, Transient, Undecodable
from bus.retry import Backoff, passing


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        OSError(28, "No space left on device"),
        Transient(),
        PublishUnknown(),
        asyncpg.SerializationError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.LockNotAvailableError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.AdminShutdownError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.IdleInTransactionSessionTimeoutError(),
        asyncpg.QueryCanceledError(),
        asyncpg.InterfaceError("connection is closed"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_passes_is_tried_again(error: Exception) -> None:
    assert passing(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(),
        KeyError("x"),
        Undecodable("no"),
        SequenceHole(),
        asyncpg.UniqueViolationError(),
        asyncpg.UndefinedTableError(),
        asyncpg.InterfaceError("another operation is in progress"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_for_good_is_not(error: Exception) -> None:
    assert not passing(error)


def test_an_error_is_judged_by_what_it_was_raised_from() -> None:
    error = ValueError("wrapped")
    error.__cause__ = TimeoutError()

    assert passing(error)


def test_waits_double_up_to_the_cap() -> None:
    backoff = Backoff(lambda: 0.0, first=0.2, cap=5.0)

    assert [backoff.delay(attempt) for attempt in range(1, 8)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert backoff.delay(10_000) == 5.0


def test_chance_shortens_a_wait_by_up_to_half() -> None:
    assert Backoff(lambda: 0.999, first=1.0).delay(1) == pytest.approx(0.5, abs=0.001)
