"""Sessions and keys: 256 random bits behind a prefix that tells what they are, kept only as a SHA-256. Pure."""

import base64
import hashlib
from collections.abc import Callable

SECRET_BYTES = 32
SESSION_PREFIX = "phs_"
KEY_PREFIX = "phk_"

Entropy = Callable[[int], bytes]
"""So many unpredictable bytes: `secrets.token_bytes`."""


def new_session(entropy: Entropy) -> str:
    """A session's credential, shown once."""
    return SESSION_PREFIX + _text(entropy)


def new_unit_key(unit: str, entropy: Entropy) -> str:
    """`phk_<unit>_<43 characters>`: the unit is named for the keeper, who has several; we never read it back."""
    return f"{KEY_PREFIX}{unit}_{_text(entropy)}"


def digest(credential: str) -> bytes:
    """What is kept and looked up. A fast hash is enough for 256 random bits; passwords go through argon2id."""
    return hashlib.sha256(credential.encode()).digest()


def is_session(credential: str) -> bool:
    """Whether the credential says that it is a session."""
    return credential.startswith(SESSION_PREFIX)


def _text(entropy: Entropy) -> str:
    return base64.urlsafe_b64encode(entropy(SECRET_BYTES)).rstrip(b"=").decode()
