"""Facts about cases, published by cases."""

from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from schemas.classification import Classification, DataCategory
from schemas.facts import Code, Fact, Facts, FullOnly, LongText, ShortText, UnitCode
from schemas.messages import EventData
from schemas.route import Document, Route

CaseNo = Annotated[str, StringConstraints(pattern=r"^VV/\d{4}/[0-9A-Z]{6,12}$")]


class OriginKind(StrEnum):
    """What a case grows from."""

    TIP = "tip"
    SIGNAL = "signal"


class Origin(Fact):
    """The tip or signal that contributed, by id; its sender's own reference is for the view `full`."""

    kind: OriginKind
    id: UUID
    sender: UnitCode
    reference: Annotated[ShortText | None, FullOnly()] = None


Dong = Annotated[int, Field(ge=0)]
"""Whole dong."""


class Amounts(Fact):
    """Money of an outcome, each sum apart: what reports add up differs from one to the next."""

    fine_imposed: Dong | None = None
    fine_collected: Dong | None = None
    confiscated_value: Dong | None = None
    sale_proceeds: Dong | None = None
    tax_recovered: Dong | None = None
    seized_value_estimate: Dong | None = None


class CaseEvent(EventData):
    """What every fact about a case says: its number."""

    CLASSIFICATION: ClassVar = Classification.CONFIDENTIAL
    case_no: CaseNo


class CaseProposed(CaseEvent):
    """A rule found a lead for a tip or signal. It counts as a case only once a competent unit claims it."""

    KIND = "case.proposed"
    CATEGORY = DataCategory.BASIC
    route: Route
    origin: Origin
    facts: Facts = Field(default_factory=Facts)


class CaseSignalAdded(CaseEvent):
    """Another tip or signal on the same subject joined an open case."""

    KIND = "case.signal_added"
    CATEGORY = DataCategory.BASIC
    route: Route
    origin: Origin
    facts: Facts = Field(default_factory=Facts)


class CaseClaimed(CaseEvent):
    """A competent unit took the lead; the others of the rule are offered co-handling."""

    KIND = "case.claimed"
    claimed_by: UnitCode
    officer: Annotated[ShortText, FullOnly()]
    rule: Code
    offered: tuple[UnitCode, ...] = ()


class CaseClaimLost(CaseEvent):
    """A competent unit claimed after another had; it is offered co-handling."""

    KIND = "case.claim_lost"
    unit: UnitCode
    won_by: UnitCode
    won_at: AwareDatetime


class CaseClosed(CaseEvent):
    """The lead closed the case with an outcome."""

    KIND = "case.closed"
    closed_by: UnitCode
    officer: Annotated[ShortText, FullOnly()]
    outcome: Code
    document: Annotated[Document | None, FullOnly()] = None
    amounts: Annotated[Amounts | None, FullOnly()] = None
    note: Annotated[LongText | None, FullOnly()] = None
