"""`phoihop up` and the commands of every kind of user, each as a process of its own, from a tip to a closed case."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import httpx2
import pytest

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PASSWORD = "mat-khau-hu-cau"
PEOPLE = (("truc-ban", "bcd-79", ["operator"]), ("can-bo", "qltt-79", ["officer"]), ("bien", "csb-hq", ["officer"]))
FACTS = {
    "stages": ["chao_ban"],
    "typology": ["HG-NB"],
    "place": {"province": "79", "place_type": "market"},
    "seen_from": "2026-11-20T09:00:00+07:00",
}


@dataclass
class Bus:
    """A running `phoihop up`, and the command line beside it."""

    home: Path
    process: subprocess.Popen[str]

    def run(self, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """One command, with what is typed into it."""
        command = [sys.executable, "-m", "cli", *arguments]
        return subprocess.run(
            command, input=said, env=environment(self.home), capture_output=True, text=True, timeout=60, check=False
        )

    def read(self, *arguments: str, said: str = "") -> Any:
        """What a command prints with `--json`."""
        done = self.run(*arguments, "--json", said=said)
        assert done.returncode == 0, done.stderr + done.stdout
        return json.loads(done.stdout)

    def url(self, service: str) -> str:
        """Where a service answers."""
        return str(json.loads((self.home / "services.json").read_text("utf-8"))[service])


def environment(home: Path) -> dict[str, str]:
    """A home and a place for sessions of our own."""
    ours = {"PHOIHOP_HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "LANG": "en_US.UTF-8"}
    return {**os.environ, **ours, "PHOIHOP_WEB_CHANNEL_DECISION": "00/QĐ-HƯ-CẤU"}


@pytest.fixture(scope="module")
def bus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bus]:
    """The whole bus by `phoihop up`, with an operator and two officers; stopped by Ctrl-C."""
    home = tmp_path_factory.mktemp("commands") / "home"
    command = [sys.executable, "-m", "cli", "up", "--no-agencies"]
    with subprocess.Popen(command, env=environment(home), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = until_ready(process.stdout)
        found = Bus(home, process)
        assert process.poll() is None, "".join(lines)
        # What is printed later is taken too, or a full pipe would bring the bus to a stop.
        draining = threading.Thread(target=lines.extend, args=(process.stdout,))
        draining.start()
        enrol(found)
        yield found
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, "".join(lines)
        draining.join()
    assert found.run("stack", "status").returncode == 3
    subprocess.run(
        [sys.executable, "-m", "cli", "stack", "reset", "--yes"], env=environment(home), check=True, capture_output=True
    )


def enrol(bus: Bus) -> None:
    """Make the people known, as the first administrator does."""
    admin = {"login": "admin", "password": (bus.home / "secrets/directory-admin").read_text("utf-8").strip()}
    with httpx2.Client(base_url=bus.url("directory"), trust_env=False) as directory:
        session = directory.post("/sessions", json=admin).json()["session"]
        token = directory.post("/tokens", json={}, headers={"Authorization": f"Bearer {session}"}).json()["token"]
        for login, unit, roles in PEOPLE:
            body = {"login": login, "name": "Người Hư Cấu", "unit": unit, "roles": roles, "password": PASSWORD}
            directory.post("/people", json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()


def until_ready(lines: Iterable[str]) -> list[str]:
    """What it says until it is ready, or ends."""
    return list(takewhile(lambda line: "all ready in" not in line, lines))


def test_the_public_sends_a_tip_and_follows_it_by_its_receipt(bus: Bus) -> None:
    receipt = bus.read("tip", "send", "Cửa hàng bán đồng hồ giả nhãn.", "--province", "79")["receipt"]

    assert bus.read("tip", "status", receipt.lower())["status"] == "received"
    mistyped = bus.run("tip", "status", receipt[:-1] + ("0" if receipt[-1] != "0" else "1"))
    assert mistyped.returncode == 1
    assert "check character" in mistyped.stderr


def test_who_is_not_signed_in_is_told_how(bus: Bus) -> None:
    bus.run("logout")
    refused = bus.run("desk", "list")

    assert refused.returncode == 4
    assert "phoihop login" in refused.stderr


def test_a_tip_becomes_a_case_that_an_officer_claims_and_closes(bus: Bus, tmp_path: Path) -> None:
    form = tmp_path / "form.json"
    form.write_text(json.dumps({"channel": "phone", "content": "Kho đồng hồ giả nhãn.", "facts": FACTS}), "utf-8")
    assert bus.read("login", "truc-ban", said=PASSWORD + "\n")["unit"] == "bcd-79"
    tip = bus.read("desk", "enter", str(form))["tip_id"]
    assert tip in {row["tip_id"] for row in bus.read("desk", "list", "--state", "received")["tips"]}
    assert bus.read("desk", "route", tip)["lead"] == "qltt-79"
    forwarded = bus.read("desk", "forward", tip, "--approver", "Phó Chánh VP", "--number", "1/PC")
    assert forwarded["result"]["lead"] == "qltt-79"

    bus.read("login", "can-bo", said=PASSWORD + "\n")
    follow = subprocess.Popen(
        [sys.executable, "-m", "cli", "feed", "read", "--follow", "--json"],
        env=environment(bus.home),
        stdout=subprocess.PIPE,
        text=True,
    )
    with follow:
        assert follow.stdout is not None
        seen = (json.loads(line) for line in iter(follow.stdout.readline, ""))
        case = next(event["subject"] for event in seen if event["type"].startswith("vn.phoihop.case.proposed"))
        assert bus.read("case", "claim", case)["accepted"]
        next(event for event in seen if event["type"].startswith("vn.phoihop.case.claimed"))
        follow.kill()
    assert bus.read("case", "close", case, "--outcome", "PHAT_TIEN", "--number", "9/QĐ")["accepted"]

    bus.read("login", "bien", said=PASSWORD + "\n")
    assert bus.run("case", "show", case).returncode == 1
    assert bus.read("case", "list")["cases"] == []


def test_a_units_developer_reads_its_topic_with_its_own_credentials(bus: Bus) -> None:
    tail = bus.run("events", "tail", "bcd-79", "--json")
    events = [json.loads(line) for line in tail.stdout.splitlines()]

    assert [event["feednumber"] for event in events] == list(range(1, len(events) + 1))
    assert bus.read("events", "show", "bcd-79", "1")["id"] == events[0]["id"]
    assert bus.run("events", "show", "bcd-79", "999999").returncode == 1
    unknown = bus.run("events", "tail", "no-such-unit")
    assert unknown.returncode == 2
    assert "qltt-79" in unknown.stderr


def test_an_administrator_sees_that_nothing_is_parked_and_an_officer_sees_no_list(bus: Bus) -> None:
    admin = (bus.home / "secrets/directory-admin").read_text("utf-8").strip()
    bus.read("login", "admin", said=admin + "\n")
    found = bus.read("parked", "list")
    bus.read("login", "can-bo", said=PASSWORD + "\n")

    assert {name: page["counts"] for name, page in found.items()} == {name: {} for name in found}
    assert bus.run("parked", "list").returncode == 1


def test_a_developer_elsewhere_reads_with_listener_ca_and_secret_alone(bus: Bus, tmp_path: Path) -> None:
    stack = json.loads((bus.home / "stack.json").read_text("utf-8"))["kafka"]
    (tmp_path / "bcd-79").write_text((bus.home / "secrets/kafka/bcd-79").read_text("utf-8"), "utf-8")
    (tmp_path / "qltt-79").write_text("not the password", "utf-8")
    given = ("--bootstrap", stack["agency"], "--ca", stack["ca"], "--secrets", str(tmp_path))

    assert bus.read("events", "show", "bcd-79", "1", *given)["feednumber"] == 1
    refused = bus.run("events", "tail", "qltt-79", *given)
    assert refused.returncode == 1
    assert "refused the login of qltt-79" in refused.stderr


@pytest.mark.parametrize("command", [("up",), ("demo", "--once", "--reset")], ids=lambda words: words[0])
def test_a_second_start_in_the_same_home_is_refused_and_harms_nothing(bus: Bus, command: tuple[str, ...]) -> None:
    second = bus.run(*command)

    assert second.returncode == 3
    assert str(bus.process.pid) in second.stderr
    assert bus.read("stack", "status")["ready"]
    assert bus.read("tip", "send", "Kho đồng hồ giả nhãn.")["receipt"]
