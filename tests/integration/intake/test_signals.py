"""Signals by HTTP and from the inbound topic: the same handler, seen by their sender alone."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

import pytest

from builders import NOW, PERSONAL, event, example
from bus.commands import CommandDesk
from bus.uow import UnitsOfWork
from intake_builders import PAPER, Http, Published, Taking, Tokens
from schemas.classification import Classification
from schemas.commands.signal import SignalSubmit
from schemas.commands.tip import TipForward
from schemas.envelope import Event
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.events.signal import SignalDetected
from schemas.events.tip import TipForwarded
from schemas.facts import Facts
from schemas.views import View
from services.intake.handlers.inbound import Inbound
from services.intake.office import Office

SYSTEM = '{"person": "system", "unit": "customs-hq", "roles": ["system"]}'
BODY = example(SignalSubmit).model_dump(mode="json", exclude={"sealed", "personal", "erased", "signal_id"})


@pytest.fixture
def inbound(office: Office) -> Inbound:
    return Inbound(CommandDesk(office.pepper), office)


def command(**changes: Any) -> Event[Any]:
    """A signal as the gateway hands it over, its personal part still open."""
    signal = uuid4()
    data = example(SignalSubmit, signal_id=signal, details=None, personal={signal: PERSONAL}, **changes)
    made = event(data, subject=signal, id=f"decl-{signal}", source="/units/customs-hq/adapter", sequence=None)
    return replace(made, actor=SYSTEM)


async def arrive(commands: Sequence[Event[Any]], units: UnitsOfWork, inbound: Inbound) -> None:
    """As the consumer does after the gateway: keys made and values sealed there, handled here."""
    async with units.begin() as uow:
        await uow.create_keys([command.data.signal_id for command in commands])
        sealed = await uow.seal(commands)
    async with units.begin() as uow:
        await inbound.signals(sealed, uow)


async def test_by_http_a_signal_is_numbered_sealed_and_answered(
    intake: Http, token: Tokens, published: Published
) -> None:
    key = str(uuid4())
    system = token("customs-hq", "system", person="system")
    signal = UUID((await intake.post("/signals", BODY, system, key)).json()["signal_id"])
    (detected,), (answer,) = await published(signal), await published(key)
    assert isinstance(detected.data, SignalDetected)
    assert detected.audience == {"customs-hq": View.FULL}
    assert (detected.envelope.sequence, detected.envelope.acttime) == (1, NOW)
    assert detected.data.personal[signal] == PERSONAL
    assert isinstance(answer.data, CommandAccepted)
    assert answer.data.result == {"signal_id": str(signal)}
    again = await intake.post("/signals", BODY, system, key)
    assert again.json() == {"signal_id": str(signal)}
    assert len(await published(signal)) == 1


async def test_what_only_a_door_may_set_is_not_listened_to(intake: Http, token: Tokens, published: Published) -> None:
    chosen = uuid4()
    said = {"signal_id": str(chosen), "personal": {str(chosen): {"names": ["x"]}}, "sealed": {str(chosen): "AAAA"}}
    answer = await intake.post("/signals", BODY | said, token("customs-hq", "system", person="system"))
    signal = UUID(answer.json()["signal_id"])
    assert signal != chosen
    (detected,) = await published(signal)
    assert list(detected.data.personal) == [signal]


async def test_what_the_sender_says_of_its_signal_is_passed_on(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    told = command()
    labels = {"legalbasis": "128/2020/NĐ-CP", "dataref": "https://x.invalid/1", "datarefhash": "0" * 64}
    labels |= {"corrects": "decl-earlier"}
    envelope = told.envelope.model_copy(update=labels | {"dataclassification": Classification.RESTRICTED})
    await arrive([replace(told, envelope=envelope)], units_of_work, inbound)
    (detected,) = await published(told.data.signal_id)
    assert {name: getattr(detected.envelope, name) for name in labels} == labels
    assert detected.envelope.dataclassification is Classification.RESTRICTED


async def test_many_signals_of_one_batch_become_as_many_events_and_answers(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    commands = [command(reference=f"D-{number}") for number in range(5)]
    await arrive(commands, units_of_work, inbound)
    for sent in commands:
        (detected,), (answer,) = await published(sent.data.signal_id), await published(sent.envelope.id)
        assert detected.data.reference == sent.data.reference
        assert detected.data.personal[sent.data.signal_id] == PERSONAL
        assert detected.envelope.causationid == sent.envelope.id
        assert (answer.data.about, answer.audience) == (sent.data.signal_id, {"customs-hq": View.FULL})
    async with units_of_work.begin() as uow:
        ids = [sent.data.signal_id for sent in commands]
        rows = await uow.raw.fetch("select reference from signal where id = any($1) order by reference", ids)
    assert [row["reference"] for row in rows] == ["D-0", "D-1", "D-2", "D-3", "D-4"]


async def test_one_wrong_signal_is_refused_and_the_others_of_its_batch_go_on(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    wrong, right = command(facts=Facts(stages=("khong_co",))), command()
    await arrive([wrong, right], units_of_work, inbound)
    (refused,) = await published(wrong.envelope.id)
    assert isinstance(refused.data, CommandRefused)
    assert (refused.data.problem, refused.data.field) == ("urn:phoihop:problem:unknown-code", "/facts")
    assert await published(wrong.data.signal_id or "") == []
    assert len(await published(right.data.signal_id or "")) == 1


async def test_a_signal_about_an_officer_is_refused_and_told_where_to_go(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    sent = command(facts=Facts(typology=("BK",)))
    await arrive([sent], units_of_work, inbound)
    (refused,) = await published(sent.envelope.id)
    assert (refused.data.problem, refused.data.field) == ("urn:phoihop:problem:integrity-only", "/facts/typology")
    assert await published(sent.data.signal_id) == []


async def test_a_command_that_arrives_twice_is_done_once(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    sent = command()
    async with units_of_work.begin() as uow:
        await uow.create_keys([sent.data.signal_id])
        sealed = await uow.seal([sent])
    for _ in range(2):
        async with units_of_work.begin() as uow:
            await inbound.signals(sealed, uow)
    assert len(await published(sent.data.signal_id)) == 1
    assert len(await published(sent.envelope.id)) == 1


async def test_a_unit_cannot_send_a_signal_as_another(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published
) -> None:
    sent = replace(command(), actor=SYSTEM.replace("customs-hq", "qltt-79"))
    await arrive([sent], units_of_work, inbound)
    (refused,) = await published(sent.envelope.id)
    assert refused.data.problem == "urn:phoihop:problem:forbidden"


async def test_a_desk_may_decide_from_its_own_system(
    units_of_work: UnitsOfWork, inbound: Inbound, published: Published, taken: Taking
) -> None:
    tip, sent_as = await taken(), str(uuid4())
    order = TipForward.model_validate({"tip_id": tip, **PAPER})
    made: Event[Any] = event(order, subject=tip, id=sent_as, source="/units/bcd-79/desk", sequence=None)
    async with units_of_work.begin() as uow:
        await inbound.decisions([replace(made, actor=SYSTEM.replace("customs-hq", "bcd-79"))], uow)
    assert isinstance((await published(tip))[1].data, TipForwarded)
    (answer,) = await published(sent_as)
    assert answer.data.about == tip


async def test_1835_signals_are_handled_in_seconds(units_of_work: UnitsOfWork, inbound: Inbound) -> None:
    commands = [command(reference=f"B-{number}") for number in range(1835)]
    async with units_of_work.begin() as uow:
        await uow.create_keys([sent.data.signal_id for sent in commands])
        sealed = await uow.seal(commands)
    began = perf_counter()
    for start in range(0, len(sealed), 500):
        async with units_of_work.begin() as uow:
            await inbound.signals(sealed[start : start + 500], uow)
    seconds = perf_counter() - began
    async with units_of_work.begin() as uow:
        kept = await uow.raw.fetchval("select count(*) from signal where reference like 'B-%'")
    assert kept == 1835
    assert seconds < 20
