"""An officer's view of the unit's feed, read by number over HTTP until asked to stop."""

import asyncio
from typing import Any

from cli.demo.person import Person

_WAIT_SECONDS = 20
_PAGE = 500


class Feed:
    """Follows one unit's feed; `case_of` waits until the case that grew from a tip has shown itself there."""

    def __init__(self, unit: str, officer: Person) -> None:
        self.unit = unit
        self._officer = officer
        self._cases: dict[str, str] = {}
        self._arrived = asyncio.Condition()

    async def follow(self) -> None:
        """Read for ever; cancel the task to stop."""
        after = 0
        while True:
            page = await self._officer.read(
                "notifications", f"/feeds/{self.unit}/events", after=after, limit=_PAGE, wait=_WAIT_SECONDS
            )
            after = page["next"]
            async with self._arrived:
                for event in page["events"]:
                    self._note(event)
                self._arrived.notify_all()

    async def case_of(self, origin: str, seconds: float) -> str:
        """The id of the case that holds this tip or signal; raises TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds), self._arrived:
            await self._arrived.wait_for(lambda: origin in self._cases)
            return self._cases[origin]

    def _note(self, event: dict[str, Any]) -> None:
        origin = event.get("data", {}).get("origin")
        if isinstance(origin, dict) and ".case." in event["type"]:
            self._cases[str(origin["id"])] = str(event["subject"])
