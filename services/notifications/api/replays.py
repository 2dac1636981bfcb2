"""Asking for a part of a feed to be written to its topic again: by administrators, of a unit whose system lost it.

Of the feed of an integrity unit, an integrity officer alone may ask, and is told.
"""

from datetime import datetime
from typing import Self
from uuid import UUID

import structlog
from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from bus.errors import Refused
from bus.uow import UnitOfWork
from schemas.problems import FORBIDDEN, MALFORMED, NOT_FOUND, WRONG_STATE
from schemas.reference.validity import vietnam_date
from services.notifications.api.doors import CurrentDoors, Doors
from services.notifications.repository import replays
from services.notifications.repository.replays import Replay, Wanted
from services.policy import Actor, Role
from services.runtime.actors import CurrentActor

_LAST = 2**63 - 1
_NO_UNIT = NOT_FOUND.problem(
    "Không có đơn vị đang hoạt động với mã này, nên không có chủ đề để phát lại.",
    "No unit of that code is in force, so there is no topic to write to.",
)
_NOTHING = MALFORMED.problem(
    "Không có số nào trong khoảng này; dòng sự kiện có số từ 1, và đầu khoảng phải trước cuối khoảng.",
    "No number lies in this range: a feed is numbered from 1, and the range must begin before it ends.",
)
_RUNS = WRONG_STATE.problem(
    "Dòng sự kiện này đang được phát lại; xem GET /feeds/<đơn vị>/replays và chờ xong.",
    "This feed is being written again: look at GET /feeds/<unit>/replays and wait for its end.",
)
_INTEGRITY = FORBIDDEN.problem(
    "Dòng sự kiện của đơn vị liêm chính do cán bộ liêm chính xử lý; nhờ người có vai trò integrity_officer.",
    "The feed of an integrity unit is an integrity officer's: ask one who has the role integrity_officer.",
)


class Asking(BaseModel):
    """From and to a number, or from and to a time; without an end, to the last number of now."""

    model_config = ConfigDict(extra="forbid")

    from_number: int | None = Field(default=None, ge=1, le=_LAST)
    from_time: AwareDatetime | None = None
    to_number: int | None = Field(default=None, ge=1, le=_LAST)
    to_time: AwareDatetime | None = None
    rate: int = Field(default=100, ge=1, le=2_000)
    reason: str = Field(min_length=3, max_length=500)


class ReplayRow(BaseModel):
    """One replay; `next_number` is the one that comes next."""

    id: UUID
    unit: str
    from_number: int
    to_number: int
    next_number: int
    rate: int
    asked_by: str
    reason: str
    asked_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, found: Replay) -> Self:
        """The row of a replay."""
        return cls(
            id=found.id,
            unit=found.unit,
            from_number=found.from_number,
            to_number=found.to_number,
            next_number=found.next_number,
            rate=found.rate,
            asked_by=str(found.actor.get("person", "")),
            reason=found.reason,
            asked_at=found.asked_at,
            finished_at=found.finished_at,
        )


class Replays(BaseModel):
    """The latest replays of one feed, newest first."""

    replays: list[ReplayRow]


def router() -> APIRouter:
    """The two doors."""
    found = APIRouter(prefix="/feeds", tags=["feeds"])

    @found.get("/{unit}/replays")
    async def listed(unit: str, actor: CurrentActor, parts: CurrentDoors) -> Replays:
        """What of a feed is and was written again."""
        _allow(parts, actor, unit)
        async with parts.units.begin() as uow:
            return Replays(replays=[ReplayRow.of(one) for one in await replays.of_unit(uow.raw, unit)])

    @found.post("/{unit}/replays", status_code=202)
    async def replay(unit: str, asking: Asking, actor: CurrentActor, parts: CurrentDoors) -> ReplayRow:
        """Write a part of a feed to `to.<unit>` again, under its numbers, as the unit may see it now."""
        _allow(parts, actor, unit)
        who = {"person": actor.person, "unit": actor.unit, "roles": sorted(actor.roles)}
        async with parts.units.begin() as uow:
            first, last = await _range(uow, unit, asking)
            wanted = Wanted(
                unit=unit, from_number=first, to_number=last, rate=asking.rate, reason=asking.reason, actor=who
            )
            made = await replays.ask(uow.raw, wanted, uow.context.clock())
        if made is None:
            raise Refused(_RUNS)
        structlog.get_logger().info("feed_replay_asked", unit=unit, replay=str(made.id))
        return ReplayRow.of(made)

    return found


def _allow(parts: Doors, actor: Actor, unit: str) -> None:
    parts.allow(actor, "directory.admin")
    today = vietnam_date(parts.units.context.clock())
    if unit in parts.book.integrity_units_at(today) and Role.INTEGRITY_OFFICER not in actor.roles:
        raise Refused(_INTEGRITY)
    if not parts.book.has_unit(unit, today):
        raise Refused(_NO_UNIT, "unit")


async def _range(uow: UnitOfWork, unit: str, asking: Asking) -> tuple[int, int]:
    """First and last number; raises Refused where there is none."""
    last = await replays.last_number(uow.raw, unit)
    first = asking.from_number or await _number(uow, unit, asking.from_time) or 1
    end = asking.to_number or await _before(uow, unit, asking.to_time) or last
    if not 1 <= first <= min(end, last):
        raise Refused(_NOTHING, "from_number")
    return first, min(end, last)


async def _number(uow: UnitOfWork, unit: str, at: datetime | None) -> int | None:
    """The first number given at or after a time, one beyond the last where there is none."""
    if at is None:
        return None
    return await replays.number_at(uow.raw, unit, at) or _LAST


async def _before(uow: UnitOfWork, unit: str, at: datetime | None) -> int | None:
    """The last number given before a time."""
    if at is None:
        return None
    found = await replays.number_at(uow.raw, unit, at)
    return None if found is None else max(found - 1, 0) or -1
