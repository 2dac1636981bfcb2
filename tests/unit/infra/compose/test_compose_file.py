"""docker-compose.yml read as it is committed: who is there, as whom each runs, what each is given, and no secret."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.supervisor.roster import AGENCIES, BUS, Program
from infra.compose.plan import SHARES
from infra.stack.database import ROLES
from infra.stack.engine import KAFKA_IMAGE, POSTGRES_IMAGE

ROOT = Path(__file__).parents[4]
ONCE = ("init", "apply", "story")
SERVERS = ("kafka", "postgres")
#: Twenty or more characters of a key's alphabet in a row, with a digit and a capital: no word of ours looks like it.
KEY = re.compile(r"(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[A-Z])[A-Za-z0-9+/_-]{20,}")


@pytest.fixture(scope="module")
def text() -> str:
    return (ROOT / "docker-compose.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


PROGRAMS = pytest.mark.parametrize("program", [*BUS, *AGENCIES], ids=lambda program: program.name)


@PROGRAMS
def test_every_program_of_the_roster_is_a_service_of_its_name(services: dict[str, Any], program: Program) -> None:
    assert services[program.name]["command"] == [program.module, *program.arguments]


def test_there_is_nothing_but_the_roster_the_servers_and_the_steps(services: dict[str, Any]) -> None:
    assert set(services) == {program.name for program in (*BUS, *AGENCIES)} | {*ONCE, *SERVERS}


def test_the_plan_of_secrets_knows_exactly_the_programs_of_the_roster() -> None:
    assert set(SHARES) == {program.name for program in (*BUS, *AGENCIES)}
    assert {name for name, share in SHARES.items() if share.door} == {
        program.name for program in (*BUS, *AGENCIES) if program.has_door
    }
    assert {name for name, share in SHARES.items() if share.database} == set(ROLES)


def test_no_service_runs_as_root_or_can_become_it(services: dict[str, Any]) -> None:
    for name, service in services.items():
        user = re.sub(r"\$\{\w+:-(\w+)\}", r"\1", str(service["user"]))
        assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert not service.get("privileged"), name


def test_every_file_system_is_read_only(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if service.get("read_only") is not True] == []


def test_whatever_stays_up_has_a_health_check(services: dict[str, Any]) -> None:
    for name, service in services.items():
        if name in ONCE:
            assert service["healthcheck"] == {"disable": True}, name
        else:
            assert service["healthcheck"]["test"][0] == "CMD", name


@PROGRAMS
def test_a_program_is_given_its_own_secrets_and_cannot_write_them(services: dict[str, Any], program: Program) -> None:
    [mount] = services[program.name]["volumes"]
    source, target, *mode = mount.split(":")

    assert (source, target) == (f"home-{program.name}", "/phoihop/home")
    # The adapter writes down how far it came, beside its secrets.
    assert mode == ([] if program.name == "customs-adapter" else ["ro"])


def test_only_the_steps_see_everybodys_secrets(services: dict[str, Any]) -> None:
    holders = {name for name, one in services.items() for volume in one["volumes"] if volume.startswith("home:")}

    assert holders == set(ONCE)


def test_programs_start_when_the_declared_state_is_there(services: dict[str, Any]) -> None:
    for program in BUS:
        assert services[program.name]["depends_on"] == {"apply": {"condition": "service_completed_successfully"}}
    assert services["apply"]["depends_on"] == {server: {"condition": "service_healthy"} for server in SERVERS}
    for server in SERVERS:
        assert services[server]["depends_on"] == {"init": {"condition": "service_completed_successfully"}}


def test_what_the_public_reaches_is_not_on_the_network_of_the_servers(services: dict[str, Any]) -> None:
    assert services["public"]["networks"] == ["doors"]
    assert "data" in services["postgres"]["networks"]
    assert "doors" not in {*services["postgres"]["networks"], *services["kafka"]["networks"]}


def test_ports_are_published_to_this_machine_unless_said_otherwise(services: dict[str, Any]) -> None:
    published = [port for service in services.values() for port in service.get("ports", [])]

    assert published
    assert all(port.startswith("${PHOIHOP_PUBLISH:-127.0.0.1}:") for port in published)


def test_no_secret_value_is_in_the_file(text: str) -> None:
    assert KEY.findall(re.sub(r"sha256:[0-9a-f]+", "", text)) == []
    lines = [line for line in text.splitlines() if re.search(r"(PASSWORD|SECRET|TOKEN|KEY)\w*:", line)]
    assert [line.strip().split(":")[0] for line in lines] == ["PHOIHOP_MAKE_SECRETS", "POSTGRES_PASSWORD_FILE"]


def test_images_are_those_that_the_stack_in_containers_takes(services: dict[str, Any]) -> None:
    assert services["kafka"]["image"] == f"${{PHOIHOP_KAFKA_IMAGE:-{KAFKA_IMAGE}}}"
    assert services["postgres"]["image"] == f"${{PHOIHOP_POSTGRES_IMAGE:-{POSTGRES_IMAGE}}}"


def test_the_image_has_a_place_for_every_volume_that_init_fills(services: dict[str, Any]) -> None:
    dockerfile = (ROOT / "infra" / "Dockerfile").read_text(encoding="utf-8")
    targets = [volume.split(":")[1] for volume in services["init"]["volumes"]]

    assert {f"/phoihop/homes/{name}" for name in SHARES} <= set(targets)
    assert all(target.rsplit("/", 1)[1] in dockerfile for target in targets)
