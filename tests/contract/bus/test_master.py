"""Whatever holds the master key, a file or a service that is asked for each use, keeps these promises."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
import tink
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bus.errors import Transient
from bus.master import FileMaster, Master, primary_alone, primary_of, with_new_primary, wrapped_by
from bus.sealing import new_master_keyset

DOSSIER, OTHER = b"01936f00-0000-7000-8000-000000000001", b"01936f00-0000-7000-8000-000000000002"


class AskedMaster:
    """A key management service in this process: it names the key of each ciphertext, rotates, and can be away."""

    def __init__(self) -> None:
        self.keys = {1: AESGCM(AESGCM.generate_key(256))}
        self.away = False

    def rotate(self) -> None:
        self.keys[max(self.keys) + 1] = AESGCM(AESGCM.generate_key(256))

    def encrypt(self, plaintext: bytes, associated_data: bytes) -> bytes:
        self._reached()
        number, nonce = max(self.keys), os.urandom(12)
        named = b"\x01" + number.to_bytes(4, "big")
        return named + nonce + self.keys[number].encrypt(nonce, plaintext, associated_data)

    def decrypt(self, ciphertext: bytes, associated_data: bytes) -> bytes:
        self._reached()
        try:
            key = self.keys[int.from_bytes(wrapped_by(ciphertext), "big")]
            return key.decrypt(ciphertext[5:17], ciphertext[17:], associated_data)
        except (KeyError, InvalidTag, ValueError) as error:
            raise tink.TinkError("it does not open") from error

    def _reached(self) -> None:
        if self.away:
            raise Transient("the service of the master key does not answer")


Rotate = Callable[[], None]


@pytest.fixture(params=["file", "asked"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Master, Rotate, Rotate]:
    """A master, how it is rotated, and how it is taken away."""
    if request.param == "asked":
        asked = AskedMaster()
        return asked, asked.rotate, lambda: setattr(asked, "away", True)
    path = tmp_path / "master.json"
    path.write_text(new_master_keyset())

    def rotate() -> None:
        staged = tmp_path / "staged"
        staged.write_text(with_new_primary(path.read_text(), new_master_keyset()))
        staged.replace(path)

    return FileMaster(path), rotate, path.unlink


Held = tuple[Master, Rotate, Rotate]


def test_what_was_wrapped_opens_for_its_dossier_alone(held: Held) -> None:
    master, _, _ = held
    wrapped = master.encrypt(b"key", DOSSIER)

    assert master.decrypt(wrapped, DOSSIER) == b"key"
    assert b"key" not in wrapped
    for changed, whose in ((wrapped, OTHER), (wrapped[:-1] + bytes([wrapped[-1] ^ 1]), DOSSIER), (b"", DOSSIER)):
        with pytest.raises(tink.TinkError):
            master.decrypt(changed, whose)


def test_after_a_rotation_the_old_still_opens_and_the_new_is_named_by_what_it_wraps(held: Held) -> None:
    master, rotate, _ = held
    before = master.encrypt(b"key", DOSSIER)
    rotate()
    after = master.encrypt(b"key", DOSSIER)

    assert [master.decrypt(one, DOSSIER) for one in (before, after)] == [b"key", b"key"]
    assert wrapped_by(before) != wrapped_by(after)


def test_while_it_is_away_nothing_is_wrapped_under_a_guess_and_it_is_tried_again(held: Held) -> None:
    master, _, take_away = held
    unknown = master.encrypt(b"key", OTHER)
    take_away()

    with pytest.raises(Transient):
        master.encrypt(b"key", DOSSIER)
    with pytest.raises(Transient):
        master.decrypt(unknown, DOSSIER)


def test_a_keyset_names_its_primary_and_a_disabled_key_opens_nothing_any_more(tmp_path: Path) -> None:
    path = tmp_path / "master.json"
    path.write_text(new_master_keyset())
    wrapped = FileMaster(path).encrypt(b"key", DOSSIER)
    both = with_new_primary(path.read_text(), new_master_keyset())
    assert primary_of(both) != wrapped_by(wrapped) == primary_of(path.read_text())

    path.write_text(primary_alone(both))

    with pytest.raises(tink.TinkError):
        FileMaster(path).decrypt(wrapped, DOSSIER)
    assert with_new_primary(primary_alone(both), new_master_keyset()).count("keyData") == 2
