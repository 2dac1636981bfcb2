"""An adapter's position and its quarantine on disk."""

from pathlib import Path

import pytest

from adapters.sdk.cursor import CursorFile, Position
from adapters.sdk.errors import ConfigurationError


def test_a_position_is_found_again(tmp_path: Path) -> None:
    CursorFile(tmp_path / "a" / "cursor.json").save(Position(source="s", done=7))
    assert CursorFile(tmp_path / "a" / "cursor.json").load() == Position(source="s", done=7)


def test_without_a_file_it_is_the_beginning(tmp_path: Path) -> None:
    assert CursorFile(tmp_path / "cursor.json").load() == Position(source="", done=0)


@pytest.mark.parametrize("content", ["", "{", '{"source": "s", "done": -1}', "\0" * 20])
def test_a_damaged_file_is_told_with_the_remedy(tmp_path: Path, content: str) -> None:
    (tmp_path / "cursor.json").write_text(content)
    with pytest.raises(ConfigurationError, match=r"cursor.json holds no position: remove it"):
        CursorFile(tmp_path / "cursor.json").load()


def test_a_save_that_fails_leaves_the_position_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = CursorFile(tmp_path / "cursor.json")
    cursor.save(Position(source="s", done=1))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        cursor.save(Position(source="s", done=2))
    assert cursor.load().done == 1


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    CursorFile(tmp_path / "a" / "cursor.json").save(Position(source="s", done=1))
    assert (tmp_path / "a" / "cursor.json").stat().st_mode & 0o077 == 0
