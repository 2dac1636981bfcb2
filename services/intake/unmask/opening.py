"""Opens vault blocks: the only code that reads the private keyset."""

from pathlib import Path
from uuid import UUID

import tink
from tink import hybrid, secret_key_access

from services.intake.vault import VaultBlock, context


class UnreadableError(Exception):
    """The block does not open under this keyset for this tip: it was changed, moved, or sealed for other keys."""


class OpenVault:
    """The reading side."""

    def __init__(self, private: hybrid.HybridDecrypt) -> None:
        self._private = private

    @classmethod
    def load(cls, private_keyset: Path) -> "OpenVault":
        """Reads tink's JSON private keyset; raises tink.TinkError if it is not one."""
        hybrid.register()
        handle = tink.json_proto_keyset_format.parse(private_keyset.read_text(), secret_key_access.TOKEN)
        return cls(handle.primitive(hybrid.HybridDecrypt))

    def open(self, tip_id: UUID, sealed: bytes) -> VaultBlock:
        """The whole block; the caller gives away no more than the part that was asked for. Raises UnreadableError."""
        try:
            opened = self._private.decrypt(sealed, context(tip_id))
        except tink.TinkError as error:
            raise UnreadableError(UnreadableError.__doc__) from error
        return VaultBlock.model_validate_json(opened)
