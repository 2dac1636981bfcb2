"""A line of the log is an action: its event is a snake_case name written out, so that it can be searched and counted.

What else is told goes in fields beside it, where `services/runtime/logs.py` blanks secrets and personal values; a text
put together would carry them past it.
"""

import ast
import re
from collections.abc import Iterator

_LEVELS = frozenset({"critical", "debug", "error", "exception", "info", "warning"})
_LOGGERS = frozenset({"log", "_log", "logger"})
_ACTION = re.compile(r"^[a-z][a-z0-9]*(_[a-z0-9]+)+$")


def actions(tree: ast.Module) -> Iterator[str]:
    """Each call of a logger whose event is no action name, or that hands over anything but fields beside it."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _logs(call.func) and (fault := _fault(call)):
            yield f"line {call.lineno}: {fault}"


def _logs(func: ast.expr) -> bool:
    """`log.info`, `self._log.info`, `structlog.get_logger().info`."""
    if not isinstance(func, ast.Attribute) or func.attr not in _LEVELS:
        return False
    owner = func.value
    if isinstance(owner, ast.Call):
        return isinstance(owner.func, ast.Attribute | ast.Name) and "get_logger" in ast.unparse(owner.func)
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return name in _LOGGERS


def _fault(call: ast.Call) -> str | None:
    if len(call.args) != 1:
        return "a log line is one action name, and fields by keyword"
    event = call.args[0]
    if not (isinstance(event, ast.Constant) and isinstance(event.value, str) and _ACTION.match(event.value)):
        return "the event of a log line is an action name in snake_case, written out"
    return None
