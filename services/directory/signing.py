"""The key that signs actors' tokens, and what the world may know of it."""

import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.runtime.claims import ALGORITHM, Claims
from services.runtime.errors import BrokenFile

_REMEDY = "Restore it, or remove it and run `phoihop stack up` for a new one (tokens in use then end)"


class Signer:
    """Signs with the first key; publishes all of them, so that tokens of a replaced key stay good until they end."""

    def __init__(self, keys: list[OKPKey]) -> None:
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "Signer":
        """From a file with a private Ed25519 JWK, or a set of them (the signing one first); raises `BrokenFile`."""
        try:
            found = json.loads(path.read_bytes())
            entries = found.get("keys", [found])
            keys = [OKPKey.import_key(entry) for entry in entries]
        except (JoseError, ValueError, KeyError, TypeError, AttributeError):
            raise BrokenFile(path, "it holds no JSON Web Key", _REMEDY) from None
        if not keys or not all(key.is_private and key.curve_name == ALGORITHM and key.kid for key in keys):
            raise BrokenFile(path, "each key must be a private Ed25519 key with a kid", _REMEDY)
        return cls(keys)

    def sign(self, claims: Claims) -> str:
        """The token in compact form."""
        key = self._keys[0]
        header = {"alg": ALGORITHM, "kid": key.kid}
        return jwt.encode(header, claims.encoded(), key, algorithms=[ALGORITHM])

    def jwks(self) -> dict[str, list[dict[str, Any]]]:
        """The public halves, as `/jwks.json` serves them."""
        return {
            "keys": [
                dict(key.as_dict(private=False)) | {"kid": key.kid, "use": "sig", "alg": ALGORITHM}
                for key in self._keys
            ]
        }

    async def find(self, kid: str) -> OKPKey | None:
        """Directory's own doors need nobody to ask (`services.runtime.jwks.KeySource`)."""
        return next((key for key in self._keys if key.kid == kid), None)
