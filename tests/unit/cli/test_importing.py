"""`phoihop tip import`: what is sent, what is told, and that only what the desk lacks is sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.tip import app
from command_builders import Asked, Town
from schemas.problems import FORBIDDEN, UNAVAILABLE

LIST = "0198f0c0-0000-7000-8000-000000000001"
ROWS = f"/desk/lists/{LIST}/rows"


class Desk:
    """Intake's door: it knows how far the list is, and can be away for a while."""

    def __init__(self) -> None:
        self.last_line = 0
        self.rows: list[dict[str, Any]] = []
        self.finished: str | None = None
        self.expected = 0
        self.away = 0

    def begin(self, asked: Asked) -> dict[str, Any]:
        self.expected = asked.body["rows"]
        return self.state()

    def take(self, asked: Asked) -> dict[str, Any]:
        if self.away:
            self.away -= 1
            raise Refused(UNAVAILABLE.problem())
        self.rows += asked.body["rows"]
        self.finished = "2026-11-24T01:00:00Z" if asked.body["last"] else None
        return self.state()

    def state(self) -> dict[str, Any]:
        read = len(self.rows)
        told = {"list_id": LIST, "finished_at": self.finished, "expected": self.expected, "last_line": self.last_line}
        return {**told, "read": read, "taken": read - 1, "linked": 0, "refused": min(read, 1)}


@pytest.fixture
def desk(town: Town) -> Desk:
    found = Desk()
    row = {"line": 2, "reason": "no_site", "vi": "Không có.", "en": "It names no host."}
    town.answers |= {
        ("POST", "/desk/lists"): found.begin,
        ("POST", ROWS): found.take,
        ("GET", f"/desk/lists/{LIST}/refused"): {"refused": [row], "next": None},
    }
    return found


def tip_import(*words: str) -> Result:
    return CliRunner().invoke(app, ["import", *words])


def written(folder: Path, content: bytes, name: str = "list.txt") -> str:
    file = folder / name
    file.write_bytes(content)
    return str(file)


def test_every_line_is_sent_and_the_counts_are_told(tmp_path: Path, desk: Desk) -> None:
    done = tip_import(written(tmp_path, b"a.example\nkhong\n\nb.example\n"), "--json")

    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert {name: told[name] for name in told if name.startswith("reports_")} == {
        "reports_read": 3,
        "reports_taken": 2,
        "reports_linked": 0,
        "reports_refused": 1,
    }
    assert [row["number"] for row in desk.rows] == [1, 2, 4]
    assert [row["line"] for row in told["refused"]] == [2]
    assert done.stderr == ""


def test_a_person_is_told_the_refused_lines_and_the_counts(tmp_path: Path, desk: Desk) -> None:
    done = tip_import(written(tmp_path, b"a.example\nkhong\n"))

    assert done.stdout.splitlines() == ["line 2: It names no host.", "read 2  taken 1  linked 0  refused 1"]
    assert len(desk.rows) == 2


def test_only_what_the_desk_lacks_is_sent(tmp_path: Path, desk: Desk) -> None:
    desk.last_line = 2

    tip_import(written(tmp_path, b"a.example\nb.example\nc.example\n"))

    assert [row["number"] for row in desk.rows] == [3]


def test_a_file_that_the_desk_has_is_told_as_unchanged_and_nothing_is_sent(
    tmp_path: Path, town: Town, desk: Desk
) -> None:
    desk.rows, desk.finished = [{}, {}, {}], "2026-11-24T01:00:00Z"

    done = tip_import(written(tmp_path, b"a.example\nkhong\nb.example\n"), "--json")

    told = json.loads(done.stdout)
    assert (told["unchanged"], told["reports_taken"], told["reports_linked"]) == (True, 0, 2)
    assert not [asked for asked in town.asked if asked.path == ROWS]


def test_a_desk_that_is_busy_is_asked_again_with_the_same_chunk(tmp_path: Path, desk: Desk) -> None:
    desk.away = 1

    done = tip_import(written(tmp_path, b"a.example\n"))

    assert done.exit_code == 0
    assert len(desk.rows) == 1


@pytest.mark.parametrize(
    ("words", "content", "told"),
    [
        ((), "a.example".encode("utf-16"), "--encoding utf-16"),
        ((), b"c\xe0 ph\xea.example", "is not UTF-8 text: save it as UTF-8"),
        (("--map", "x"), b"a.example", "write COLUMN=FIELD"),
        (("--map", "a=site", "--map", "b=site"), b"a,b\n", "a column tells one field"),
        (("--map", "web=site"), b"url\na.example\n", "there is no column web; the file has url"),
    ],
)
def test_what_cannot_be_read_is_wrong_usage_with_its_remedy(
    tmp_path: Path, desk: Desk, words: tuple[str, ...], content: bytes, told: str
) -> None:
    done = tip_import(written(tmp_path, content), *words)

    assert done.exit_code == 2
    assert told in done.stderr
    assert desk.rows == []


def test_a_file_is_found_by_its_name_in_the_data_folder(
    tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHOIHOP_DATA", str(tmp_path))
    written(tmp_path, b"a.example\n")

    assert tip_import("list.txt").exit_code == 0
    missing = tip_import("other.txt")
    assert missing.exit_code == 2
    assert "there is no file other.txt" in missing.stderr
    assert len(desk.rows) == 1


def test_who_is_no_operator_is_told_so(tmp_path: Path, town: Town, desk: Desk) -> None:
    town.answers["POST", "/desk/lists"] = Refused(FORBIDDEN.problem("Không được.", "Not an operator."))

    done = tip_import(written(tmp_path, b"a.example\n"))

    assert done.exit_code == 1
    assert "Not an operator." in done.stderr
    assert desk.rows == []
