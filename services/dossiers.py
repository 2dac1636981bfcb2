"""What every owner of dossiers answers when the law on personal data asks: what is held, and what has ended."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from schemas.events.dossier import DossierKind, Ground
from schemas.facts import Identifier, PersonalFacts, ShortText

LAW = "Luật 91/2025/QH15"
"""The law on the protection of personal data, in force since 2026-01-01."""


class EraseBody(BaseModel):
    """What is said with an order to erase: the paper or provision that it stands on."""

    model_config = ConfigDict(extra="forbid")

    basis: ShortText


class Kept(BaseModel):
    """One place that still holds something of the dossier, and what."""

    place: str
    what: str


class Values(BaseModel):
    """The personal values of a dossier that its person may be told. Of texts and files it is told only that there are.

    They may speak of others, so a person decides by reading what of them is given out.
    """

    identifiers: tuple[Identifier, ...] = ()
    names: tuple[ShortText, ...] = ()
    address: ShortText | None = None
    narrative: bool = False
    evidence: int = 0

    @classmethod
    def of(cls, facts: PersonalFacts) -> Self:
        """Of the opened part."""
        return cls(
            identifiers=facts.identifiers,
            names=facts.names,
            address=facts.address,
            narrative=facts.narrative is not None,
            evidence=len(facts.evidence),
        )


class Held(BaseModel):
    """One dossier as the unit that answers for it may export it.

    `open`: the matter is not finished, so a request does not erase it and its person is told nothing of it.
    """

    dossier: UUID
    kind: DossierKind
    keeper: str
    number: str
    state: str
    since: datetime | None
    open: bool
    erased_at: datetime | None
    kept: tuple[Kept, ...]
    values: Values | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """An order to erase: which dossier, why, on what legal basis, and whose act it is."""

    dossier: UUID
    ground: Ground
    basis: str
    by: str
