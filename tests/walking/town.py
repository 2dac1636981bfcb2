"""The running bus with the story told on it, and everything that the walks share."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import Random
from uuid import uuid4

from bus_people import EVERY_ROLE, People, Proof, people_of
from bus_run import Bus
from bus_settled import Settled
from services.runtime.app import App
from walking.asking import Asking
from walking.doors import Door, apps_of, doors_of
from walking.held import ABOVE, BELOW, BESIDE, DESK, HELD, NAMED, PARENT, TOLD, Story, clients_at, near, tell
from walking.lists import Lists, Shown
from walking.marks import Words
from walking.rules import Knock
from walking.walk import Walk


@dataclass(frozen=True, slots=True)
class Town:
    """After the story was told. `apps` are the programs' apps in this process, over the same servers."""

    bus: Bus
    people: People
    asking: Asking
    apps: Mapping[str, App]
    doors: list[Door]
    outsiders: list[Proof]
    story: Story
    seen: Mapping[str, Shown]

    def walk(self, asking: Asking | None = None) -> Walk:
        """A walk about every held tip; at the running programs, or wherever `asking` goes."""
        tips, own = self.story.tips, self.story.tips["own"].id
        # The case of C goes on to be seen, for the sake of what joined it.
        held = [(tips[name].knock(own, case=name != "C"), tips[name].marks) for name in HELD]
        never = Knock(near(tips["B"].id), near(tips["B"].case), str(uuid4()), own)
        notified = {tips[name].id: units for name, units in TOLD.items()}
        return Walk(asking or self.asking, held, never, notified)


@asynccontextmanager
async def told(bus: Bus, random: Random) -> AsyncIterator[Town]:
    """The story told, with nobody else at the bus meanwhile: what lists and counts show is compared."""
    clients = clients_at(bus.urls)
    async with apps_of(bus) as apps, people_of(bus) as people:
        doors, asking, outsiders = doors_of(apps), Asking(clients), await _outsiders(people)
        story = Story(people, Words(random), Settled(bus))
        with bus.alone():
            seen = await tell(story, Lists(asking, doors, outsiders).look)
        yield Town(bus, people, asking, apps, doors, outsiders, story, seen)
    await asyncio.gather(*(client.aclose() for client in clients.values()))


async def _outsiders(people: People) -> list[Proof]:
    """The named unit and its line, desks, coordinators, systems, the public, and people who may be everything."""
    ordinary = [(NAMED, "officer"), (PARENT, "operator", "coordinator"), (ABOVE, "officer"), (BELOW, "officer")]
    desks = [(DESK, "operator"), (DESK, "coordinator"), ("bcd-01", "operator")]
    everything = [(unit, *EVERY_ROLE) for unit in (NAMED, PARENT, BESIDE, DESK, "customs-hq")]
    proofs = [await people.proof(unit, *roles) for unit, *roles in ordinary + desks + everything]
    systems = [await people.system(unit) for unit in (NAMED, DESK)]
    return [*proofs, *systems, await people.admin_proof(), await people.public_process(), Proof("public", "")]
