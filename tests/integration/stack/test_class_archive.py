"""The class archive by the Java that runs Kafka here: written at an orderly end, verified, used, never half of it."""

import os
import subprocess
from pathlib import Path

import pytest

from infra.stack import class_archive
from infra.stack.class_archive import ClassArchive
from infra.stack.java import find_java

pytestmark = pytest.mark.integration


@pytest.fixture
def archive(tmp_path: Path) -> ClassArchive:
    return ClassArchive(tmp_path / "cache", find_java(), [])


@pytest.fixture(autouse=True)
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "home/classes"


def run(archive: ClassArchive, scratch: Path) -> str:
    """A run of Java that ends in good order, and what it says of itself."""
    command = [str(archive.java.path), *archive.options(scratch), "-version"]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stderr


def test_one_run_leaves_an_archive_and_the_next_starts_with_it(archive: ClassArchive, scratch: Path) -> None:
    run(archive, scratch)
    assert archive.keep(scratch)
    assert not scratch.exists()

    assert any(str(archive.file) in option for option in archive.options(scratch))
    assert "sharing" in run(archive, scratch)
    assert not scratch.exists()


def test_one_that_was_cut_short_is_not_kept(archive: ClassArchive, scratch: Path, cache: Path) -> None:
    run(archive, scratch)
    made = scratch / archive.file.name
    whole = made.read_bytes()
    made.unlink()
    made.write_bytes(whole[: len(whole) // 2])

    assert not archive.keep(scratch)
    assert [path.name for path in cache.rglob("*.archive")] == []
    assert not scratch.exists()


def test_one_that_java_does_not_verify_in_time_is_not_kept(
    archive: ClassArchive, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(archive, scratch)
    monkeypatch.setattr(class_archive, "_CHECK_SECONDS", 0.001)

    assert not archive.keep(scratch)
    assert not scratch.exists()


def test_one_of_a_java_since_replaced_makes_room_for_the_next(
    archive: ClassArchive, scratch: Path, cache: Path
) -> None:
    older = archive.file.with_name(archive.file.name.rsplit("-", 1)[0] + "-0123456789ab.archive")
    older.parent.mkdir()
    older.write_bytes(b"of another Java at this place")

    run(archive, scratch)
    archive.keep(scratch)

    assert [path.name for path in cache.rglob("*.archive")] == [archive.file.name]


def test_a_run_that_was_killed_leaves_nothing_to_the_next(archive: ClassArchive, scratch: Path) -> None:
    archive.options(scratch)
    (scratch / archive.file.name).write_bytes(b"half")

    archive.options(scratch)

    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_cache_that_may_only_be_read_asks_for_none(archive: ClassArchive, scratch: Path, cache: Path) -> None:
    cache.chmod(0o500)

    assert archive.options(scratch) == ()
    assert not scratch.exists()
