"""What can go wrong on the bus. The docstring of each class is its default message.

Messages are logged, and shown beside what is parked. None holds an id: it could be that of a tip, or of a case, that
has been withdrawn from whoever reads there. The place in the topic names the record.
"""

from uuid import UUID

from schemas.problems import Problem


class BusError(Exception):
    """Something went wrong on the bus."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (self.__doc__ or "").strip())


class Transient(BusError):
    """It may work a moment later: wait and try the same again."""


class PublishUnknown(Transient):
    """The broker did not say whether it wrote these messages: send them again from where you last knew."""


class Fenced(BusError):
    """Another member took this over. Roll back, drop it, and do nothing more about it."""


class OffsetMoved(Fenced):
    """The partition is still ours, and its offset is not where we left it: read it again from where it stands."""


class LogGap(BusError):
    """The log no longer holds, or never held, what comes next. The owner republishes it from its outbox archive."""


class Undecodable(BusError):
    """The message is not an event that may be read. `field` names what is wrong, where one field is."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class QuotasRefused(BusError):
    """The broker did not let this administrator read or set quotas."""


class UnknownType(BusError):
    """No such type is known. Subscribers skip it; doors refuse it."""


class UnknownMajor(BusError):
    """The type is known, but not in this major version: upgrade this consumer before its publishers."""


class EventTooLarge(BusError):
    """An event is at most 64 KiB: send more by dataref with its SHA-256."""


class SequenceHole(BusError):
    """An event of this aggregate is missing before this one, so it may not be applied."""


class ParkingFull(BusError):
    """As much is parked as this group may keep of the topic: redrive or discard some of it."""


class NotParked(BusError):
    """Nothing is parked there, or not any more."""


class OutOfOrder(BusError):
    """An earlier event of the key is parked: this one may not be carried out, or given up, before it."""


class Hides(BusError):
    """What stands behind this event may take back what it says: they are carried out together, as a key."""


class NobodyReads(BusError):
    """No consumer of this process reads that topic for that group, so nobody can carry the event out."""


class NumberUnknown(BusError):
    """Which sequence the event stood for must be said where it cannot be read, and only there."""


class KeyMissing(BusError):
    """A dossier has no key: its first publisher makes it, once; after erasure nothing about it may be published."""

    def __init__(self, dossier: UUID) -> None:
        super().__init__("a dossier has no key: make it with create_keys, unless it was erased")
        self.dossier = dossier


class SealBroken(BusError):
    """A sealed block or a wrapped key does not open: altered, moved to another event, or sealed under another key."""


class OutboxJumped(BusError):
    """The ids of an outbox jumped further than rolled-back writers explain. Set its cursor by hand."""


class Refused(BusError):
    """The command is well-formed and may not be carried out; `problem` says why, to people, in vi and en."""

    def __init__(self, problem: Problem, field: str | None = None) -> None:
        super().__init__(problem.slug if field is None else f"{problem.slug}: {field}")
        self.problem = problem
        self.field = field
