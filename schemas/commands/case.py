"""Commands about cases, decided by cases."""

from typing import ClassVar
from uuid import UUID

from schemas.events.case import Amounts
from schemas.facts import Code, LongText, ShortText
from schemas.messages import CommandData
from schemas.route import Document


class CaseCommand(CommandData):
    """A command about one case."""

    OWNER: ClassVar = "cases"
    case_id: UUID

    def addressed(self) -> str | None:
        """The case."""
        return str(self.case_id)


class CaseClaim(CaseCommand):
    """Take the lead. The officer's name is recorded as stated where the command came from an agency's system."""

    KIND = "case.claim"
    officer: ShortText | None = None


class CaseClose(CaseCommand):
    """Close a case that the sender leads, with its outcome."""

    KIND = "case.close"
    outcome: Code
    officer: ShortText | None = None
    document: Document | None = None
    amounts: Amounts | None = None
    note: LongText | None = None
