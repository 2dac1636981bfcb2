"""Nothing that a person said, and no secret, stands in any log line of any process of the running bus."""

import json
from collections.abc import Iterator
from random import Random, SystemRandom
from uuid import uuid4

import pytest

from bus_people import PASSWORD, people_of
from bus_run import Bus
from bus_settled import Settled
from cli.demo.person import RefusedError
from walking.held import NAMED, Story, Tip
from walking.marks import Words

pytestmark = [
    pytest.mark.integration,
    pytest.mark.e2e,
    pytest.mark.timeout(240),
    pytest.mark.usefixtures("nobody_else"),
]
_SHORT = 12
"""A secret shorter than this is no secret that a log could give away by accident."""


def words_of(story: Story) -> Iterator[tuple[str, str]]:
    """What people said, by what it is; ids that the bus gave may stand in a log."""
    for tip in story.tips.values():
        yield from ((f"{tip.marks.name}: {what}", word) for what, word in tip.marks.words.items())
        if "receipt" in tip.keys:
            yield f"{tip.marks.name}: receipt", tip.keys["receipt"]


def secrets_of(bus: Bus) -> Iterator[tuple[str, str]]:
    """Every secret of the home by the name of its file: whole where it is one word, else each long text in it."""
    for file in sorted(path for path in bus.home.secrets.rglob("*") if path.is_file()):
        text = file.read_text("utf-8").strip()
        found = _texts(json.loads(text)) if text.startswith("{") else iter([text])
        yield from ((file.name, one) for one in found if len(one) > _SHORT * 2)


def _texts(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        # What names an algorithm, or may be published, is no secret.
        yield from (
            one for name, part in found.items() if name in {"key", "keyData", "value", "d"} for one in _texts(part)
        )
    elif isinstance(found, list):
        yield from (one for part in found for one in _texts(part))
    elif isinstance(found, str):
        yield found


async def told(story: Story) -> None:
    """Tips by every way, each a decision, a claim, a refusal and wrong requests about them."""
    desk = await story.take_down("L")
    public: Tip = await story.send("M", names_an_official=False)
    await story.send("O")
    await story.forward(desk)
    await story.claim(desk)
    await story.status(public)
    officer = await story.people.person(NAMED, "officer")
    for service, path, body in (
        ("intake", "/desk/tips", {**desk.form, "facts": {"stages": [desk.marks.words["content"]]}}),
        ("cases", f"/cases/{desk.marks.words['phone']}/claim", {}),
        ("intake", "/tips/status", {"receipt": desk.marks.words["tax_code"]}),
    ):
        with pytest.raises(RefusedError):
            await officer.write(service, path, body, str(uuid4()))
    await story.settled.wait()


async def test_no_log_line_tells_what_somebody_said_or_a_secret(running_bus: Bus) -> None:
    seed = SystemRandom().randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - the seed belongs in the output of a run that failed
    async with people_of(running_bus) as people:
        story = Story(people, Words(Random(seed)), Settled(running_bus))
        await told(story)
    logs = running_bus.logs()
    looked_for = [*words_of(story), *secrets_of(running_bus), ("password", PASSWORD)]

    assert len(looked_for) > 60
    assert {"bus.log"} < set(logs)
    assert logs["bus.log"].count(b"process_started") >= len(running_bus.programs), (
        "the log of the programs is elsewhere"
    )
    assert [(file, what) for file, text in logs.items() for what, word in looked_for if word.encode() in text] == []


async def test_every_line_of_a_program_is_an_action_in_json(running_bus: Bus) -> None:
    for line in running_bus.logs()["bus.log"].decode().splitlines():
        program, bar, said = line.partition(" | ")
        if bar and program.strip() in {one.name for one in running_bus.programs} and said.startswith("{"):
            found = json.loads(said)
            assert found["event"].replace("_", "").isalnum(), line
            assert found["level"] in {"info", "warning", "error", "critical"}, line
            assert {"timestamp", "service"} <= set(found), line
