"""A library that repeats itself is written once a minute, and the line after that says how much was left out."""

import logging

import pytest

from runtime_builders import Ticks
from services.runtime.sparing import EVERY_SECONDS, LEFT_OUT, MAX_KINDS, Sparing


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def sparing(ticks: Ticks) -> Sparing:
    return Sparing(ticks)


def said(
    node: int = 1, name: str = "aiokafka.client", text: str = "Unable connect to node with id %s"
) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "client.py", 435, text, (node,), None)


def test_a_flood_of_one_message_is_one_line_a_minute(sparing: Sparing, ticks: Ticks) -> None:
    passed = 0
    for _ in range(600):
        passed += sparing.filter(said())
        ticks.seconds += 0.2
    assert passed == 2


def test_the_next_line_tells_how_many_were_left_out(sparing: Sparing, ticks: Ticks) -> None:
    assert [sparing.filter(said(node)) for node in range(4)] == [True, False, False, False]
    ticks.seconds += EVERY_SECONDS
    later = said()
    assert sparing.filter(later)
    assert getattr(later, LEFT_OUT) == 3
    ticks.seconds += EVERY_SECONDS
    last = said()
    assert sparing.filter(last)
    assert not hasattr(last, LEFT_OUT)


def test_other_messages_and_other_loggers_are_not_held_back(sparing: Sparing) -> None:
    assert sparing.filter(said())
    assert sparing.filter(said(text="Heartbeat failed: %r"))
    assert sparing.filter(said(name="aiokafka.conn"))


def test_what_is_remembered_is_bounded(sparing: Sparing) -> None:
    for number in range(MAX_KINDS + 1):
        sparing.filter(said(text=f"made of values: {number}"))
    assert sparing.filter(said(text="made of values: 0"))
    assert not sparing.filter(said(text=f"made of values: {MAX_KINDS}"))
