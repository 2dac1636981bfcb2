"""Seals what an informant said, and who they are, so that intake itself cannot read it again.

One hybrid block a tip (HPKE by tink): intake holds the public keyset only. The tip's id is the context, so a block
moved to another tip does not open. The private keyset belongs to `services.intake.unmask` alone.
"""

from pathlib import Path
from uuid import UUID

import tink
from pydantic import BaseModel, ConfigDict
from tink import hybrid

from schemas.facts import LongText
from services.intake.forms import Informant


class VaultBlock(BaseModel):
    """What one block holds; `part` names are the field names."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    content: LongText
    informant: Informant


class Vault:
    """The writing side."""

    def __init__(self, public: hybrid.HybridEncrypt) -> None:
        self._public = public

    @classmethod
    def load(cls, public_keyset: Path) -> "Vault":
        """Reads tink's JSON public keyset; raises tink.TinkError if it holds secret keys or none."""
        hybrid.register()
        handle = tink.json_proto_keyset_format.parse_without_secret(public_keyset.read_text())
        return cls(handle.primitive(hybrid.HybridEncrypt))

    def seal(self, tip_id: UUID, block: VaultBlock) -> bytes:
        """The block as `vault.deposit` stores it."""
        return bytes(self._public.encrypt(block.model_dump_json().encode(), context(tip_id)))


def context(tip_id: UUID) -> bytes:
    """What binds a block to its tip."""
    return f"phoihop.vault|{tip_id}".encode()
