"""The commands of every kind of user, each as a process of its own at a running bus, from a tip to a closed case."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest

from bus.identity import uuid7
from bus.kafka import KafkaBroker, KafkaSettings
from bus.message import Message
from bus.wire import encode
from bus_run import Bus
from consuming import said

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

PARKED = "select count(*) from {schema}.parked_event"
PASSWORD = "mat-khau-hu-cau"
PEOPLE = (("truc-ban", "bcd-79", ["operator"]), ("can-bo", "qltt-79", ["officer"]), ("bien", "csb-hq", ["officer"]))
FACTS = {
    "stages": ["chao_ban"],
    "typology": ["HG-NB"],
    "place": {"province": "79", "place_type": "market"},
    "seen_from": "2026-11-20T09:00:00+07:00",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The command line of people at the running bus, with sessions of its own."""

    bus: Bus
    state: Path

    def run(self, *arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
        """One command, with what is typed into it."""
        command = [sys.executable, "-m", "cli", *arguments]
        return subprocess.run(
            command, input=said, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )

    def read(self, *arguments: str, said: str = "", allowed: Collection[int] = (0,)) -> Any:
        """What a command prints with `--json`."""
        done = self.run(*arguments, "--json", said=said)
        assert done.returncode in allowed, done.stderr + done.stdout
        return json.loads(done.stdout)

    @property
    def environment(self) -> dict[str, str]:
        """The bus's home, and a place for sessions of our own."""
        home = self.bus.home.root
        return {
            **os.environ,
            "PHOIHOP_HOME": str(home),
            "XDG_STATE_HOME": str(self.state),
            "LANG": "en_US.UTF-8",
        }


@pytest.fixture(scope="module")
def desk(running_bus: Bus, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The commands, with an operator and two officers known, and nobody else of this run writing meanwhile."""
    with running_bus.alone():
        enrol(running_bus)
        yield Desk(running_bus, tmp_path_factory.mktemp("commands"))


def enrol(bus: Bus) -> None:
    """Make the people known, as the first administrator does."""
    admin = {"login": "admin", "password": bus.secret("directory-admin")}
    with httpx2.Client(base_url=bus.urls["directory"], trust_env=False) as directory:
        session = directory.post("/sessions", json=admin).json()["session"]
        token = directory.post("/tokens", json={}, headers={"Authorization": f"Bearer {session}"}).json()["token"]
        for login, unit, roles in PEOPLE:
            body = {"login": login, "name": "Người Hư Cấu", "unit": unit, "roles": roles, "password": PASSWORD}
            directory.post("/people", json=body, headers={"Authorization": f"Bearer {token}"}).raise_for_status()


def test_the_public_sends_a_tip_and_follows_it_by_its_receipt(desk: Desk) -> None:
    receipt = desk.read("tip", "send", "Cửa hàng bán đồng hồ giả nhãn.", "--province", "79")["receipt"]

    assert desk.read("tip", "status", receipt.lower())["status"] == "received"
    mistyped = desk.run("tip", "status", receipt[:-1] + ("0" if receipt[-1] != "0" else "1"))
    assert mistyped.returncode == 1
    assert "check character" in mistyped.stderr


def test_who_is_not_signed_in_is_told_how(desk: Desk) -> None:
    desk.run("logout")
    refused = desk.run("desk", "list")

    assert refused.returncode == 4
    assert "phoihop login" in refused.stderr


def test_a_tip_becomes_a_case_that_an_officer_claims_and_closes(desk: Desk, tmp_path: Path) -> None:
    form = tmp_path / "form.json"
    form.write_text(json.dumps({"channel": "phone", "content": "Kho đồng hồ giả nhãn.", "facts": FACTS}), "utf-8")
    assert desk.read("login", "truc-ban", said=PASSWORD + "\n")["unit"] == "bcd-79"
    tip = desk.read("desk", "enter", str(form))["tip_id"]
    assert tip in {row["tip_id"] for row in desk.read("desk", "list", "--state", "received")["tips"]}
    assert desk.read("desk", "route", tip)["lead"] == "qltt-79"
    forwarded = desk.read("desk", "forward", tip, "--approver", "Phó Chánh VP", "--number", "1/PC")
    assert forwarded["result"]["lead"] == "qltt-79"

    desk.read("login", "can-bo", said=PASSWORD + "\n")
    follow = subprocess.Popen(
        [sys.executable, "-m", "cli", "feed", "read", "--follow", "--json"],
        env=desk.environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with follow:
        assert follow.stdout is not None
        seen = (json.loads(line) for line in iter(follow.stdout.readline, ""))
        proposed = (event for event in seen if event["type"].startswith("vn.phoihop.case.proposed"))
        case = next(event["subject"] for event in proposed if event["data"]["origin"]["id"] == tip)
        assert desk.read("case", "claim", case)["accepted"]
        next(event for event in seen if event["type"].startswith("vn.phoihop.case.claimed"))
        follow.kill()
    assert desk.read("case", "close", case, "--outcome", "PHAT_TIEN", "--number", "9/QĐ")["accepted"]

    desk.read("login", "bien", said=PASSWORD + "\n")
    assert desk.run("case", "show", case).returncode == 1
    assert case not in {row["id"] for row in desk.read("case", "list")["cases"]}


def test_a_units_developer_reads_its_topic_with_its_own_credentials(desk: Desk) -> None:
    tail = desk.run("events", "tail", "bcd-79", "--json")
    events = [json.loads(line) for line in tail.stdout.splitlines()]

    assert [event["feednumber"] for event in events] == list(range(1, len(events) + 1))
    assert desk.read("events", "show", "bcd-79", "1")["id"] == events[0]["id"]
    assert desk.run("events", "show", "bcd-79", "999999").returncode == 1
    unknown = desk.run("events", "tail", "no-such-unit")
    assert unknown.returncode == 2
    assert "qltt-79" in unknown.stderr


async def test_an_administrator_sees_what_is_parked_and_an_officer_sees_no_list(desk: Desk) -> None:
    desk.read("login", "admin", said=desk.bus.secret("directory-admin") + "\n")
    found = desk.read("parked", "list")
    desk.read("login", "can-bo", said=PASSWORD + "\n")

    assert {name: sum(page["counts"].values()) for name, page in found.items()} == await parked(desk.bus, found)
    assert desk.run("parked", "list").returncode == 1


async def test_an_administrator_redrives_and_discards_what_a_real_log_left_parked(desk: Desk) -> None:
    """A hole of a kind that nobody listens to: every group parks it, and what fills it comes later."""
    desk.read("login", "admin", said=desk.bus.secret("directory-admin") + "\n")
    filled, lost = uuid7(), uuid7()
    await publish(desk.bus, unheard(filled, 2), unheard(lost, 3))
    rows = await shown(desk, 8)
    again = desk.run("parked", "redrive", "--all")
    early = next(row for name, row in rows if name == "console")
    alone = desk.run("parked", "redrive", "console", early["id"])
    await publish(desk.bus, unheard(filled, 1))
    await shown(desk, 12)

    done = desk.read("parked", "redrive", "--all", allowed=(0, 1))
    for name, row in await shown(desk, 4):
        gone = desk.read("parked", "discard", name, row["id"], "--reason", "sự kiện thử, không có nguồn")
        assert (gone["first"], gone["last"], gone["left"]) == (1, 3, 0)
    log = desk.read("parked", "log", "--service", "console")["console"]["acts"]

    assert (again.returncode, again.stdout.count("sequence-hole")) == (1, 8)
    assert alone.returncode == 1
    assert sum(one["skipped"] for one in done.values()) == 8
    assert [act["outcome"] for act in log[:2]] == ["discarded", "discarded"]
    assert {(act["unit"], act["person"]) for act in log} == {("vptt-389", "admin")}
    assert await parked(desk.bus, done) == dict.fromkeys(done, 0)
    assert not [name for name in done if not httpx2.get(f"{desk.bus.urls[name]}/readyz", trust_env=False).is_success]


def unheard(aggregate: UUID, sequence: int) -> Message:
    """A fact about a case, of a type that no service knows."""
    message = encode(said(aggregate, sequence), "phoihop.case.v1")
    kept = tuple(pair for pair in message.headers if pair[0] != "ce_type")
    return replace(message, headers=(*kept, ("ce_type", b"vn.phoihop.case.rehearsed.v1")))


async def publish(bus: Bus, *messages: Message) -> None:
    """Write to the log of record, as its owner's relay does."""
    kafka = bus.info.kafka
    broker = KafkaBroker(KafkaSettings(kafka.bootstrap, Path(kafka.ca), "admin", bus.secret("kafka/admin")))
    await broker.publish(messages)
    await broker.close()


async def shown(desk: Desk, count: int) -> list[tuple[str, dict[str, Any]]]:
    """What is parked, by service, once it is so many events."""
    async with asyncio.timeout(60):
        while True:
            found = desk.read("parked", "list")
            rows = [(name, row) for name, page in found.items() for row in page["parked"]]
            if len(rows) == count:
                return rows
            await asyncio.sleep(0.2)


async def parked(bus: Bus, services: Collection[str]) -> dict[str, int]:
    """How many events each service's table holds back."""
    connection = await bus.superuser()
    try:
        return {name: await connection.fetchval(PARKED.format(schema=name)) for name in services}
    finally:
        await connection.close()


def test_a_developer_elsewhere_reads_with_listener_ca_and_secret_alone(desk: Desk, tmp_path: Path) -> None:
    stack = desk.bus.info.kafka
    (tmp_path / "bcd-79").write_text(desk.bus.secret("kafka/bcd-79"), "utf-8")
    (tmp_path / "qltt-79").write_text("not the password", "utf-8")
    given = ("--bootstrap", stack.agency, "--ca", str(stack.ca), "--secrets", str(tmp_path))

    assert desk.read("events", "show", "bcd-79", "1", *given)["feednumber"] == 1
    refused = desk.run("events", "tail", "qltt-79", *given)
    assert refused.returncode == 1
    assert "refused the login of qltt-79" in refused.stderr


@pytest.mark.parametrize("command", [("up",), ("demo", "--once", "--reset")], ids=lambda words: words[0])
def test_a_second_start_in_the_same_home_is_refused_and_harms_nothing(desk: Desk, command: tuple[str, ...]) -> None:
    second = desk.run(*command)

    assert second.returncode == 3
    assert str(desk.bus.pid) in second.stderr
    assert desk.read("stack", "status")["ready"]
    assert desk.read("tip", "send", "Kho đồng hồ giả nhãn.")["receipt"]
