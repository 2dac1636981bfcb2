"""What stops a process before it serves anything. Each message names the cause and the remedy."""

from pathlib import Path


class ConfigurationError(Exception):
    """The process cannot start as it is configured; exit code 2, and a restart alone changes nothing."""


class MissingFile(ConfigurationError):
    """A file that the stack or the supervisor writes is not there."""

    def __init__(self, path: Path, remedy: str) -> None:
        super().__init__(f"{path} is missing: {remedy}")


class BrokenFile(ConfigurationError):
    """A file is there and cannot be read as what it should be."""

    def __init__(self, path: Path, reason: str, remedy: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}. {remedy}")


class OpenSecret(ConfigurationError):
    """A secret can be read by others than its owner, so it must be taken as known."""

    def __init__(self, path: Path, mode: int) -> None:
        super().__init__(
            f"{path} is readable by others than its owner (mode {mode:04o}): "
            f"run `chmod 600 {path}` and replace the secret if anyone may have seen it"
        )


class UnknownService(ConfigurationError):
    """No address is known for a service."""

    def __init__(self, name: str, known: frozenset[str]) -> None:
        named = ", ".join(sorted(known)) or "none"
        super().__init__(
            f"services.json has no address for {name!r} (it has: {named}): start the services with `phoihop up`"
        )


class AddressTaken(ConfigurationError):
    """The port that the supervisor chose is in use by another program."""

    def __init__(self, host: str, port: int, reason: str) -> None:
        super().__init__(
            f"cannot listen on {host}:{port} ({reason}): end the program that uses it or start `phoihop up` again"
        )
