"""Keys are made once and fit each other."""

import json
from pathlib import Path

import pytest
import tink
from joserfc import jwt
from joserfc.jwk import OKPKey
from tink import aead, cleartext_keyset_handle, hybrid

from infra.stack import key_files
from infra.stack.secrets import SecretFiles


@pytest.fixture
def secrets(tmp_path: Path) -> SecretFiles:
    files = SecretFiles(tmp_path / "secrets")
    key_files.ensure_keys(files)
    return files


def handle(secrets: SecretFiles, name: str) -> tink.KeysetHandle:
    return cleartext_keyset_handle.read(tink.JsonKeysetReader(secrets.read(name)))


def everything(secrets: SecretFiles) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in secrets.folder.iterdir()}


def test_a_second_start_makes_nothing_anew(secrets: SecretFiles) -> None:
    before = everything(secrets)

    key_files.ensure_keys(secrets)

    assert everything(secrets) == before
    assert not secrets.too_open()


def test_a_home_of_before_the_search_gets_its_pepper_and_keeps_all_else(secrets: SecretFiles) -> None:
    before = everything(secrets)
    (secrets.folder / key_files.SEARCH_PEPPER).unlink()

    key_files.ensure_keys(secrets)

    now = everything(secrets)
    assert len(bytes.fromhex(now.pop(key_files.SEARCH_PEPPER))) == 32
    assert now == {name: text for name, text in before.items() if name != key_files.SEARCH_PEPPER}


def test_the_master_key_wraps_and_is_bound_to_its_dossier(secrets: SecretFiles) -> None:
    master = handle(secrets, key_files.MASTER).primitive(aead.Aead)
    wrapped = master.encrypt(b"key", b"dossier one")

    assert master.decrypt(wrapped, b"dossier one") == b"key"
    with pytest.raises(tink.TinkError):
        master.decrypt(wrapped, b"dossier two")


def test_what_intake_seals_only_the_unmasking_process_opens(secrets: SecretFiles) -> None:
    sealed = handle(secrets, key_files.VAULT_PUBLIC).primitive(hybrid.HybridEncrypt).encrypt(b"who", b"tip")

    assert handle(secrets, key_files.VAULT_PRIVATE).primitive(hybrid.HybridDecrypt).decrypt(sealed, b"tip") == b"who"
    with pytest.raises(tink.TinkError):
        handle(secrets, key_files.VAULT_PUBLIC).primitive(hybrid.HybridDecrypt)


def test_a_lost_public_half_is_taken_from_the_private_one(secrets: SecretFiles) -> None:
    before = everything(secrets)
    secrets.remove(key_files.VAULT_PUBLIC)

    key_files.ensure_keys(secrets)

    assert everything(secrets)[key_files.VAULT_PRIVATE] == before[key_files.VAULT_PRIVATE]
    assert json.loads(everything(secrets)[key_files.VAULT_PUBLIC]) == json.loads(before[key_files.VAULT_PUBLIC])


def test_actors_tokens_are_signed_with_a_named_ed25519_key(secrets: SecretFiles) -> None:
    key = OKPKey.import_key(json.loads(secrets.read(key_files.ACTOR_SIGNING)))
    token = jwt.encode({"alg": "Ed25519", "kid": key.kid}, {"sub": "lan"}, key, algorithms=["Ed25519"])

    assert key.kid
    assert jwt.decode(token, key, algorithms=["Ed25519"]).claims == {"sub": "lan"}


def test_peppers_are_256_bits_and_differ(secrets: SecretFiles) -> None:
    names = (key_files.SUBJECT_PEPPER, key_files.RECEIPT_PEPPER, key_files.SEARCH_PEPPER)
    peppers = {secrets.read(name) for name in names}

    assert len(peppers) == 3
    assert all(len(bytes.fromhex(pepper)) == 32 for pepper in peppers)
