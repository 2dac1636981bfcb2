"""Parts of the bus, made for a test: a keyring with a master key of its own, and a clock that a test moves."""

from datetime import datetime

import tink
from tink import aead

from builders import NOW
from bus.identity import Clock
from bus.sealing import Keyring


class Hands:
    """A clock that a test moves: `hands.now = …`; read it by calling it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """The instant that the test has set."""
        return self.now


def a_keyring(clock: Clock, *, capacity: int = 10_000) -> Keyring:
    """A keyring under a fresh master key."""
    aead.register()
    master = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    return Keyring(master.primitive(aead.Aead), clock, capacity=capacity)
