"""The door on Kafka: commands of units' own systems about a held record, and the answers on their feeds."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cli.demo.machine import Machine
from walking.held import Story
from walking.rules import PAPER, VERBS, Knock

_NEW_EACH_TIME = re.compile(
    r'"(id|subject|time|acttime|recordedtime|feednumber|command_id|partitionkey)": ?("[^"]*"|\d+)'
)

DATA: Mapping[str, Callable[[Knock], Mapping[str, Any] | None]] = {
    # Names no record: it makes one.
    "signal.submit": lambda _: None,
    "tip.refuse": lambda knock: {"tip_id": knock.tip, **VERBS["refuse"]},
    "tip.advise": lambda knock: {"tip_id": knock.tip, **VERBS["advise"]},
    "tip.link": lambda knock: {"tip_id": knock.own, "linked_to": knock.tip},
    "tip.forward": lambda knock: {"tip_id": knock.tip, **PAPER},
    "tip.hold": lambda knock: {"tip_id": knock.tip, **VERBS["hold"]},
    "case.claim": lambda knock: {"case_id": knock.case},
    "case.close": lambda knock: {"case_id": knock.case, "outcome": "TICH_THU"},
}
"""What each command says about a record; a command without a line here fails the walk."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One command on its way: by whom, of which kind, under which id, about what."""

    unit: str
    kind: str
    id: str
    knock: Knock


async def send(story: Story, kinds: Sequence[str], units: Sequence[str], knocks: Sequence[Knock]) -> list[Sent]:
    """Every kind of command from every unit about every record; returns once all of it has had its effects."""
    sent = []
    for unit in units:
        machine = Machine(story.people.bus.access, unit)
        for kind in kinds:
            for knock in knocks:
                data = DATA[kind](knock)
                if data is not None:
                    sent.append(Sent(unit, kind, str(uuid4()), knock))
                    await machine.send(kind, sent[-1].id, data, datetime.now(UTC))
    await story.settled.wait()
    return sent


def answer_to(one: Sent, feed: Sequence[Mapping[str, Any]]) -> str:
    """The answer on the sender's feed, without what is new in every answer and without the ids that it asked about."""
    answers = [event for event in feed if event["data"].get("command_id") == one.id]
    text = json.dumps(answers, ensure_ascii=False, sort_keys=True)
    for id_ in one.knock.ids:
        text = text.replace(id_, "(asked)")
    return _NEW_EACH_TIME.sub("", text)
