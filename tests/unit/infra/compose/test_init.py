"""The first step of a start in containers: what it makes, whom it gives what, and what it says when it may not."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from infra.compose.init import Places, Readers, prepare
from infra.compose.plan import SHARES, everyones
from infra.stack.errors import StackError
from infra.stack.home import Home
from infra.stack.secrets import SecretFiles

ROOT = Path(__file__).parents[4]
UNITS: Mapping[str, str] = MappingProxyType({"customs-hq": "customs", "customs-kv2": "customs", "qltt-79": "qltt"})
NOTHING: Mapping[str, str] = MappingProxyType({})
FORBIDDEN = MappingProxyType({"PHOIHOP_MAKE_SECRETS": "no"})
PACKAGES = {
    "directory": "services/directory", "intake": "services/intake", "gateway": "services/intake/gateway",
    "unmask": "services/intake/unmask", "cases": "services/cases", "notifications": "services/notifications",
    "console": "services/console", "public": "services/console/public",
}  # fmt: skip


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(Home(tmp_path / "home"), tmp_path / "homes", tmp_path / "kafka", tmp_path / "postgres")
    for folder in (made.kafka, made.postgres, *(made.homes / name for name in SHARES)):
        folder.mkdir(parents=True)
    return made


def run(places: Places, environ: Mapping[str, str] = NOTHING, units: Mapping[str, str] = UNITS) -> None:
    group = os.getgid()
    prepare(places, Readers(kafka=group, postgres=group), units, environ)


def held(places: Places, program: str) -> set[str]:
    folder = places.homes / program / "secrets"
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def contents(places: Places) -> dict[str, str]:
    folder = places.home.secrets
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("text", ["kafka", "-1", "1e3"])
def test_a_group_that_is_no_number_is_named_with_its_setting(text: str) -> None:
    with pytest.raises(StackError, match=f"PHOIHOP_KAFKA_GID={text} is no group id"):
        Readers.of({"PHOIHOP_KAFKA_GID": text})

    assert Readers.of({"PHOIHOP_POSTGRES_GID": "70"}) == Readers(kafka=1000, postgres=70)


def test_each_program_holds_its_own_secrets_and_no_others(places: Places) -> None:
    run(places)

    assert held(places, "public") == {"public-service-key", "scrape-token"}
    assert held(places, "unmask") == {"vault-private.json", "postgres/unmask", "scrape-token"}
    assert held(places, "cases") == {"master.json", "subject-pepper", "postgres/cases", "kafka/cases", "scrape-token"}
    assert held(places, "console") == {
        "master.json", "search-pepper", "postgres/console", "kafka/console", "scrape-token",
    }  # fmt: skip
    assert held(places, "customs-adapter") == {"customs-standin-token", "kafka/customs-hq", "kafka/customs-kv2"}
    holders = {program for program in SHARES if "vault-private.json" in held(places, program)}
    assert holders == {"unmask"}


@pytest.mark.parametrize("program", sorted(PACKAGES))
def test_a_program_is_given_every_secret_that_its_source_reads(places: Places, program: str) -> None:
    run(places)

    assert read_by(program) <= held(places, program)


def read_by(program: str) -> set[str]:
    """The names in `secrets.read("…")` and `secrets.path("…")` of the program's package, others' packages left out."""
    folder = ROOT / PACKAGES[program]
    inner = [ROOT / other for name, other in PACKAGES.items() if name != program and folder in (ROOT / other).parents]
    files = [path for path in folder.rglob("*.py") if not set(inner) & set(path.parents)]
    return {name for path in files for name in re.findall(r"secrets\.(?:read|path)\(\s*\"([^\"]+)\"", path.read_text())}


def test_secrets_are_readable_by_their_program_alone(places: Places) -> None:
    run(places)

    assert SecretFiles(places.home.secrets).too_open() == []
    assert all(not SecretFiles(places.homes / name / "secrets").too_open() for name in SHARES)
    assert {path.stat().st_mode & 0o777 for path in [*places.kafka.iterdir(), *places.postgres.iterdir()]} == {0o640}


def test_a_second_start_makes_nothing_anew(places: Places) -> None:
    run(places)
    first = contents(places), (places.home.tls / "server.pem").read_bytes()

    run(places)

    assert (contents(places), (places.home.tls / "server.pem").read_bytes()) == first


def test_a_start_that_may_make_no_secrets_names_those_that_are_missing_and_what_to_do(places: Places) -> None:
    with pytest.raises(StackError, match=r"has no secrets/master\.json, secrets/vault-private\.json.* more") as told:
        run(places, FORBIDDEN)

    assert "PHOIHOP_MAKE_SECRETS=yes" in told.value.remedy
    assert contents(places) == {}


def test_one_missing_secret_is_enough_to_stop_such_a_start(places: Places) -> None:
    run(places)
    SecretFiles(places.home.secrets).remove("postgres/cases")

    with pytest.raises(StackError, match=r"has no secrets/postgres/cases\."):
        prepare(places, Readers(os.getgid(), os.getgid()), UNITS, FORBIDDEN)


def test_such_a_start_goes_on_when_everything_is_there(places: Places) -> None:
    run(places)
    before = contents(places)

    run(places, FORBIDDEN)

    assert contents(places) == before


def test_a_choice_that_is_neither_yes_nor_no_is_refused(places: Places) -> None:
    with pytest.raises(StackError, match="PHOIHOP_MAKE_SECRETS=maybe is neither yes nor no"):
        run(places, {"PHOIHOP_MAKE_SECRETS": "maybe"})


def test_a_secret_that_is_a_programs_no_more_is_taken_from_it(places: Places) -> None:
    run(places)

    run(places, units={"customs-hq": "customs"})

    assert held(places, "customs-adapter") == {"customs-standin-token", "kafka/customs-hq"}


def test_units_are_told_to_come_to_the_name_that_was_chosen_and_the_certificate_bears_it(places: Places) -> None:
    run(places, {"PHOIHOP_AGENCY_HOST": "bus.example"})

    told = json.loads((places.homes / "customs-adapter" / "stack.json").read_text())
    assert told["kafka"]["agency"] == "bus.example:9094"
    settings = (places.kafka / "server.properties").read_text()
    assert "advertised.listeners=INTERNAL://kafka:9092,AGENCY://bus.example:9094\n" in settings


def test_the_broker_gets_its_passwords_in_files_and_every_start_needs_them(places: Places) -> None:
    run(places)

    admin = contents(places)["kafka/admin"]
    assert f"SCRAM-SHA-512=[name=admin,password={admin}]" in (places.kafka / "format.args").read_text()
    assert {"kafka/admin", "kafka/qltt-79.b", "postgres/postgres", "master.json"} <= set(everyones(UNITS))


def test_the_step_itself_ends_with_1_and_says_so_on_its_last_lines(tmp_path: Path) -> None:
    environ = {**os.environ, **FORBIDDEN, "PHOIHOP_HOME": str(tmp_path / "home")}

    ended = subprocess.run(
        [sys.executable, "-m", "infra.compose.init"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: PHOIHOP_MAKE_SECRETS=no, and {tmp_path / 'home'} has no secrets/")
    assert "PHOIHOP_MAKE_SECRETS=yes" in ended.stderr.splitlines()[-1]
