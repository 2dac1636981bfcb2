"""The doctor's checks: each names what it found and, where something is wrong, what to do."""

import os
from pathlib import Path

import pytest

from infra.stack import checks
from infra.stack.home import Home
from infra.stack.info import PartStatus, StackStatus
from infra.stack.secrets import SecretFiles


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def status(home: Home, *, running: tuple[bool, bool], ready: tuple[bool, bool]) -> StackStatus:
    parts = tuple(
        PartStatus(name=name, embedded=True, running=running[at], ready=ready[at])
        for at, name in enumerate(("kafka", "postgres"))
    )
    return StackStatus(home=home.root, parts=parts)


def test_every_check_finds_something_and_whatever_is_not_good_has_a_remedy(home: Home, tmp_path: Path) -> None:
    findings = checks.examine(home, {"PHOIHOP_CACHE": str(tmp_path / "cache")})

    names = ["python", "java", "jars", "postgresql", "disk", "ports", "secrets", "abandoned", "stack", "retention"]
    assert [finding.name for finding in findings] == names
    assert all(finding.remedy for finding in findings if finding.verdict != "good")


def test_looking_makes_nothing(home: Home, tmp_path: Path) -> None:
    checks.examine(home, {"PHOIHOP_CACHE": str(tmp_path / "cache")})

    assert list(tmp_path.iterdir()) == []


def test_a_failing_check_is_a_finding_with_its_remedy(home: Home) -> None:
    findings = checks.examine(home, {"PHOIHOP_CACHE": str(home.root), "PHOIHOP_KAFKA": "elsewhere:9093"})

    [stack] = [finding for finding in findings if finding.name == "stack"]
    assert stack.verdict == "bad"
    assert "PHOIHOP_KAFKA_CA" in stack.remedy


def test_an_old_python_is_named_with_the_one_to_install() -> None:
    found = checks.python((3, 10, 4))

    assert (found.verdict, found.found) == ("bad", "3.10.4")
    assert "3.11" in found.remedy


def test_jars_not_yet_downloaded_are_only_worth_a_note(tmp_path: Path) -> None:
    found = checks.jars(tmp_path)

    assert found.verdict == "note"
    assert "46 of 46" in found.found


def test_a_full_disk_says_how_much_is_missing(home: Home) -> None:
    found = checks.disk(home, needed=2**60)

    assert found.verdict == "bad"
    assert "GiB" in found.remedy
    assert "PHOIHOP_HOME" in found.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_permission_is_a_finding(home: Home) -> None:
    home.root.parent.chmod(0o500)

    [disk] = [finding for finding in checks.examine(home, {}) if finding.name == "disk"]
    assert disk.verdict == "bad"


def test_a_secret_that_others_can_read_is_bad(home: Home) -> None:
    secrets = SecretFiles(home.secrets)
    secrets.ensure("intake")
    assert checks.modes(home).verdict == "good"

    secrets.path("intake").chmod(0o644)

    found = checks.modes(home)
    assert found.verdict == "bad"
    assert "intake" in found.found


@pytest.mark.parametrize(
    ("running", "ready", "verdict"),
    [
        ((True, True), (True, True), "good"),
        ((False, False), (False, False), "note"),
        ((True, False), (True, False), "bad"),
        ((True, True), (True, False), "bad"),
    ],
)
def test_a_stack_is_up_or_down_and_anything_between_is_a_fault(
    home: Home, running: tuple[bool, bool], ready: tuple[bool, bool], verdict: str
) -> None:
    assert checks.health(status(home, running=running, ready=ready)).verdict == verdict


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps folders outside the home")
def test_a_folder_left_by_a_checkout_that_is_gone_is_noted(tmp_path: Path) -> None:
    base = tmp_path / "phoihop-1"
    base.mkdir()
    (base / "home").write_text(str(tmp_path / "gone"), encoding="utf-8")

    found = checks.abandoned([tmp_path])

    assert found.verdict == "note"
    assert found.remedy.endswith(f"`rm -r {base}`")


def test_in_containers_the_engine_is_looked_at_and_neither_java_nor_jars(tmp_path: Path) -> None:
    nobody = {"PHOIHOP_STACK": "docker", "DOCKER_HOST": f"unix://{tmp_path}/docker.sock", "HOME": str(tmp_path)}

    found = {finding.name: finding for finding in checks.examine(Home(tmp_path / "home"), nobody)}

    assert found["engine"].verdict == "bad"
    assert "DOCKER_HOST" in found["engine"].remedy
    assert not {"java", "jars", "postgresql"} & set(found)
