"""Making what the console reads again from the log, for administrators: JSON doors of programs."""

from datetime import datetime
from typing import Self
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from services.console.model.projections import PROJECTIONS
from services.console.rebuilding import Rebuilding, Standing
from services.console.repository.rebuilds import Rebuild
from services.runtime.actors import CurrentActor
from services.runtime.administrators import administrator


class Asking(BaseModel):
    """Why it is asked for."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(min_length=3, max_length=500)


class RebuildRow(BaseModel):
    """One rebuild: building, switched or rolled_back."""

    id: UUID
    projection: str
    state: str
    asked_by: str
    reason: str
    asked_at: datetime
    ended_at: datetime | None

    @classmethod
    def of(cls, found: Rebuild) -> Self:
        """The row of a rebuild."""
        return cls(
            id=found.id,
            projection=found.projection,
            state=found.state,
            asked_by=str(found.actor.get("person", "")),
            reason=found.reason,
            asked_at=found.asked_at,
            ended_at=found.ended_at,
        )


class StandingRow(BaseModel):
    """How a projection stands. `percent` of what lay in the log at first is read.

    `equal` says whether both contents are the same; it is None while the two groups do not stand at one place.
    """

    projection: str
    rebuild: RebuildRow | None
    percent: int
    equal: bool | None

    @classmethod
    def of(cls, found: Standing) -> Self:
        """The row of a standing."""
        return cls(
            projection=found.projection,
            rebuild=RebuildRow.of(found.rebuild) if found.rebuild else None,
            percent=100 * found.read // found.wanted if found.wanted else 100,
            equal=None if found.built is None else found.live == found.built,
        )


class Standings(BaseModel):
    """Every projection."""

    projections: list[StandingRow]


def router(rebuilding: Rebuilding) -> APIRouter:
    """The doors over the rebuilds."""
    found = APIRouter(prefix="/projections", tags=["projections"], dependencies=[Depends(administrator)])

    @found.get("")
    async def standings() -> Standings:
        """How each stands."""
        return Standings(projections=[StandingRow.of(await rebuilding.standing(name)) for name in PROJECTIONS])

    @found.post("/{projection}/rebuild", status_code=202)
    async def rebuild(projection: str, asking: Asking, actor: CurrentActor) -> RebuildRow:
        """Begin to make it again beside the live one."""
        who = {"person": actor.person, "unit": actor.unit, "roles": sorted(actor.roles)}
        return RebuildRow.of(await rebuilding.ask(projection, asking.reason, who))

    @found.post("/{projection}/switch")
    async def switch(projection: str) -> RebuildRow:
        """Read what was made again from now on; 409 unless it has caught up."""
        return RebuildRow.of(await rebuilding.switch(projection))

    @found.post("/{projection}/rollback")
    async def rollback(projection: str) -> RebuildRow:
        """Read what was live before the last switch; 409 where nothing of before is kept."""
        return RebuildRow.of(await rebuilding.roll_back(projection))

    return found
