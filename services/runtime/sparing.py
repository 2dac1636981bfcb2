"""Libraries repeat themselves: while a broker is down, dozens of lines a second say so. One a minute is kept."""

import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

EVERY_SECONDS = 60.0
MAX_KINDS = 1_000
LEFT_OUT = "left_out"
"""The attribute of a record that tells how many like it were left out since the last one."""

_Kind = tuple[str, int, str]


@dataclass(slots=True)
class _Told:
    at: float
    left_out: int = 0


class Sparing(logging.Filter):
    """Lets one record of each logger, level and message template pass in a minute; `clock` is in monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._told: OrderedDict[_Kind, _Told] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        kind, now = (record.name, record.levelno, str(record.msg)), self._clock()
        known = self._told.get(kind)
        if known is not None and now - known.at < EVERY_SECONDS:
            known.left_out += 1
            return False
        if known is not None and known.left_out:
            setattr(record, LEFT_OUT, known.left_out)
        self._told[kind] = _Told(now)
        self._told.move_to_end(kind)
        if len(self._told) > MAX_KINDS:
            self._told.popitem(last=False)
        return True
