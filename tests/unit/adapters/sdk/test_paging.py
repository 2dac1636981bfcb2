"""Reading an agency's system page by page: it is waited for, and what it garbles costs no other row."""

import hashlib
from pathlib import Path
from random import Random

import httpx2
import pytest

from adapters.sdk.errors import ConfigurationError, SourceRefused, SourceUnavailable, SourceUnreadable
from adapters.sdk.paging import MAX_PAGE_BYTES, MOST_STEPS
from customs_builders import TOKEN, System, garbage, kept, numbered, pager


async def every_row(system: System, folder: Path, limit: int) -> list[str]:
    """The ids of all rows, read to the end."""
    found: list[str] = []
    async with system.client() as client:
        pages, done, last = pager(client, folder), 0, False
        while not last:
            page = await pages.after(done, limit)
            done, last = page.cursor, page.last
            found += [row["Declaration ID"] for row in page.rows]
    return found


def ids(system: System) -> list[str]:
    return [row["Declaration ID"] for row in system.shelf.rows]


@pytest.mark.parametrize("limit", [1, 3, 10, 1000])
async def test_all_rows_come_once_and_in_order_whatever_the_size_of_a_page(tmp_path: Path, limit: int) -> None:
    system = System.of(numbered(10))
    assert await every_row(system, tmp_path, limit) == ids(system)


async def test_a_page_of_garbage_is_kept_whole_with_its_reason_and_asked_for_again(tmp_path: Path) -> None:
    system = System.of(numbered(10))
    first = iter([httpx2.Response(200, content=b"<html>\xff 502")])
    system.spoil = lambda _after, _limit: next(first, None)
    assert await every_row(system, tmp_path, 10) == ids(system)
    ((why, what),) = kept(tmp_path)
    assert what == b"<html>\xff 502"
    assert why["sha256"] == hashlib.sha256(what).hexdigest()
    assert "JSON" in why["reason"]


@pytest.mark.parametrize("seed", range(25))
async def test_rows_that_are_garbage_for_good_cost_no_other_row(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    system = System.of(numbered(chance.randint(1, 60)))
    bad = set(chance.sample(range(len(ids(system))), chance.randint(1, min(6, len(ids(system))))))
    system.spoil = garbage(*bad)
    sound = [one for place, one in enumerate(ids(system)) if place not in bad]
    assert await every_row(system, tmp_path, chance.choice([1, 4, 16, 64])) == sound
    assert kept(tmp_path)


async def test_a_system_that_sends_nothing_but_garbage_stops_the_reading_where_it_began(tmp_path: Path) -> None:
    system = System.of(numbered(100))
    system.spoil = garbage(*range(50, 100))
    async with system.client() as client:
        pages = pager(client, tmp_path)
        assert (await pages.after(0, 50)).cursor == 50
        with pytest.raises(SourceUnreadable, match=r"rows 51 to 70 .*repaired"):
            await pages.after(50, 50)
    assert len(system.asked) < MOST_STEPS + 10


LIES = {
    "no JSON": b"hello",
    "a list": b"[]",
    "no rows": b'{"source": "s", "cursor": 0, "next": null}',
    "rows that are none": b'{"source": "s", "cursor": 1, "next": null, "declarations": [1]}',
    "a cursor that stands still": b'{"source": "s", "cursor": 0, "next": 0, "declarations": [{}]}',
    "a cursor that jumps": b'{"source": "s", "cursor": 9, "next": 9, "declarations": [{}]}',
    "no source": b'{"cursor": 1, "next": null, "declarations": [{}]}',
    "too much": b"[" * (MAX_PAGE_BYTES + 2),
}


@pytest.mark.parametrize("content", LIES.values(), ids=LIES.keys())
async def test_an_answer_that_cannot_be_believed_is_garbage(tmp_path: Path, content: bytes) -> None:
    system = System.of(numbered(3))
    first = iter([httpx2.Response(200, content=content)])
    system.spoil = lambda _after, _limit: next(first, None)
    assert await every_row(system, tmp_path, 10) == ids(system)
    assert len(kept(tmp_path)) == 1


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503])
async def test_a_busy_system_is_asked_again(tmp_path: Path, status: int) -> None:
    system = System.of(numbered(3))
    first = iter([httpx2.Response(status)] * 2)
    system.spoil = lambda _after, _limit: next(first, None)
    assert await every_row(system, tmp_path, 10) == ids(system)
    assert len(system.asked) == 3
    assert kept(tmp_path) == []


async def test_a_system_that_stays_busy_is_given_up_after_a_bounded_number_of_attempts(tmp_path: Path) -> None:
    system = System.of(numbered(3))
    system.spoil = lambda _after, _limit: httpx2.Response(503)
    async with system.client() as client:
        with pytest.raises(SourceUnavailable, match="/declarations answers 503"):
            await pager(client, tmp_path).after(0, 10)
    assert len(system.asked) == 3


async def test_a_system_that_does_not_answer_is_asked_again(tmp_path: Path) -> None:
    system = System.of(numbered(3))
    failures: list[Exception] = [httpx2.ReadTimeout("late"), httpx2.ConnectError("away")]

    def spoil(_after: int, _limit: int) -> httpx2.Response | None:
        if failures:
            raise failures.pop()
        return None

    system.spoil = spoil
    assert await every_row(system, tmp_path, 10) == ids(system)


async def test_the_wait_that_a_system_asks_for_is_kept(tmp_path: Path) -> None:
    system = System.of(numbered(1))
    first = iter([httpx2.Response(429, headers={"Retry-After": "0"}), httpx2.Response(503)])
    system.spoil = lambda _after, _limit: next(first, None)
    assert await every_row(system, tmp_path, 10) == ids(system)


async def test_a_token_that_was_replaced_meanwhile_is_read_again(tmp_path: Path) -> None:
    system, tokens = System.of(numbered(1)), iter(["old", TOKEN])
    async with system.client() as client:
        page = await pager(client, tmp_path, lambda: next(tokens)).after(0, 10)
    assert len(page.rows) == 1


async def test_a_token_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    system, missing = System.of(numbered(1)), [ConfigurationError("not there yet")]

    def token() -> str:
        if missing:
            raise missing.pop()
        return TOKEN

    async with system.client() as client:
        page = await pager(client, tmp_path, token).after(0, 10)
    assert len(page.rows) == 1


async def test_a_refusal_is_not_asked_again(tmp_path: Path) -> None:
    system = System.of(numbered(3))
    system.spoil = lambda _after, _limit: httpx2.Response(404)
    async with system.client() as client:
        with pytest.raises(SourceRefused, match="answers 404: check the address"):
            await pager(client, tmp_path).after(0, 10)
    assert len(system.asked) == 1
