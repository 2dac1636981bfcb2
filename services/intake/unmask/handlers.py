"""Opening one part of one tip: asked at intake, put on record, and only then opened."""

from dataclasses import dataclass
from uuid import UUID

import httpx2

from bus.database import Database
from bus.errors import Refused
from schemas.problems import FORBIDDEN, NOT_FOUND
from services.intake.forms import Informant
from services.intake.unmask.intake import Access, access
from services.intake.unmask.opening import OpenVault
from services.intake.unmask.repository import Opening, note, sealed_block
from services.policy import Actor


@dataclass(frozen=True, slots=True)
class Opener:
    """The private keyset, the vault's reader and the way to intake."""

    vault: OpenVault
    database: Database
    intake: httpx2.AsyncClient

    async def open(self, tip: UUID, part: str, purpose: str, actor: Actor, token: str) -> str | Informant:
        """The part that was asked for and nothing else. The attempt is on record before the answer, whatever it is.

        Raises Refused: not-found where the actor may not know of the tip, forbidden where it may not open it.
        """
        answer = await access(self.intake, tip, part, token)
        async with self.database.autocommit() as raw:
            await note(raw, _opening(tip, part, purpose, actor, answer))
            sealed = await sealed_block(raw, tip) if answer.allowed else None
        if not answer.allowed and answer.code != "not_found":
            raise Refused(FORBIDDEN.problem(answer.vi, answer.en))
        if sealed is None:
            raise Refused(NOT_FOUND.problem())
        block = self.vault.open(tip, sealed)
        return block.content if part == "content" else block.informant


def _opening(tip: UUID, part: str, purpose: str, actor: Actor, answer: Access) -> Opening:
    return Opening(
        tip=tip,
        part=part,
        purpose=purpose,
        person=actor.person,
        unit=actor.unit,
        roles=tuple(sorted(actor.roles)),
        allowed=answer.allowed,
        reason=None if answer.allowed else answer.code,
    )
