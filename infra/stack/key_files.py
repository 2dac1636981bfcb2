"""Keys that the services read from files: made once, never replaced by a later start."""

import io
import json
import secrets as random
from collections.abc import Callable

import tink
from joserfc.jwk import OKPKey
from tink import aead, cleartext_keyset_handle, hybrid

from infra.stack.secrets import SecretFiles, random_secret

#: Wraps the keys of dossiers; every service that opens personal data holds it.
MASTER = "master.json"
#: Only the unmasking process reads the private half; intake seals with the public one.
VAULT_PRIVATE, VAULT_PUBLIC = "vault-private.json", "vault-public.json"
#: Ed25519, with which directory signs actors' tokens.
ACTOR_SIGNING = "actor-signing.json"
#: Keys of the HMACs that stand for a subject, for a receipt, and for what the search box finds.
SUBJECT_PEPPER, RECEIPT_PEPPER, SEARCH_PEPPER = "subject-pepper", "receipt-pepper", "search-pepper"
#: The first administrator's password, and the key with which the public process asks for its tokens.
DIRECTORY_ADMIN, PUBLIC_SERVICE = "directory-admin", "public-service-key"
#: What bears it may read the numbers of every process; it opens nothing else.
SCRAPE_TOKEN = "scrape-token"  # noqa: S105 - the name of the secret's file


def ensure_keys(secrets: SecretFiles) -> None:
    """Make every key that is not on file yet.

    A key pair is made as a pair: when one half is missing both are made anew only if no private half exists.
    """
    secrets.ensure(MASTER, _master)
    private = secrets.ensure(VAULT_PRIVATE, _vault)
    secrets.ensure(VAULT_PUBLIC, lambda: _public_half(private))
    secrets.ensure(ACTOR_SIGNING, _signing)
    for name, make in _PLAIN.items():
        secrets.ensure(name, make)


def _master() -> str:
    aead.register()
    return _cleartext(tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM))


def _vault() -> str:
    hybrid.register()
    template = hybrid.hybrid_key_templates.DHKEM_X25519_HKDF_SHA256_HKDF_SHA256_AES_256_GCM
    return _cleartext(tink.new_keyset_handle(template))


def _public_half(private: str) -> str:
    hybrid.register()
    handle = cleartext_keyset_handle.read(tink.JsonKeysetReader(private))
    return _cleartext(handle.public_keyset_handle())


def _cleartext(handle: tink.KeysetHandle) -> str:
    text = io.StringIO()
    cleartext_keyset_handle.write(tink.JsonKeysetWriter(text), handle)
    return text.getvalue()


def _signing() -> str:
    key = OKPKey.generate_key("Ed25519", private=True, auto_kid=True)
    return json.dumps(key.as_dict(private=True))


def _pepper() -> str:
    return random.token_bytes(32).hex()


_PLAIN: dict[str, Callable[[], str]] = {
    SUBJECT_PEPPER: _pepper,
    RECEIPT_PEPPER: _pepper,
    SEARCH_PEPPER: _pepper,
    DIRECTORY_ADMIN: random_secret,
    PUBLIC_SERVICE: random_secret,
    SCRAPE_TOKEN: random_secret,
}

#: Every file that `ensure_keys` makes.
KEY_FILES = (MASTER, VAULT_PRIVATE, VAULT_PUBLIC, ACTOR_SIGNING, *_PLAIN)
