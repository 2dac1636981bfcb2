"""The lock decides which bytes may run: nothing else enters the cache, and what is cached is read again."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.stack.errors import JarMismatch, JarsUnavailable, LockInvalid, NotWritable
from infra.stack.jars import Jar, ensure_jars, missing, read_lock

CONTENT = b"the reviewed bytes"
JAR = Jar("org.example", "broker", "1.0", hashlib.sha256(CONTENT).hexdigest())


def serving(content: bytes, asked: list[str] | None = None) -> Callable[[Jar, Path], Path]:
    """A repository that hands out this content for every coordinate."""

    def fetch(jar: Jar, folder: Path) -> Path:
        if asked is not None:
            asked.append(jar.coordinate)
        path = folder / jar.filename
        path.write_bytes(content)
        return path

    return fetch


def test_the_committed_lock_names_every_jar_once_and_no_address() -> None:
    jars = read_lock()

    assert "org.apache.kafka:kafka_2.13:4.3.0" in {jar.coordinate for jar in jars}
    assert len({jar.filename for jar in jars}) == len(jars) == 46
    assert not any("/" in jar.coordinate for jar in jars)


def test_a_jar_is_fetched_once_and_then_comes_from_the_cache(tmp_path: Path) -> None:
    asked: list[str] = []

    first = ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT, asked))
    second = ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT, asked))

    assert first == second == [tmp_path / "jars" / "broker-1.0.jar"]
    assert asked == [JAR.coordinate]


def test_other_bytes_are_refused_and_never_cached(tmp_path: Path) -> None:
    with pytest.raises(JarMismatch, match=r"org.example:broker:1.0 has SHA-256 .*Nothing was started"):
        ensure_jars(tmp_path, jars=[JAR], fetch=serving(b"other bytes"))

    assert list((tmp_path / "jars").iterdir()) == []


def test_a_cached_jar_that_was_changed_is_fetched_again(tmp_path: Path) -> None:
    [path] = ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT))
    path.write_bytes(b"tampered with")

    assert missing([JAR], tmp_path) == [JAR]
    ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT))
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "cause", [ConnectionError("no route"), TimeoutError("too slow"), RuntimeError("not found in {'x': 'y'}")]
)
def test_a_jar_that_cannot_be_had_is_named_with_what_to_try(tmp_path: Path, cause: Exception) -> None:
    def unreachable(_jar: Jar, _folder: Path) -> Path:
        raise cause

    with pytest.raises(JarsUnavailable, match=r"org.example:broker:1.0 could not be downloaded.*network or proxy"):
        ensure_jars(tmp_path, jars=[JAR], fetch=unreachable)


def test_progress_tells_how_much_is_fetched(tmp_path: Path) -> None:
    told: list[str] = []

    ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT), progress=told.append)
    ensure_jars(tmp_path, jars=[JAR], fetch=serving(CONTENT), progress=told.append)

    assert told == ["downloading 1 of 1 jars of Apache Kafka"]


def test_a_cache_that_cannot_be_made_is_named_with_the_variable_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(NotWritable, match=r"file.* cannot be written .*PHOIHOP_CACHE"):
        ensure_jars(tmp_path / "file", jars=[JAR], fetch=serving(CONTENT))


@pytest.mark.parametrize("line", ["org.example:broker:1.0", "org.example:broker:1.0 sha256:abc", "nonsense"])
def test_a_line_of_the_lock_that_cannot_be_read_is_named_by_its_number(tmp_path: Path, line: str) -> None:
    lock = tmp_path / "kafka.lock"
    lock.write_text(f"# comment\n\n{line}\n", encoding="utf-8")

    with pytest.raises(LockInvalid, match="line 3"):
        read_lock(lock)
