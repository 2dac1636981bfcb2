"""The index is made of event content alone: in any order across topics, twice, or beside holds, it is the same."""

import random
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import pytest

from builders import event, example
from case_builders import numbered
from console_board import Board
from console_builders import claimed
from schemas.envelope import Event
from schemas.events.tip import TipForwarded, TipHeld, TipReceived
from schemas.views import GRANTABLE, View
from search_builders import DESK, added, forwarded, linked, origin_of, person, proposed, received

pytestmark = pytest.mark.integration
UNITS = ("customs-79", "qltt-79", "bcd-79", "tax-79", DESK)
WORDS = ("đồng hồ", "túi xách", "nước hoa", "áo mưa", "0901 234 567", "0902 345 678", "shop.example", "Trần Thị Bịa")
CASES = {numbered(number) for number in range(1, 7)}
_TABLES = {
    "search_row": "unit, subject_id",
    "search_entry": "subject_id, event_id, unit",
    "search_subject": "id",
    "search_origin": "id",
}


def story(chance: random.Random) -> list[list[Event[Any]]]:
    """Each case and each tip in its own order; some tips are held, before or after they came into a case."""
    streams: list[list[Event[Any]]] = []
    for number in range(1, 7):
        case = [proposed(number, _audience(chance), said=_said(chance))]
        case += [
            added(number, 10 * number + turn, _audience(chance), said=_said(chance), sequence=turn + 2)
            for turn in (0, 1)
        ]
        case.insert(
            chance.randrange(1, 3), claimed(numbered(number), _audience(chance), 9, officer=chance.choice(WORDS))
        )
        streams.append(case)
        streams += [_tip(tip, chance) for tip in (number, 10 * number, 10 * number + 1)]
    return streams


def _case(number: int, chance: random.Random) -> list[Event[Any]]:
    claim = claimed(numbered(number), _audience(chance), 9, officer=chance.choice(WORDS))
    more = [added(number, tip, _audience(chance), said=_said(chance)) for tip in (10 * number, 10 * number + 1)]
    more.insert(chance.randrange(3), claim)
    return [proposed(number, _audience(chance), said=_said(chance)), *more]


def _tip(number: int, chance: random.Random) -> list[Event[Any]]:
    said = _said(chance)
    found = [received(number, said=said)]
    if chance.random() < 0.7:
        found.append(forwarded(number, {DESK: View.FULL, **_audience(chance)}, said=_said(chance)))
    elif chance.random() < 0.5:
        found.append(linked(number, to=chance.randrange(1, 7)))
    if chance.random() < 0.4:
        found.append(event(example(TipHeld), subject=origin_of(number), audience={"integrity-389": View.FULL}))
    return found


def _audience(chance: random.Random) -> dict[str, View]:
    return {unit: chance.choice(GRANTABLE[1:]) for unit in UNITS if chance.random() < 0.7}


def _said(chance: random.Random) -> Any:
    return person(f"Bán {chance.choice(WORDS)} và {chance.choice(WORDS)}", phone=chance.choice(WORDS[4:6]))


def mixed(streams: Sequence[list[Event[Any]]], chance: random.Random) -> Iterator[Event[Any]]:
    """One order of all that keeps that of each stream."""
    turns = [place for place, stream in enumerate(streams) for _ in stream]
    chance.shuffle(turns)
    at = [iter(stream) for stream in streams]
    return (next(at[turn]) for turn in turns)


async def play(
    board: Board, events: Sequence[Event[Any]], every: str = "s", groups: Callable[[], str] = lambda: "s"
) -> None:
    """The events one by one, as the groups of the console get them: s is that of the search, t that of timelines.

    `every` says which of them are there, and `groups` of each hold which have read it.
    """
    for one in events:
        read = groups() if isinstance(one.data, TipHeld) else every
        if "s" in read:
            await _index(board, one)
        if "t" in read:
            await _tell(board, one)


async def _index(board: Board, one: Event[Any]) -> None:
    async with board.units.begin() as uow:
        await (board.indexing.withhold if isinstance(one.data, TipHeld) else board.indexing.add)([one], uow)


async def _tell(board: Board, one: Event[Any]) -> None:
    if isinstance(one.data, TipHeld):
        await board.hold(UUID(one.envelope.subject))
    elif ".case." in one.envelope.type:
        await board.tell(one)


async def state(board: Board) -> Mapping[str, Any]:
    """All that the search keeps, and nothing kept afterwards."""
    async with board.units.begin() as uow:
        found = {name: await uow.raw.fetch(f"select * from {name} order by {key}") for name, key in _TABLES.items()}  # noqa: S608 - names above
        await uow.raw.execute(f"truncate {', '.join(_TABLES)}")
    return {name: [dict(row) for row in rows] for name, rows in found.items()}


async def test_topics_shuffled_against_each_other_and_a_replay_give_one_state(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    plain = [await board.sealed(*stream) for stream in story(chance)]
    states = []
    for _ in range(3):
        await play(board, list(mixed(plain, chance)))
        states.append(await state(board))

    assert states[0]["search_row"]
    assert states[1] == states[0]
    assert states[2] == states[0]


async def test_one_batch_of_everything_is_as_many_of_one(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    events = [
        one for stream in story(chance) for one in await board.sealed(*stream) if not isinstance(one.data, TipHeld)
    ]
    await play(board, events)
    singly = await state(board)
    async with board.units.begin() as uow:
        await board.indexing.add(events, uow)

    assert await state(board) == singly


async def test_events_added_twice_change_nothing(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    events = list(mixed([await board.sealed(*stream) for stream in story(chance)], chance))
    await play(board, events)
    once = await state(board)
    await play(board, events)
    await play(board, events)

    assert await state(board) == once


async def test_whatever_the_audiences_and_holds_hits_are_of_what_the_unit_sees_and_so_is_what_was_found_in_them(
    board: Board,
) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    events = list(mixed([await board.sealed(*stream) for stream in story(chance)], chance))
    await play(board, events, "st", lambda: "st")

    for unit in (*UNITS, "ca-79"):
        for words in WORDS:
            shown = await _shown(board, unit, words)
            assert set(await board.finds(unit, words)) & CASES == shown, (unit, words)


async def test_a_hold_that_one_group_has_not_read_yet_hides_all_the_same(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    events = list(mixed([await board.sealed(*stream) for stream in story(chance)], chance))
    await play(board, events, "st", lambda: chance.choice(("st", "t", "s")))

    found = {(unit, words): set(await board.finds(unit, words)) & CASES for unit in UNITS for words in WORDS}
    assert any(found.values())
    late = [one for one in events if isinstance(one.data, TipHeld)]
    for one in late:
        await _index(board, one)
        await _tell(board, one)
    for (unit, words), hits in found.items():
        assert hits <= await _shown(board, unit, words), (unit, words)


async def _shown(board: Board, unit: str, words: str) -> set[UUID]:
    """The cases of which the unit is shown these words."""
    return {case for case in CASES if words.lower() in await _text(board, unit, case)}


async def _text(board: Board, unit: str, case: UUID) -> str:
    """Everything that the unit is shown of a case."""
    read = await board.reader.case(unit, case)
    return str([one.data for one in read.entries] if read else "").lower()


async def test_tips_are_found_by_nothing_but_what_their_events_show_the_unit(board: Board) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    streams = [_tip(number, chance) for number in range(1, 25)]
    await play(board, list(mixed([await board.sealed(*one) for one in streams], chance)))

    for unit in UNITS:
        for words in WORDS:
            expected = {UUID(one[0].envelope.subject) for one in streams if _shows(one, unit, words)}
            assert set(await board.finds(unit, words)) == expected, (unit, words)


def _shows(stream: Sequence[Event[Any]], unit: str, words: str) -> bool:
    """By the rules told anew: a held tip shows nothing, a forwarded one what the forwarding says, else what came in."""
    if isinstance(stream[-1].data, TipHeld):
        return False
    full = [one for one in stream if one.audience.get(unit) is View.FULL]
    if isinstance(stream[-1].data, TipForwarded):
        full = [one for one in full if not isinstance(one.data, TipReceived)]
    return any(words in str(one.data.personal) for one in full)
