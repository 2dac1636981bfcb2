"""The command as a whole: every command that a text names exists, and help comes without loading what it describes."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import typer.main

from cli.__main__ import app

ROOT = Path(__file__).parents[3]
PLACES = ("*.md", "docs/**/*.md", "*/README.md", "*/*/README.md", "adapters/**/*.py", "cli/**/*.py", "infra/**/*.py")
TEXTS = sorted(path for place in PLACES for path in ROOT.glob(place))
SLOW = ("aiokafka", "alembic", "asyncpg", "confluent_kafka", "fastapi", "httpx2", "pydantic", "sqlalchemy")
NAMED = re.compile(r"phoihop((?: [a-z]+(?:-[a-z]+)*)+)")


def commands() -> dict[str, object]:
    """Every command by its words, groups too."""
    return dict(walk("", typer.main.get_command(app)))


def walk(words: str, command: object) -> Iterator[tuple[str, object]]:
    """The command and what is below it."""
    yield words, command
    for name, below in getattr(command, "commands", {}).items():
        yield from walk(f"{words} {name}".strip(), below)


def named_in(text: str) -> set[str]:
    """Every `phoihop …` that stands in code, by the words that name its command."""
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    return {found.strip() for part in code for found in NAMED.findall(part)}


def test_every_command_that_a_text_or_a_message_names_exists() -> None:
    known = commands()
    named = {(path.name, words) for path in TEXTS for words in named_in(path.read_text("utf-8"))}

    assert len(named) > 10
    assert sorted((path, words) for path, words in named if known_part(words, known) is None) == []


def known_part(words: str, known: dict[str, object]) -> str | None:
    """The longest beginning that is a command; None where it is only a group whose next word does not exist."""
    parts = words.split()
    best = max((end for end in range(len(parts) + 1) if " ".join(parts[:end]) in known), default=0)
    rest, command = parts[best:], known[" ".join(parts[:best])]
    return None if best == 0 or (rest and hasattr(command, "commands")) else " ".join(parts[:best])


def test_the_texts_are_read_for_commands_at_all() -> None:
    assert "up" in named_in((ROOT / "README.md").read_text("utf-8"))
    assert named_in("Run `phoihop stack up`, or:\n```sh\nphoihop case claim 1\n```") == {"stack up", "case claim"}
    assert known_part("stack fly", commands()) is None


def test_every_command_says_what_it_does_and_what_each_option_is_for() -> None:
    found = {words: command for words, command in commands().items() if words and not hasattr(command, "commands")}

    assert len(found) > 25
    assert [words for words, command in found.items() if not getattr(command, "help", "")] == []


def test_help_loads_nothing_of_what_the_commands_use() -> None:
    code = f"import sys, cli.__main__; print([name for name in {SLOW} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"
