"""Where a service stands in the logs that it reads, and accepting one that was published again: `/log`."""

from typing import Any

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from bus.accepting import Acceptance, Leftover, accept
from bus.broker import Broker, LogPlace
from bus.consumer import Consumer
from bus.database import Database
from bus.errors import Refused
from bus.gate import State
from schemas.problems import FORBIDDEN, MALFORMED, NOT_FOUND, WRONG_STATE
from schemas.topics import Topics
from services.policy import Role
from services.runtime.actors import CurrentActor
from services.runtime.administrators import administrator

_NOT_READ = NOT_FOUND.problem("Dịch vụ này không đọc chủ đề đó.", "This service does not read that topic.")
_OTHER_LOG = WRONG_STATE.problem(
    "Chủ đề đã đổi từ khi phát lại; phát lại lần nữa rồi mới chấp nhận.",
    "The topic is not the one that was published again: publish it again, then accept.",
)
_OUTSIDE = MALFORMED.problem(
    "Điểm bắt đầu không nằm trong nhật ký, hoặc thiếu một phân vùng; lấy từ GET /outbox/resends.",
    "A start lies outside the log, or one of its partitions lacks one: take them from GET /outbox/resends.",
)
_INTEGRITY = FORBIDDEN.problem(
    "Chủ đề liêm chính chỉ do cán bộ liêm chính xử lý; nhờ người có vai trò integrity_officer.",
    "The integrity topic is an integrity officer's: ask one who has the role integrity_officer.",
)


class Accepting(BaseModel):
    """The log as its owners published it again, by their word: which one, and from where by partition."""

    model_config = ConfigDict(extra="forbid")

    topic: str = Field(max_length=200)
    cluster_id: str = Field(max_length=100)
    topic_id: str = Field(max_length=100)
    starts: dict[int, int] = Field(min_length=1, max_length=1_000)
    reason: str = Field(min_length=3, max_length=500)


class MovedRow(BaseModel):
    """One partition of one group that goes on at `after`; `before` is None where its offset was lost."""

    group: str
    partition: int
    before: int | None
    after: int


class Accepted(BaseModel):
    """What was moved; nothing where every offset counts in this log already."""

    moved: list[MovedRow]


class Gap(BaseModel):
    """A partition that is not read because the log is not the one that its offset counts in."""

    topic: str
    partition: int
    reason: str


class Gaps(BaseModel):
    """The topics that this service reads as logs of record, and the gaps in them."""

    topics: list[str]
    gaps: list[Gap]


def router(database: Database, broker: Broker, topics: Topics, *consumers: Consumer) -> APIRouter:
    """The doors over the offsets in the schema of this database and what its consumers say."""
    found = APIRouter(prefix="/log", tags=["log"], dependencies=[Depends(administrator)])
    secret = topics.of_aggregate("integrity")

    @found.get("")
    async def gaps(actor: CurrentActor) -> Gaps:
        """Which logs are read here, and what cannot be read of them."""
        read = {topic for one in consumers for topic in one.topics}
        known = read if Role.INTEGRITY_OFFICER in actor.roles else read - {secret}
        return Gaps(topics=sorted(known), gaps=[gap for gap in _gaps(consumers) if gap.topic in known])

    @found.post("/accept")
    async def accepted(accepting: Accepting, actor: CurrentActor) -> Accepted:
        """Go on at these places where the stored offsets do not count in the log as it is; noted with who and why."""
        if accepting.topic == secret and Role.INTEGRITY_OFFICER not in actor.roles:
            raise Refused(_INTEGRITY)
        if not any(accepting.topic in one.topics for one in consumers):
            raise Refused(_NOT_READ, "topic")
        place = await broker.describe(accepting.topic)
        _check(accepting, place)
        told = {"person": actor.person, "unit": actor.unit, "roles": sorted(actor.roles)}
        moved = await _accept(database, Acceptance(accepting.topic, place, accepting.starts, accepting.reason, told))
        for one in consumers:
            one.look_again()
        return Accepted(moved=moved)

    return found


async def _accept(database: Database, acceptance: Acceptance) -> list[MovedRow]:
    try:
        async with database.transaction() as transaction:
            moved = await accept(transaction.raw, acceptance)
    except Leftover as error:
        raise Refused(_leftover(error.count)) from error
    structlog.get_logger().warning("log_accepted", topic=acceptance.topic, moved=len(moved))
    return [MovedRow(group=one.group, partition=one.part, before=one.before, after=one.after) for one in moved]


def _check(accepting: Accepting, place: LogPlace) -> None:
    if (accepting.cluster_id, accepting.topic_id) != (place.cluster, place.topic):
        raise Refused(_OTHER_LOG)
    inside = all(
        place.lows.get(part, -1) <= start <= place.ends.get(part, -1) for part, start in accepting.starts.items()
    )
    if not inside or accepting.starts.keys() != place.ends.keys():
        raise Refused(_OUTSIDE, "starts")


def _leftover(count: int) -> Any:
    return WRONG_STATE.problem(
        f"{count} bản ghi tạm giữ của nhật ký cũ sẽ không đến lại; hãy bỏ chúng trước (phoihop parked).",
        f"{count} parked records of the former log will not come again: discard them first (phoihop parked).",
    )


def _gaps(consumers: tuple[Consumer, ...]) -> list[Gap]:
    return [
        Gap(topic=place.topic, partition=place.number, reason=why)
        for one in consumers
        for place, (state, why) in one.health().items()
        if state is State.LOG_GAP
    ]
