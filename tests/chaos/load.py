"""Clients at work while the bus is under fire: desks, officers and an agency's system, each noting what it was told."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import UUID

import httpx2

from builders import example
from chaos.history import Act, History, Outcome
from cli.demo.machine import Machine, SendFailedError
from cli.demo.person import Person, RefusedError
from cli.demo.stage import Stage
from schemas.commands import SignalSubmit
from schemas.facts import Identifier, IdentifierKind, PersonalFacts
from walking.marks import Words, a_form

DESK, LEAD, SYSTEM = "vptt-389", "qltt-79", "customs-hq"
"""Who takes tips down, who leads the cases that grow from them, and whose system sends signals."""
PATIENCE_SECONDS = 6.0
_PAUSE = 0.4
_GIVES_UP = 0.5
_MOST_TRIES = 60
_NOT_FOUND = 404


class Load:
    """Runs until `stop`, then ends what it has begun. Ids and choices come from the seed, times do not."""

    def __init__(self, stage: Stage, client: httpx2.AsyncClient, random: Random, stop: asyncio.Event) -> None:
        self.history = History()
        self._stage = stage
        self._random = random
        self._words = Words(random)
        self._stop = stop
        self._desk = Person(client, stage.urls, f"truc-ban.{DESK}", stage.password)
        self._lead = Person(client, stage.urls, f"can-bo.{LEAD}", stage.password)
        self._read = 0

    async def run(self) -> None:
        """Every client, side by side."""
        await asyncio.gather(self._tips(), self._tips(), self._claims(), self._signals())

    async def _tips(self) -> None:
        """An operator takes tips down and forwards most of them; some share a subject, and so a case."""
        shared = self._words.digits(10)
        while not await self._pause():
            subject = shared if self._random.random() < 0.3 else None
            form, _ = a_form(self._words, "chaos", subject)
            entered = await self._write(self._desk, "tip.enter", "intake", "/desk/tips", {**form, "channel": "phone"})
            if entered.outcome is Outcome.OK and self._random.random() < 0.8:
                path = f"/desk/tips/{entered.answer['tip_id']}/forward"
                await self._write(self._desk, "tip.forward", "intake", path, self._paper())

    def _paper(self) -> dict[str, Any]:
        number = f"{self._words.word()}/PC"
        document = {"number": number, "dated": datetime.now(UTC).date().isoformat(), "signer": "Giả Định"}
        return {"approver": "Phó Chánh Văn phòng (hư cấu)", "document": document}

    async def _claims(self) -> None:
        """An officer reads the unit's feed and claims each case that it is shown."""
        while not await self._pause():
            for case in await self._proposed():
                await self._write(self._lead, "case.claim", "cases", f"/cases/{case}/claim", {})

    async def _proposed(self) -> list[str]:
        params = {"after": self._read, "limit": 20, "wait": 0}
        answer = await self._lead._try("GET", "notifications", f"/feeds/{LEAD}/events", params=params)
        if answer is None or not answer.is_success:
            return []
        page = answer.json()
        self._read = page["next"]
        return [event["subject"] for event in page["events"] if event["type"].endswith("case.proposed.v1")]

    async def _signals(self) -> None:
        """A system sends signals over Kafka, and knows only whether the broker took them."""
        machine = Machine(self._stage.access, SYSTEM)
        while not await self._pause():
            act = self.history.begin("signal.submit", "intake", str(self._id()))
            act.tries = 1
            try:
                await machine.send("signal.submit", act.key, self._signal(), datetime.now(UTC))
            except SendFailedError as error:
                act.told = str(error)
            else:
                act.outcome = Outcome.OK

    def _signal(self) -> Mapping[str, Any]:
        importer = Identifier(kind=IdentifierKind.IMPORTER_ID, value=self._words.digits(10))
        order = example(SignalSubmit, reference=self._words.digits(9), details=PersonalFacts(identifiers=(importer,)))
        return order.model_dump(mode="json", exclude_none=True, exclude_defaults=True)

    async def _write(self, who: Person, kind: str, owner: str, path: str, body: Mapping[str, Any]) -> Act:
        """One write. Without an answer, half of the clients ask again under the same key and half never do."""
        act = self.history.begin(kind, owner, str(self._id()))
        patient = self._random.random() > _GIVES_UP
        while act.tries < (_MOST_TRIES if patient else 1):
            if await self._tried(who, act, path, body):
                break
            await asyncio.sleep(_PAUSE)
        return act

    async def _tried(self, who: Person, act: Act, path: str, body: Mapping[str, Any]) -> bool:
        """Whether the act has its answer."""
        act.tries += 1
        try:
            headers = {"Idempotency-Key": act.key}
            answer = await who._try("POST", act.owner, path, json=body, headers=headers)
        except RefusedError as refused:
            act.told = str(refused)
            return False
        if answer is None:
            act.told = "no answer"
            return False
        if answer.is_success:
            act.outcome, act.answer = Outcome.OK, answer.json()
            return True
        act.told = f"{answer.status_code} {answer.json().get('type', '')}"
        if answer.status_code < 500 and answer.status_code not in {401, 408, 429, _NOT_FOUND}:
            act.outcome = Outcome.FAIL
            return True
        return False

    async def _pause(self) -> bool:
        """Whether it is time to end."""
        try:
            await asyncio.wait_for(self._stop.wait(), self._random.uniform(0, 2 * _PAUSE))
        except TimeoutError:
            return False
        return True

    def _id(self) -> UUID:
        return UUID(int=self._random.getrandbits(128), version=4)
