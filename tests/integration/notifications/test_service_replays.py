"""Parts of feeds, written again by the service as its composition root builds it."""

import pytest

from bus.identity import uuid7
from feed_builders import DESK, FULL, INTEGRITY, LEAD, fact
from feed_service import Running
from schemas.events import CaseClaimed

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]


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
