"""Guards taken away one at a time, from the apps in this process, to show that a walk notices each."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter

from schemas.problems import FORBIDDEN
from services.cases.repository import cases as repository
from services.console.model.roots import Roots
from services.intake import problems
from services.intake.model import Tip
from services.intake.repository import tips
from services.intake.unmask import handlers
from services.intake.unmask.intake import Access
from services.notifications.model.denials import Denials
from services.runtime.app import App
from walking.asking import Asking
from walking.doors import Door

Mutation = Callable[[pytest.MonkeyPatch], None]


def _desk_reads_held_tips(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Tip, "held", property(lambda _: False))


def _desk_lists_held_tips(patch: pytest.MonkeyPatch) -> None:
    guard = " and state <> 'held'"
    if tips._LIST.count(guard) != 1:
        raise ValueError(f"the list of a desk is not guarded by {guard!r} any more: {tips._LIST}")
    patch.setattr(tips, "_LIST", tips._LIST.replace(guard, ""))


def _a_held_tip_is_forbidden_instead_of_unknown(patch: pytest.MonkeyPatch) -> None:
    find = tips.find_tip

    async def told_apart(raw: Any, tip_id: Any) -> Tip | None:
        found = await find(raw, tip_id)
        patch.setattr(problems, "TIP_UNKNOWN", FORBIDDEN.problem() if found else unknown)
        return found

    unknown = problems.TIP_UNKNOWN
    patch.setattr(tips, "find_tip", told_apart)


def _cases_forget_what_is_hidden(patch: pytest.MonkeyPatch) -> None:
    read = repository._case
    patch.setattr(repository, "_case", lambda row: replace(read(row), hidden=False))


def _feeds_forget_denials(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Denials, "withhold", lambda *_: False)


def _pages_forget_holds(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Roots, "withheld", lambda *_: False)


def _the_vault_asks_nobody(patch: pytest.MonkeyPatch) -> None:
    async def allowed(*_: object) -> Access:
        return Access(allowed=True, code="allowed", vi="", en="")

    patch.setattr(handlers, "access", allowed)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A program without one of its guards, and what the paths of the doors behind that guard begin with."""

    program: str
    doors: str
    mutate: Mutation

    def behind(self, doors: Sequence[Door]) -> list[Door]:
        """The doors that the guard is for; raises LookupError where none is left."""
        found = [door for door in doors if door.program == self.program and door.path.startswith(self.doors)]
        if not found:
            raise LookupError(f"{self.program} has no door at {self.doors}")
        return found


MUTANTS: Mapping[str, Mutant] = MappingProxyType(
    {
        "the desk reads held tips": Mutant("intake", "/desk/tips/{tip_id}", _desk_reads_held_tips),
        "the desk lists held tips": Mutant("intake", "/desk/tips", _desk_lists_held_tips),
        "a held tip is forbidden and not unknown": Mutant(
            "intake", "/desk/tips/{tip_id}", _a_held_tip_is_forbidden_instead_of_unknown
        ),
        "cases forget what is hidden": Mutant("cases", "/cases", _cases_forget_what_is_hidden),
        "feeds forget denials": Mutant("notifications", "/feeds", _feeds_forget_denials),
        "pages forget holds": Mutant("console", "/cases", _pages_forget_holds),
        "the vault asks nobody": Mutant("unmask", "/vault", _the_vault_asks_nobody),
    }
)
"""By what goes wrong."""


@asynccontextmanager
async def inside(program: str, app: App) -> AsyncIterator[Asking]:
    """Asks the app of this process, where its guards can be taken away, instead of the running program."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://inside") as client:
        yield Asking({program: client})


def add_door(app: App, path: str, told: str) -> None:
    """A door that somebody forgot to guard."""
    router = APIRouter()

    @router.get(path)
    async def careless() -> dict[str, str]:
        return {"told": told}

    app.include_router(router)
