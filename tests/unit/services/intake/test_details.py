"""The personal part that a tip keeps opens for that tip alone."""

import os
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag

from builders import FACTS, PERSONAL
from schemas.facts import Facts, IdentifierKind, PersonalFacts
from services.intake.details import added, lock, naming_kinds, unlock

TIP, OTHER, KEY = UUID(int=1), UUID(int=2), bytes(32)


def test_what_was_locked_opens_under_the_same_key_for_the_same_tip() -> None:
    assert unlock(lock(PERSONAL, TIP, KEY, os.urandom), TIP, KEY) == PERSONAL


@pytest.mark.parametrize(("tip", "key"), [(OTHER, KEY), (TIP, bytes(31) + b"1")])
def test_another_tip_or_another_key_opens_nothing(tip: UUID, key: bytes) -> None:
    with pytest.raises(InvalidTag):
        unlock(lock(PERSONAL, TIP, KEY, os.urandom), tip, key)


def test_the_facts_name_each_kind_of_identifier_in_the_sealed_part_once() -> None:
    kinds = naming_kinds(Facts(identifier_kinds=(IdentifierKind.PHONE, IdentifierKind.SHOP)), PERSONAL).identifier_kinds
    assert kinds == (IdentifierKind.PHONE, IdentifierKind.SHOP, IdentifierKind.IMPORTER_ID)


def test_without_a_sealed_part_the_facts_stay_as_they_are() -> None:
    assert naming_kinds(FACTS, None) is FACTS


def test_what_is_added_joins_what_was_known_once_and_replaces_single_values_only_where_given() -> None:
    more = PersonalFacts(identifiers=PERSONAL.identifiers, names=("Bà Giả Định",), narrative="Thêm")

    together = added(PERSONAL, more)

    assert together is not None
    assert together.identifiers == PERSONAL.identifiers
    assert together.names == (*PERSONAL.names, "Bà Giả Định")
    assert (together.address, together.narrative) == (PERSONAL.address, "Thêm")
    assert (added(None, more), added(PERSONAL, None), added(None, None)) == (more, PERSONAL, None)
