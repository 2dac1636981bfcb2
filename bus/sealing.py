"""Personal values travel as one AEAD block under their dossier's key; this seals and opens them.

A block is base64 of a 12-byte random nonce, the AES-256-GCM ciphertext and its tag. Its associated data are the
event's id, its type and the dossier's id, so a block that is moved to another event or dossier does not open.
"""

import base64
import binascii
import os
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import tink
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError
from tink import aead, secret_key_access

from bus.errors import KeyMissing, SealBroken
from bus.identity import Clock
from bus.master import FileMaster, Master
from bus.numbers import KeyNumbers
from schemas.envelope import Carried, Event
from schemas.facts import PersonalFacts

Entropy = Callable[[int], bytes]
"""So many bytes that nobody can guess."""

KEY_BYTES = 32
CACHE_AGE = timedelta(minutes=5)
_NONCE_BYTES = 12
_TAG_BYTES = 16


def seal(event: Event[Any], keys: Mapping[UUID, bytes], entropy: Entropy = os.urandom) -> Event[Any]:
    """The event with `personal` moved into `sealed`, a block a dossier. Raises `KeyMissing`."""
    blocks = {dossier: _close(event, dossier, facts, keys, entropy) for dossier, facts in event.data.personal.items()}
    return _with(event, sealed={**event.data.sealed, **blocks}, personal={})


def unseal(event: Event[Any], keys: Mapping[UUID, bytes]) -> Event[Any]:
    """The event with `sealed` opened into `personal`; a dossier whose key is not there is listed in `erased`.

    Raises `SealBroken` if a block does not open under its key.
    """
    data, opened, erased = event.data, dict(event.data.personal), list(event.data.erased)
    for dossier in data.sealed:
        key = keys.get(dossier)
        if key is None:
            erased.append(dossier)
        else:
            opened[dossier] = _open(event, dossier, key)
    return _with(event, event.carried, sealed={}, personal=opened, erased=tuple(erased))


def sealed_shape(event: Event[Any]) -> Event[Any]:
    """The event as large as `seal` will make it, its blocks empty: tells the size before the keys are known."""
    lengths = {
        dossier: _NONCE_BYTES + len(_plain(facts)) + _TAG_BYTES for dossier, facts in event.data.personal.items()
    }
    blocks = {dossier: base64.b64encode(bytes(length)).decode() for dossier, length in lengths.items()}
    return _with(event, sealed={**event.data.sealed, **blocks}, personal={})


class Keyring:
    """Wraps and unwraps dossier keys with the master key, and remembers unwrapped ones for at most five minutes.

    What is remembered is per purpose, so that each new purpose is an opening of its own in the audit.
    """

    def __init__(self, master: Master, clock: Clock, *, entropy: Entropy = os.urandom, capacity: int = 10_000) -> None:
        self.numbers = KeyNumbers()
        self._master = master
        self._clock = clock
        self._entropy = entropy
        self._capacity = capacity
        self._kept: OrderedDict[tuple[str, UUID], tuple[bytes, datetime]] = OrderedDict()

    @classmethod
    def load(cls, path: Path, clock: Clock) -> "Keyring":
        """The keyring whose master keyset (tink JSON, secret) is in this file, as it is at each use.

        Raises OSError, or `tink.TinkError` if the file holds anything else.
        """
        return cls(FileMaster(path), clock)

    def new_key(self) -> bytes:
        """A random 256-bit key."""
        return self._entropy(KEY_BYTES)

    def wrap(self, dossier: UUID, key: bytes) -> bytes:
        """The key as it is stored: under the master key, bound to the dossier's id."""
        return bytes(self._master.encrypt(key, str(dossier).encode()))

    def unwrap(self, dossier: UUID, wrapped: bytes) -> bytes:
        """The key that was wrapped for this dossier. Raises `SealBroken`."""
        try:
            return bytes(self._master.decrypt(wrapped, str(dossier).encode()))
        except tink.TinkError as error:
            raise SealBroken("a dossier's key does not open under this master key") from error

    def recall(self, dossier: UUID, purpose: str) -> bytes | None:
        """The key, if it was opened for this purpose within the last five minutes."""
        return self.recall_all((dossier,), purpose).get(dossier)

    def recall_all(self, dossiers: Collection[UUID], purpose: str) -> dict[UUID, bytes]:
        """Those of these keys that were opened for this purpose within the last five minutes; older ones are let go."""
        now, found = self._clock(), {}
        for dossier in dossiers:
            known = (purpose, dossier)
            kept = self._kept.get(known)
            if kept is None:
                continue
            if now < kept[1]:
                found[dossier] = kept[0]
            else:
                del self._kept[known]
        self.numbers.recalled += len(found)
        return found

    def remember(self, keys: Mapping[UUID, bytes], purpose: str) -> None:
        """Keep keys for five minutes; the ones kept longest make room."""
        until = self._clock() + CACHE_AGE
        for dossier, key in keys.items():
            self._kept[purpose, dossier] = (key, until)
            self._kept.move_to_end((purpose, dossier))
        while len(self._kept) > self._capacity:
            self._kept.popitem(last=False)

    def forget(self, dossiers: Collection[UUID]) -> None:
        """Keep no key of these dossiers any longer, for any purpose: they were destroyed."""
        gone = frozenset(dossiers)
        for known in [known for known in self._kept if known[1] in gone] if gone else ():
            del self._kept[known]


def new_master_keyset() -> str:
    """A fresh master keyset as `Keyring.load` reads it (tink JSON). It is a secret: file mode 0600, never logged."""
    aead.register()
    handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
    return str(tink.json_proto_keyset_format.serialize(handle, secret_key_access.TOKEN))


def _close(event: Event[Any], dossier: UUID, facts: PersonalFacts, keys: Mapping[UUID, bytes], entropy: Entropy) -> str:
    if dossier not in keys:
        raise KeyMissing(dossier)
    nonce = entropy(_NONCE_BYTES)
    return base64.b64encode(
        nonce + AESGCM(keys[dossier]).encrypt(nonce, _plain(facts), _bound(event, dossier))
    ).decode()


def _open(event: Event[Any], dossier: UUID, key: bytes) -> PersonalFacts:
    try:
        block = binascii.a2b_base64(event.data.sealed[dossier], strict_mode=True)
        plain = AESGCM(key).decrypt(block[:_NONCE_BYTES], block[_NONCE_BYTES:], _bound(event, dossier))
        return _READ(plain)
    except (binascii.Error, InvalidTag, ValueError, ValidationError) as error:
        # The cause may quote what was sealed: it is told by its type alone.
        raise SealBroken(f"a sealed block does not open: {type(error).__name__}") from None


_READ: Callable[[bytes], PersonalFacts] = PersonalFacts.__pydantic_validator__.validate_json


def _plain(facts: PersonalFacts) -> bytes:
    return facts.model_dump_json(exclude_defaults=True).encode()


def _bound(event: Event[Any], dossier: UUID) -> bytes:
    return f"{event.envelope.id}|{event.envelope.type}|{dossier}".encode()


def _with(event: Event[Any], carried: Carried | None = None, **changes: Any) -> Event[Any]:
    # Neither `replace` nor `model_copy`, which cost as much as the opening: every opened event comes by here.
    data = copy(event.data)
    data.__dict__.update(changes)
    data.__pydantic_fields_set__.update(changes)
    return Event(event.envelope, data, event.audience, event.actor, carried)
