"""The guards that `make mutants` switches off, and how it tells a guard that is missed from one that is not."""

import os
from pathlib import Path

import pytest

from mutants.guard import DoesNotApplyError, Edit, Guard, guards
from mutants.run import chosen_from, main, tried
from mutants.trial import Tree, copy_of

ROOT = Path(__file__).parents[3]
GUARDED = "def double(n):\n    return n * 2\n"
TEST = "from sums import double\n\ndef test_it_doubles():\n    assert double(2) == 4\n"
WEAK = "from sums import double\n\ndef test_it_answers():\n    assert double(2)\n"


def guard(tests: str = "test_sums.py", **changes: str) -> Guard:
    edit = {"file": "sums.py", "old": "n * 2", "new": "n * 3"} | changes
    return Guard("doubling", "sums are wrong", (tests,), (Edit(**edit),))


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A tree of two files, whose test runs for real."""
    root = tmp_path / "tree"
    root.mkdir()
    for name, text in {"sums.py": GUARDED, "test_sums.py": TEST, "test_weak.py": WEAK}.items():
        (root / name).write_text(text, encoding="utf-8")
    return Tree(root, {"PATH": os.environ["PATH"]})


@pytest.mark.parametrize("one", guards(), ids=lambda one: one.name)
def test_each_guard_stands_where_it_is_looked_for_and_is_changed_by_switching_it_off(one: Guard) -> None:
    texts = {edit.file: (ROOT / edit.file).read_text(encoding="utf-8") for edit in one.edits}
    for edit in one.edits:
        changed = edit.applied(texts[edit.file])
        assert changed != texts[edit.file]
        compile(changed, edit.file, "exec")
        texts[edit.file] = changed
    for test in one.tests:
        path, _, name = test.partition("::")
        assert f"def {name or 'test_'}" in (ROOT / path).read_text(encoding="utf-8")


def test_a_guard_that_a_test_misses_when_it_is_gone_is_caught_by_that_test(tree: Tree) -> None:
    verdict = tried(tree, guard())

    assert (verdict.caught, verdict.by) == (True, ["test_it_doubles"])
    assert (tree.root / "sums.py").read_text(encoding="utf-8") == GUARDED


def test_a_guard_that_no_test_misses_is_told_with_what_a_user_would_meet(tree: Tree) -> None:
    verdict = tried(tree, guard("test_weak.py"))

    assert not verdict.caught
    assert verdict.line().startswith("doubling           NOT CAUGHT: 1 tests passed without it, though sums are wrong")


def test_tests_that_cannot_run_catch_nothing(tree: Tree) -> None:
    verdict = tried(tree, guard(old="def double(n):", new="def single(n):"))

    assert not verdict.caught
    assert "could not run" in verdict.why


@pytest.mark.parametrize("old", ["n * 4", "n"])
def test_a_change_whose_place_is_not_there_once_is_told_and_changes_nothing(tree: Tree, old: str) -> None:
    with pytest.raises(DoesNotApplyError, match="instead of once"):
        guard(old=old).switch_off(tree.root)

    assert "instead of once" in tried(tree, guard(old=old)).why
    assert (tree.root / "sums.py").read_text(encoding="utf-8") == GUARDED


def test_a_copy_holds_the_sources_and_is_removed(tree: Tree) -> None:
    (tree.root / ".venv").mkdir()
    with copy_of(tree.root, {}) as copied:
        assert {path.name for path in copied.root.iterdir()} == {"sums.py", "test_sums.py", "test_weak.py"}
    assert not copied.root.exists()


def test_a_guard_that_there_is_not_is_told_with_those_that_there_are() -> None:
    with pytest.raises(SystemExit, match="no guard tea; there are: gap fence, offset compare"):
        main(["--only", "tea"])
    assert [one.name for one in chosen_from(["seal"])] == ["seal"]
