"""What an envelope says of an event is what its publisher said, and the chain of its cause."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from builders import A_CASE, AN_EVENT, NOW, PERSONAL, event, example
from bus.publication import Context, Said, envelop
from bus_builders import Hands, a_keyring
from schemas.classification import Classification, DataCategory
from schemas.commands.case import CaseClaim
from schemas.envelope import Envelope
from schemas.events.case import CaseClaimed, CaseProposed
from schemas.events.integrity import IntegrityOpened
from schemas.facts import Identifier, IdentifierKind, PersonalFacts
from schemas.topics import Topics
from schemas.views import View

CONTEXT = Context("cases", Topics(), Hands(), lambda: AN_EVENT, a_keyring(Hands()))
THEN = NOW - timedelta(days=3)


SAID = Said(subject=A_CASE, sequence=4, audience={"customs-79": View.FULL}, acttime=THEN)


def enveloped(**changes: Any) -> Envelope:
    return envelop(example(CaseClaimed), replace(SAID, **changes), CONTEXT).envelope


def test_an_event_says_who_what_when_and_of_what() -> None:
    made = envelop(example(CaseProposed, personal={A_CASE: PERSONAL}), SAID, CONTEXT)

    assert made.envelope == Envelope(
        id=str(AN_EVENT),
        source="/units/phoihop/cases",
        type="vn.phoihop.case.proposed.v1",
        time=NOW,
        recordedtime=NOW,
        acttime=THEN,
        subject=str(A_CASE),
        partitionkey=str(A_CASE),
        sequence=4,
        dataschema="urn:phoihop:schema:vn.phoihop.case.proposed.v1:1.0:full",
        dataclassification=Classification.CONFIDENTIAL,
        datacategory=DataCategory.BASIC,
    )
    assert made.audience == {"customs-79": View.FULL}
    assert made.data.personal == {A_CASE: PERSONAL}


def test_a_unit_that_acts_stands_in_the_source() -> None:
    assert enveloped(unit="customs-79").source == "/units/customs-79/cases"


@pytest.mark.parametrize(
    ("cause", "label"),
    [
        (Classification.PUBLIC, Classification.CONFIDENTIAL),
        (Classification.CONFIDENTIAL, Classification.CONFIDENTIAL),
        (Classification.RESTRICTED, Classification.RESTRICTED),
    ],
)
def test_what_comes_of_an_event_is_never_labelled_lower(cause: Classification, label: Classification) -> None:
    assert enveloped(cause=event(example(CaseClaim), dataclassification=cause)).dataclassification is label


def test_a_bank_account_makes_personal_data_sensitive_and_so_does_the_cause() -> None:
    account = PersonalFacts(identifiers=(Identifier(kind=IdentifierKind.ACCOUNT, value="970400 0000001"),))
    claim = event(example(CaseClaim), datacategory=DataCategory.SENSITIVE)

    def category(personal: PersonalFacts | None, **changes: Any) -> DataCategory:
        data = example(CaseProposed, personal={A_CASE: personal} if personal else {})
        return envelop(data, replace(SAID, **changes), CONTEXT).envelope.datacategory

    assert category(PERSONAL) is DataCategory.BASIC
    assert category(account) is DataCategory.SENSITIVE
    assert category(PERSONAL, cause=claim) is DataCategory.SENSITIVE
    assert category(None, cause=claim) is DataCategory.BASIC


def test_content_by_reference_is_passed_on_with_its_hash() -> None:
    reported = event(example(CaseClaim), dataref="https://x.invalid/1", datarefhash="0" * 64)

    made = enveloped(cause=reported, attached=reported)

    assert (made.dataref, made.datarefhash) == ("https://x.invalid/1", "0" * 64)
    assert enveloped(cause=reported).dataref is None


def test_the_first_cause_of_a_chain_names_the_chain() -> None:
    claim = event(example(CaseClaim), id="k-1", traceparent="00-aa-bb-01")

    made = enveloped(cause=claim)

    assert (made.causationid, made.correlationid, made.traceparent) == ("k-1", "k-1", "00-aa-bb-01")


def test_a_later_cause_hands_the_chain_on() -> None:
    claim = event(example(CaseClaim), id="k-1", correlationid="k-0")

    made = enveloped(cause=claim)

    assert (made.causationid, made.correlationid) == ("k-1", "k-0")


def test_an_event_without_a_cause_belongs_to_no_chain() -> None:
    assert enveloped().correlationid is None
    assert enveloped().causationid is None


def test_a_correction_names_what_it_corrects_and_its_basis() -> None:
    earlier = str(UUID(int=7))

    made = enveloped(corrects=earlier, legalbasis="khoản 5 Điều 1 98/2020/NĐ-CP")

    assert (made.corrects, made.legalbasis) == (earlier, "khoản 5 Điều 1 98/2020/NĐ-CP")


def test_of_the_integrity_route_no_trace_tells() -> None:
    held = event(example(CaseClaim), id="k-1", traceparent="00-aa-bb-01")

    assert envelop(example(IntegrityOpened), replace(SAID, cause=held), CONTEXT).envelope.traceparent is None
