"""What cases keep of whom they are about ends with the last dossier that told of it, and a case ends with its key."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from bus.errors import Refused
from case_builders import numbered, signal, tip
from schemas.events import CaseProposed, DossierErased
from schemas.events.dossier import DossierKind, Ground
from schemas.facts import Identifier, IdentifierKind, PersonalFacts
from services.cases.handlers import erasing
from services.dossiers import Erasure, Held
from services.policy import Actor

pytestmark = pytest.mark.integration
Numbers = Callable[[], int]
BASIS = "Luật 91/2025/QH15"
LEAD = "customs-kv2"


def someone(number: int) -> PersonalFacts:
    return PersonalFacts(identifiers=(Identifier(kind=IdentifierKind.PHONE, value=f"0999 {number:06}"),))


def keeper(unit: str = LEAD, *roles: str) -> Actor:
    return Actor(person="lan.anh", unit=unit, roles=frozenset(roles or ("privacy_officer",)))


async def erase(desk: Any, case: UUID, actor: Actor | None = None, ground: Ground = Ground.REQUEST) -> Held:
    async with desk.begin() as uow:
        return await erasing.erase(Erasure(case, ground, BASIS, "lan.anh"), actor or keeper(), uow)


async def subjects(desk: Any) -> list[bytes | None]:
    return [row["subject_key"] for row in await desk.rows("select subject_key from case_file order by id")]


async def test_a_case_forgets_its_subject_with_the_last_that_told_of_it(desk: Any, new_number: Numbers) -> None:
    one, other = new_number(), new_number()
    whom = someone(one)
    await desk.signals(signal(one, whom), signal(other, whom))
    (kept,) = await subjects(desk)
    assert kept is not None

    await desk.erased(numbered(one))
    assert await subjects(desk) == [kept]

    await desk.erased(numbered(other))
    assert await subjects(desk) == [None]


async def test_a_signal_that_is_read_after_its_end_makes_a_case_about_nobody(desk: Any, new_number: Numbers) -> None:
    number = new_number()
    travelling = await desk.sealed(signal(number))
    async with desk.begin() as uow:
        await uow.destroy_keys([numbered(number)], "lan.anh", BASIS)

    async with desk.begin() as uow:
        await desk.growth.add_signals(travelling, uow)

    (event,) = await desk.published(CaseProposed)
    assert (event.data.sealed, event.data.personal) == ({}, {})
    assert await subjects(desk) == [None]


async def test_a_closed_case_ends_and_says_so_in_its_order(desk: Any, new_number: Numbers) -> None:
    await desk.tips(tip(new_number()))
    await desk.claim("qltt-79")
    await desk.close("qltt-79")
    case = await desk.only_case()

    told = await erase(desk, case, keeper("qltt-79"))

    assert (told.kind, told.keeper, told.kept, told.open) == (DossierKind.CASE, "qltt-79", (), False)
    assert told.erased_at is not None
    told_of_it = [one for one in await desk.published() if one.envelope.subject == str(case)]
    erased = told_of_it[-1]
    assert isinstance(erased.data, DossierErased)
    assert [one.envelope.sequence for one in told_of_it] == [1, 2, 3, 4]
    assert erased.data.record() == "case"
    assert await subjects(desk) == [None]
    assert await erase(desk, case, keeper("qltt-79")) == told
    assert len(await desk.published(DossierErased)) == 1


async def test_an_open_case_is_not_erased_on_request(desk: Any, new_number: Numbers) -> None:
    await desk.tips(tip(new_number()))
    await desk.claim("qltt-79")

    with pytest.raises(Refused) as refused:
        await erase(desk, await desk.only_case(), keeper("qltt-79"))
    assert refused.value.problem.slug == "erasure-barred"


async def test_a_case_of_another_unit_a_hidden_one_and_one_that_never_was_are_answered_alike(
    desk: Any, new_number: Numbers
) -> None:
    number = new_number()
    await desk.tips(tip(number))
    case = await desk.only_case()
    problems = [await _refused(desk, case, keeper("tax-79")), await _refused(desk, numbered(1), keeper())]
    await desk.hold(number)
    problems.append(await _refused(desk, case, keeper()))

    assert problems[0] == problems[1] == problems[2]
    assert problems[0].slug == "not-found"
    assert (await _refused(desk, case, keeper(LEAD, "officer"))).slug == "forbidden"


async def _refused(desk: Any, case: UUID, actor: Actor) -> Any:
    with pytest.raises(Refused) as refused:
        await erase(desk, case, actor, Ground.RETENTION)
    return refused.value.problem
