"""Where state lies, and the lock that one command at a time holds."""

import subprocess
import sys
from pathlib import Path

import pytest

from infra.stack.errors import NotWritable, StackBusy
from infra.stack.home import Home, cache_of, exclusive, home_of

HOLDER = """
import fcntl, sys
lock = open(sys.argv[1], "a")
fcntl.flock(lock, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_the_home_is_in_the_checkout_unless_the_environment_says_otherwise(tmp_path: Path) -> None:
    assert home_of({}, tmp_path).root == tmp_path / ".phoihop"
    assert home_of({"PHOIHOP_HOME": str(tmp_path / "other")}, tmp_path).root == tmp_path / "other"


def test_jars_are_cached_outside_the_checkout(tmp_path: Path) -> None:
    assert cache_of({"HOME": str(tmp_path)}) == tmp_path / ".cache" / "phoihop"
    assert cache_of({"HOME": "/x", "XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "phoihop"
    assert cache_of({"HOME": "/x", "PHOIHOP_CACHE": str(tmp_path / "mine")}) == tmp_path / "mine"


def test_preparing_makes_private_folders_private(tmp_path: Path) -> None:
    home = Home(tmp_path / "new" / "home")
    home.prepare()
    home.prepare()

    assert home.secrets.stat().st_mode & 0o777 == 0o700
    assert home.kafka.stat().st_mode & 0o777 == 0o700


def test_a_home_that_cannot_be_made_is_named_with_the_variable_to_set(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")

    with pytest.raises(NotWritable, match=r"file/home cannot be written .*PHOIHOP_HOME"):
        Home(tmp_path / "file" / "home").prepare()


def test_whoever_waits_too_long_for_the_lock_is_told_and_a_killed_holder_blocks_nobody(tmp_path: Path) -> None:
    lock = tmp_path / "stack.lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    holder.stdout.readline()

    with pytest.raises(StackBusy, match="Wait for it or end it"), exclusive(lock, seconds=0.1):
        pytest.fail("the lock was held by another process")

    holder.kill()
    holder.communicate()
    with exclusive(lock, seconds=5):
        pass
