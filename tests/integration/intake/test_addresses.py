"""An address in old or new units on its way through the desk: what is filled in, said and refused."""

from typing import Any
from uuid import UUID

import pytest

from intake_builders import FORM, PAPER, Http, Published, Taking
from schemas.events.tip import TipForwarded

OLD = "12 Lê Lợi, Phường Bến Nghé, Quận 1, TP.HCM"
"""A ward abolished on 1 July 2025; its ground is in Phường Sài Gòn (26740)."""


def facts(text: str, **codes: str) -> dict[str, Any]:
    return {"typology": ["KRNG"], "stages": ["luu_kho"], "place": {"text": text, **codes}}


async def test_an_operator_is_told_what_an_old_address_was_understood_as(intake: Http, operator: str) -> None:
    answer = (await intake.post("/desk/tips", {**FORM, "channel": "phone", "facts": facts(OLD)}, operator)).json()
    assert answer["place"] == {
        "place": "converted",
        "place_certainty": "certain",
        "place_province": "79",
        "place_ward": "26740",
        "place_abolished": "Phường Bến Nghé",
    }


async def test_a_tip_with_only_an_address_is_forwarded_to_the_unit_of_its_province(
    intake: Http, taken: Taking, operator: str, published: Published
) -> None:
    tip = await taken(facts=facts(OLD))
    done = await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    assert done.status_code == 200, done.text
    assert (done.json()["result"]["lead"], done.json()["result"]["place"]) == ("qltt-79", "converted")
    forwarded = (await published(tip))[-1]
    assert isinstance(forwarded.data, TipForwarded)
    assert forwarded.data.facts.place is not None
    assert (forwarded.data.facts.place.province, forwarded.data.facts.place.ward) == ("79", "26740")


@pytest.mark.parametrize("code", ["01", "31"])
async def test_a_tip_whose_code_and_address_differ_is_taken_in_but_not_forwarded_until_one_is_corrected(
    intake: Http, taken: Taking, operator: str, code: str
) -> None:
    tip: UUID = await taken(facts=facts(OLD, province=code))
    refused = await intake.post(f"/desk/tips/{tip}/forward", PAPER, operator)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/facts/place"
    corrected = {**PAPER, "facts": facts(OLD)}
    assert (await intake.post(f"/desk/tips/{tip}/forward", corrected, operator)).status_code == 200
