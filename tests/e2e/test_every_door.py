"""Nothing of a held tip reaches the unit it names, its line, or anyone outside the integrity route, by any door.

The doors are taken from the very apps that run, so that a new one is walked too, or fails the walk for want of a rule.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from random import Random, SystemRandom
from uuid import uuid4

import pytest
import pytest_asyncio

from bus_people import EVERY_ROLE, Proof
from bus_run import Bus
from bus_topics import read_topic
from cli.demo.person import RefusedError
from cli.stack import units_in_force
from schemas.commands import COMMANDS
from walking import commands
from walking.doors import Door, doors_of
from walking.held import BESIDE, DESK, HELD, NAMED, PARENT, VIEWERS, near
from walking.lists import differences
from walking.mutants import MUTANTS, add_door, inside
from walking.rules import RULES, Ask, once
from walking.streams import Stream, listening
from walking.town import Town, told

pytestmark = [
    pytest.mark.integration,
    pytest.mark.e2e,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
    pytest.mark.usefixtures("nobody_else"),
]
"""The first test waits for the bus and for the story."""
_PARK = """
insert into {schema}.parked_event (grp, topic, part, record_offset, record_timestamp, msg_key, value,
  header_names, header_values, reason, error)
values ('planted', $1, 0, 1000000000, 0, $2, $3, '{{}}', '{{}}', 'handler', 'KeyError at growth.py:7')
"""
_UNPARK = "delete from {schema}.parked_event where grp = 'planted'"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(running_bus: Bus) -> AsyncIterator[Town]:
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    async with told(running_bus, Random(seed)) as found:
        yield found


async def test_lists_counts_and_pages_are_what_they_were_before_a_tip_was_held_at_the_door(town: Town) -> None:
    assert differences(town.seen["before"], town.seen["entered"]) == []


async def test_after_a_late_hold_they_are_as_if_the_tip_had_never_come(town: Town) -> None:
    """Feeds keep their numbers: what stands there is looked at by the walk."""
    assert differences(town.seen["entered"], town.seen["held"], but="/feeds/") == []


async def test_an_open_page_is_told_that_something_is_gone_and_not_what(town: Town) -> None:
    assert len(town.story.pages) == 2 * len(VIEWERS)
    walk = town.walk()
    for page in town.story.pages:
        walk.search(f"{page.actor.name} at {page.where}", bytes(page.heard))

    assert walk.faults == []


async def test_a_command_on_kafka_about_a_held_record_is_answered_like_one_about_what_never_was(town: Town) -> None:
    assert set(commands.DATA) == {command.KIND for command in COMMANDS}, "say in walking/commands.py what it may ask"
    walk = town.walk()
    knocks = [*(knock for knock, _ in walk.held), walk.never]
    sent = await commands.send(town.story, list(commands.DATA), (NAMED, DESK, BESIDE), knocks)

    for unit, role in ((NAMED, "officer"), (DESK, "operator"), (BESIDE, "officer")):
        feed = await town.story.feed(unit, role)
        answers = {one: commands.answer_to(one, feed) for one in sent if one.unit == unit}
        assert all("refused" in answer for answer in answers.values())
        for kind in {one.kind for one in answers}:
            assert len({answer for one, answer in answers.items() if one.kind == kind}) == 1, (unit, kind)


async def test_no_door_tells_an_outsider_anything(town: Town) -> None:
    walk = town.walk()
    await walk.everyone_everywhere(town.doors, town.outsiders)
    goes_on = town.story.tips["C"].case
    for unit, role in VIEWERS:
        for path in (f"/cases/{goes_on}", f"/api/cases/{goes_on}"):
            viewer = await town.people.proof(unit, role)
            heard = await town.asking.ask(Door("console", "GET", path), Ask(path), viewer)
            assert heard.status == 200
            walk.search(f"{viewer.name} at {path}", heard.raw)

    assert walk.faults == []
    assert walk.asked > len(town.doors) * len(town.outsiders)


async def test_no_word_and_no_number_of_a_held_tip_finds_anything(town: Town) -> None:
    own = town.story.tips["own"].marks.words["goods"]
    assert len(await _hits(town, await town.people.proof(DESK, "operator"), own)) == 1
    marks = [town.story.tips[name].marks for name in HELD]
    words = [word for one in marks for word in (*one.words.values(), *one.ids.values())]

    async def everything(actor: Proof) -> list[str]:
        return [f"{actor.name}: {word}" for word in words if await _hits(town, actor, word)]

    found = await asyncio.gather(*(everything(actor) for actor in town.outsiders))
    assert [one for faults in found for one in faults] == []


async def _hits(town: Town, actor: Proof, words: str) -> list[object]:
    """What an actor finds; nothing where the door refuses them."""
    door = Door("console", "GET", "/api/search")
    heard = await town.asking.ask(door, Ask(door.path, {"q": words}), actor)
    assert heard.status in {200, 401, 403}
    return list(json.loads(heard.body)["hits"]) if heard.status == 200 else []


async def test_a_page_opened_afterwards_hears_of_a_held_case_what_it_hears_of_none(town: Town) -> None:
    """What comes later is announced on the list's stream, so a stream that was silent until then had nothing to say."""
    held, never = town.story.tips["B"].case, near(town.story.tips["B"].case)
    walk = town.walk()
    for unit, role in VIEWERS:
        actor = await town.people.proof(unit, role)
        news = Stream("/cases/stream?since=0", actor)
        streams = [Stream(f"/cases/{case}/stream?since=0", actor) for case in (held, never)]
        async with listening(town.asking.clients["console"], news, *streams):
            await news.until(1, b"news")
            for count in (2, 3):
                await town.story.forward(await town.story.take_down(f"news {count} for {unit}"))
                await news.until(count, b"news")
        assert streams[0].heard == streams[1].heard
        assert streams[0].status == streams[1].status
        for stream in (news, *streams):
            walk.search(f"{actor.name} at {stream.where}", bytes(stream.heard))

    assert walk.faults == []


async def test_topics_hold_of_it_only_copies_from_before_and_the_integrity_officer_is_told_of_each(town: Town) -> None:
    walk, tips = town.walk(), town.story.tips
    found: dict[str, set[tuple[str, int]]] = {name: set() for name in HELD}
    outside = [unit for unit in units_in_force(datetime.now(UTC)) if unit != "integrity-389"]
    topics = await asyncio.gather(*(asyncio.to_thread(read_topic, town.bus, unit) for unit in outside))
    for record in (record for topic in topics for record in topic if not walk.notice(record.event(), record.unit)):
        for name in HELD:
            if tips[name].marks.found_in(record.raw):
                found[name].add((record.unit, record.number))
    officer = await town.people.person("integrity-389", "integrity_officer")
    for name in HELD:
        listed = await officer.read("notifications", f"/integrity/copies/{tips[name].id}")
        assert found[name] == {(copy["unit"], copy["feednumber"]) for copy in listed["copies"]}, name
    assert found["A"] == found["P"] == set()
    assert {unit for unit, _ in found["B"]} == {DESK, NAMED, BESIDE, PARENT}


async def test_the_integrity_officer_sees_it_by_the_doors_meant_for_it(town: Town) -> None:
    officer = await town.people.person("integrity-389", "integrity_officer", "unmask_informant")
    rows = (await officer.read("intake", "/integrity/tips", limit=200))["tips"]
    feed = await town.story.feed("integrity-389", "integrity_officer")
    for name in HELD:
        tip = town.story.tips[name]
        assert tip.id in {row["tip_id"] for row in rows}
        (opened,) = [event for event in feed if event.get("subject") == tip.integrity]
        assert opened["data"]["personal"][tip.id]["names"] == [tip.marks.words["person"]]
        for part in ("content", "informant"):
            body = {"part": part, "purpose": "xử lý tin nêu cán bộ"}
            answer = await officer.write("unmask", f"/vault/{tip.id}/open", body, str(uuid4()))
            assert answer[part] == (tip.form[part] | answer[part] if part == "informant" else tip.form[part])


async def test_a_command_sent_again_after_the_hold_tells_nothing(town: Town) -> None:
    tip, walk = town.story.tips["B"], town.walk()
    officer = await town.people.person(NAMED, "officer")
    again = [
        (await town.story.operator(), "intake", f"/desk/tips/{tip.id}/forward", tip.sent["forward"], "forward"),
        (officer, "cases", f"/cases/{tip.case}/claim", {}, "claim"),
    ]
    for person, program, path, body, key in again:
        with pytest.raises(RefusedError) as refused:
            await person.write(program, path, body, tip.keys[key])
        assert refused.value.status == 404
        walk.search(path, str(refused.value.problem).encode())

    assert walk.faults == []


async def test_a_later_tip_on_the_same_subject_begins_a_case_of_its_own(town: Town) -> None:
    walk, subject = town.walk(), town.story.tips["B"].marks.give_away("tax_code")
    later = await town.story.take_down("later", subject)
    await town.story.forward(later)

    events = [event for event in await town.story.feed(NAMED, "officer") if event.get("subject") == later.case]
    assert [event["type"] for event in events] == ["vn.phoihop.case.proposed.v1"]
    assert events[0]["casenumber"] == 1
    walk.search("the case of a later tip", str(events).encode())
    assert walk.faults == []


async def test_by_receipt_an_informant_is_told_of_a_held_tip_what_any_informant_is_told(town: Town) -> None:
    other = await town.story.send("not held", names_an_official=False)
    answers = [await town.story.status(tip) for tip in (town.story.tips["P"], other)]

    assert [{**answer, "since": ""} for answer in answers] == [{**answers[1], "since": ""}] * 2


async def test_of_a_held_tip_that_could_not_be_handled_no_administrator_is_shown_an_id(town: Town) -> None:
    """Parked as a handler's fault would leave it, at every service; taken away again afterwards."""
    tip, walk = town.story.tips["B"], town.walk()
    rows = [("phoihop.tip.v1", tip.id), ("phoihop.case.v1", tip.case), ("phoihop.intake.inbound.v1", tip.id)]
    schemas = ("gateway", "intake", "cases", "notifications", "console")
    connection = await town.bus.superuser()
    try:
        for schema in schemas:
            values = [(topic, key.encode(), tip.marks.words["person"].encode()) for topic, key in rows]
            await connection.executemany(_PARK.format(schema=schema), values)
        parked = [door for door in town.doors if door.path.startswith("/parked")]
        await walk.everyone_everywhere(parked, [await town.people.admin_proof(), *town.outsiders])
        counts = [(await town.people.admin.read(schema, "/parked"))["counts"] for schema in schemas]
    finally:
        for schema in schemas:
            await connection.execute(_UNPARK.format(schema=schema))
        await connection.close()

    assert counts == [{"handler": len(rows)}] * len(schemas)
    assert walk.faults == []


async def test_no_process_logged_anything_of_it(town: Town) -> None:
    walk, logs = town.walk(), town.bus.logs()
    for name, text in logs.items():
        walk.search(name, text)

    assert all(program.name.encode() in logs["bus.log"] for program in town.bus.programs)
    assert {"kafka.log", "postgres.log"} <= set(logs)
    assert walk.faults == []


@pytest.mark.parametrize("missing", MUTANTS)
async def test_a_walk_notices_when_a_guard_is_taken_away(
    town: Town, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    mutant = MUTANTS[missing]
    doors, walker = mutant.behind(town.doors), await town.people.proof(DESK, *EVERY_ROLE)
    async with inside(mutant.program, town.apps[mutant.program]) as asking:
        sound, broken = town.walk(asking), town.walk(asking)
        await sound.to_the_first_fault(doors, walker)
        mutant.mutate(monkeypatch)
        await broken.to_the_first_fault(doors, walker)

    assert sound.faults == []
    assert broken.faults != []


async def test_a_walk_notices_a_door_that_nobody_said_how_to_walk_or_guarded(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, tip = town.apps["public"], town.story.tips["A"]
    add_door(app, "/tips/recent", tip.marks.ids["tip_no"])
    (new,) = set(doors_of(town.apps)) - set(town.doors)
    async with inside("public", app) as asking:
        unsaid, careless = town.walk(asking), town.walk(asking)
        await unsaid.everyone_everywhere([new], town.outsiders[:1])
        monkeypatch.setitem(RULES, str(new), once())
        await careless.everyone_everywhere([new], town.outsiders[:1])

    assert unsaid.faults == ["public GET /tips/recent: no rule in walking/rules.py says how to walk it"]
    assert careless.faults == [f"{town.outsiders[0].name} at {new}: A: tip_no"]
