"""Runs an adapter as a process: logs on stderr, a clean end on a signal, an exit code that says what happened.

Exit codes: 0 done, or stopped by a signal; 1 it could not go on, and a restart may help; 2 the configuration is wrong.
"""

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any, Literal, NoReturn

import structlog

from adapters.sdk.errors import AdapterError, ConfigurationError
from bus.errors import BusError

DONE, FAILED, MISCONFIGURED = 0, 1, 2


def run(name: str, work: Coroutine[Any, Any, None], form: Literal["json", "text"]) -> NoReturn:
    """Do the work until it ends or SIGTERM or SIGINT comes, then exit."""
    configure(name, form)
    sys.exit(asyncio.run(_finish(work)))


def configure(name: str, form: Literal["json", "text"]) -> None:
    """Set up structlog for this process."""
    json = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            json if form == "json" else structlog.dev.ConsoleRenderer(colors=False, sort_keys=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(adapter=name)


async def _finish(work: Coroutine[Any, Any, None]) -> int:
    log = structlog.get_logger()
    task = asyncio.ensure_future(work)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        log.info("adapter_stopped")
    except ConfigurationError as error:
        log.error("adapter_misconfigured", reason=str(error))  # noqa: TRY400 - the message is the whole story
        return MISCONFIGURED
    except (AdapterError, BusError) as error:
        log.error("adapter_failed", reason=f"{type(error).__name__}: {error}")  # noqa: TRY400 - as above
        return FAILED
    return DONE
