"""What befalls the bus in one run, and when: drawn from a seed, so that a run that went wrong can be had again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random

PROGRAMS = ("directory", "intake", "gateway", "cases", "notifications", "console")
SERVERS = ("kafka", "postgres")


class Kind(StrEnum):
    """What can befall a part."""

    KILL = "SIGKILL"
    """The part is gone at once; a program is started again by its supervisor, a server after the fault's seconds."""
    FREEZE = "SIGSTOP"
    """The part stands still for the fault's seconds, and then goes on as if nothing had happened."""
    RESTART = "restart"
    """A server is stopped in good order and started again."""
    SLOW = "slow"
    """One session of the part in PostgreSQL stands still for the fault's seconds, with whatever it has locked."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One blow: when, in seconds after the first, against which part, for how many seconds."""

    at: float
    kind: Kind
    part: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.at:6.1f} s  {self.kind} {self.part} {self.seconds:.1f} s"


DEADLY = tuple((Kind.KILL, part) for part in (*PROGRAMS, *SERVERS))
LAMING = tuple((Kind.FREEZE, part) for part in (*PROGRAMS, *SERVERS))
SLOWING = tuple((Kind.SLOW, part) for part in ("intake", "cases", "notifications", "console"))
EVERY = (*DEADLY, *LAMING, *SLOWING, (Kind.RESTART, "kafka"))
PAUSE = (0.5, 4.0)
LENGTH = (0.5, 6.0)
LONG = (8.0, 20.0)
"""Past the session of a group's member and the lease of a relay: another would have taken over by then."""
_LONG_SHARE = 0.2
_SHORT_RUN = 100.0


def schedule(random: Random, seconds: float) -> Sequence[Fault]:
    """Faults one after the other until the time is over. Each kind comes before any comes again."""
    found: list[Fault] = []
    at, left = random.uniform(*PAUSE), _shuffled(random)
    while at < seconds:
        kind, part = left.pop()
        left = left or _shuffled(random)
        found.append(Fault(at, kind, part, _length(random, kind, part, seconds)))
        at += found[-1].seconds + random.uniform(*PAUSE)
    return found


def _length(random: Random, kind: Kind, part: str, seconds: float) -> float:
    """A killed program is back as soon as its supervisor sees to it. Short runs have no long faults."""
    if kind is Kind.KILL and part in PROGRAMS:
        return 0.0
    long = seconds > _SHORT_RUN and random.random() < _LONG_SHARE
    return random.uniform(*(LONG if long else LENGTH))


def _shuffled(random: Random) -> list[tuple[Kind, str]]:
    every = list(EVERY)
    random.shuffle(every)
    return every
