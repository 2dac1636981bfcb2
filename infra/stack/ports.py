"""Free ports on loopback."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` of the loopback address now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Connections of the last run linger in TIME_WAIT; the servers set the same option.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def choose(names: Sequence[str], recorded: Mapping[str, int]) -> dict[str, int]:
    """A free port for each name: the one it had last time, else one that the system offers.

    All offered ports are held until the last is drawn, so that no two names get the same.
    """
    kept = {name: recorded[name] for name in names if name in recorded and is_free(recorded[name])}
    missing = [name for name in names if name not in kept]
    with ExitStack() as held:
        return kept | dict(zip(missing, _offered(held), strict=False))


def _offered(held: ExitStack) -> Iterator[int]:
    while True:
        server = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        server.bind((LOOPBACK, 0))
        yield int(server.getsockname()[1])
