"""Log lines: one action name each, fields beside it, as JSON or text on standard output.

Secrets and addresses of clients are never fields. An exception is told by its class and frames: its message is kept
only for our own classes, because messages of drivers and validators quote the values that they met.
"""

import logging
import logging.config
import sys
import time
import traceback
from collections.abc import Mapping, MutableMapping
from types import MappingProxyType
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from services.runtime.sparing import LEFT_OUT, Sparing

_OURS = ("adapters.", "bus.", "cli.", "infra.", "reference.", "schemas.", "services.")
_MAX_FRAMES = 12
_REMOVED = "[removed]"
_SECRET_WORDS = frozenset(
    {"password", "passphrase", "secret", "token", "authorization", "cookie", "session", "key", "receipt", "client"}
    | {"client_addr", "address", "phone", "email", "informant", "narrative", "content", "id_number"}
)
_QUIET: Mapping[str, int] = MappingProxyType(
    {"aiokafka": logging.WARNING, "uvicorn": logging.WARNING, "httpx2": logging.WARNING, "httpcore2": logging.WARNING}
)


def configure(service: str, form: Literal["json", "text"]) -> None:
    """Set up structlog and the standard library's logging for this process; called once, by `process.run`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
        tell_exception,
    ]
    renderer: Processor = _json if form == "json" else structlog.dev.ConsoleRenderer(colors=False, sort_keys=True)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    _bring_in_standard_logging(shared, renderer)


def redact(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Blank a field whose name is that of a secret or of a personal value, however it got there."""
    for name in event:
        if name.lower() in _SECRET_WORDS:
            event[name] = _REMOVED
    return event


def tell_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by `error`: class, frames and, for our own classes, the message."""
    found = event.pop("exc_info", None)
    error = sys.exc_info()[1] if found is True else found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    return event


def describe(error: BaseException) -> dict[str, Any]:
    """An exception without the values it may quote: fit for a log line."""
    kind = type(error)
    told: dict[str, Any] = {"class": f"{kind.__module__}.{kind.__qualname__}", "frames": _frames(error)}
    if kind.__module__.startswith(_OURS):
        told["message"] = str(error)
    for name in ("sqlstate", "constraint_name"):
        if isinstance(value := getattr(error, name, None), str):
            told[name] = value
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None:
        told["because"] = describe(origin)
    return told


def _frames(error: BaseException) -> list[str]:
    frames = traceback.extract_tb(error.__traceback__)[-_MAX_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


def _json(_logger: WrappedLogger, _method: str, event: MutableMapping[str, Any]) -> str:
    import orjson  # noqa: PLC0415 - only a process that logs JSON pays for it

    return orjson.dumps(event, default=str).decode()


def _bring_in_standard_logging(shared: list[Processor], renderer: Processor) -> None:
    """Libraries' warnings take the same road, under the action `library_message`, each kind once a minute."""
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[_library_message, *shared],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    handler.addFilter(Sparing(time.monotonic))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name, level in _QUIET.items():
        logging.getLogger(name).setLevel(level)


def _library_message(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    record = event.get("_record")
    event["text"], event["event"] = event["event"], "library_message"
    if isinstance(record, logging.LogRecord):
        event["library"] = record.name
        if hasattr(record, LEFT_OUT):
            event[LEFT_OUT] = getattr(record, LEFT_OUT)
    return event
