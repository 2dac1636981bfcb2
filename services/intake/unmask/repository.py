"""The vault as its reader sees it: sealed blocks to read, openings to note."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

_NOTE = """
insert into vault.opening (tip, part, purpose, person, unit, roles, allowed, reason)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""


@dataclass(frozen=True, slots=True)
class Opening:
    """One attempt: who, for whom, what part, why, and what the answer was."""

    tip: UUID
    part: str
    purpose: str
    person: str
    unit: str
    roles: tuple[str, ...]
    allowed: bool
    reason: str | None


async def note(raw: Any, opening: Opening) -> None:
    """Put the attempt on record; it cannot be changed or read back by this process."""
    await raw.execute(
        _NOTE,
        opening.tip,
        opening.part,
        opening.purpose,
        opening.person,
        opening.unit,
        list(opening.roles),
        opening.allowed,
        opening.reason,
    )


async def sealed_block(raw: Any, tip: UUID) -> bytes | None:
    """The tip's block as it was deposited, or None."""
    found: bytes | None = await raw.fetchval("select sealed from vault.tip where ref = $1", tip)
    return found
