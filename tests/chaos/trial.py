"""One run: a bus of its own, clients, faults, healing, and the verdict."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

import asyncpg
import httpx2

from bench.living import Living
from bus_settled import Settled
from chaos import judge, planted
from chaos.blows import Blows
from chaos.history import History
from chaos.load import PATIENCE_SECONDS, Load
from chaos.samples import READERS, Samples
from chaos.schedule import schedule
from chaos.topics import Line, dump
from cli.demo.running import ready
from cli.demo.stage import Stage, enrol, staged
from infra.stack.usage import look, running
from schemas.topics import AGGREGATES, Topics

RECOVERY_SECONDS = 15.0
_MEGABYTE = 1_000_000
_CONNECTIONS = "select usename, count(*) from pg_stat_activity where usename is not null group by usename"

Tell = Callable[[str], object]


@dataclass(slots=True)
class Outcome:
    """What came of one run. `recovered` is how long after the last fault everything was read and sent, in seconds."""

    seed: int
    dealt: list[str]
    history: Mapping[str, Mapping[str, int]]
    records: int
    delivered: int
    recovered: float
    faults: list[str] = field(default_factory=list)

    @property
    def acts(self) -> int:
        """How many things clients asked for."""
        return sum(sum(row.values()) for row in self.history.values())

    @property
    def unknown(self) -> int:
        """How many of them were never answered."""
        return sum(row["unknown"] for row in self.history.values())

    def line(self) -> str:
        """For people."""
        told = "no invariant broken" if not self.faults else f"{len(self.faults)} FAULTS: {'; '.join(self.faults[:5])}"
        return (
            f"seed {self.seed}: {len(self.dealt)} blows, {self.acts} acts ({self.unknown} never answered), "
            f"{self.records} records, "
            f"{self.delivered} delivered, recovered in {self.recovered:.1f} s; {told}"
        )


@dataclass(slots=True)
class Trial:
    """A run to be."""

    bus: Living
    seed: int
    seconds: float
    tell: Tell

    async def run(self) -> Outcome:
        """Raises what keeps the run from being judged: a bus that does not start, or does not settle."""
        async with self.bus.up() as took:
            self.tell(f"seed {self.seed}: the bus is up after {took:.1f} s")
            async with staged(self.bus.home, self.bus.urls) as stage:
                await ready(stage.client, self.bus.urls)
                await enrol(stage)
                return await self._under_fire(stage)

    async def _under_fire(self, stage: Stage) -> Outcome:
        random, stop = Random(self.seed), asyncio.Event()
        bad = planted.bad_records(random)
        blows, samples = Blows(self.bus, self.tell), Samples(self.bus)
        before = await self._resources()
        async with httpx2.AsyncClient(trust_env=False, timeout=PATIENCE_SECONDS) as client:
            load = Load(stage, client, Random(random.random()), stop)
            working = asyncio.gather(load.run(), samples.run(stop))
            await self._faults(blows, random)
            await blows.heal()
            middle = await self._log()
            await asyncio.to_thread(planted.plant, self.bus, bad)
            stop.set()
            healed = time.monotonic()
            await working
            await ready(stage.client, self.bus.urls)
            await Settled(self.bus).wait()
            recovered = time.monotonic() - healed
        return await self._judged(load.history, (before, middle, recovered), blows, samples, planted.keys(bad))

    async def _faults(self, blows: Blows, random: Random) -> None:
        began = time.monotonic()
        for fault in schedule(random, self.seconds):
            await asyncio.sleep(max(0.0, began + fault.at - time.monotonic()))
            await blows.deal(fault)

    async def _log(self) -> list[Line]:
        topics = [Topics().of_aggregate(name) for name in AGGREGATES]
        return await asyncio.to_thread(dump, self.bus, topics)

    async def _judged(
        self,
        history: History,
        known: tuple[Mapping[str, int], list[Line], float],
        blows: Blows,
        samples: Samples,
        bad: set[str],
    ) -> Outcome:
        before, middle, recovered = known
        log, units = await self._log(), await asyncio.to_thread(dump, self.bus, await self._unit_topics())
        connection = await self.bus.superuser()
        try:
            await samples.look()
            faults = [
                *await judge.acknowledged(connection, history),
                *await judge.signals(connection, history),
                *judge.in_order(log, bad),
                *await judge.applied(connection, log, bad, READERS),
                *judge.unchanged(middle, log),
                *[f"I5: {fault}" for fault in samples.faults],
                *judge.sent(log, units, bad),
                *await judge.numbered(connection),
                *judge.resources(before, await self._resources()),
            ]
        finally:
            await connection.close()
        if recovered > RECOVERY_SECONDS:
            faults.append(f"I8: recovered after {recovered:.1f} s, more than {RECOVERY_SECONDS:.0f}")
        dealt = [str(fault) for fault in blows.dealt]
        return Outcome(self.seed, dealt, history.counts(), len(log), len(units), round(recovered, 1), faults)

    async def _unit_topics(self) -> list[str]:
        connection = await self.bus.superuser()
        try:
            rows = await connection.fetch("select distinct unit from notifications.feed")
        finally:
            await connection.close()
        return [Topics().to_unit(row["unit"]) for row in rows]

    async def _resources(self) -> Mapping[str, int]:
        """Memory of each process in megabytes, and the connections of each role."""
        families = look(running(self.bus.home)).families
        memory = {name: sum(one.memory for one in family.values()) // _MEGABYTE for name, family in families.items()}
        connection: asyncpg.Connection = await self.bus.superuser()
        try:
            rows = await connection.fetch(_CONNECTIONS)
        finally:
            await connection.close()
        return {f"memory of {name}": size for name, size in memory.items() if name not in {"postgres", "kafka"}} | {
            f"connections of {row['usename']}": row["count"] for row in rows if row["usename"] != "postgres"
        }
