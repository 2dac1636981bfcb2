"""How a tip comes in: shown a receipt once, content in the vault alone, held before any event where it must be."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from bus.database import Database
from infra.stack.testing import TestDatabase
from intake_builders import DECISION, FORM, Http, Published, Taking, Tokens, app_of
from schemas.events.integrity import IntegrityOpened
from schemas.events.tip import TipReceived
from schemas.views import View
from services.intake.api.doors import Doors

PUBLIC = frozenset({"submit", "status"})
RECEIPT = r"^([0-9A-HJKMNP-TV-Z]{4}-){4}[0-9A-HJKMNP-TV-Z]$"


async def tip_of(store: Database, receipt: str) -> UUID:
    from services.intake.receipt import Receipt  # noqa: PLC0415 - only this look needs it

    async with store.autocommit() as raw:
        found: UUID = await raw.fetchval("select id from tip where receipt_hash = $1", Receipt.read(receipt).hash)
    return found


async def test_a_retry_of_a_form_shows_the_same_receipt_and_makes_no_second_tip(
    intake: Http, token: Tokens, store: Database, published: Published
) -> None:
    public, key = token(scope=PUBLIC), str(uuid4())
    first = await intake.post("/tips", FORM, public, key)
    again = await intake.post("/tips", FORM, public, key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert len(await published(await tip_of(store, first.json()["receipt"]))) == 1


async def test_a_form_sent_twice_under_two_keys_is_known_by_its_nonce(intake: Http, token: Tokens) -> None:
    form = FORM | {"nonce": f"nonce-{uuid4()}"}
    first = await intake.post("/tips", form, token(scope=PUBLIC))
    again = await intake.post("/tips", form, token(scope=PUBLIC))
    assert first.json() == again.json()


async def test_other_content_under_the_same_key_is_refused(intake: Http, token: Tokens) -> None:
    key = str(uuid4())
    await intake.post("/tips", FORM, token(scope=PUBLIC), key)
    other = await intake.post("/tips", FORM | {"content": "khác"}, token(scope=PUBLIC), key)
    assert other.status_code == 422
    assert other.json()["type"] == "urn:phoihop:problem:id-reused"
    assert other.json()["errors"][0]["header"] == "Idempotency-Key"


async def test_two_senders_of_the_same_key_get_different_receipts(intake: Http, token: Tokens, operator: str) -> None:
    key, form = str(uuid4()), FORM | {"channel": "email"}
    here = await intake.post("/desk/tips", form, operator, key)
    there = await intake.post("/desk/tips", form, token("bcd-01", "operator"), key)
    assert here.json()["receipt"] != there.json()["receipt"]


async def test_the_web_channel_stays_closed_until_a_decision_opens_it(
    intake: Http, parts: Doors, token: Tokens, store: Database
) -> None:
    closed = replace(parts, office=replace(parts.office, web_decision=""))
    app_of(intake).state.doors = closed
    refused = await intake.post("/tips", FORM, token(scope=PUBLIC))
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:phoihop:problem:web-channel-off"


async def test_what_the_public_sends_becomes_a_tip_of_the_desk_of_its_province(
    intake: Http, token: Tokens, store: Database, published: Published
) -> None:
    answer = await intake.post("/tips", FORM, token(scope=PUBLIC))
    (received,) = await published(await tip_of(store, answer.json()["receipt"]))
    assert isinstance(received.data, TipReceived)
    assert (received.data.desk, received.data.channel) == ("bcd-79", "web")
    assert received.audience == {"bcd-79": View.FULL}
    assert received.envelope.legalbasis == DECISION
    assert received.envelope.sequence == 1


async def test_a_tip_of_no_known_place_goes_to_the_central_desk(
    intake: Http, token: Tokens, store: Database, published: Published
) -> None:
    answer = await intake.post("/tips", {"content": "Không rõ nơi nào"}, token(scope=PUBLIC))
    (received,) = await published(await tip_of(store, answer.json()["receipt"]))
    assert received.data.desk == "vptt-389"


async def test_the_personal_part_travels_sealed_and_opens_for_those_who_hold_the_key(
    taken: Taking, store: Database, published: Published
) -> None:
    tip = await taken()
    (received,) = await published(tip)
    assert received.data.personal[tip].names == ("Shop Giả Định",)
    assert received.data.facts.identifier_kinds == ("phone",)
    (called,) = await published(await taken(line="0981.389.389"))
    assert called.data.line == "0981.389.389"
    async with store.autocommit() as raw:
        payload: bytes = await raw.fetchval("select payload from outbox where aggregate_id = $1", tip)
    assert b"Shop" not in payload
    assert b"0999" not in payload


@pytest.mark.parametrize(
    "secret", ["mỹ phẩm không hóa đơn", "Lê Thị Giả Định", "0912 345 678", "912345678", "0999 000 111", "Shop Giả"]
)
async def test_no_column_of_intake_holds_what_was_said_or_who_said_it(
    secret: str, taken: Taking, database: TestDatabase
) -> None:
    await taken()
    root = await database.connect("postgres")
    try:
        tables = [row[0] for row in await root.fetch("select tablename from pg_tables where schemaname = 'intake'")]
        for table in tables:
            rows = await root.fetch(f'select t::text as whole, to_jsonb(t)::text as json from intake."{table}" t')  # noqa: S608 - names from the catalogue
            for row in rows:
                assert secret not in row["whole"] + row["json"], table
                assert secret.encode().hex() not in row["whole"], table
    finally:
        await root.close()
    assert "tip" in tables


async def test_the_receipt_itself_is_stored_nowhere(intake: Http, operator: str, database: TestDatabase) -> None:
    answer = await intake.post("/desk/tips", FORM | {"channel": "document"}, operator)
    receipt = answer.json()["receipt"]
    root = await database.connect("postgres")
    try:
        stored = await root.fetch(
            "select t::text as whole from intake.tip t union all select c::text from intake.command c"
        )
    finally:
        await root.close()
    forms = (receipt, receipt.replace("-", ""), receipt.replace("-", "").encode().hex())
    assert not [row for row in stored if any(form in row["whole"] for form in forms)]


async def test_intake_may_deposit_in_the_vault_and_not_read_it(taken: Taking, database: TestDatabase) -> None:
    import asyncpg  # noqa: PLC0415 - for its error alone

    tip = await taken()
    role = await database.connect("intake")
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await role.fetch("select sealed from vault.tip")
        with pytest.raises(asyncpg.UniqueViolationError):
            await role.execute("select vault.deposit($1, $2)", tip, b"another")
    finally:
        await role.close()


@pytest.mark.parametrize(
    "says", [{"names_an_official": True}, {"named_units": ["qltt-79"]}, {"facts": {"typology": ["KRNG", "BK"]}}]
)
async def test_a_tip_that_names_an_officer_or_a_unit_is_held_before_any_event_but_one(
    says: dict[str, object], intake: Http, operator: str, published: Published
) -> None:
    answer = await intake.post("/desk/tips", FORM | {"channel": "phone"} | says, operator)
    assert answer.status_code == 202
    assert answer.json()["held"] is True
    tip = UUID(answer.json()["tip_id"])
    (only,) = await published(tip)
    assert isinstance(only.data, IntegrityOpened)
    assert only.audience == {"integrity-389": View.FULL}
    assert only.envelope.source == "/units/phoihop/intake"
    assert (only.envelope.causationid, only.envelope.correlationid) == (None, None)
    assert only.data.personal[tip].names == ("Shop Giả Định",)
    gone = await intake.get(f"/desk/tips/{tip}", operator)
    never = await intake.get(f"/desk/tips/{uuid4()}", operator)
    assert (gone.status_code, gone.json()["detail"]) == (never.status_code, never.json()["detail"])


async def test_a_tip_that_names_the_integrity_unit_itself_reaches_nobody(
    intake: Http, operator: str, token: Tokens, published: Published
) -> None:
    form = FORM | {"channel": "in_person", "named_units": ["integrity-389"]}
    tip = UUID((await intake.post("/desk/tips", form, operator)).json()["tip_id"])
    (only,) = await published(tip)
    assert only.audience == {}
    page = await intake.get("/integrity/tips?limit=200", token("integrity-389", "integrity_officer"))
    assert str(tip) not in page.text


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"content": " "}, "#/content"),
        ({"contents": "lạc tên trường"}, "#/contents"),
        ({"channel": "fax"}, "#/channel"),
        ({"channel": "web"}, "#/channel"),
        ({"received_at": "2030-01-01T00:00:00+07:00"}, "#/received_at"),
        ({"received_at": "2026-11-01T00:00:00"}, "#/received_at"),
        ({"named_units": ["khong-co"]}, "#/named_units/0"),
        ({"facts": {"stages": ["khong_co"]}}, "#/facts"),
        ({"informant": {"phone": "abc"}}, "#/informant/phone"),
        ({"informant": {"wants_feedback": True}}, "#/informant"),
    ],
)
async def test_a_wrong_field_is_named(changes: dict[str, object], pointer: str, intake: Http, operator: str) -> None:
    refused = await intake.post("/desk/tips", FORM | {"channel": "phone"} | changes, operator)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


async def test_only_an_operator_of_a_desk_may_take_down_a_tip(intake: Http, token: Tokens) -> None:
    form = FORM | {"channel": "phone"}
    assert (await intake.post("/desk/tips", form)).status_code == 401
    for stranger in (token("bcd-79", "officer"), token("qltt-79", "operator"), token(scope=PUBLIC)):
        assert (await intake.post("/desk/tips", form, stranger)).status_code == 403


async def test_a_key_that_outlived_its_answer_is_told_as_reused(
    intake: Http, operator: str, database: TestDatabase
) -> None:
    key, form = str(uuid4()), FORM | {"channel": "phone"}
    assert (await intake.post("/desk/tips", form, operator, key)).status_code == 202
    root = await database.connect("postgres")
    try:
        await root.execute("delete from intake.command where id = $1", key)
    finally:
        await root.close()
    late = await intake.post("/desk/tips", form, operator, key)
    assert (late.status_code, late.json()["type"]) == (422, "urn:phoihop:problem:id-reused")


async def test_a_number_that_is_taken_is_a_passing_trouble(
    intake: Http, parts: Doors, operator: str, token: Tokens
) -> None:
    same_number = replace(parts, office=replace(parts.office, random=bytes))
    app_of(intake).state.doors = same_number
    form = FORM | {"channel": "phone", "details": None}
    first = await intake.post("/desk/tips", form, operator)
    second = await intake.post("/desk/tips", form, operator)
    assert (first.status_code, second.status_code) == (202, 503)
    assert "retry-after" in second.headers
