"""The scripted officers: they see cases on their unit's feed, claim them, race for them, and close some."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cli.demo.cast import Cast
from cli.demo.feed import Feed
from cli.demo.ledger import Ledger
from cli.demo.machine import Machine
from cli.demo.person import RefusedError
from cli.demo.story import StoryTip

SEE_SECONDS = 120.0
CLAIM_LOST = "urn:phoihop:problem:claim-lost"


@dataclass(frozen=True, slots=True)
class Order:
    """One command of one unit about one case, under the key that makes it done once."""

    unit: str
    verb: str
    case: str
    body: Mapping[str, Any]
    key: str


class Officers:
    """Acts for every unit. A unit with a system of its own sends its commands on Kafka, the others over HTTP."""

    def __init__(self, cast: Cast, feeds: Mapping[str, Feed], machines: Mapping[str, Machine], ledger: Ledger) -> None:
        self._cast = cast
        self._feeds = feeds
        self._machines = machines
        self._ledger = ledger

    async def see(self, tip: StoryTip, unit: str) -> str:
        """Wait until the unit's feed shows the case of this tip; returns the case's id. Raises TimeoutError."""
        try:
            return await self._feeds[unit].case_of(self._ledger.tips[tip.key], SEE_SECONDS)
        except TimeoutError:
            message = f"{unit} was not shown the case of {tip.key} within {SEE_SECONDS:.0f} s"
            raise TimeoutError(message) from None

    async def take(self, tip: StoryTip, key: Callable[[str], str], now: datetime) -> None:
        """Claim the case of this tip, alone or in a race, as the story says."""
        cases = await asyncio.gather(*(self.see(tip, unit) for unit in tip.claimants))
        orders = [
            Order(unit, "claim", case, {}, key(f"{tip.key}-{unit}-claim"))
            for unit, case in zip(tip.claimants, cases, strict=True)
        ]
        if len(orders) == 1:
            await self._carry_out(orders[0], now)
        else:
            self._ledger.races[tip.key] = await self._race(tip, orders)
        self._ledger.claimed += 1

    async def close(self, tip: StoryTip, key: Callable[[str], str], now: datetime) -> None:
        """Close the case of this tip with the outcome that the story tells."""
        told = tip.row["close"]
        case = await self.see(tip, told["unit"])
        document = {"number": told["number"], "dated": told["dated"], "signer": "Người có thẩm quyền (hư cấu)"}
        body = {"outcome": told["outcome"], "note": told["note"], "document": document}
        await self._carry_out(Order(told["unit"], "close", case, body, key(f"{tip.key}-close")), now)

    async def _race(self, tip: StoryTip, orders: Sequence[Order]) -> str:
        """All claim at once, over HTTP for the answers; returns who won. Raises ValueError unless exactly one did."""
        won = await asyncio.gather(*(self._won(order) for order in orders))
        if won.count(True) != 1:
            message = f"{tip.key}: {won.count(True)} of {len(won)} claims won, exactly one should"
            raise ValueError(message)
        return orders[won.index(True)].unit

    async def _won(self, order: Order) -> bool:
        try:
            await self._by_hand(order)
        except RefusedError as refusal:
            if refusal.problem.get("type") != CLAIM_LOST:
                raise
            return False
        return True

    async def _carry_out(self, order: Order, now: datetime) -> None:
        machine = self._machines.get(order.unit)
        if machine is None:
            await self._by_hand(order)
        else:
            officer = {"case_id": order.case, "officer": "Cán bộ thụ lý (hư cấu)"}
            await machine.send(f"case.{order.verb}", order.key, {**order.body, **officer}, now)

    async def _by_hand(self, order: Order) -> None:
        officer = self._cast.officer(order.unit)
        await officer.write("cases", f"/cases/{order.case}/{order.verb}", order.body, order.key)
