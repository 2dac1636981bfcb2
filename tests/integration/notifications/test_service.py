"""The service as its composition root builds it, on the real Kafka and PostgreSQL, with the units' own credentials."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bus.identity import system_clock, uuid7
from feed_builders import (
    CO,
    COORDINATOR,
    DESK,
    FULL,
    INTEGRITY,
    LEAD,
    claimed,
    fact,
    forwarded,
    held,
    opened,
    proposed,
    received,
)
from feed_service import SECONDS, Running
from infra.stack.desired import DesiredState
from infra.stack.testing import TestDatabase
from schemas.events import CaseClaimed, CommandAccepted, SignalDetected
from schemas.topics import Topics
from services.directory.signing import Signer
from services.notifications.__main__ import build
from services.runtime.actors import Actors
from services.runtime.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]


@pytest.fixture
def units() -> Sequence[str]:
    return (LEAD, CO, COORDINATOR, DESK, INTEGRITY)


@pytest.fixture
async def running(
    database: TestDatabase, principals: DesiredState, topics: Topics, tmp_path: Path
) -> AsyncIterator[Running]:
    info = database.info
    told = json.loads(info.model_dump_json())
    place = told["postgres"] | {"database": database.name}
    (tmp_path / "stack.json").write_text(json.dumps(told | {"postgres": place}))
    (tmp_path / "secrets").symlink_to(info.secrets)
    nowhere = dict.fromkeys(("directory", "notifications"), "http://127.0.0.1:9")
    (tmp_path / "services.json").write_text(json.dumps(nowhere))
    signer = Signer.load(info.secrets / "actor-signing.json")
    stop = asyncio.Event()
    async with AsyncExitStack() as closers:
        service = await build(Settings(home=tmp_path, topic_prefix=topics.prefix), closers)
        assert service.app
        service.app.state.actors = Actors(signer, system_clock)
        tasks = [asyncio.ensure_future(run(stop)) for run in (*service.consumers, *service.relays)]
        yield Running(service.app, signer, topics, database)
        service.health.stopping.set()
        stop.set()
        await asyncio.gather(*tasks)
    connection = await database.connect("postgres")
    tables = "feed, feed_counter, case_counter, denial, case_origin, feed_copy, tip_state"
    tables += ", feed_replay, outbox_cursor, parked_event, parked_key"
    await connection.execute("set search_path = notifications")
    await connection.execute(f"truncate {tables}")
    await connection.close()


async def test_units_read_their_feeds_with_their_own_credentials_and_by_http(running: Running) -> None:
    case, tip = uuid7(), uuid7()
    await running.say(
        received(tip),
        forwarded(tip),
        fact(SignalDetected, uuid7(), {LEAD: FULL}),
        fact(CommandAccepted, uuid7(), {LEAD: FULL}),
        proposed(case, tip),
        claimed(case),
    )

    by_topic, by_http = await running.topic(LEAD, 5), await running.pulled(LEAD, 5)

    assert [int(event["feednumber"]) for event in by_topic] == [1, 2, 3, 4, 5]
    assert [(event["id"], event["feednumber"]) for event in by_http] == [
        (event["id"], int(event["feednumber"])) for event in by_topic
    ]
    assert [event["data"] for event in by_http] == [event["data"] for event in by_topic]
    numbers = [event["casenumber"] for event in by_topic if event["subject"] == str(case)]
    assert numbers == ["1", "2"]
    assert {event["key"] for event in by_topic} == {event["subject"] for event in by_topic}
    assert {event["type"].split(".")[2] for event in await running.topic(DESK, 2)} == {"tip"}


async def test_a_waiting_reader_is_answered_as_soon_as_something_comes(running: Running) -> None:
    async with running.http(LEAD) as client:
        waiting = asyncio.create_task(client.get(f"/feeds/{LEAD}/events", params={"wait": 25}, timeout=40))
        await running.say(fact(CaseClaimed, uuid7(), {LEAD: FULL}))
        answer = await asyncio.wait_for(waiting, 24)

    assert [event["feednumber"] for event in answer.json()["events"]] == [1]
    assert answer.json()["next"] == 1


async def test_an_empty_feed_answers_after_the_wait_and_at_once_when_the_service_stops(running: Running) -> None:
    async with running.http(LEAD) as client:
        short = await client.get(f"/feeds/{LEAD}/events", params={"after": 7, "wait": 0.3})
        waiting = asyncio.create_task(client.get(f"/feeds/{LEAD}/events", params={"wait": 25}, timeout=40))
        running.app.state.health.stopping.set()
        stopped = await asyncio.wait_for(waiting, 10)

    assert short.json() == {"events": [], "next": 7}
    assert stopped.json() == {"events": [], "next": 0}


async def test_a_feed_is_read_by_its_own_unit_alone(running: Running) -> None:
    async with running.http(CO) as client:
        foreign, unknown = await client.get(f"/feeds/{LEAD}/events"), await client.get("/feeds/nobody/events")
    async with running.http(LEAD, "directory_admin") as client:
        unfit = await client.get(f"/feeds/{LEAD}/events")
    async with running.http(INTEGRITY, "officer") as client:
        officer = await client.get(f"/feeds/{INTEGRITY}/events")
    async with running.http(LEAD) as client:
        nameless = await client.get(f"/feeds/{LEAD}/events", headers={"Authorization": ""})

    statuses = [answer.status_code for answer in (foreign, unknown, unfit, officer, nameless)]
    assert statuses == [403, 403, 403, 403, 401]
    assert foreign.json()["type"] == unknown.json()["type"] == "urn:phoihop:problem:forbidden"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "-1"),
        ("after", "9223372036854775808"),
        ("limit", "0"),
        ("limit", "501"),
        ("wait", "26"),
        ("after", "x"),
    ],
)
async def test_a_bad_parameter_is_named(running: Running, name: str, value: str) -> None:
    async with running.http(LEAD) as client:
        answer = await client.get(f"/feeds/{LEAD}/events", params={name: value})

    assert answer.status_code == 422
    assert name in json.dumps(answer.json()["errors"])


async def test_nothing_of_a_held_tip_leaves_for_anyone_outside(running: Running) -> None:
    tip, case, late = uuid7(), uuid7(), uuid7()
    await running.say(received(tip), forwarded(tip), proposed(case, tip))
    before = await running.topic(LEAD, 2)
    await running.say(held(tip, 3), opened(tip))
    await running.pulled(INTEGRITY, 2, "integrity_officer")
    await running.say(claimed(case), proposed(late, tip), fact(CaseClaimed, uuid7(), {LEAD: FULL}))

    pulled, topic = await running.pulled(LEAD, 4), await running.topic(LEAD, 4)

    kinds = [event["type"].split(".")[2] for event in pulled]
    assert sorted(kinds) == ["case", "feed", "feed", "feed"]
    assert [event["id"] for event in topic[:2]] == [event["id"] for event in before]
    told = json.dumps([pulled, topic[2:]])
    assert not [one for one in (tip, case, late) if str(one) in told]
    assert [int(event["feednumber"]) for event in topic] == [1, 2, 3, 4]


async def test_the_integrity_officer_is_told_of_copies_and_nobody_else_is(running: Running) -> None:
    tip = uuid7()
    await running.say(received(tip))
    await running.topic(DESK, 1)
    await running.say(held(tip, 2))
    await running.pulled(INTEGRITY, 1, "integrity_officer")
    async with running.http(INTEGRITY, "integrity_officer") as client:
        told = (await client.get(f"/integrity/copies/{tip}")).json()
        unheld = await client.get(f"/integrity/copies/{uuid7()}")
    async with running.http(DESK, "operator", "integrity_officer") as client:
        desk = [await client.get(f"/integrity/copies/{one}") for one in (tip, uuid7())]

    (copy,) = told["copies"]
    assert (copy["unit"], copy["feednumber"], copy["topic"]) == (DESK, 1, running.topics.to_unit(DESK))
    assert copy["expires_at"] > copy["written_at"]
    assert unheld.status_code == 404
    assert [(answer.status_code, answer.json()["type"]) for answer in desk] == [
        (404, "urn:phoihop:problem:not-found")
    ] * 2


async def test_what_cannot_be_handled_is_parked_and_shown_to_administrators_without_values(running: Running) -> None:
    hole, sound = fact(CaseClaimed, uuid7(), {LEAD: FULL}, sequence=3), fact(CaseClaimed, uuid7(), {LEAD: FULL})
    await running.say(hole, sound)
    assert [event["id"] for event in await running.pulled(LEAD, 1)] == [sound.envelope.id]
    async with running.http(LEAD, "directory_admin") as client, asyncio.timeout(SECONDS):
        while not (page := (await client.get("/parked")).json())["parked"]:  # noqa: ASYNC110 - it is asked by HTTP
            await asyncio.sleep(0.1)
        (row,) = page["parked"]
        one = (await client.get(f"/parked/{row['id']}")).json()
        wrong = [await client.get(f"/parked/{name}") for name in ("x", "%00", row["id"] + "A")]
        none = await client.get("/parked", params={"reason": "handler"})
        after = await client.get("/parked", params={"after": row["id"]})
    async with running.http(LEAD) as client:
        officer = await client.get("/parked")

    assert (row["key"], row["reason"]) == (None, "sequence-hole")
    assert str(hole.envelope.subject) not in json.dumps([page, one])
    assert one == row | {"headers": one["headers"], "payload_bytes": one["payload_bytes"]}
    assert hole.data.officer not in json.dumps([page, one], ensure_ascii=False)
    assert {answer.status_code for answer in wrong} <= {404, 422}
    assert (none.json()["parked"], none.json()["counts"]) == ([], {"sequence-hole": 1})
    assert after.json()["parked"] == []
    assert officer.status_code == 403


async def test_a_part_of_a_feed_is_written_to_the_unit_s_topic_again(running: Running) -> None:
    await running.say(*(fact(CaseClaimed, uuid7(), {LEAD: FULL}) for _ in range(3)))
    first = await running.topic(LEAD, 3)
    asking = {"from_number": 2, "reason": "hệ thống của đơn vị mất tệp"}

    async with running.http(DESK, "directory_admin") as admin:
        asked = await admin.post(f"/feeds/{LEAD}/replays", json=asking)
        both = await running.topic(LEAD, 5)
        listed = (await admin.get(f"/feeds/{LEAD}/replays")).json()["replays"]

    assert (asked.status_code, asked.json()["to_number"]) == (202, 3)
    assert sorted(both[3:], key=lambda one: one["feednumber"]) == sorted(first, key=lambda one: one["feednumber"])[1:]
    assert [(one["asked_by"], one["reason"]) for one in listed] == [("le.van", asking["reason"])]


async def test_a_replay_that_makes_no_sense_or_may_not_be_asked_is_refused_with_what_to_do(running: Running) -> None:
    await running.say(fact(CaseClaimed, uuid7(), {LEAD: FULL}))
    await running.pulled(LEAD, 1)
    why = {"reason": "thử"}
    async with running.http(DESK, "directory_admin") as admin, running.http(LEAD) as officer:
        answers = [
            await admin.post(f"/feeds/{LEAD}/replays", json={"from_number": 2, **why}),
            await admin.post(f"/feeds/{LEAD}/replays", json={"from_time": "2999-01-01T00:00:00Z", **why}),
            await admin.post(f"/feeds/{LEAD}/replays", json={"to_time": "2000-01-01T00:00:00Z", **why}),
            await admin.post("/feeds/khong-co/replays", json=why),
            await admin.post(f"/feeds/{LEAD}/replays", json={}),
            await admin.post(f"/feeds/{INTEGRITY}/replays", json=why),
            await admin.get(f"/feeds/{INTEGRITY}/replays"),
            await officer.post(f"/feeds/{LEAD}/replays", json=why),
        ]

    assert [answer.status_code for answer in answers] == [422, 422, 422, 404, 422, 403, 403, 403]
    assert "numbered from 1" in answers[0].json()["en"]
    assert "integrity_officer" in answers[5].json()["en"]
