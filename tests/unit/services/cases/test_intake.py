"""What cases reads in the events that intake publishes."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from builders import A_CASE, NOW, PERSONAL
from case_builders import EXPRESS, EXPRESS_ROUTE, PEPPER, book, contribution, numbered, signal, tip
from schemas.events.case import OriginKind
from services.cases.handlers.intake import Intake
from services.cases.model.subject import subject_key
from services.routing import IntegrityOnlyError, NoRuleError


@pytest.fixture
def intake() -> Intake:
    return Intake(book(), PEPPER, bytes)


def test_a_signal_is_routed_by_the_rule_in_force_when_the_act_was_last_seen(intake: Intake) -> None:
    before_midnight = EXPRESS.model_copy(update={"seen_to": datetime(2025, 6, 30, 16, 59, tzinfo=UTC)})
    after_midnight = EXPRESS.model_copy(update={"seen_to": datetime(2025, 6, 30, 17, 0, tzinfo=UTC)})
    assert intake.of_signal(signal(facts=before_midnight)).route.lead == "customs-hq"
    assert intake.of_signal(signal(facts=after_midnight)).route.lead == "customs-kv2"


def test_an_act_without_a_time_happened_when_it_was_detected(intake: Intake) -> None:
    read = intake.of_signal(signal(detected_at=datetime(2026, 4, 2, tzinfo=UTC)))
    assert read.acted_at == datetime(2026, 4, 2, tzinfo=UTC)
    assert read.told_at == NOW


def test_a_signal_of_an_officer_or_of_a_day_without_rules_has_no_route(intake: Intake) -> None:
    with pytest.raises(IntegrityOnlyError):
        intake.of_signal(signal(facts=EXPRESS.model_copy(update={"typology": ("BK",)})))
    with pytest.raises(NoRuleError):
        intake.of_signal(signal(detected_at=datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_signal_is_an_origin_by_its_sender_s_own_reference(intake: Intake) -> None:
    origin = intake.of_signal(signal(7)).origin
    assert (origin.kind, origin.id, origin.sender, origin.reference) == (
        OriginKind.SIGNAL,
        numbered(7),
        "customs-kv2",
        "D-7",
    )


def test_a_tip_is_an_origin_by_its_number_and_keeps_the_desk_s_route(intake: Intake) -> None:
    read = intake.of_tip(tip(8, EXPRESS_ROUTE))
    assert (read.origin.kind, read.origin.id, read.origin.sender) == (OriginKind.TIP, numbered(8), "vptt-389")
    assert read.origin.reference == "vptt-389/2026/7K3M9QXA"
    assert read.route == EXPRESS_ROUTE


def test_the_subject_is_that_of_the_opened_personal_facts(intake: Intake) -> None:
    assert intake.of_signal(signal()).subject_key == subject_key(PERSONAL.identifiers, PEPPER)


def test_personal_facts_of_another_dossier_are_left_behind(intake: Intake) -> None:
    read = intake.of_signal(signal(7, personal=None))
    assert (read.personal, read.subject_key) == ({}, None)
    ours = signal(7)
    foreign = replace(ours, data=ours.data.model_copy(update={"personal": {numbered(9): PERSONAL}}))
    assert intake.of_signal(foreign).personal == {}


def test_the_draft_of_a_case_has_its_number_from_the_day_on_which_the_bus_was_told(intake: Intake) -> None:
    def new_id() -> UUID:
        return A_CASE

    draft = intake.draft(contribution(), new_id)
    assert (draft.id, draft.case_no, draft.sequence) == (A_CASE, "VV/2026/00000000", 0)
    assert (draft.route, draft.province) == (EXPRESS_ROUTE, "79")
