"""A tip or signal ends: its key, its block in the vault and what lies beside it, in the transaction that says so."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from builders import NOW, event, example
from bus.database import Database
from bus.uow import UnitsOfWork
from infra.stack.testing import TestDatabase
from intake_builders import FORM, PAPER, Http, Published, Taking, Tokens
from schemas.commands import SignalSubmit
from schemas.envelope import Envelope, Event
from schemas.events import CaseClaimed, CaseClosed, CaseProposed, DossierErased
from schemas.events.case import Origin, OriginKind
from schemas.events.dossier import DossierKind
from schemas.views import View
from services.audience import carriers
from services.intake.api.doors import Doors
from services.intake.handlers.cases import case_ended, case_found_lead, origin_became_case
from services.intake.handlers.inbound import Inbound

pytestmark = pytest.mark.integration

BASIS = {"basis": "Đơn ngày 24/11/2026 theo Luật 91/2025/QH15"}
SIGNAL: dict[str, Any] = {
    "reference": "41256141",
    "system": "risk-engine",
    "detected_at": "2026-11-23T07:32:00Z",
    "facts": {"stages": ["nhap_khau"], "typology": ["KKS"], "place": {"province": "79"}},
    "details": {"identifiers": [{"kind": "phone", "value": "0999 000 111"}]},
}


@pytest.fixture
def keeper(token: Tokens) -> str:
    return token("bcd-79", "privacy_officer", person="lan.anh")


@pytest.fixture
async def refused(intake: Http, taken: Taking, operator: str) -> UUID:
    """A tip that the desk has finished with."""
    tip = await taken()
    assert (await intake.post(f"/desk/tips/{tip}/refuse", {"code": "quay_roi"}, operator)).status_code == 200
    return tip


async def kept(store: Database, tip: UUID) -> dict[str, Any]:
    async with store.autocommit() as raw:
        row = await raw.fetchrow("select details, informant_ref, recording_ref, sequence from tip where id = $1", tip)
    assert row is not None
    return dict(row)


async def in_vault(database: TestDatabase, tip: UUID) -> int:
    owner = await database.connect("postgres")
    found = await owner.fetchval("select count(*) from vault.tip where ref = $1", tip)
    await owner.close()
    return int(found)


async def test_an_erased_tip_leaves_its_number_and_its_place_in_the_order_and_nothing_personal(
    *, intake: Http, keeper: str, refused: UUID, store: Database, database: TestDatabase, published: Published
) -> None:
    assert await in_vault(database, refused) == 1

    answer = await intake.post(f"/dossiers/{refused}/erase", BASIS, keeper)

    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["kind"], told["keeper"], told["kept"]) == ("tip", "bcd-79", [])
    assert told["erased_at"]
    assert await in_vault(database, refused) == 0
    assert await kept(store, refused) == {
        "details": None,
        "informant_ref": "0" * 32,
        "recording_ref": None,
        "sequence": 3,
    }
    received, _, erased = await published(refused)
    assert (received.data.personal, received.data.erased) == ({}, (refused,))
    assert isinstance(erased.data, DossierErased)
    assert (erased.envelope.sequence, erased.data.dossier, erased.data.basis) == (3, DossierKind.TIP, BASIS["basis"])
    assert dict(erased.audience) == {"bcd-79": View.FULL, carriers(refused): View.FULL}


async def test_a_second_erasure_finds_nothing_to_do_and_says_nothing_more(
    intake: Http, keeper: str, refused: UUID, published: Published
) -> None:
    first = await intake.post(f"/dossiers/{refused}/erase", BASIS, keeper)
    second = await intake.post(f"/dossiers/{refused}/erase", BASIS, keeper)

    assert second.json() == first.json()
    assert [one.data.KIND for one in await published(refused)] == ["tip.received", "tip.refused", "dossier.erased"]


async def test_what_is_held_is_told_with_its_values_and_without_texts_that_may_speak_of_others(
    intake: Http, keeper: str, refused: UUID
) -> None:
    told = (await intake.get(f"/dossiers/{refused}", keeper)).json()

    assert told["values"]["identifiers"] == FORM["details"]["identifiers"]
    assert told["values"]["names"] == FORM["details"]["names"]
    assert told["open"] is False
    assert FORM["content"] not in str(told)
    assert FORM["informant"]["name"] not in str(told)


async def test_a_matter_that_is_not_finished_is_not_erased_on_request(
    intake: Http, keeper: str, taken: Taking, database: TestDatabase
) -> None:
    tip = await taken()

    answer = await intake.post(f"/dossiers/{tip}/erase", BASIS, keeper)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:phoihop:problem:erasure-barred")
    assert "91/2025/QH15" in answer.json()["detail"]
    assert await in_vault(database, tip) == 1


async def test_a_forwarded_tip_can_be_erased_once_every_case_of_it_is_closed(
    intake: Http, keeper: str, operator: str, taken: Taking, units_of_work: UnitsOfWork
) -> None:
    tip, case = await taken(), uuid4()
    assert (await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)).status_code == 200
    origin = Origin(kind=OriginKind.TIP, id=tip, sender="bcd-79")
    assert (await intake.post(f"/dossiers/{tip}/erase", BASIS, keeper)).status_code == 409
    async with units_of_work.begin() as uow:
        await origin_became_case([event(example(CaseProposed, origin=origin, personal={}), subject=case)], uow)
        await case_found_lead([event(example(CaseClaimed), subject=case)], uow)
    assert (await intake.post(f"/dossiers/{tip}/erase", BASIS, keeper)).status_code == 409
    async with units_of_work.begin() as uow:
        await case_ended([event(example(CaseClosed), subject=case)], uow)

    assert (await intake.post(f"/dossiers/{tip}/erase", BASIS, keeper)).status_code == 200


async def test_another_unit_and_an_unknown_dossier_are_answered_alike_and_a_missing_role_before_both(
    intake: Http, token: Tokens, refused: UUID
) -> None:
    stranger, operator = token("vptt-389", "privacy_officer"), token("bcd-79", "operator", "officer")
    for path in ("/dossiers/{}", "/dossiers/{}/erase"):
        answers = [await _asked(intake, path.format(one), stranger) for one in (refused, uuid4())]
        assert answers[0] == answers[1]
        assert answers[0][0] == 404
        refusals = [await _asked(intake, path.format(one), operator) for one in (refused, uuid4())]
        assert refusals[0] == refusals[1]
        assert refusals[0][0] == 403


async def _asked(intake: Http, path: str, token: str) -> tuple[int, str]:
    answer = await (intake.post(path, BASIS, token) if path.endswith("erase") else intake.get(path, token))
    return answer.status_code, answer.json()["detail"]


async def test_a_held_tip_is_answered_as_one_that_never_was_before_and_after(
    intake: Http, keeper: str, operator: str, taken: Taking, database: TestDatabase
) -> None:
    tip = await taken()
    hold = {"named_units": ["qltt-79"], "reason": "nêu cán bộ"}
    assert (await intake.post(f"/desk/tips/{tip}/hold", hold, operator)).status_code == 200

    for path in (f"/dossiers/{tip}", f"/dossiers/{tip}/erase"):
        assert await _asked(intake, path, keeper) == await _asked(intake, path.replace(str(tip), str(uuid4())), keeper)
    assert await in_vault(database, tip) == 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [("forward", PAPER | {"details": {"names": ["Người khác"]}}), ("hold", {"named_units": ["ca-79"], "reason": "x"})],
)
async def test_nothing_more_is_done_with_an_erased_tip(
    *, intake: Http, keeper: str, operator: str, refused: UUID, verb: str, body: dict[str, Any]
) -> None:
    await intake.post(f"/dossiers/{refused}/erase", BASIS, keeper)

    answer = await intake.post(f"/desk/tips/{refused}/{verb}", body, operator)

    assert (answer.status_code, answer.json()["type"]) == (410, "urn:phoihop:problem:erased")


async def test_a_signal_ends_once_its_case_is_closed_and_its_repetition_makes_none_anew(
    intake: Http, token: Tokens, units_of_work: UnitsOfWork, published: Published, store: Database
) -> None:
    system, keeper, key = token("customs-79", "system"), token("customs-79", "privacy_officer"), str(uuid4())
    signal = UUID((await intake.post("/signals", SIGNAL, system, key)).json()["signal_id"])
    case, origin = uuid4(), Origin(kind=OriginKind.SIGNAL, id=signal, sender="customs-79")
    assert (await intake.post(f"/dossiers/{signal}/erase", BASIS, keeper)).status_code == 409
    async with units_of_work.begin() as uow:
        await origin_became_case([event(example(CaseProposed, origin=origin, personal={}), subject=case)], uow)
        await case_found_lead([event(example(CaseClaimed), subject=case)], uow)
        await case_ended([event(example(CaseClosed), subject=case)], uow)

    assert (await intake.post(f"/dossiers/{signal}/erase", BASIS, keeper)).status_code == 200

    again = await intake.post("/signals", SIGNAL, system, key)
    assert (again.status_code, again.json()) == (200, {"signal_id": str(signal)})
    detected, erased = await published(signal)
    assert detected.data.erased == (signal,)
    assert (erased.envelope.sequence, erased.data.dossier) == (2, DossierKind.SIGNAL)
    async with store.autocommit() as raw:
        assert await raw.fetchval("select body_hash from command where about = $1", signal) == b""


async def test_a_signal_whose_key_ended_while_its_command_was_under_way_is_refused_and_never_published(
    parts: Doors, units_of_work: UnitsOfWork, published: Published, store: Database
) -> None:
    signal = uuid4()
    command = await _handed_over(signal, units_of_work)
    async with units_of_work.begin() as uow:
        assert await uow.destroy_keys([signal], "lan.anh", BASIS["basis"]) == [signal]

    async with units_of_work.begin() as uow:
        await Inbound(parts.commands, parts.office).signals([command], uow)

    (answer,) = await published(command.envelope.id)
    assert answer.data.problem == "urn:phoihop:problem:erased"
    assert await published(signal) == []
    async with store.autocommit() as raw:
        assert await raw.fetchval("select count(*) from signal where id = $1", signal) == 0


async def _handed_over(signal: UUID, units: UnitsOfWork) -> Event[Any]:
    """The command as the gateway leaves it on the inbound topic: numbered, and sealed under the signal's key."""
    details = example(SignalSubmit).details
    assert details is not None
    data = example(SignalSubmit, signal_id=signal, details=None, personal={signal: details})
    envelope = Envelope(id=str(uuid4()), source="/units/customs-79/risk", type=SignalSubmit.type_name(), time=NOW)
    actor = '{"person": "system", "unit": "customs-79", "roles": ["system"]}'
    async with units.begin() as uow:
        await uow.create_keys([signal])
        (sealed,) = await uow.seal([Event(envelope, data, actor=actor)])
    return sealed
