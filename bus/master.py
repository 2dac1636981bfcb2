"""The master key as services hold it, and the one in a file, whose keyset may be replaced while they run.

A key management service is another `Master`: what passes `tests/contract/bus/test_master.py` can stand in its place.
"""

import json
from pathlib import Path
from typing import Any, Protocol

import tink
from tink import aead, secret_key_access

from bus.errors import Transient

ENABLED, DISABLED = "ENABLED", "DISABLED"
_PREFIX = slice(1, 5)
"""Where a wrapped key names the key of the keyset that wrapped it."""

Mark = tuple[int, int, int]


class Master(Protocol):
    """Wraps and unwraps the keys of dossiers; any `Aead` of tink is one, that of a key service too."""

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Wrapped under the key of now, bound to the associated data. Raises `Transient` where it cannot be asked."""

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """What was wrapped, under this key or an earlier one.

        Raises `tink.TinkError` for anything else or changed, and `Transient` where it cannot be asked.
        """


class FileMaster:
    """The keyset (tink JSON, secret) of a file, as it is when it is needed: a rotation takes effect without a restart.

    Raises OSError, or `tink.TinkError` if the file holds anything else, when it is made.
    """

    def __init__(self, path: Path) -> None:
        aead.register()
        self._path = path
        self._mark = _mark(path)
        self._keyset = _read(path)

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        """Under the primary key. Raises `Transient` while the file cannot be read: nothing is wrapped under a guess."""
        return bytes(self._current().encrypt(plaintext, associated_data))

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        """By whichever key wrapped it: the file is looked at again only for what does not open by the one read last.

        Raises `tink.TinkError`, and `Transient` as `encrypt` does. A look at the file costs more than the opening.
        """
        try:
            return bytes(self._keyset.decrypt(ciphertext, associated_data))
        except tink.TinkError:
            return bytes(self._current().decrypt(ciphertext, associated_data))

    def _current(self) -> Master:
        try:
            mark = _mark(self._path)
            if mark != self._mark:
                self._keyset, self._mark = _read(self._path), mark
        except (OSError, ValueError, tink.TinkError) as error:
            raise Transient("the file of the master key cannot be read: put it back") from error
        return self._keyset


def wrapped_by(wrapped: bytes) -> bytes:
    """The four bytes by which a wrapped key names its master key."""
    return wrapped[_PREFIX]


def primary_of(keyset: str) -> bytes:
    """The four bytes by which this keyset (tink JSON) names what it wraps."""
    return int(json.loads(keyset)["primaryKeyId"]).to_bytes(4, "big")


def rotating(keyset: str) -> bool:
    """Whether a rotation of this keyset was begun and not ended: it has more than one enabled key."""
    enabled = [key for key in json.loads(keyset)["key"] if key["status"] == ENABLED]
    return len(enabled) > 1


def with_new_primary(keyset: str, fresh: str) -> str:
    """The keyset with the one key of `fresh` as its primary; what it wrapped before still opens.

    Keys that an earlier rotation disabled are left out. Raises ValueError where both name a key alike.
    """
    now, new = json.loads(keyset), json.loads(fresh)
    kept = [key for key in now["key"] if key["status"] == ENABLED]
    (added,) = new["key"]
    if added["keyId"] in {key["keyId"] for key in now["key"]}:
        raise ValueError("the new key bears the number of one that is there: make another")
    return _text({"primaryKeyId": added["keyId"], "key": [*kept, added]})


def primary_alone(keyset: str) -> str:
    """The keyset with every key but the primary disabled: nothing is wrapped under them any more."""
    now = json.loads(keyset)
    primary = now["primaryKeyId"]
    keys = [{**key, "status": ENABLED if key["keyId"] == primary else DISABLED} for key in now["key"]]
    return _text({"primaryKeyId": primary, "key": keys})


def _text(keyset: dict[str, Any]) -> str:
    return json.dumps(keyset, indent=2)


def _mark(path: Path) -> Mark:
    found = path.stat()
    return found.st_mtime_ns, found.st_ino, found.st_size


def _read(path: Path) -> Master:
    keyset = tink.json_proto_keyset_format.parse(path.read_text("utf-8"), secret_key_access.TOKEN)
    found: Master = keyset.primitive(aead.Aead)
    return found
