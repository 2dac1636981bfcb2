"""What every door that names no record shows at a moment: lists, counts, pages, feeds, what is parked, health."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bus_people import Proof
from walking.asking import Asking
from walking.doors import Door
from walking.rules import Ask, Knock, rule_of

NOBODY = Knock("", "", "", "")
Shown = Mapping[str, bytes]
"""What was answered, by who asked what where."""


@dataclass(frozen=True, slots=True)
class Lists:
    """Looks at all of them, as each of these actors."""

    asking: Asking
    doors: Sequence[Door]
    actors: Sequence[Proof]

    async def look(self) -> Shown:
        """Everything at this moment, to be compared with another."""
        seen = await asyncio.gather(*(self._as(actor) for actor in self.actors))
        return {place: text for shown in seen for place, text in shown.items()}

    async def _as(self, actor: Proof) -> Shown:
        found: dict[str, bytes] = {}
        for door in self.doors:
            rule = rule_of(door)
            if door.method == "GET" and rule is not None and not rule.names and not rule.streams:
                for ask in rule.asks(door, NOBODY, actor):
                    heard = await self.asking.ask(door, ask, actor)
                    found[_place(actor, door, ask)] = heard.lasting(NOBODY)
        return found


def differences(before: Shown, after: Shown, *, but: str = "") -> list[str]:
    """Where something else is shown than before; `but` names doors that are left out."""
    return [
        f"{place}: {apart(before[place], after[place])}"
        for place in before
        if before[place] != after[place] and not (but and but in place)
    ]


def apart(one: bytes, other: bytes) -> str:
    """Where two texts part, with what stands around it."""
    at = next((at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), -1)
    near = slice(max(0, at - 60), at + 120)
    return f"{one[near]!r} against {other[near]!r}"


def _place(actor: Proof, door: Door, ask: Ask) -> str:
    return f"{actor.name} at {door.program} {ask.path} {dict(ask.params)}"
