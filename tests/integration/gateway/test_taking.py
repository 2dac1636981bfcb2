"""What becomes of a record on a unit's topic: handed over once, answered with what is wrong, or known already."""

import json
from datetime import timedelta
from time import perf_counter
from typing import Any

import pytest

from builders import A_CASE, A_TIP, NOW, PERSONAL, example
from bus.database import Database
from bus.identity import system_clock
from bus.sealing import Keyring
from bus.uow import Context, UnitsOfWork
from gateway_builders import UNIT, binary, body, claim, sent, signals
from infra.stack.testing import TestDatabase
from schemas.commands import SignalSubmit, TipForward, TipRefuse
from schemas.commands.case import CaseClaim
from schemas.envelope import MAX_EVENT_BYTES, Event
from schemas.topics import Topics
from schemas.views import View
from services.intake.gateway.repository import forget_arrivals

pytestmark = pytest.mark.integration
URN = "urn:phoihop:problem:"
Post = Any


async def opened(database: TestDatabase, events: list[Event[Any]]) -> list[Event[Any]]:
    """The events as intake opens them, with the rights of its own role."""
    connections = Database.connect(database.url("intake"))
    keyring = Keyring.load(database.info.secrets / "master.json", system_clock)
    units = UnitsOfWork(connections, Context("intake", Topics(), system_clock, lambda: A_TIP, keyring))
    async with units.begin() as uow:
        found = await uow.unseal(events, "receive")
    await connections.close()
    return found


async def test_a_signal_is_numbered_sealed_and_handed_to_intake_as_the_units_system(
    post: Post, database: TestDatabase
) -> None:
    await post.take(sent(body()))
    (handed,) = await post.to_intake()
    assert handed.data.personal == {}
    assert handed.data.details is None
    number = handed.data.signal_id
    assert list(handed.data.sealed) == [number]
    assert (handed.envelope.id, handed.envelope.source) == ("decl-41256141", f"/units/{UNIT}/risk-engine")
    assert (handed.envelope.subject, handed.envelope.sequence, handed.envelope.time) == (str(number), None, NOW)
    assert json.loads(handed.actor) == {"person": "system", "unit": UNIT, "roles": ["system"]}
    (read,) = await opened(database, [handed])
    assert read.data.personal == {number: PERSONAL}
    assert await post.refusals() == []


async def test_binary_and_structured_say_the_same(post: Post) -> None:
    await post.take(sent(body(id="structured")), binary(id="binary", offset=1))
    one, other = await post.to_intake()
    left_out = {"signal_id", "sealed"}
    assert one.data.model_dump(exclude=left_out) == other.data.model_dump(exclude=left_out)


async def test_the_record_is_keyed_by_what_it_addresses(post: Post) -> None:
    await post.take(sent(body()), claim())
    rows = [row async for row in _keys(post)]
    (handed,) = await post.to_intake()
    assert rows == [
        ("phoihop.intake.inbound.v1", str(handed.data.signal_id)),
        ("phoihop.cases.inbound.v1", str(A_CASE)),
    ]
    (claimed,) = await post.said("phoihop.cases.inbound.v1")
    assert isinstance(claimed.data, CaseClaim)
    assert claimed.data.officer == "Lê Văn Giả Định"


async def _keys(post: Post) -> Any:
    async with post.units.begin() as uow:
        for row in await uow.raw.fetch("select topic, msg_key, aggregate_id from outbox order by id"):
            assert row["msg_key"].decode() == str(row["aggregate_id"])
            yield row["topic"], row["msg_key"].decode()


async def test_what_only_the_bus_may_say_is_not_listened_to(post: Post) -> None:
    chosen = str(A_TIP)
    data = body()["data"] | {
        "signal_id": chosen,
        "sealed": {chosen: "AAAA"},
        "personal": {chosen: {"names": ["x"]}},
        "erased": [chosen],
    }
    record = sent(body(data=data, id="d-2", sequence=7, subject=chosen, audience={"ca-79": "full"}), offset=1)
    await post.take(binary(sequence="7", correlationid="chain", causationid="cause", feednumber="3"), record)
    for handed in await post.to_intake():
        assert str(handed.data.signal_id) != chosen
        assert list(handed.data.sealed) == [handed.data.signal_id]
        assert (handed.data.personal, handed.data.erased, handed.audience) == ({}, (), {})
        inside = ("sequence", "correlationid", "causationid", "feednumber")
        assert [getattr(handed.envelope, name) for name in inside] == [None] * 4


async def test_a_repeated_id_with_the_same_content_is_skipped_without_a_word(post: Post) -> None:
    await post.take(sent(body()), sent(body(), offset=1))
    await post.take(sent(body(), offset=2))
    assert len(await post.to_intake()) == 1
    assert await post.refusals() == []


async def test_a_repeated_id_with_other_content_is_refused_and_the_first_stays(post: Post) -> None:
    other = body(example(SignalSubmit, reference="else"))
    await post.take(sent(body()), sent(other, offset=1))
    await post.take(sent(other, offset=2), sent(body(), offset=3))
    assert [handed.data.reference for handed in await post.to_intake()] == ["41256141"]
    refused = await post.refusals()
    assert [(one.data.problem, one.data.field, one.data.command_id) for one in refused] == [
        (URN + "id-reused", "/id", "decl-41256141")
    ] * 2


async def test_after_90_days_an_id_is_new_again(post: Post) -> None:
    await post.take(sent(body()))
    post.hands.now = NOW + timedelta(days=90, seconds=1)
    await post.take(sent(body(example(SignalSubmit, reference="else")), offset=1))
    await post.take(sent(body(example(SignalSubmit, reference="else")), offset=2))
    assert [handed.data.reference for handed in await post.to_intake()] == ["41256141", "else"]


async def test_ids_are_forgotten_when_they_would_be_new_again_and_not_before(post: Post) -> None:
    await post.take(sent(body()), sent(body(id="decl-2"), offset=1))
    async with post.units.begin() as uow:
        assert await forget_arrivals(uow.raw, NOW + timedelta(days=90), 10) == 0
        late = NOW + timedelta(days=90, seconds=1)
        assert [await forget_arrivals(uow.raw, late, 1) for _ in range(3)] == [1, 1, 0]


async def test_one_wrong_record_is_answered_and_the_others_of_its_batch_go_on(post: Post) -> None:
    first, *others = signals(4)
    wrong = body(id="wrong")
    del wrong["data"]["reference"]
    await post.take(first, sent(wrong, offset=9), *others)
    assert [handed.data.reference for handed in await post.to_intake()] == ["0", "1", "2", "3"]
    (refused,) = await post.refusals()
    assert refused.audience == {UNIT: View.FULL}
    assert refused.envelope.sequence == 1
    assert refused.envelope.causationid == "wrong"
    assert refused.data.problem == URN + "malformed"
    assert refused.data.field == "/reference"
    assert "data.reference" in refused.data.reason_vi
    assert "data.reference" in refused.data.reason_en
    assert (refused.data.command_source, refused.data.command_id) == (f"/units/{UNIT}/risk-engine", "wrong")


BAD: list[tuple[str, Any, str, str | None]] = [
    ("a value that is not JSON", b"{", "undecodable", None),
    ("bytes that are not UTF-8", b"\xff\xfe\x00", "undecodable", None),
    ("nothing at all", b"", "undecodable", None),
    ("a list instead of an event", b"[]", "malformed", None),
    ("no time", body(time=None), "malformed", "/time"),
    ("no data", body(data=None), "malformed", "/data"),
    ("data of another kind", body(data=["x"]), "malformed", "/data"),
    ("a fact that is no number", body(data=body()["data"] | {"facts": {"place": {"province": "x"}}}), "malformed",
     "/facts/place/province"),
    ("an id that is none", body(id="a b"), "malformed", "/id"),
    ("a type of no family", body(type="vn.phoihop.command.signal.delete.v1"), "unknown-type", "/type"),
    ("another major version", body(type="vn.phoihop.command.signal.submit.v2"), "unknown-type", "/type"),
    ("a fact instead of a command", body(type="vn.phoihop.case.claimed.v1"), "unknown-type", "/type"),
    ("an unknown classification", body(dataclassification="top"), "unknown-classification", "/dataclassification"),
    ("a state secret", body(secrecy="mat"), "state-secret", "/secrecy"),
    ("a level of secrecy that nobody knows", body(secrecy="secret"), "state-secret", "/secrecy"),
    ("a level of secrecy inside the data", body(data=body()["data"] | {"facts": {"secrecy": "toi_mat"}}),
     "state-secret", "/secrecy"),
    ("the same, escaped", json.dumps(body(data={"secrecy": "mat"})).replace("secrecy", "\\u0073ecrecy").encode(),
     "state-secret", "/secrecy"),
    ("content by reference without its hash", body(dataref="https://x.invalid/1"), "malformed", "/datarefhash"),
    ("a hash of nothing", body(datarefhash="0" * 64), "malformed", "/dataref"),
    ("content by reference that nobody passes on",
     body(example(CaseClaim), dataref="https://x.invalid/1", datarefhash="0" * 64), "malformed", "/dataref"),
    ("another unit's source", body(source="/units/qltt-79/x"), "foreign-source", "/source"),
    ("a desk's command from no desk", body(example(TipRefuse)), "not-found", "/type"),
    ("U+0000", body(data=body()["data"] | {"reason": "a\0b"}), "malformed", "/data"),
    ("more than 64 KiB", body(data={"x": "y" * MAX_EVENT_BYTES}), "oversize", "/data"),
    ("more than 64 KiB once sealed", body(data=body()["data"] | {"details": {"names": ["n" * 500] * 110}}), "oversize",
     "/data"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "problem", "field"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
async def test_bad_input_is_answered_on_the_senders_feed_and_holds_nothing_back(
    post: Post, content: Any, problem: str, field: str | None
) -> None:
    await post.take(sent(content, offset=7), sent(body(id="after"), offset=8))
    (refused,) = await post.refusals()
    assert (refused.data.problem, refused.data.field) == (URN + problem, field)
    assert refused.audience == {UNIT: View.FULL}
    assert refused.data.reason_vi != refused.data.reason_en
    assert [handed.envelope.id for handed in await post.to_intake()] == ["after"]
    assert await post.value("select count(*) from parked_event") == 0


async def test_what_names_no_id_is_answered_by_its_place(post: Post) -> None:
    await post.take(sent(b"\xff", offset=7))
    (refused,) = await post.refusals()
    assert (refused.data.command_source, refused.data.command_id) == (f"/units/{UNIT}/gateway", "offset-0-7")
    assert refused.data.command_type == "unreadable"


async def test_what_names_its_id_is_answered_under_it_even_where_the_rest_cannot_be_read(post: Post) -> None:
    await post.take(sent(body(time="yesterday")))
    (refused,) = await post.refusals()
    assert (refused.data.command_source, refused.data.command_id) == (f"/units/{UNIT}/risk-engine", "decl-41256141")
    assert refused.data.command_type == "vn.phoihop.command.signal.submit.v1"


async def test_a_foreign_source_does_not_use_up_the_other_units_id(post: Post) -> None:
    await post.take(sent(body(source="/units/qltt-79/risk-engine")))
    own = sent(body(source="/units/qltt-79/risk-engine"), topic="from.qltt-79")
    await post.take(own)
    assert len(await post.to_intake()) == 1


async def test_a_tips_personal_part_is_not_taken_where_it_cannot_be_sealed(post: Post) -> None:
    order = body(example(TipForward, details=PERSONAL), source="/units/vptt-389/so", id="with-details")
    await post.take(sent(order, topic="from.vptt-389"))
    (refused,) = await post.refusals()
    assert (refused.data.problem, refused.data.field) == (URN + "malformed", "/details")
    assert await post.to_intake() == []


async def test_a_desks_system_may_decide_about_tips(post: Post) -> None:
    await post.take(sent(body(example(TipRefuse), source="/units/vptt-389/so"), topic="from.vptt-389"))
    (handed,) = await post.to_intake()
    assert isinstance(handed.data, TipRefuse)


async def test_the_integrity_unit_sends_no_signals(post: Post) -> None:
    await post.take(sent(body(source="/units/integrity-389/x"), topic="from.integrity-389"))
    (refused,) = await post.refusals()
    assert refused.data.problem == URN + "forbidden"


async def test_no_reason_quotes_what_was_sent(post: Post) -> None:
    data = body()["data"] | {"details": {"identifiers": [{"kind": "phone", "value": {"secret": "0999 000 111"}}]}}
    await post.take(sent(body(data=data)))
    (refused,) = await post.refusals()
    assert refused.data.field == "/details/identifiers/0/value"
    assert "0999" not in refused.data.model_dump_json()


async def test_a_signal_without_details_has_a_key_too(post: Post) -> None:
    await post.take(sent(body(example(SignalSubmit, details=None))))
    (handed,) = await post.to_intake()
    assert handed.data.sealed == {}
    async with post.units.begin() as uow:
        with pytest.raises(Exception, match="dossier_key"):
            await uow.create_keys([handed.data.signal_id])


async def test_1835_signals_are_taken_in_seconds(post: Post) -> None:
    records = signals(1835)
    began = perf_counter()
    for start in range(0, len(records), 500):
        await post.take(*records[start : start + 500])
    seconds = perf_counter() - began
    assert len(await post.to_intake()) == 1835
    assert seconds < 15
