"""The story that the walk begins with: tips held at the door, and tips held after all that can come of one.

A: entered by a desk, names units.  P: sent by the public, names an official.  E: received, and another tip was linked
to it.  B: forwarded, became a case, was claimed by one unit and lost by another.  C: the same, and another tip joined
its case, which goes on without it. E, B and C name the unit that leads.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx2

from bus_people import People, client_at
from bus_settled import Settled
from cli.demo.person import Person, RefusedError
from walking.lists import Shown
from walking.marks import Marks, Words, a_form
from walking.rules import Knock
from walking.streams import Stream, listening, page_streams

DESK, NAMED, PARENT, BESIDE = "vptt-389", "qltt-79", "bcd-79", "ca-79"
"""Where the operator sits; the unit that is named, which leads; what stands above it; the unit beside it."""
ABOVE, BELOW = "ca-c03", "ca-79"
"""A unit that A names too, and one below it."""
TOLD: Mapping[str, tuple[str, ...]] = {"B": (DESK, BESIDE), "C": (DESK, BESIDE), "E": (DESK,)}
"""Who had a tip that was held late, and is not of the line of the unit that it names."""
HELD = ("A", "P", "E", "B", "C")
VIEWERS = ((NAMED, "officer"), (BESIDE, "officer"), (DESK, "coordinator"), (PARENT, "coordinator"))
"""Who has the page of the case open when its tip is held."""
CLAIM_LOST = 409


@dataclass
class Tip:
    """One tip of the story, what the bus calls it, and the keys under which it was decided."""

    form: Mapping[str, Any]
    marks: Marks
    id: str = ""
    integrity: str = field(default_factory=lambda: str(uuid4()))
    case: str = field(default_factory=lambda: str(uuid4()))
    case_no: str = ""
    keys: dict[str, str] = field(default_factory=dict)
    sent: dict[str, Any] = field(default_factory=dict)
    """The decisions about it, as they were sent."""

    def knock(self, own: str, *, case: bool = True) -> Knock:
        """How doors are asked about it; without the case where that goes on to be seen."""
        return Knock(self.id, self.case if case else str(uuid4()), self.integrity, own)


@dataclass
class Story:
    """Tells the story through the doors that people use."""

    people: People
    words: Words
    settled: Settled
    tips: dict[str, Tip] = field(default_factory=dict)
    pages: list[Stream] = field(default_factory=list)
    """What open pages were sent from shortly before the hold on."""

    async def take_down(self, name: str, subject: str | None = None, **more: Any) -> Tip:
        """An operator of the desk takes the tip down."""
        form, marks = a_form(self.words, name, subject)
        said = {**form, "channel": "phone", "recording_ref": marks.words["recording"], **more}
        tip = self.tips[name] = Tip(said, marks)
        tip.keys["enter"] = str(uuid4())
        answer = await (await self.operator()).write("intake", "/desk/tips", said, tip.keys["enter"])
        tip.id = answer["tip_id"]
        marks.know(tip_id=tip.id, tip_no=answer["tip_no"])
        return tip

    async def send(self, name: str, *, names_an_official: bool = True) -> Tip:
        """Somebody of the public sends the tip, and gets a receipt that leads to its status alone."""
        form, marks = a_form(self.words, name)
        tip = self.tips[name] = Tip({**form, "names_an_official": names_an_official}, marks)
        tip.keys["receipt"] = (await self._public("/tips", tip.form))["receipt"]
        return tip

    async def status(self, tip: Tip) -> dict[str, Any]:
        """What its informant is told by the receipt."""
        return await self._public("/tips/status", {"receipt": tip.keys["receipt"]})

    async def _public(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        url, headers = self.people.bus.urls["public"], {"Idempotency-Key": str(uuid4())}
        answer = await self.people.client.post(f"{url}{path}", json=dict(body), headers=headers)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
        return found

    async def decide(self, tip: Tip, verb: str, **body: Any) -> None:
        """The desk decides."""
        key = tip.keys[verb] = str(uuid4())
        tip.sent[verb] = body
        await (await self.operator()).write("intake", f"/desk/tips/{tip.id}/{verb}", body, key)

    async def forward(self, tip: Tip) -> None:
        """Forwarded under a paper with marks, and grown into a case."""
        said = {what: self.words.word() for what in ("approver", "document", "signer")}
        document = {"number": said["document"], "dated": self.people.bus.today, "signer": said["signer"]}
        await self.decide(tip, "forward", approver=said["approver"], document=document)
        await self.settled.wait()
        tip.marks.know(**said)
        tip.case = await self.case_of(tip.id)

    async def hold(self, tip: Tip) -> None:
        """Held for naming the unit that leads."""
        reason = self.words.word()
        tip.marks.know(reason=reason)
        await self.decide(tip, "hold", named_units=[NAMED], reason=f"Nêu cán bộ: {reason}")

    async def claim(self, tip: Tip) -> None:
        """The named unit takes the case; the one beside it comes too late."""
        winner = await self.people.person(NAMED, "officer")
        loser = await self.people.person(BESIDE, "officer")
        tip.keys["claim"] = str(uuid4())
        won = await winner.write("cases", f"/cases/{tip.case}/claim", {}, tip.keys["claim"])
        tip.case_no = won["result"]["case_no"]
        try:
            await loser.write("cases", f"/cases/{tip.case}/claim", {}, str(uuid4()))
        except RefusedError as refused:
            if refused.status != CLAIM_LOST:
                raise
        await self.settled.wait()

    async def case_of(self, tip: str) -> str:
        """The case that grew from a tip, as the lead's feed tells."""
        for event in await self.feed(NAMED, "officer"):
            if str(event["data"].get("origin", {}).get("id")) == tip:
                return str(event["subject"])
        raise LookupError(f"no case of {tip} on the feed of {NAMED}")

    async def feed(self, unit: str, role: str) -> list[dict[str, Any]]:
        """The unit's whole feed, by HTTP."""
        reader, after = await self.people.person(unit, role), 0
        found: list[dict[str, Any]] = []
        while True:
            page = await reader.read("notifications", f"/feeds/{unit}/events", after=after, limit=500)
            if not page["events"]:
                return found
            found += page["events"]
            after = page["next"]

    async def learn_from_integrity(self) -> None:
        """Note every id that only the integrity officer can tell, and the case numbers that nobody is told any more."""
        officer = await self.people.person("integrity-389", "integrity_officer")
        rows = (await officer.read("intake", "/integrity/tips", limit=200))["tips"]
        by_goods = {row["facts"]["goods"][0]["description"]: row for row in rows if row["facts"]["goods"]}
        for tip in self.tips.values():
            row = by_goods.get(tip.marks.words["goods"])
            if row is not None:
                tip.id, tip.integrity = row["tip_id"], row["integrity_id"]
                tip.marks.know(tip_id=tip.id, tip_no=row["tip_no"], integrity_id=tip.integrity)

    @asynccontextmanager
    async def open_pages(self, tip: Tip) -> AsyncIterator[None]:
        """Pages of the case and lists of cases, open until each page was told that something is gone."""
        base = self.people.bus.urls["console"]
        async with client_at(base) as client:
            for unit, role in VIEWERS:
                self.pages += await page_streams(client, await self.people.proof(unit, role), tip.case)
            async with listening(client, *self.pages):
                yield
                for page in self.pages:
                    if tip.case in page.where:
                        await page.until(1, b"lost")

    async def operator(self) -> Person:
        """The operator of the desk."""
        return await self.people.person(DESK, "operator")


async def tell(story: Story, look: Callable[[], Awaitable[Shown]]) -> dict[str, Shown]:
    """The whole story; returns what `look` saw before anything was held at the door, after that, and at the end."""
    await _with_another_origin(story)
    await _received(story)
    seen = {"before": await look()}
    await story.take_down("A", named_units=[ABOVE, NAMED])
    await story.send("P")
    await story.settled.wait()
    seen["entered"] = await look()
    await _become_a_case(story)
    seen["held"] = await look()
    await story.learn_from_integrity()
    return seen


async def _with_another_origin(story: Story) -> None:
    shared = story.words.digits(10)
    tip = await story.take_down("C", shared)
    await story.forward(tip)
    await story.forward(await story.take_down("joins C", shared))
    await story.claim(tip)
    await story.hold(tip)


async def _received(story: Story) -> None:
    tip = await story.take_down("E")
    await story.take_down("own")
    linked = await story.take_down("linked to E")
    await story.decide(linked, "link", linked_to=tip.id)
    await story.settled.wait()
    await story.hold(tip)
    await story.settled.wait()


async def _become_a_case(story: Story) -> None:
    """Open pages are told that something was lost, and not what."""
    tip = await story.take_down("B")
    await story.forward(tip)
    await story.claim(tip)
    tip.marks.know(case_id=tip.case, case_no=tip.case_no)
    async with story.open_pages(tip):
        await story.hold(tip)
        await story.settled.wait()


def near(id_: str) -> str:
    """An id that was never given, of the same moment as this one: so it stands at the same place in every order."""
    return str(UUID(hex=f"{UUID(id_).hex[:12]}7{uuid4().hex[13:]}"))


def clients_at(urls: Mapping[str, str]) -> dict[str, httpx2.AsyncClient]:
    """A client for each program."""
    return {name: client_at(url) for name, url in urls.items()}
