"""What only the integrity route may know is in no count of events, in no count of requests, and not subtractable."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter

from bus.applying import Counts
from bus.broker import Partition
from bus.consumer import Consumer
from bus.identity import system_clock, uuid7
from bus.ledger import Ledger, Tally
from bus.limits import Limits
from bus.listening import Listening
from bus.memory import MemoryBroker
from bus.relay import Relay
from bus.retry import Backoff
from bus.uow import Context, UnitsOfWork
from runtime_builders import serving
from schemas.topics import Topics
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.metrics import sources_bus
from services.runtime.metrics.meters import Meters
from services.runtime.metrics.metric import Sample

TIP, INTEGRITY = Topics().of_aggregate("tip"), Topics().of_aggregate("integrity")
HIDDEN = (INTEGRITY,)
NO_DATABASE: Any = None
NO_KEYRING: Any = None


@pytest.fixture
def consumer() -> Consumer:
    listening = Listening("notifications", (TIP, INTEGRITY))
    units = UnitsOfWork(NO_DATABASE, Context("notifications", Topics(), system_clock, uuid7, NO_KEYRING))
    return Consumer(MemoryBroker(), units, listening, owner="test", backoff=Backoff(lambda: 0.0))


async def told(source: Any) -> list[Sample]:
    return list(await source.read())


async def test_records_of_the_integrity_topic_are_in_no_count(consumer: Consumer) -> None:
    consumer._applier.counts.update({TIP: Counts(5, 4, 1, 0), INTEGRITY: Counts(3, 2, 0, 1)})
    samples = await told(sources_bus.consumer_source(consumer, Topics()))
    assert {sample.labels["topic"] for sample in samples if "topic" in sample.labels} == {TIP}
    assert all(sample.value == 0.0 for sample in samples if sample.metric.name == "phoihop_consumer_unaccounted")


async def test_records_without_an_outcome_are_told_whichever_topic_they_are_of(consumer: Consumer) -> None:
    consumer._applier.counts.update({TIP: Counts(5, 4, 1, 0), INTEGRITY: Counts(3, 1, 0, 1)})
    samples = await told(sources_bus.consumer_source(consumer, Topics()))
    assert [sample.value for sample in samples if sample.metric.name == "phoihop_consumer_unaccounted"] == [1.0]


async def test_what_the_ledger_misses_is_told_by_topic_but_for_the_integrity_topic() -> None:
    ledger = Ledger(NO_DATABASE, Limits())
    whole = Tally("cases", TIP, 0, 10, 6, 2, 2, 0, 1, 1, 0)
    ledger._tallies = [
        whole,
        replace(whole, partition=1, applied=5),
        replace(whole, topic="from.customs-hq", held=0),
        replace(whole, topic="from.qltt-79", passed=12),
        replace(whole, topic=INTEGRITY, applied=1),
    ]

    samples = await told(sources_bus.ledger_source(ledger, Topics()))

    assert {sample.labels["topic"]: sample.value for sample in samples} == {TIP: 1.0, "from.*": 3.0}


async def test_the_lag_of_the_integrity_topic_is_not_told(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lag() -> dict[Partition, int]:
        return {Partition(TIP, 0): 2, Partition(INTEGRITY, 0): 1}

    monkeypatch.setattr(consumer, "lag", lag)
    samples = await told(sources_bus.lag_source(consumer, Topics()))
    assert [(sample.labels["topic"], sample.value) for sample in samples] == [(TIP, 2.0)]


async def test_what_units_send_is_told_together(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    async def lag() -> dict[Partition, int]:
        return {Partition("from.ca-79", 0): 2, Partition("from.integrity-389", 0): 1}

    monkeypatch.setattr(consumer, "lag", lag)
    (one,) = await told(sources_bus.lag_source(consumer, Topics()))
    assert (one.labels["topic"], one.value) == ("from.*", 3.0)
    consumer._applier.counts.update({"from.ca-79": Counts(5, 5, 0, 0), "from.integrity-389": Counts(3, 2, 0, 1)})
    samples = await told(sources_bus.consumer_source(consumer, Topics()))
    counted = {sample.metric.name: sample.value for sample in samples if sample.labels.get("topic") == "from.*"}
    assert list(counted.values()) == [8.0, 7.0, 0.0, 1.0]


async def test_what_a_relay_sends_to_the_integrity_route_is_in_no_count() -> None:
    relay = Relay(NO_DATABASE, MemoryBroker(), owner="test", wake=asyncio.Event())
    relay.numbers.sent = {TIP: 5, INTEGRITY: 2}
    (sent, *_) = await told(sources_bus.relay_source(relay, lambda: HIDDEN))
    assert (sent.labels, sent.value) == ({"table": "outbox"}, 5.0)


async def test_requests_to_the_doors_of_the_integrity_route_are_in_no_count() -> None:
    meters, router = Meters("a-token", Topics()), APIRouter()

    @router.get("/integrity/tips")
    async def held() -> list[str]:
        return []

    @router.get("/desk/tips")
    async def lying() -> list[str]:
        return []

    async with serving(create_app("intake", [router], health=Health(), meters=meters)) as client:
        for path in ("/integrity/tips", "/desk/tips", "/healthz", "/readyz", "/metrics"):
            await client.get(path)
    assert {route for _, route, _ in meters.http.seconds} == {"/desk/tips"}


async def test_ids_in_paths_are_in_no_label() -> None:
    meters, router = Meters("a-token", Topics()), APIRouter(prefix="/desk")

    @router.get("/tips/{tip_id}")
    async def tip(tip_id: str) -> str:
        return tip_id

    async with serving(create_app("intake", [router], health=Health(), meters=meters)) as client:
        await client.get("/desk/tips/0198f0c0-0000-7000-8000-00000000dead")
        await client.get("/nobody/0912345678")
        await client.request("PROPFIND", "/desk/tips/1")
    assert set(meters.http.seconds) == {
        ("GET", "/desk/tips/{tip_id}", 200), ("GET", "unrouted", 404), ("other", "/desk/tips/{tip_id}", 405),
    }  # fmt: skip


async def test_a_number_is_shown_to_who_bears_the_token_alone() -> None:
    meters = Meters("a-token", Topics())
    async with serving(create_app("public", [], health=Health(), meters=meters)) as client:
        right = {"Authorization": "Bearer a-token"}
        assert (await client.get("/metrics", headers=right)).status_code == 200
        unknown = _comparable(await client.get("/no-such-path"))
        for wrong in ({}, {"Authorization": "Bearer b-token"}, {"Authorization": "Basic a-token"}):
            assert _comparable(await client.get("/metrics", headers=wrong)) == unknown


def _comparable(answer: httpx2.Response) -> tuple[int, dict[str, Any], list[str]]:
    """The answer without its own id and the path that it was asked at."""
    body = {name: value for name, value in answer.json().items() if name != "instance"}
    return answer.status_code, body, sorted(name for name in answer.headers if name != "date")
