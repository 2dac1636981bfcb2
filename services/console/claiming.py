"""An officer's claim, carried to the service that decides it, under the officer's own token."""

from dataclasses import dataclass
from uuid import UUID

import httpx2

from bus.errors import Refused
from schemas.problems import CLAIM_LOST, UNAVAILABLE, Problem
from services.console.sessions import problem_of

CASES_SILENT = UNAVAILABLE.problem(
    "Dịch vụ vụ việc chưa trả lời. Hãy bấm lại: cùng một lần nhận chỉ được tính một lần.",
    "The service of cases does not answer. Press again: one claim counts once, however often it is sent.",
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer to a claim: won, or the problem that says why not and who was first."""

    problem: Problem | None = None

    @property
    def won(self) -> bool:
        """Whether the unit leads the case now."""
        return self.problem is None

    @property
    def lost(self) -> bool:
        """Whether another unit was first."""
        return self.problem is not None and self.problem.slug == CLAIM_LOST.slug

    @property
    def decided(self) -> bool:
        """Whether somebody leads the case by now, this unit or the one that was first."""
        return self.won or self.lost


class Claiming:
    """Sends claims to cases."""

    def __init__(self, cases: httpx2.AsyncClient) -> None:
        self._cases = cases

    async def claim(self, case_id: UUID, token: str, key: str) -> Claimed:
        """Claim once, however often this is called with one key. Raises `Refused` (503) where cases is silent."""
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        try:
            answer = await self._cases.post(f"/cases/{case_id}/claim", json={}, headers=headers)
            document = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise Refused(CASES_SILENT) from error
        return Claimed(problem_of(document) if answer.is_error else None)
