"""The broker's certificate: in the encoding that Kafka reads, for loopback, under a CA without a key on disk."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from infra.stack.certificates import ensure_certificates


def test_the_key_is_pkcs8_and_belongs_to_the_certificate_behind_it(tmp_path: Path) -> None:
    text = ensure_certificates(tmp_path / "tls").server.read_bytes()

    key = load_pem_private_key(text, password=None)
    [certificate] = x509.load_pem_x509_certificates(text)
    assert text.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert certificate.public_key() == key.public_key()


def test_the_certificate_is_for_loopback_and_signed_by_the_ca(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path / "tls")
    [certificate] = x509.load_pem_x509_certificates(made.server.read_bytes())
    authority = x509.load_pem_x509_certificate(made.ca.read_bytes())

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    certificate.verify_directly_issued_by(authority)


def test_they_are_made_once_and_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    made = ensure_certificates(tmp_path / "tls")
    before = made.server.read_bytes()

    assert ensure_certificates(tmp_path / "tls") == made
    assert made.server.read_bytes() == before
    assert made.server.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE" not in made.ca.read_bytes()
