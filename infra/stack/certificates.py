"""The development CA and the broker's certificate for loopback and for the names that others use.

The CA's key is never written: once the broker has its certificate, nothing else can be signed by it.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from infra.stack.home import make_folder
from infra.stack.ports import LOOPBACK


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: what clients trust, and the key with its chain that the broker serves."""

    ca: Path
    server: Path


def ensure_certificates(folder: Path, names: Sequence[str] = ()) -> Certificates:
    """The certificates of this stack, made the first time: for loopback, and for the names by which others call it."""
    made = Certificates(folder / "ca.pem", folder / "server.pem")
    if not (made.ca.exists() and made.server.exists()):
        make_folder(folder, 0o755)
        authority = trustme.CA(organization_name="phoihop development")
        _write(made.server, _server_pem(authority, names), 0o600)
        _write(made.ca, authority.cert_pem.bytes(), 0o644)
    return made


def _server_pem(authority: trustme.CA, names: Sequence[str]) -> bytes:
    issued = authority.issue_cert(*dict.fromkeys((LOOPBACK, "localhost", *names)))
    key = load_pem_private_key(issued.private_key_pem.bytes(), password=None)
    # Kafka reads no other encoding of a key than PKCS#8.
    pkcs8 = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return b"".join([pkcs8, *(blob.bytes() for blob in issued.cert_chain_pems)])


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
