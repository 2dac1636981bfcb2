"""Knocks at doors and judges what they answer: no mark of a held tip, and no difference to a record that never was."""

import asyncio
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bus_people import Proof
from walking.asking import Asking, Heard
from walking.doors import Door
from walking.lists import apart
from walking.marks import Marks
from walking.rules import Ask, Knock, Rule, rule_of

NOTICE = "vn.phoihop.tip.withdrawn.v1"
_NOTICE_SAYS = {"tip_no", "desk", "holder"}


@dataclass
class Walk:
    """One walk, with what was found wrong. `held` are the hidden records, `never` is one that there is not."""

    asking: Asking
    held: Sequence[tuple[Knock, Marks]]
    never: Knock
    told: Mapping[str, Collection[str]]
    """By tip, the units that are told of its withdrawal, and of nothing else."""
    faults: list[str] = field(default_factory=list)
    asked: int = 0

    async def everyone_everywhere(self, doors: Sequence[Door], actors: Sequence[Proof]) -> None:
        """Each actor at each door that answers at once; actors side by side, as they come in life."""
        self.faults += [f"{door}: no rule in walking/rules.py says how to walk it" for door in without_rule(doors)]
        walked = [(door, rule) for door in doors if (rule := rule_of(door)) and not rule.streams]
        await asyncio.gather(*(self._by(actor, walked) for actor in actors))

    async def to_the_first_fault(self, doors: Sequence[Door], actor: Proof) -> None:
        """One actor at one door after the other, until something was found wrong."""
        for door in doors:
            if not self.faults:
                await self.everyone_everywhere([door], [actor])

    async def _by(self, actor: Proof, doors: Sequence[tuple[Door, Rule]]) -> None:
        for door, rule in doors:
            await (self._naming if rule.names else self._nameless)(door, rule, actor)
            if door.path == "/parked":
                await self._parked(door, actor)

    async def _naming(self, door: Door, rule: Rule, actor: Proof) -> None:
        """A hidden record and one that never was are answered alike, to the byte."""
        strange = [await self._ask(door, ask, actor) for ask in rule.asks(door, self.never, actor)]
        for knock, marks in self.held:
            for ask, other in zip(rule.asks(door, knock, actor), strange, strict=True):
                heard = await self._ask(door, ask, actor)
                self.search(f"{actor.name} at {door}", heard.about(knock))
                if heard.lasting(knock) != other.lasting(self.never):
                    where = apart(heard.lasting(knock), other.lasting(self.never))
                    self.faults.append(f"{actor.name} at {door}: {marks.name} is told from what never was: {where}")

    async def _nameless(self, door: Door, rule: Rule, actor: Proof) -> None:
        knock = self.held[0][0]
        for ask in rule.asks(door, knock, actor):
            heard = await self._ask(door, ask, actor)
            text = self._feed(heard, actor) if door.path.startswith("/feeds/") else heard.raw
            self.search(f"{actor.name} at {door}", text)

    async def _parked(self, door: Door, actor: Proof) -> None:
        heard = await self._ask(door, Ask(door.path, {"limit": "500"}), actor)
        for row in json.loads(heard.body).get("parked", ()):
            shown = await self._ask(door, Ask(f"{door.path}/{row['id']}"), actor)
            acting = replace(door, method="POST")
            acted = await self._ask(acting, Ask(f"{door.path}/{row['id']}/redrive", {}, {"key": True}), actor)
            self.search(f"{actor.name} at {door}/{{parked_id}}", shown.raw + acted.raw)

    def _feed(self, heard: Heard, actor: Proof) -> bytes:
        said = json.loads(heard.body)
        rest = [event for event in said.get("events", ()) if not self.notice(event, actor.unit)]
        return json.dumps({**said, "events": rest}, ensure_ascii=False).encode()

    def notice(self, event: Mapping[str, Any], unit: str) -> bool:
        """Whether this is a notice of withdrawal that the unit may have, and says no more than such a notice may."""
        if event["type"] != NOTICE:
            return False
        return unit in self.told.get(event["subject"], ()) and set(event["data"]) == _NOTICE_SAYS

    async def _ask(self, door: Door, ask: Ask, actor: Proof) -> Heard:
        self.asked += 1
        return await self.asking.ask(door, ask, actor)

    def search(self, where: str, text: bytes) -> None:
        """Note every mark that the text contains."""
        self.faults += [f"{where}: {mark}" for _, marks in self.held for mark in marks.found_in(text)]


def without_rule(doors: Sequence[Door]) -> list[Door]:
    """The doors that nobody said how to walk."""
    return [door for door in doors if rule_of(door) is None]
