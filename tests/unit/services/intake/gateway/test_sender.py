"""What a unit's system may ask for at all, before any record is looked at."""

from datetime import date

import pytest

import reference
from bus.errors import Refused
from schemas.commands import COMMANDS, CaseClaim, CaseClose, SignalSubmit
from schemas.commands.tip import TipCommand
from schemas.messages import CommandData
from schemas.reference.book import ReferenceBook
from services.intake.gateway.sender import Sender

BOOK = ReferenceBook.load(reference.folder())
DAY = date(2026, 11, 23)
FOR_ALL = {SignalSubmit, CaseClaim, CaseClose}


def may(unit: str) -> set[type[CommandData]]:
    """The commands that the unit's system may send."""
    sender, found = Sender.of(unit, BOOK, DAY), set()
    for command in COMMANDS:
        try:
            sender.allow(command)
        except Refused:
            continue
        found.add(command)
    return found


@pytest.mark.parametrize("unit", ["customs-hq", "qltt-79", "ca-c03", "tax-hq", "csb-hq"])
def test_an_agencys_system_reports_signals_and_decides_about_cases(unit: str) -> None:
    assert may(unit) == FOR_ALL


@pytest.mark.parametrize("unit", ["vptt-389", "bcd-01", "bcd-20", "bcd-79"])
def test_a_desks_system_decides_about_tips_too(unit: str) -> None:
    assert may(unit) == FOR_ALL | {command for command in COMMANDS if issubclass(command, TipCommand)}


def test_the_integrity_units_system_reports_nothing() -> None:
    assert SignalSubmit not in may("integrity-389")


def test_no_desk_is_told_that_a_tip_exists() -> None:
    tip = next(command for command in COMMANDS if issubclass(command, TipCommand))
    with pytest.raises(Refused) as refused:
        Sender.of("customs-hq", BOOK, DAY).allow(tip)
    assert refused.value.problem.slug == "not-found"
