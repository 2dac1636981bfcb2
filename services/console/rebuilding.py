"""Making a projection again from the log, beside the live one, and changing to it in one transaction.

A group of its own reads the log from its beginning into tables of its own, with effects off. It goes on reading behind
the live group until somebody switches; what was live is kept, and can be brought back. Whatever is interrupted goes on
where its offsets stand: they are committed with what was written.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bus.broker import Broker
from bus.consumer import Consumer, Listening
from bus.errors import Refused
from bus.retry import Backoff, passing
from bus.uow import UnitsOfWork
from schemas.problems import NOT_FOUND, WRONG_STATE
from services.console.model.projections import PROJECTIONS, Projection
from services.console.repository import beside, rebuilds
from services.console.repository.beside import FORMER, LIVE, NEXT
from services.console.repository.rebuilds import Places, Rebuild

LOOK = 1.0
TRIES = 50
"""Looks at the two groups before a switch gives up: on a log that goes on, one stands behind the other most times."""
_UNKNOWN = NOT_FOUND.problem(
    "Không có phép chiếu này; dùng timeline hoặc search.", "There is no such projection: use timeline or search."
)
_RUNS = WRONG_STATE.problem(
    "Phép chiếu này đang được dựng lại; chờ xong rồi chuyển (phoihop projection switch).",
    "This projection is being rebuilt: wait for its end, then switch (phoihop projection switch).",
)
_NOT_BUILT = WRONG_STATE.problem(
    "Chưa có bản dựng lại nào theo kịp; xem tiến độ bằng phoihop projection status.",
    "Nothing that was rebuilt has caught up: see how far it is by phoihop projection status.",
)
_NOTHING_BEFORE = WRONG_STATE.problem(
    "Không còn bản trước để quay lại.", "Nothing of before is kept that could be brought back."
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a projection stands: its last rebuild, how much of what lay before it then is read, and both contents.

    `live` and `built` are hashes; they are None unless both groups stand at the same place of the log.
    """

    projection: str
    rebuild: Rebuild | None
    read: int = 0
    wanted: int = 0
    live: str | None = None
    built: str | None = None


class Rebuilding:
    """The rebuilds of the console.

    `listenings` are the live groups by projection, `beside_` writes to `NEXT`. `moved` is called when offsets of live
    groups were moved: their members here must look again; others find out within a minute.
    """

    def __init__(
        self,
        broker: Broker,
        units: UnitsOfWork,
        beside_: UnitsOfWork,
        listenings: Mapping[str, Listening],
        moved: Callable[[], None],
    ) -> None:
        self._broker = broker
        self._units = units
        self._beside = beside_
        self._listenings = listenings
        self._moved = moved
        self._backoff = Backoff(lambda: 0.0)

    async def ask(self, name: str, reason: str, actor: Mapping[str, Any]) -> Rebuild:
        """Begin: empty tables, and the end of the log as it is now. Raises Refused while one is at work."""
        projection, context = _known(name), self._units.context
        barrier: dict[tuple[str, int], int] = {}
        for topic in self._listenings[name].topics:
            place = await self._broker.describe(topic)
            barrier |= {(topic, part): end for part, end in place.ends.items()}
        made = Rebuild(context.new_id(), name, "building", barrier, reason, actor, context.clock(), None, {})
        async with self._units.begin() as uow:
            if not await rebuilds.ask(uow.raw, made):
                raise Refused(_RUNS)
            await beside.drop(uow.raw, projection, NEXT)
            await beside.make(uow.raw, projection)
        log.info("rebuild_asked", projection=name, rebuild=str(made.id))
        return made

    async def standing(self, name: str) -> Standing:
        """How the projection stands."""
        projection = _known(name)
        async with self._units.begin() as uow:
            found = await rebuilds.latest(uow.raw, name)
            if found is None or found.state != "building":
                return Standing(name, found)
            live, built = await self._places(uow.raw, found)
            read = sum(min(built.get(place, 0), end) for place, end in found.barrier.items())
            told = Standing(name, found, read, sum(found.barrier.values()))
            if live != built:
                return told
            hashes = [await beside.fingerprint(uow.raw, projection, schema) for schema in (LIVE, NEXT)]
        return replace(told, live=hashes[0], built=hashes[1])

    async def switch(self, name: str) -> Rebuild:
        """Read what was rebuilt from now on, and keep what was live. Raises Refused unless it has caught up."""
        _known(name)
        for _ in range(TRIES):
            if done := await self._switch(name):
                return done
            await asyncio.sleep(0.1)
        raise Refused(_NOT_BUILT)

    async def roll_back(self, name: str) -> Rebuild:
        """Read what was live before the last switch; its group goes on where it stood then."""
        projection = _known(name)
        async with self._units.begin() as uow:
            found = await rebuilds.latest(uow.raw, name)
            if found is None or found.state != "switched":
                raise Refused(_NOTHING_BEFORE)
            group = self._listenings[name].group
            await beside.drop(uow.raw, projection, NEXT)
            await beside.swap(uow.raw, projection, FORMER, NEXT)
            await beside.rename_group(uow.raw, _former(group), group)
            await rebuilds.end(uow.raw, found, "rolled_back", uow.context.clock(), found.hashes)
        self._moved()
        log.warning("projection_rolled_back", projection=name, rebuild=str(found.id))
        return found

    async def run(self, stop: asyncio.Event) -> None:
        """Work at what is asked until `stop`. What may pass is tried again; any other error is raised."""
        working: dict[str, tuple[asyncio.Event, asyncio.Task[None]]] = {}
        try:
            while not stop.is_set():
                with suppress(TimeoutError):
                    await self._look(working)
                    await asyncio.wait_for(stop.wait(), LOOK)
        finally:
            for ending, _ in working.values():
                ending.set()
            await asyncio.gather(*(task for _, task in working.values()))

    async def _look(self, working: dict[str, tuple[asyncio.Event, "asyncio.Task[None]"]]) -> None:
        try:
            async with self._units.begin() as uow:
                found = {str(one.id): one for one in await rebuilds.building(uow.raw)}
        except Exception as error:
            if not passing(error):
                raise
            log.warning("rebuilds_not_looked_at", error=type(error).__name__)
            return
        for gone in working.keys() - found.keys():
            ending, task = working.pop(gone)
            ending.set()
            await task
        for key in found.keys() - working.keys():
            ending = asyncio.Event()
            working[key] = ending, asyncio.create_task(self._consumer(found[key]).run(ending))

    def _consumer(self, rebuild: Rebuild) -> Consumer:
        live = self._listenings[rebuild.projection]
        listening = replace(live, group=f"{live.group}{rebuild.group}", replaying=True)
        return Consumer(self._broker, self._beside, listening, owner="rebuild", backoff=self._backoff)

    async def _switch(self, name: str) -> Rebuild | None:
        projection, group = PROJECTIONS[name], self._listenings[name].group
        async with self._units.begin() as uow:
            found = await rebuilds.latest(uow.raw, name)
            if found is None or found.state != "building":
                raise Refused(_NOT_BUILT)
            live, built = await self._places(uow.raw, found)
            if not _caught_up(found, live, built):
                return None
            hashes = {"built": await beside.fingerprint(uow.raw, projection, NEXT)}
            if live == built:
                hashes["live"] = await beside.fingerprint(uow.raw, projection, LIVE)
            await beside.drop(uow.raw, projection, FORMER)
            await beside.swap(uow.raw, projection, NEXT, FORMER)
            await beside.rename_group(uow.raw, group, _former(group))
            await beside.rename_group(uow.raw, f"{group}{found.group}", group)
            await rebuilds.end(uow.raw, found, "switched", uow.context.clock(), hashes)
        self._moved()
        log.warning("projection_switched", projection=name, rebuild=str(found.id))
        return replace(found, state="switched", hashes=hashes)

    async def _places(self, raw: Any, rebuild: Rebuild) -> tuple[Places, Places]:
        group = self._listenings[rebuild.projection].group
        return await rebuilds.places(raw, group), await rebuilds.places(raw, f"{group}{rebuild.group}")


def _known(name: str) -> Projection:
    if name not in PROJECTIONS:
        raise Refused(_UNKNOWN, "projection")
    return PROJECTIONS[name]


def _former(group: str) -> str:
    return f"{group}~former"


def _caught_up(rebuild: Rebuild, live: Places, built: Places) -> bool:
    """Whether nothing that lay in the log at first, and nothing that the live group has read, is still to be read."""
    wanted = {place: max(end, live.get(place, 0)) for place, end in rebuild.barrier.items()}
    return all(built.get(place, 0) >= end for place, end in wanted.items())
