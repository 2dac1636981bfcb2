"""Plays the story chapter by chapter: tips, then claims, then closes. What is held late is another act."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime

from cli.demo.desk import Desks
from cli.demo.ledger import Ledger
from cli.demo.officers import Officers
from cli.demo.story import StoryTip, chapters

Tell = Callable[[str], None]


class Player:
    """Runs everyone of the story. `pace` is the pause between two acts, zero to play as fast as the doors answer."""

    def __init__(self, desks: Desks, officers: Officers, ledger: Ledger, tell: Tell, pace: float) -> None:
        self._desks = desks
        self._officers = officers
        self._ledger = ledger
        self._tell = tell
        self._pace = pace

    async def play(self, story: Sequence[StoryTip], key: Callable[[str], str], clock: Callable[[], datetime]) -> None:
        """The whole story; raises RefusedError, TimeoutError or ValueError where it does not go as told."""
        for chapter in chapters(story):
            self._tell(f"scenario {chapter[0].scenario}: {len(chapter)} tips come in")
            await self._each(self._desks.take, chapter)
            await self._all_seen(chapter)
            await self._each(lambda tip: self._officers.take(tip, key, clock()), (t for t in chapter if t.claimants))
            await self._each(
                lambda tip: self._officers.close(tip, key, clock()), (t for t in chapter if "close" in t.row)
            )

    async def _all_seen(self, chapter: Iterable[StoryTip]) -> None:
        """Claims begin when every lead has been shown its cases, so that a case is whole before it is claimed."""
        forwarded = (tip for tip in chapter if tip.decision == "forward")
        await asyncio.gather(*(self._officers.see(tip, self._ledger.leads[tip.key]) for tip in forwarded))

    async def _each(self, act: Callable[[StoryTip], Awaitable[None]], tips: Iterable[StoryTip]) -> None:
        for tip in tips:
            await act(tip)
            if self._pace:
                await asyncio.sleep(self._pace)
