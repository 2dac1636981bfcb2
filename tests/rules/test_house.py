"""Each rule of the house finds a planted offence, and the tree has none."""

import ast
import subprocess
from pathlib import Path, PurePosixPath

import pytest

from rules import actions, house, source, texts

MODULE = PurePosixPath("services/cases/claims.py")


def python(text: str, path: PurePosixPath = MODULE) -> list[str]:
    return source.offences(path, text)


def test_a_file_may_have_300_lines_and_not_one_more() -> None:
    assert python("\n" * 300) == []
    assert python("\n" * 301) == ["301 lines, more than 300: split it by its nouns"]


def test_a_file_past_its_budget_is_listed_and_allowed() -> None:
    assert not source.over_budget("\n" * 200)
    assert source.over_budget("\n" * 201)


def test_a_function_may_have_40_lines_and_not_one_more() -> None:
    body = "    x = 1\n"
    assert python("def f():\n" + body * 39) == []
    assert python("async def f():\n" + body * 40) == ["line 1: f has 41 lines, more than 40"]


def test_a_function_takes_five_positional_parameters_besides_self() -> None:
    assert python("class A:\n    def f(self, a, b, c, d, e, *, f, g): ...\n") == []
    assert python("def f(a, b, c, d, e, f): ...\n") == ["line 1: f has 6 positional parameters, over 5"]


def test_a_command_of_the_command_line_may_take_more_because_typer_calls_it_by_name() -> None:
    assert python("@app.command()\ndef f(a, b, c, d, e, f): ...\n") == []


@pytest.mark.parametrize("name", ["bus/utils.py", "services/common/case.py", "bus/helpers.py", "services/core.py"])
def test_a_module_named_for_nothing_is_refused(name: str) -> None:
    assert any("name the noun" in said for said in python("", PurePosixPath(name)))


@pytest.mark.parametrize("caught", ["", " Exception", " BaseException as e", " (ValueError, Exception)"])
def test_a_broad_except_that_goes_on_is_refused(caught: str) -> None:
    text = f"try:\n    f()\nexcept{caught}:\n    pass\n"
    assert python(text) == ["line 3: a broad except neither raises again nor says what it records"]


def test_a_broad_except_that_raises_again_records_and_ends_or_says_why_is_kept() -> None:
    assert python("try:\n    f()\nexcept Exception:\n    undo()\n    raise\n") == []
    assert python("try:\n    f()\nexcept Exception:  # noqa: BLE001 - parked with its reason\n    park()\n") == []
    ending = "    try:\n        f()\n    except Exception:\n        log.exception('died')\n        return 1\n"
    assert python(f"def main():\n{ending}") == []
    assert python(f"def main():\n{ending}".replace("return 1", "pass")) != []


@pytest.mark.parametrize(
    "waiver", ["noqa: S608", "noqa", "noqa: S608, E501", "type: ignore[arg-type]", "noqa: S608 - x"]
)
def test_a_waiver_without_a_reason_is_refused(waiver: str) -> None:
    (said,) = python(f"x = 1  # {waiver}\n")
    assert said.startswith("line 1: a waiver carries its reason")
    assert python(f"x = 1  # {waiver} - a constant of this file\n") == []


@pytest.mark.parametrize(
    "line",
    [
        'log.info(f"tip {tip}")', 'log.info("Tip received")', 'log.warning("tip")', 'log.info("tip_received", tip)',
        'structlog.get_logger().error("tip " + tip)', "log.exception(str(error))", "log.info(event=x)",
    ],
)  # fmt: skip
def test_a_log_line_that_is_no_action_is_refused(line: str) -> None:
    assert len(list(actions.actions(ast.parse(line)))) == 1


def test_a_log_line_that_is_an_action_with_fields_is_kept_and_other_calls_are_not_looked_at() -> None:
    text = 'log.info("tip_received", unit=unit)\nself._log.error("relay_fenced")\nmath.log(2)\nsay.info("Any text")\n'
    assert list(actions.actions(ast.parse(text))) == []


def test_a_package_says_what_it_is() -> None:
    assert python("", PurePosixPath("bus/__init__.py")) == ["a package says in its docstring what it is"]
    assert python('"""How services speak."""\n', PurePosixPath("bus/__init__.py")) == []


def test_a_service_says_what_it_owns_consumes_and_publishes() -> None:
    path = PurePosixPath("services/cases/__init__.py")
    whole = '"""Cases.\n\nOwns: cases.\nConsumes: tips.\nPublishes: facts.\n"""\n'
    assert python(whole, path) == []
    assert python(whole.replace("Consumes", "Reads"), path) == ["a service's docstring says what it consumes"]
    assert python('"""Settings."""\n', PurePosixPath("services/runtime/__init__.py")) == []


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("cache = '/ro~ot/x'", "one machine only"),
        ("see /ho~me/linh/notes", "one machine only"),
        ("url = https://py~pi.org/simple", "package registry"),
        ("files.python~hosted.org", "package registry"),
        ("# TO~DO later", "unfinished work"),
        ("# FIX~ME", "unfinished work"),
    ],
)
def test_a_text_that_gives_away_a_machine_or_is_not_finished_is_refused(line: str, meaning: str) -> None:
    planted = line.replace("~", "")  # split above, or this file would offend itself
    (said,) = texts.offences(PurePosixPath("docs/page.md"), f"first\n{planted}\n")
    assert said.startswith("line 2: ")
    assert meaning in said


@pytest.mark.parametrize("line", ["mkdir -p /tmp/data", "GET /work/items", "$(HOME)/root/x", "a todolist"])
def test_an_ordinary_path_or_word_is_kept(line: str) -> None:
    assert texts.offences(PurePosixPath("docs/page.md"), line) == []


def test_the_changelog_has_a_place_for_what_is_not_released() -> None:
    path = PurePosixPath("CHANGELOG.md")
    assert texts.offences(path, "# Changelog\n\n## [Unreleased]\n") == []
    assert texts.offences(path, "# Changelog\n") == ["has no line '## [Unreleased]'"]


def test_a_decision_is_numbered_dated_and_has_its_four_parts() -> None:
    path = PurePosixPath("docs/decisions/0012-why.md")
    parts = "".join(f"\n{part}\n\nx\n" for part in texts.ADR_PARTS)
    assert texts.offences(path, f"# 12. Why\n\nStatus: accepted, 2026-11-24\n{parts}") == []
    assert texts.offences(path, "# Why\n") == [
        "the title is '# N. What was decided'",
        "has no line 'Status: accepted, YYYY-MM-DD'",
        *(f"has no part '{part}'" for part in texts.ADR_PARTS),
    ]


def test_a_decision_is_one_page() -> None:
    found = texts.decision("0012-why.md", "# 12. Why\n" + "x\n" * 70)
    assert "is longer than a page (70 lines)" in found


def test_a_shipped_folder_without_an_init_is_named_and_revisions_are_not() -> None:
    files = [PurePosixPath(name) for name in ("bus/__init__.py", "bus/x.py", "bus/ddl/y.py", "tests/unit/z.py")]
    assert house.nameless_packages(files) == [PurePosixPath("bus/ddl")]
    assert house.nameless_packages([PurePosixPath("services/cases/migrations/versions/0001_x.py")]) == []


def test_a_file_that_is_not_added_yet_is_read_too(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)
    (tmp_path / "utils.py").write_text('"""Nothing."""\n')
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert list(house.offences(tmp_path)) == ["utils.py: 'utils' says nothing about what is inside: name the noun"]


def test_the_tree_breaks_no_rule_of_the_house() -> None:
    assert list(house.offences()) == []
