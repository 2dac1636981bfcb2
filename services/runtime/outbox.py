"""What a service has said, and saying it again, for its administrators: `/outbox` of each service that has an outbox.

Nothing here names an event, a value or an id of a record. What is said of the integrity route, its amount included, is
for an integrity officer alone.
"""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bus.archive import archived
from bus.database import Database
from bus.errors import Refused
from bus.partitions import ahead
from bus.resend import Resend, Wanted, ask, resends
from schemas.problems import FORBIDDEN, MALFORMED, WRONG_STATE
from schemas.topics import AGGREGATES, Topics
from services.policy import Actor, Role
from services.runtime.actors import CurrentActor
from services.runtime.administrators import administrator

_NO_LOG = MALFORMED.problem(
    "Đây không phải chủ đề sổ gốc; dùng phoihop.<loại>.v1. Lệnh đã gửi không được phát lại.",
    "This is no log of record: name phoihop.<aggregate>.v1. Commands that were sent are not sent again.",
)
_RUNS = WRONG_STATE.problem(
    "Chủ đề này đang được phát lại; xem GET /outbox/resends và chờ xong.",
    "This topic is being published again: look at GET /outbox/resends and wait for its end.",
)
_INTEGRITY = FORBIDDEN.problem(
    "Chủ đề liêm chính chỉ do cán bộ liêm chính xử lý; nhờ người có vai trò integrity_officer.",
    "The integrity topic is an integrity officer's: ask one who has the role integrity_officer.",
)


class Asking(BaseModel):
    """Which events to publish again: all of a topic unless told otherwise."""

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(max_length=200)
    from_id: int = Field(default=1, ge=1, lt=2**63)
    to_id: int | None = Field(default=None, ge=1, lt=2**63)
    since: datetime | None = None
    until: datetime | None = None
    aggregate: UUID | None = None
    rate: int = Field(default=5_000, ge=1, le=100_000)
    reason: str = Field(min_length=3, max_length=500)

    def wanted(self) -> Wanted:
        """As the bus says it."""
        return Wanted(**self.model_dump(exclude={"reason"}))


class ResendRow(BaseModel):
    """One resend. `whole` says that it is everything that this owner ever said on the topic."""

    id: UUID
    topic: str
    whole: bool
    rate: int
    asked_by: str
    reason: str
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    sent: int
    cluster_id: str | None
    topic_id: str | None
    starts: dict[int, int]
    """By partition, where what was published again begins."""

    @classmethod
    def of(cls, found: Resend) -> Self:
        """The row of a resend."""
        return cls(
            id=found.id,
            topic=found.wanted.topic,
            whole=found.whole,
            rate=found.wanted.rate,
            asked_by=str(found.actor.get("person", "")),
            reason=found.reason,
            asked_at=found.asked_at,
            started_at=found.started_at,
            finished_at=found.finished_at,
            sent=found.sent,
            cluster_id=found.place.cluster if found.place else None,
            topic_id=found.place.topic if found.place else None,
            starts=dict(found.starts),
        )


class Resends(BaseModel):
    """The latest resends, newest first."""

    resends: list[ResendRow]


class Status(BaseModel):
    """How an outbox stands: `ahead` partitions lie before its writers, `archived` are kept for good."""

    ahead: int
    archived: list[str]


def router(database: Database, topics: Topics, wake: asyncio.Event) -> APIRouter:
    """The doors over the outbox in the schema of this database; `wake` stirs its relay."""
    found = APIRouter(prefix="/outbox", tags=["outbox"], dependencies=[Depends(administrator)])

    @found.get("")
    async def status() -> Status:
        """How the outbox stands."""
        return Status(ahead=await ahead(database), archived=await archived(database))

    @found.get("/resends")
    async def listed(actor: CurrentActor, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> Resends:
        """What is and was published again."""
        async with database.autocommit() as raw:
            rows = await resends(raw, limit)
        return Resends(resends=[ResendRow.of(row) for row in rows if _may(actor, row.wanted.topic, topics)])

    @found.post("/resends", status_code=202)
    async def publish_again(asking: Asking, actor: CurrentActor) -> ResendRow:
        """Ask for it; the relay does it. 409 while something of the topic is being published again."""
        if asking.topic not in {topics.of_aggregate(aggregate) for aggregate in AGGREGATES}:
            raise Refused(_NO_LOG, "topic")
        if not _may(actor, asking.topic, topics):
            raise Refused(_INTEGRITY)
        async with database.transaction() as transaction:
            made = await ask(transaction.raw, asking.wanted(), asking.reason, _told(actor))
        if made is None:
            raise Refused(_RUNS)
        structlog.get_logger().info("resend_asked", topic=asking.topic, resend=str(made.id), whole=made.whole)
        wake.set()
        return ResendRow.of(made)

    return found


def _may(actor: Actor, topic: str, topics: Topics) -> bool:
    return topic != topics.of_aggregate("integrity") or Role.INTEGRITY_OFFICER in actor.roles


def _told(actor: Actor) -> dict[str, Any]:
    return {"person": actor.person, "unit": actor.unit, "roles": sorted(actor.roles)}
