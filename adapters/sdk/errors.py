"""What stops an adapter, or makes it wait. Each message names the cause and the remedy."""


class AdapterError(Exception):
    """An adapter cannot go on; what it has acknowledged is kept, and a later start resumes there."""


class ConfigurationError(AdapterError):
    """The adapter cannot work as it is configured; a restart alone changes nothing."""


class SourceUnavailable(AdapterError):
    """The agency's system does not answer, or answers that it cannot: it may a moment later.

    `wait` is how many seconds it asked for, where it did.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class SourceRefused(AdapterError):
    """The agency's system refuses what was asked; asking again changes nothing."""


class SourceUnreadable(AdapterError):
    """The agency's system goes on sending what cannot be read."""
