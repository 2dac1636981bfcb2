"""The service as its composition root builds it, on the real Kafka and PostgreSQL, with the units' own credentials."""

import asyncio
import json
from typing import Any

import pytest

from bus.identity import uuid7
from feed_builders import (
    CO,
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
from schemas.events import CaseClaimed, CommandAccepted, SignalDetected

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]
WHY = {"reason": "không còn nguồn"}


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


async def test_administrators_redrive_and_discard_and_every_act_is_kept_without_a_key(running: Running) -> None:
    case, lost = uuid7(), uuid7()
    parts = [fact(CaseClaimed, case, {LEAD: FULL}, sequence=number) for number in (1, 2, 3)]
    await running.say(parts[2], *parts[:2], fact(CaseClaimed, lost, {LEAD: FULL}, sequence=2))
    async with running.http(LEAD, "directory_admin") as client, asyncio.timeout(SECONDS):
        while len(rows := (await client.get("/parked")).json()["parked"]) < 4:  # noqa: ASYNC110 - it is asked by HTTP
            await asyncio.sleep(0.1)
        first, other = (row["id"] for row in rows if row["reason"] == "sequence-hole")
        lines = [await client.post(f"/parked/{row}/redrive", json={"key": True}) for row in (first, other)]
        done = next(one.json() for one in lines if one.json()["applied"])
        failed = next(one.json() for one in lines if one.json()["failed"])["failed"][0]
        gone = await client.post(f"/parked/{failed['id']}/discard", json={"reason": "không còn nguồn"})
        again = await client.post(f"/parked/{failed['id']}/redrive", json={})
        log = (await client.get("/parked/log")).json()
        swept = (await client.post("/parked/redrive", json={})).json()

    assert (done["applied"], done["left"], failed["attempts"]) == (3, 0, 1)
    assert [event["id"] for event in await running.pulled(LEAD, 3)] == [one.envelope.id for one in parts]
    assert gone.json() == {"first": 1, "last": 2, "left": 0, "next": None}
    assert (again.status_code, again.json()["type"]) == (404, "urn:phoihop:problem:not-found")
    outcomes = sorted((act["act"], act["outcome"]) for act in log["acts"])
    assert outcomes == [("discard", "discarded"), *[("redrive", "applied")] * 3, ("redrive", "failed")]
    assert {(act["person"], act["unit"]) for act in log["acts"]} == {("le.van", LEAD)}
    assert [act["reason"] for act in log["acts"] if act["act"] == "discard"] == ["không còn nguồn"]
    told = json.dumps([log, done, failed, gone.json()])
    assert not [one for one in (case, lost) if str(one) in told]
    assert (swept["applied"], swept["left"], swept["more"]) == (0, 0, False)


async def test_acts_on_the_parked_are_for_administrators_and_bad_ones_are_told_apart(running: Running) -> None:
    case = uuid7()
    await running.say(*(fact(CaseClaimed, case, {LEAD: FULL}, sequence=number) for number in (3, 4)))
    asks: list[tuple[str, Any]] = [("/parked/redrive", {}), ("/parked/Zg/redrive", {}), ("/parked/Zg/discard", WHY)]
    async with running.http(LEAD, "coordinator") as client:
        officer = [(await client.post(path, json=body)).status_code for path, body in asks]
        officer.append((await client.get("/parked/log")).status_code)
    async with running.http(LEAD, "directory_admin") as client, asyncio.timeout(SECONDS):
        while len(rows := (await client.get("/parked")).json()["parked"]) < 2:  # noqa: ASYNC110 - it is asked by HTTP
            await asyncio.sleep(0.1)
        first, second = (f"/parked/{row['id']}" for row in rows)
        alone = await client.post(f"{first}/redrive", json={})
        behind = [await client.post(f"{second}/redrive", json={}), await client.post(f"{second}/discard", json=WHY)]
        known = await client.post(f"{first}/discard", json=WHY | {"sequence": 3})
        bad = [await client.post(f"{first}/discard", json=body) for body in ({}, {"reason": " "}, {"reason": "\0x"})]
        bad.append(await client.post("/parked/redrive", json={"most": 0}))
        bad.append(await client.post("/parked/redrive", json={"began": "yesterday"}))
        bad.append(await client.post(f"{first}/redrive", json={"everything": True}))
        log = (await client.get("/parked/log")).json()["acts"]

    assert officer == [403, 403, 403, 403]
    assert [(one.status_code, one.json()["en"][:28]) for one in behind] == [(409, "An earlier event of its key ")] * 2
    assert (alone.status_code, alone.json()["en"].startswith("What stands behind")) == (409, True)
    assert (known.status_code, "leave sequence out" in known.json()["en"]) == (422, True)
    assert {one.status_code for one in bad} == {422}
    assert log == []
