"""The scripted operators: they take tips down and decide each by the desk's commands."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from cli.demo.cast import Cast
from cli.demo.ledger import Ledger
from cli.demo.story import StoryTip

_PATHS = {"refuse": "refused", "advise": "advised", "link": "linked", "forward": "forwarded", "hold": "held"}


class Desks:
    """Enters and decides the tips of the story, each at its own desk."""

    def __init__(self, cast: Cast, ledger: Ledger, key: Callable[[str], str], today: date) -> None:
        self._cast = cast
        self._ledger = ledger
        self._key = key
        self._today = today

    async def take(self, tip: StoryTip) -> None:
        """Enter the tip and do with it what the story says, short of a hold that comes after other decisions."""
        taken = await self._send(tip, "/desk/tips", tip.form(), "enter")
        self._ledger.tips[tip.key] = str(taken["tip_id"])
        self._ledger.count("entered")
        if taken["held"] != tip.held_at_entry:
            message = f"{tip.key}: held at entry is {taken['held']}, the story says {tip.held_at_entry}"
            raise ValueError(message)
        if tip.held_at_entry:
            self._ledger.count("held")
        elif tip.decision != "hold":
            await self._decide(tip, tip.decision)

    async def hold(self, tip: StoryTip) -> None:
        """Send a tip that the desk has had for a while to the integrity route."""
        await self._decide(tip, "hold")

    async def _decide(self, tip: StoryTip, decision: str) -> None:
        body = getattr(self, f"_{decision}")(tip)
        answer = await self._send(tip, f"/desk/tips/{self._ledger.tips[tip.key]}/{decision}", body, decision)
        self._ledger.count(_PATHS[decision])
        if decision == "forward":
            self._ledger.leads[tip.key] = str(answer["result"]["lead"])

    async def _send(self, tip: StoryTip, path: str, body: Mapping[str, Any], what: str) -> dict[str, Any]:
        return await self._cast.operator(tip.desk).write("intake", path, body, self._key(f"{tip.key}-{what}"))

    def _refuse(self, tip: StoryTip) -> dict[str, Any]:
        return {name: tip.row["then"][name] for name in ("code", "reason")}

    def _advise(self, tip: StoryTip) -> dict[str, Any]:
        return {name: tip.row["then"][name] for name in ("advised_to", "note")}

    def _link(self, tip: StoryTip) -> dict[str, Any]:
        return {"linked_to": self._ledger.tips[tip.row["then"]["to"]]}

    def _forward(self, tip: StoryTip) -> dict[str, Any]:
        number = f"{tip.key[1:]}/PC-{tip.desk.upper()}"
        document = {"number": number, "dated": self._today.isoformat(), "signer": "Phó Chánh Văn phòng (hư cấu)"}
        return {"approver": "Phó Chánh Văn phòng (hư cấu)", "document": document}

    def _hold(self, tip: StoryTip) -> dict[str, Any]:
        held = tip.held_later or {}
        return {"named_units": held["named_units"], "reason": held["reason"]}
