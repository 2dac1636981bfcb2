"""The people of the demo: an operator at every desk, an officer in every unit, one integrity officer. All invented."""

import asyncio
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

from cli.demo.person import Person
from schemas.reference.rows import Unit

_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
_GIVEN = ("Minh Khuê", "Yên Chi", "Quốc Bảo", "Thu Hà", "Đức Long", "Lan Anh", "Văn Lộc", "Diễm", "Phiên", "Gia Hân")


@dataclass(frozen=True, slots=True)
class Part:
    """A login, the invented name behind it, the unit and the roles."""

    login: str
    name: str
    unit: str
    roles: tuple[str, ...]


def parts(units: Iterable[Unit]) -> list[Part]:
    """Who plays, derived from the units in force, so that a new unit has people too."""
    found: list[Part] = []
    for place, unit in enumerate(units):
        name = f"{_FAMILY[place % len(_FAMILY)]} {_GIVEN[(place * 3 + place // 10) % len(_GIVEN)]}"
        if unit.desk:
            found.append(Part(f"truc-ban.{unit.code}", f"{name} (trực ban)", unit.code, ("operator",)))
        role = "integrity_officer" if unit.integrity else "coordinator" if unit.coordinator else "officer"
        found.append(Part(f"can-bo.{unit.code}", name, unit.code, tuple(dict.fromkeys((role, "officer")))))
    return found


class Cast:
    """Everyone of the demo, made known to directory by its admin; `of` and `desk` find who acts."""

    def __init__(self, client: httpx2.AsyncClient, urls: Mapping[str, str], password: str) -> None:
        self._client = client
        self._urls = urls
        self._password = password
        self._people: dict[str, Person] = {}

    async def enrol(self, admin: Person, everyone: Iterable[Part]) -> None:
        """Make each part known; the same part again changes nothing. Raises RefusedError."""
        await asyncio.gather(*(self._enrol(admin, part) for part in everyone))

    async def _enrol(self, admin: Person, part: Part) -> None:
        body = {"login": part.login, "name": part.name, "unit": part.unit, "roles": list(part.roles)}
        await admin.write("directory", "/people", {**body, "password": self._password}, part.login)

    def officer(self, unit: str) -> Person:
        """The officer of a unit."""
        return self._person(f"can-bo.{unit}")

    def operator(self, desk: str) -> Person:
        """The operator of a desk."""
        return self._person(f"truc-ban.{desk}")

    def _person(self, login: str) -> Person:
        if login not in self._people:
            self._people[login] = Person(self._client, self._urls, login, self._password)
        return self._people[login]


def demo_password(secrets_folder: Path) -> str:
    """The password of everyone in this home's demo: random at first, then kept beside the other secrets (0600)."""
    path = secrets_folder / "demo-password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12), "utf-8")
    return path.read_text("utf-8").strip()
