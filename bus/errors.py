"""What can go wrong on the bus. The docstring of each class is its default message."""

# ruff: noqa: N818 - these names say what happened; half of them are no error but a decision to take


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


class LogGap(BusError):
    """The log no longer holds, or never held, what comes next. The owner republishes it from its outbox archive."""


class Undecodable(BusError):
    """The message is not an event that may be read. `field` names what is wrong, where one field is."""

    def __init__(self, reason: str, field: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.field = field


class UnknownType(BusError):
    """No such type is known. Subscribers skip it; doors refuse it."""


class UnknownMajor(BusError):
    """The type is known, but not in this major version: upgrade this consumer before its publishers."""


class EventTooLarge(BusError):
    """An event is at most 64 KiB: send more by dataref with its SHA-256."""


class SequenceHole(BusError):
    """An event of this aggregate is missing before this one, so it may not be applied."""
