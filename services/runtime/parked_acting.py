"""The doors at which administrators act on what is parked: redrive and discard. Each act leaves a row in the log."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from bus.discarding import Discarded
from bus.errors import BusError, Hides, NobodyReads, NotParked, NumberUnknown, OutOfOrder, Refused
from bus.parked import ParkedAt
from bus.parked_acts import Who
from bus.redriven import Redriven
from bus.redriving import Swept
from schemas.problems import FORBIDDEN, MALFORMED, NOT_FOUND, WRONG_STATE, Problem
from services import policy
from services.policy import Resource
from services.runtime.actors import CurrentActor
from services.runtime.kept import Kept
from services.runtime.parked_rows import ParkedRow, id_of, place_of

MOST = 200
"""Events tried in one request, which so ends within seconds; the answer says whether there is more."""

_PROBLEMS: Mapping[type[BusError], tuple[Problem, str]] = {
    NotParked: (
        NOT_FOUND.problem(
            "Không có sự kiện nào tạm giữ ở vị trí này (hoặc không còn nữa); xem GET /parked và GET /parked/log.",
            "Nothing is parked at this place, or not any more; see GET /parked and GET /parked/log.",
        ),
        "id",
    ),
    OutOfOrder: (
        WRONG_STATE.problem(
            "Trước sự kiện này còn sự kiện khác cùng khóa đang tạm giữ; hãy xử lý lại cả khóa (key: true), "
            "hoặc xử lý sự kiện đứng đầu trước.",
            "An earlier event of its key is parked: redrive the whole key (key: true), or act on the first one first.",
        ),
        "id",
    ),
    Hides: (
        WRONG_STATE.problem(
            "Phía sau sự kiện này còn sự kiện có thể rút lại nội dung của nó; hãy xử lý lại cả khóa (key: true).",
            "What stands behind this event may take back what it says: redrive the whole key (key: true).",
        ),
        "key",
    ),
    NobodyReads: (
        WRONG_STATE.problem(
            "Dịch vụ này không còn đọc kênh đó cho nhóm này, nên không xử lý lại được; chỉ có thể loại bỏ.",
            "This service no longer reads that topic for that group, so it cannot redrive; discarding is possible.",
        ),
        "id",
    ),
    NumberUnknown: (
        MALFORMED.problem(
            "Số thứ tự của sự kiện này đã biết, hoặc kênh không có thứ tự; hãy bỏ trường sequence.",
            "The sequence of this event is known, or its topic has none: leave sequence out.",
        ),
        "sequence",
    ),
}

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=r"^[^\x00]*$")]


class Redriving(BaseModel):
    """Whether the event goes out alone, or with all that is parked of its key."""

    model_config = ConfigDict(extra="forbid")
    key: bool = False


class Sweeping(BaseModel):
    """A sweep over everything: `began` is that of the last answer, and left out at first."""

    model_config = ConfigDict(extra="forbid")
    began: AwareDatetime | None = None
    most: Annotated[int, Field(ge=1, le=MOST)] = MOST


class Discarding(BaseModel):
    """Why the event is given up, kept for good: write no personal values. `sequence` only where it cannot be read."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    sequence: Annotated[int, Field(ge=1, lt=2**63)] | None = None


class RedriveAnswer(BaseModel):
    """What came of a redrive. `failed` stay parked; `left` wait, `next` first; with `more`, ask again for `next`."""

    applied: int
    skipped: int
    failed: list[ParkedRow]
    left: int
    next: str | None
    more: bool

    @classmethod
    def of(cls, redriven: Redriven, *, more: bool) -> Self:
        """The answer about these."""
        return cls(
            applied=redriven.applied,
            skipped=redriven.skipped,
            failed=[ParkedRow.of(one) for one in redriven.failed],
            left=redriven.left,
            next=_id(redriven.next),
            more=more,
        )


class SweepAnswer(RedriveAnswer):
    """One step of a sweep. `left` counts all that is still parked."""

    began: datetime

    @classmethod
    def after(cls, swept: Swept) -> Self:
        """The answer about this step."""
        told = RedriveAnswer.of(swept.redriven, more=swept.more)
        return cls(**dict(told), began=swept.began)


class DiscardAnswer(BaseModel):
    """What was given up: the sequences from `first` to `last`, both null where nothing was passed over.

    `left` wait in its line, `next` first.
    """

    first: int | None
    last: int | None
    left: int
    next: str | None

    @classmethod
    def of(cls, gone: Discarded) -> Self:
        """The answer about this."""
        return cls(first=gone.first, last=gone.last, left=gone.left, next=_id(gone.next))


async def _acting(actor: CurrentActor) -> Who:
    decision = policy.decide(actor, "parked.act", Resource())
    if not decision.allowed:
        raise Refused(FORBIDDEN.problem(decision.vi, decision.en))
    return Who(actor.person, actor.unit)


Acting = Annotated[Who, Depends(_acting)]


def add_doors(found: APIRouter, kept: Kept) -> None:
    """Put the doors of redrive and discard on this router."""

    @found.post("/redrive")
    async def sweep(asked: Sweeping, who: Acting) -> SweepAnswer:
        return SweepAnswer.after(await kept.redrive.sweep(who, asked.began, asked.most))

    @found.post("/{parked_id}/redrive")
    async def redrive(parked_id: str, asked: Redriving, who: Acting) -> RedriveAnswer:
        at = place_of(parked_id)
        with _told():
            if not asked.key:
                return RedriveAnswer.of(await kept.redrive.event(at, who), more=False)
            done = await kept.redrive.key(at, who, MOST)
        return RedriveAnswer.of(done, more=bool(done.left) and not done.failed)

    @found.post("/{parked_id}/discard")
    async def discard(parked_id: str, asked: Discarding, who: Acting) -> DiscardAnswer:
        at = place_of(parked_id)
        listening = kept.redrive.listening(at)
        with _told():
            gone = await kept.discard.event(at, who, asked.reason, listening=listening, sequence=asked.sequence)
        return DiscardAnswer.of(gone)


def _id(at: ParkedAt | None) -> str | None:
    return None if at is None else id_of(at)


@contextmanager
def _told() -> Iterator[None]:
    """Each refusal of the bus as a problem that names the remedy."""
    try:
        yield
    except tuple(_PROBLEMS) as error:
        problem, field = _PROBLEMS[type(error)]
        raise Refused(problem, field) from error
