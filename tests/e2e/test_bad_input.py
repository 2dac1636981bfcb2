"""Bad input at the real doors of the running product: a clear answer, nothing parked, and what is sent next goes on."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx2
import pytest
import pytest_asyncio
from confluent_kafka import Producer

from builders import example
from bus_people import People, Proof, people_of
from bus_run import Bus
from bus_settled import Settled
from bus_topics import read_topic
from schemas.commands import SignalSubmit
from schemas.envelope import MAX_EVENT_BYTES
from schemas.problems import PROBLEMS, URN
from services.intake.receipt import check_character

pytestmark = [
    pytest.mark.integration,
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]
"""The first test waits for the bus."""
SENDER, OTHER = "customs-hq", "qltt-79"
READERS = ("gateway", "intake", "cases", "notifications", "console")
PARKED = "select count(*) from {schema}.parked_event where grp <> 'planted'"
STRUCTURED = "application/cloudevents+json"
GUESSED = "7ZZ3K9M2QX4TB8WD"
ACCEPTED, REFUSED = "vn.phoihop.command.accepted.v1", "vn.phoihop.command.refused.v1"


@dataclass
class System:
    """A unit's own system: its login on Kafka, its token for HTTP, and its topic."""

    bus: Bus
    people: People
    proof: Proof
    producer: Producer
    read: int = 0

    async def send(self, value: bytes) -> None:
        """Put these bytes on `from.<unit>` and wait until the broker has them."""
        self.producer.produce(f"from.{SENDER}", value, headers=[("content-type", STRUCTURED)])
        assert await asyncio.to_thread(self.producer.flush, 20.0) == 0

    async def post(self, value: bytes | dict[str, Any], key: str, path: str = "/signals") -> httpx2.Response:
        """One write at intake's door."""
        headers = {"Authorization": f"Bearer {self.proof.token}", "Idempotency-Key": key}
        content = value if isinstance(value, bytes) else json.dumps(value).encode()
        url = f"{self.bus.urls['intake']}{path}"
        return await self.people.client.post(
            url, content=content, headers={**headers, "Content-Type": "application/json"}
        )

    async def ask(self, value: bytes, path: str = "/tips/status") -> httpx2.Response:
        """Somebody of the public at the public door."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid4())}
        return await self.people.client.post(f"{self.bus.urls['public']}{path}", content=value, headers=headers)

    async def answers(self) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
        """Refusals and acceptances on `to.<unit>` since this was asked last, all effects having been waited for.

        Each in its order; between the gateway's refusals and intake's acceptances none is promised.
        """
        await Settled(self.bus).wait()
        found = await asyncio.to_thread(read_topic, self.bus, SENDER)
        new = [record for record in found if record.number > self.read]
        self.read = found[-1].number if found else 0
        refused, accepted = (
            [record.event()["data"] for record in new if record.headers["ce_type"] == kind]
            for kind in (REFUSED, ACCEPTED)
        )
        return refused, accepted

    async def parked(self) -> int:
        """How much every service holds back, but for what the walk plants."""
        connection = await self.bus.superuser()
        try:
            return sum([await connection.fetchval(PARKED.format(schema=schema)) for schema in READERS])
        finally:
            await connection.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def system(running_bus: Bus) -> AsyncIterator[System]:
    """The system of the sender, with nobody else of this run at the bus who compares what lists show."""
    async with people_of(running_bus) as people:
        with running_bus.alone():
            found = System(running_bus, people, await people.system(SENDER), Producer(running_bus.access.of(SENDER)))
            await found.answers()
            yield found


def a_signal() -> dict[str, Any]:
    """What a sender may say, each time something else."""
    said = example(SignalSubmit, reference=str(uuid4()), details=None)
    return said.model_dump(mode="json", exclude={"sealed", "personal", "erased", "signal_id"}, exclude_none=True)


def an_event(**changes: Any) -> dict[str, Any]:
    """A good signal as a structured event under an id of its own."""
    event = {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"/units/{SENDER}/cms",
        "type": SignalSubmit.type_name(),
        "time": "2026-11-23T07:32:00Z",
        "data": a_signal(),
    }
    return {**event, **changes}


def raw(event: Mapping[str, Any]) -> bytes:
    return json.dumps(event).encode()


def without_reference() -> dict[str, Any]:
    """A signal that lacks what every signal must have."""
    return {name: value for name, value in a_signal().items() if name != "reference"}


ON_KAFKA: Mapping[str, tuple[bytes, str, str | None, str]] = {
    "malformed JSON": (b'{"id": ', "undecodable", None, "Send valid JSON encoded as UTF-8"),
    "bytes that are no text": (b"\xff\xfe\x00\x80", "undecodable", None, "Send valid JSON encoded as UTF-8"),
    "a field left out": (raw(an_event(data=without_reference())), "malformed", "/reference", "Correct the fields"),
    "more than 64 KiB": (raw(an_event(data={"x": "y" * MAX_EVENT_BYTES})), "oversize", "/data", "by dataref"),
    "an unknown type": (
        raw(an_event(type="vn.phoihop.command.signal.delete.v1")), "unknown-type", "/type", "of the event catalogue"
    ),
    "an unknown classification": (
        raw(an_event(dataclassification="top")), "unknown-classification", "/dataclassification", "Use public, internal"
    ),
    "another unit's source": (
        raw(an_event(source=f"/units/{OTHER}/cms")), "foreign-source", "/source", f"Send with source /units/{SENDER}/"
    ),
}  # fmt: skip
"""By what is wrong: the bytes, the problem, the field it names, and words of the remedy."""


@pytest.mark.parametrize("wrong", ON_KAFKA)
async def test_on_kafka_it_is_refused_on_the_senders_feed_with_the_remedy_and_the_next_goes_on(
    system: System, wrong: str
) -> None:
    value, slug, pointer, remedy = ON_KAFKA[wrong]
    good = an_event()
    await system.send(value)
    await system.send(raw(good))

    (refused,), (accepted,) = await system.answers()
    assert (refused["problem"], refused.get("field")) == (URN + slug, pointer)
    assert remedy in refused["reason_en"]
    assert refused["reason_vi"] not in {"", refused["reason_en"]}
    assert accepted["command_id"] == good["id"]
    assert await system.parked() == 0


async def test_the_unit_whose_source_somebody_else_used_hears_nothing_of_it(system: System) -> None:
    foreign = an_event(source=f"/units/{OTHER}/cms")
    await system.send(raw(foreign))

    (refused,), _ = await system.answers()
    assert refused["command_id"] == foreign["id"]
    heard = await asyncio.to_thread(read_topic, system.bus, OTHER)
    assert [one for one in heard if foreign["id"].encode() in one.raw] == []


async def test_on_kafka_a_repeated_id_is_done_once_and_with_other_content_refused(system: System) -> None:
    first, good = an_event(), an_event()
    for event in (first, first, {**first, "data": a_signal()}, good):
        await system.send(raw(event))

    (refused,), accepted = await system.answers()
    assert [answer["command_id"] for answer in accepted] == [first["id"], good["id"]]
    assert refused["command_id"] == first["id"]
    assert (refused["problem"], refused["field"]) == (URN + "id-reused", "/id")
    assert "under a new id" in refused["reason_en"]
    assert await system.parked() == 0


BY_HTTP: Mapping[str, tuple[bytes, str, str | None, str]] = {
    "malformed JSON": (b'{"reference": ', "undecodable", None, "Send valid JSON"),
    "bytes that are no text": (b"\xff\xfe\x00\x80", "undecodable", None, "Send valid JSON"),
    "a field left out": (raw(without_reference()), "malformed", "/reference", "Correct the fields"),
    "more than 64 KiB": (raw({"x": "y" * MAX_EVENT_BYTES}), "oversize", None, "by dataref"),
    "a level of secrecy": (
        raw({**a_signal(), "secrecy": "mat"}),
        "state-secret",
        None,
        "Send only the document's number",
    ),
}


@pytest.mark.parametrize("wrong", BY_HTTP)
async def test_by_http_it_is_answered_with_a_problem_and_the_next_goes_on(system: System, wrong: str) -> None:
    value, slug, pointer, remedy = BY_HTTP[wrong]
    refused = await system.post(value, str(uuid4()))
    is_told(refused, slug, remedy)
    assert pointer is None or pointer in {error["pointer"].removeprefix("#") for error in refused.json()["errors"]}

    key = str(uuid4())
    assert (await system.post(a_signal(), key)).status_code == 200
    _, accepted = await system.answers()
    assert [answer["command_id"] for answer in accepted] == [key]
    assert await system.parked() == 0


async def test_by_http_a_repeated_key_gets_the_first_answer_and_with_other_content_a_problem(system: System) -> None:
    key, said = str(uuid4()), a_signal()
    answers = [await system.post(said, key) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    is_told(await system.post(a_signal(), key), "id-reused", "under a new id")
    after = str(uuid4())
    assert (await system.post(a_signal(), after)).status_code == 200
    _, accepted = await system.answers()
    assert [answer["command_id"] for answer in accepted] == [key, after]


async def test_a_guessed_receipt_and_a_mistyped_one_are_told_so_and_a_given_one_still_leads_to_its_tip(
    system: System,
) -> None:
    check = check_character(GUESSED)
    wrong = "0" if check != "0" else "1"
    is_told(await system.ask(raw({"receipt": GUESSED + check})), "unknown-receipt", "Check each character")
    is_told(await system.ask(raw({"receipt": GUESSED + wrong})), "malformed", "Check what you typed")
    is_told(await system.ask(b'{"receipt"'), "undecodable", "Send valid JSON")

    sent = await system.ask(raw({"content": "Kho hàng không có hóa đơn."}), "/tips")
    assert sent.status_code == 202
    status = await system.ask(raw({"receipt": sent.json()["receipt"]}))
    assert status.json()["status"] == "received"


def is_told(answer: httpx2.Response, slug: str, remedy: str) -> None:
    """A problem document of this type, with what to do about it in both languages."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    told = answer.json()
    assert (told["type"], told["status"], answer.status_code) == (URN + slug, PROBLEMS[slug].status, told["status"])
    assert remedy in told["en"]
    assert told["vi"] not in {"", told["en"]}
