"""What intake seals, only the private keyset opens, and only for that tip."""

from pathlib import Path
from uuid import UUID

import pytest
import tink
from tink import hybrid, secret_key_access

from services.intake.forms import Informant
from services.intake.unmask.opening import OpenVault, UnreadableError
from services.intake.vault import Vault, VaultBlock

TIP = UUID(int=7)
BLOCK = VaultBlock(content="Kho hàng giả ở ngõ 5", informant=Informant(name="Lê Thị A", phone="0912345678"))


@pytest.fixture
def keysets(tmp_path: Path) -> tuple[Path, Path]:
    hybrid.register()
    template = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM
    private = tink.new_keyset_handle(template)
    public_file, private_file = tmp_path / "public.json", tmp_path / "private.json"
    form = tink.json_proto_keyset_format
    public_file.write_text(form.serialize_without_secret(private.public_keyset_handle()))
    private_file.write_text(form.serialize(private, secret_key_access.TOKEN))
    return public_file, private_file


def test_a_sealed_block_opens_with_the_private_keyset(keysets: tuple[Path, Path]) -> None:
    sealed = Vault.load(keysets[0]).seal(TIP, BLOCK)
    assert OpenVault.load(keysets[1]).open(TIP, sealed) == BLOCK


def test_nothing_of_the_block_can_be_read_in_what_is_stored(keysets: tuple[Path, Path]) -> None:
    sealed = Vault.load(keysets[0]).seal(TIP, BLOCK)
    assert "Kho hàng".encode() not in sealed
    assert b"0912345678" not in sealed


def test_a_block_moved_to_another_tip_does_not_open(keysets: tuple[Path, Path]) -> None:
    sealed = Vault.load(keysets[0]).seal(TIP, BLOCK)
    with pytest.raises(UnreadableError):
        OpenVault.load(keysets[1]).open(UUID(int=8), sealed)


def test_a_changed_block_does_not_open(keysets: tuple[Path, Path]) -> None:
    sealed = bytearray(Vault.load(keysets[0]).seal(TIP, BLOCK))
    sealed[-1] ^= 1
    with pytest.raises(UnreadableError):
        OpenVault.load(keysets[1]).open(TIP, bytes(sealed))


def test_intake_refuses_to_start_on_a_private_keyset(keysets: tuple[Path, Path]) -> None:
    with pytest.raises(tink.TinkError):
        Vault.load(keysets[1])
