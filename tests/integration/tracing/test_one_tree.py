"""One tip's way from a desk's POST to the handler in cases and back is one trace, on the real servers and exporter."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bus.identity import system_clock
from infra.stack.desired import DesiredState
from infra.stack.testing import TestDatabase
from intake_builders import FORM, PAPER, Http
from otlp_receiver import Got, Receiver, receiving
from runtime_builders import home_with, serving
from schemas.topics import Topics
from services.cases import __main__ as cases
from services.directory.signing import Signer
from services.intake import __main__ as intake
from services.policy import Actor
from services.runtime.actors import Actors
from services.runtime.claims import Claims
from services.runtime.settings import Settings

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("principals")]
OPERATOR = Actor("nguoi.truc", "vptt-389", frozenset({"operator"}))


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    return ("intake", "cases")


@dataclass(frozen=True)
class Traced:
    """Intake and cases at work, a desk's door, and what they tell of their work."""

    desk: Http
    token: str
    topics: Topics
    receiver: Receiver


@pytest.fixture
async def traced(
    database: TestDatabase, principals: DesiredState, topics: Topics, tmp_path: Path
) -> AsyncIterator[Traced]:
    info = database.info
    told = json.loads(info.model_dump_json())
    home_with(tmp_path, dict.fromkeys(("directory", "intake", "cases"), "http://127.0.0.1:9"))
    (tmp_path / "stack.json").write_text(
        json.dumps(told | {"postgres": told["postgres"] | {"database": database.name}})
    )
    (tmp_path / "secrets").symlink_to(info.secrets)
    signer, stop = Signer.load(info.secrets / "actor-signing.json"), asyncio.Event()
    token = signer.sign(Claims.of(OPERATOR, "Người trực", system_clock(), timedelta(minutes=5)))
    async with receiving() as receiver, AsyncExitStack() as closers:
        settings = Settings(home=tmp_path, topic_prefix=topics.prefix, traces_endpoint=receiver.url, traces_share=1.0)
        services = [await one.build(settings, closers) for one in (intake, cases)]
        tasks = [
            asyncio.ensure_future(run(stop)) for service in services for run in (*service.consumers, *service.relays)
        ]
        app = services[0].app
        assert app
        app.state.actors = Actors(signer, system_clock)
        async with serving(app) as client:
            yield Traced(Http(client), token, topics, receiver)
        stop.set()
        await asyncio.gather(*tasks)


def whole(spans: Sequence[Got], topics: Topics) -> bool:
    """Whether the last span of the tip's way has come and every span's parent with it: each service tells by itself."""
    last = [one for one in spans if one.service == "intake" and one.name == f"handle {topics.of_aggregate('case')}"]
    tree = [one for one in spans if last and one.trace == last[0].trace]
    return bool(tree) and {one.parent for one in tree} - {""} <= {one.id for one in tree}


async def test_a_tip_is_one_tree_from_the_post_to_the_handlers(traced: Traced) -> None:
    taken = await traced.desk.post("/desk/tips", FORM | {"channel": "phone"}, traced.token)
    assert taken.status_code == 202, taken.text
    tip = taken.json()["tip_id"]
    done = await traced.desk.post(f"/desk/tips/{tip}/forward", PAPER, traced.token)
    assert done.status_code == 200, done.text
    spans = await traced.receiver.until(lambda got: whole(got, traced.topics))

    (root,) = [one for one in spans if one.name == "POST /desk/tips/{tip_id}/{verb}"]
    tree = [one for one in spans if one.trace == root.trace]
    by_name = {f"{one.service}: {one.name}": one for one in tree}
    tips, cases_ = traced.topics.of_aggregate("tip"), traced.topics.of_aggregate("case")

    def below(child: str, parent: str) -> bool:
        return by_name[child].parent == by_name[parent].id

    assert [one.name for one in tree if not one.parent] == [root.name]
    assert {one.parent for one in tree} - {""} <= {one.id for one in tree}
    assert below(f"intake: outbox {tips}", f"intake: {root.name}")
    assert below(f"intake: send {tips}", f"intake: outbox {tips}")
    assert below(f"cases: handle {tips}", f"intake: outbox {tips}")
    assert below(f"cases: outbox {cases_}", f"cases: handle {tips}")
    assert below(f"intake: handle {cases_}", f"cases: outbox {cases_}")
    _tells_nobody(spans, tip, traced.token)


def _tells_nobody(spans: Sequence[Got], tip: str, token: str) -> None:
    whole = "\n".join(str(one.span) for one in spans)
    personal = [FORM["content"], *FORM["informant"].values(), *FORM["details"]["names"], "0999", PAPER["approver"]]
    for value in (*personal, tip, token, OPERATOR.person, OPERATOR.unit, "127.0.0.1"):
        assert value not in whole, value
        assert json.dumps(value)[1:-1] not in whole, value


async def test_a_held_tip_leaves_no_span_but_the_request_that_brought_it(traced: Traced) -> None:
    taken = await traced.desk.post("/desk/tips", FORM | {"channel": "phone", "named_units": ["ca-79"]}, traced.token)
    assert taken.status_code == 202, taken.text
    later = await traced.desk.post("/desk/tips", FORM | {"channel": "phone"}, traced.token)
    assert later.status_code == 202
    spans = await traced.receiver.until(lambda got: any(one.name.startswith("send ") for one in got))

    assert not [one for one in spans if "integrity" in str(one.span)]
    requests = [one for one in spans if one.name == "POST /desk/tips"]
    (held,) = [one for one in requests if not [other for other in spans if other.parent == one.id]]
    assert [one for one in spans if one.trace == held.trace] == [held]
