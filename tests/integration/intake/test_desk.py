"""The desk's five decisions, by HTTP: what they publish, to whom, and what they refuse."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from bus.database import Database
from intake_builders import FORM, PAPER, Http, Published, Taking, Tokens
from schemas.events.command import CommandAccepted, CommandRefused
from schemas.events.integrity import IntegrityOpened
from schemas.events.tip import TipAdvised, TipForwarded, TipHeld, TipLinked, TipRefused, TipWithdrawn
from schemas.views import View

BK = {"facts": {"stages": ["luu_kho"], "typology": ["BK"], "place": {"province": "79"}}}


async def decide(
    intake: Http, tip: UUID, verb: str, body: dict[str, Any], token: str, *, key: str | None = None
) -> Any:
    return await intake.post(f"/desk/tips/{tip}/{verb}", body, token, key)


async def test_refusing_needs_a_ground_in_force_and_reaches_the_desk_alone(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    wrong = await decide(intake, tip, "refuse", {"code": "khong_co_ma_nay"}, operator)
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/code")
    done = await decide(intake, tip, "refuse", {"code": "quay_roi", "reason": "Gọi quấy rối"}, operator)
    assert done.json()["result"]["state"] == "refused"
    _, refused = await published(tip)
    assert isinstance(refused.data, TipRefused)
    assert (refused.envelope.sequence, refused.audience) == (2, {"bcd-79": View.FULL})


async def test_the_officer_who_decided_is_on_record_and_not_only_the_desk(
    intake: Http, taken: Taking, token: Tokens, store: Database
) -> None:
    tip = await taken()
    await decide(intake, tip, "refuse", {"code": "quay_roi"}, token("bcd-79", "operator", person="binh.tt"), key="who")
    async with store.autocommit() as raw:
        actor = await raw.fetchval("select actor from command where id = 'who'")
    assert actor == {"person": "binh.tt", "unit": "bcd-79", "roles": ["operator"]}


async def test_advising_records_where_the_informant_was_told_to_go(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    await decide(intake, tip, "advise", {"advised_to": "Hội bảo vệ người tiêu dùng"}, operator)
    advised = (await published(tip))[1]
    assert isinstance(advised.data, TipAdvised)
    assert advised.data.advised_to == "Hội bảo vệ người tiêu dùng"


async def test_a_linked_tip_stays_visible_and_can_still_be_forwarded(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    earlier, later = await taken(), await taken()
    await decide(intake, later, "link", {"linked_to": str(earlier)}, operator)
    row = (await intake.get(f"/desk/tips/{later}", operator)).json()
    assert (row["state"], row["linked_to"]) == ("linked", str(earlier))
    assert isinstance((await published(later))[1].data, TipLinked)
    assert (await decide(intake, later, "forward", PAPER, operator)).status_code == 200


async def test_a_link_needs_another_tip_of_this_desk(intake: Http, taken: Taking, operator: str, token: Tokens) -> None:
    tip = await taken()
    itself = await decide(intake, tip, "link", {"linked_to": str(tip)}, operator)
    assert (itself.status_code, itself.json()["errors"][0]["pointer"]) == (422, "#/linked_to")
    unknown = await decide(intake, tip, "link", {"linked_to": str(uuid4())}, operator)
    form = FORM | {"channel": "phone"}
    elsewhere = (await intake.post("/desk/tips", form, token("bcd-01", "operator"))).json()["tip_id"]
    foreign = await decide(intake, tip, "link", {"linked_to": elsewhere}, operator)
    assert (unknown.status_code, unknown.json()["detail"]) == (foreign.status_code, foreign.json()["detail"])
    assert unknown.status_code == 404


async def test_forwarding_without_a_route_takes_the_rule_that_fits_and_carries_the_sealed_part(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    proposed = (await intake.get(f"/desk/tips/{tip}/route", operator)).json()
    done = await decide(intake, tip, "forward", PAPER, operator)
    assert done.json()["result"] | {"tip_no": ""} == {
        "tip_no": "",
        "state": "forwarded",
        "rule": proposed["rule"],
        "lead": proposed["lead"],
    }
    sent = (await published(tip))[1]
    assert isinstance(sent.data, TipForwarded)
    assert sent.data.route.model_dump(mode="json") == proposed
    assert sent.data.personal[tip].names == ("Shop Giả Định",)
    assert sent.audience == {"bcd-79": View.FULL, "qltt-79": View.FULL, "ca-79": View.FULL}
    assert sent.data.document.number == "1/CV-BCĐ389"


async def test_facts_corrected_at_the_desk_choose_the_route_and_are_what_is_sent(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    facts = {
        "stages": ["nhap_khau"],
        "typology": ["KKS"],
        "place": {"province": "79", "place_type": "customs_control_area"},
        "found_by": "customs",
    }
    done = await decide(intake, tip, "forward", PAPER | {"facts": facts}, operator)
    assert done.status_code == 200, done.text
    sent = (await published(tip))[1]
    assert sent.data.route.lead.startswith("customs")
    assert sent.data.facts.stages == ("nhap_khau",)
    assert sent.data.facts.identifier_kinds == ("phone",)


async def test_what_the_desk_found_out_joins_the_sealed_part_and_stays_with_the_tip(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    found = {"identifiers": [{"kind": "account", "value": "970400 0000001"}], "address": "Kho số 9"}
    told = {"details": found, "legal_regime": "tin_bao", "due_at": "2026-12-01T17:00:00+07:00"}
    done = await decide(intake, tip, "forward", PAPER | told, operator)
    assert done.status_code == 200, done.text
    sent = (await published(tip))[1]
    personal = sent.data.personal[tip]
    assert [one.value for one in personal.identifiers] == ["0999 000 111", "970400 0000001"]
    assert (personal.names, personal.address) == (("Shop Giả Định",), "Kho số 9")
    assert sent.data.facts.identifier_kinds == ("phone", "account")
    assert (sent.data.legal_regime, sent.data.due_at.isoformat()) == ("tin_bao", "2026-12-01T17:00:00+07:00")
    assert sent.envelope.datacategory == "sensitive"

    await decide(intake, tip, "hold", {"named_units": ["qltt-20"], "reason": "Nêu cán bộ"}, operator)
    (opened,) = [event.data for event in await published(tip) if isinstance(event.data, IntegrityOpened)]
    assert opened.personal[tip] == personal


async def test_a_route_that_is_given_is_held_against_its_rule(intake: Http, taken: Taking, operator: str) -> None:
    tip = await taken()
    proposed = (await intake.get(f"/desk/tips/{tip}/route", operator)).json()
    other_lead = await decide(intake, tip, "forward", PAPER | {"route": proposed | {"lead": "csb-hq"}}, operator)
    assert (other_lead.status_code, other_lead.json()["type"]) == (422, "urn:phoihop:problem:no-rule")
    no_rule = await decide(intake, tip, "forward", PAPER | {"route": proposed | {"rule": "R-NONE-99"}}, operator)
    assert (no_rule.status_code, no_rule.json()["errors"][0]["pointer"]) == (422, "#/route")
    assert (await decide(intake, tip, "forward", PAPER | {"route": proposed}, operator)).status_code == 200


async def test_facts_about_an_officer_are_never_routed(intake: Http, taken: Taking, operator: str) -> None:
    tip = await taken()
    refused = await decide(intake, tip, "forward", PAPER | BK, operator)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:phoihop:problem:integrity-only")


async def test_a_hold_withdraws_holds_and_opens_for_the_integrity_unit_alone(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken()
    await decide(intake, tip, "forward", PAPER, operator)
    key = str(uuid4())
    done = await decide(intake, tip, "hold", {"named_units": ["ca-79"], "reason": "nêu cán bộ"}, operator, key=key)
    assert done.json() == {"accepted": True, "about": None, "result": {}}
    _, _, withdrawn, held, opened = await published(tip)
    assert isinstance(withdrawn.data, TipWithdrawn)
    assert withdrawn.audience == {"bcd-79": View.FULL, "qltt-79": View.FULL}
    assert isinstance(held.data, TipHeld)
    assert held.audience == opened.audience == {"integrity-389": View.FULL}
    assert (withdrawn.envelope.sequence, held.envelope.sequence) == (3, 4)
    assert isinstance(opened.data, IntegrityOpened)
    assert (opened.data.held_after, opened.envelope.sequence) == ("forwarded", 1)
    assert opened.data.personal[tip].names == ("Shop Giả Định",)
    assert await published(key) == []
    assert (await decide(intake, tip, "hold", {"named_units": ["ca-79"], "reason": "x"}, operator)).status_code == 404


async def test_a_hold_needs_units_that_exist(intake: Http, taken: Taking, operator: str) -> None:
    tip = await taken()
    body = {"named_units": ["ca-79", "khong-co"], "reason": "nêu cán bộ"}
    refused = await decide(intake, tip, "hold", body, operator)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/named_units/1")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("refuse", {"code": "quay_roi"}),
        ("advise", {"advised_to": "nơi khác"}),
        ("forward", PAPER),
        ("hold", {"named_units": ["ca-79"], "reason": "x"}),
    ],
)
async def test_another_desk_and_an_unknown_tip_get_the_same_answer(
    *, verb: str, body: dict[str, Any], intake: Http, taken: Taking, token: Tokens, operator: str
) -> None:
    foreign = await decide(intake, await taken(), verb, body, token("bcd-01", "operator"))
    unknown = await decide(intake, uuid4(), verb, body, operator)
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["detail"] == unknown.json()["detail"]


async def test_a_decision_that_the_state_does_not_allow_says_which_state(
    intake: Http, taken: Taking, operator: str
) -> None:
    tip = await taken()
    await decide(intake, tip, "refuse", {"code": "quay_roi"}, operator)
    late = await decide(intake, tip, "forward", PAPER, operator)
    assert late.status_code == 409
    assert "refused" in late.json()["en"]
    assert "đã từ chối" in late.json()["vi"]


async def test_a_repeated_decision_is_answered_as_the_first_time_and_published_once(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip, key = await taken(), str(uuid4())
    first = await decide(intake, tip, "forward", PAPER, operator, key=key)
    again = await decide(intake, tip, "forward", PAPER, operator, key=key)
    assert first.json() == again.json()
    assert len(await published(tip)) == 2
    other = await decide(intake, tip, "forward", PAPER | {"approver": "khác"}, operator, key=key)
    assert other.json()["type"] == "urn:phoihop:problem:id-reused"


async def test_each_decision_is_answered_on_the_feed_of_the_desk(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip, good, bad = await taken(), str(uuid4()), str(uuid4())
    await decide(intake, tip, "refuse", {"code": "quay_roi"}, operator, key=good)
    await decide(intake, tip, "advise", {"advised_to": "nơi khác"}, operator, key=bad)
    (accepted,), (refused,) = await published(good), await published(bad)
    assert isinstance(accepted.data, CommandAccepted)
    assert (accepted.data.about, accepted.audience) == (tip, {"bcd-79": View.FULL})
    assert isinstance(refused.data, CommandRefused)
    assert refused.data.problem == "urn:phoihop:problem:wrong-state"


async def test_an_officer_of_the_desk_who_is_no_operator_may_not_decide(
    intake: Http, taken: Taking, token: Tokens
) -> None:
    refused = await decide(intake, await taken(), "refuse", {"code": "quay_roi"}, token("bcd-79", "officer"))
    assert refused.status_code == 403


async def test_the_list_is_the_desks_own_in_order_of_receipt_page_by_page(intake: Http, token: Tokens) -> None:
    lone = token("bcd-20", "operator")
    ids = [(await intake.post("/desk/tips", FORM | {"channel": "email"}, lone)).json()["tip_id"] for _ in range(3)]
    first = (await intake.get("/desk/tips?limit=2", lone)).json()
    rest = (await intake.get(f"/desk/tips?limit=2&after={first['next']}", lone)).json()
    assert [row["tip_id"] for row in first["tips"] + rest["tips"]] == ids
    assert rest["next"] is None
    await decide(intake, UUID(ids[0]), "forward", PAPER, lone)
    gone = (await intake.get("/desk/tips?state=forwarded", lone)).json()["tips"]
    assert [(row["tip_id"], row["facts"], row["informant_ref"]) for row in gone] == [(ids[0], None, None)]
    assert gone[0]["forwarded_to"]
