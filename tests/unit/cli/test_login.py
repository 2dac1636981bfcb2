"""`phoihop login`, `logout`, `whoami`, against a directory that answers over real HTTP."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter, Request
from typer.testing import CliRunner, Result

from bus.errors import Refused
from cli.client import calling, idempotency_key
from cli.login import app
from cli.session import KeptSession, SessionFile
from command_builders import InThread
from runtime_builders import home_with
from schemas.problems import CLAIM_LOST, UNAUTHENTICATED
from services.runtime.app import create_app
from services.runtime.health import Health
from services.runtime.idempotency import IdempotencyKey

AN = {"person": "an.nv", "name": "Nguyễn Văn An", "unit": "qltt-79", "roles": ["officer"]}
PASSWORD = "mật khẩu đủ dài"


class Directory:
    """Signs `an.nv` in, exchanges and ends sessions, and remembers what it was asked."""

    def __init__(self) -> None:
        self.sessions: set[str] = set()
        self.purposes: list[str] = []
        self.languages: list[str] = []
        self.router = APIRouter()
        self.router.add_api_route("/sessions", self._sign_in, methods=["POST"], status_code=201)
        self.router.add_api_route("/sessions", self._sign_out, methods=["DELETE"], status_code=204)
        self.router.add_api_route("/tokens", self._exchange, methods=["POST"])
        self.router.add_api_route("/me", self._me, methods=["GET"])
        self.router.add_api_route("/claims", self._claim, methods=["POST"])

    async def _sign_in(self, body: dict[str, str], request: Request) -> dict[str, Any]:
        self.languages.append(request.headers["accept-language"])
        if body != {"login": "an.nv", "password": PASSWORD}:
            raise Refused(UNAUTHENTICATED.problem("mật khẩu không đúng", "the password is wrong"))
        session = f"phs_{len(self.sessions)}"
        self.sessions.add(session)
        return AN | {"session": session, "expires_at": "2026-11-23T17:00:00Z"}

    async def _sign_out(self, request: Request) -> None:
        self.sessions.remove(self._session(request))

    async def _exchange(self, body: dict[str, str], request: Request) -> dict[str, str]:
        self.purposes.append(body["purpose"])
        return {"token": f"token of {self._session(request)}", "expires_at": "2026-11-23T05:10:00Z"}

    async def _me(self, request: Request) -> dict[str, Any]:
        assert request.headers["authorization"].startswith("Bearer token of phs_")
        return AN | {"purpose": "", "scope": [], "expires_at": "2026-11-23T05:10:00Z"}

    async def _claim(self, _request: IdempotencyKey) -> None:
        raise Refused(CLAIM_LOST.problem("hải quan đã thụ lý", "customs claimed it"), "case.id")

    def _session(self, request: Request) -> str:
        session = request.headers["authorization"].removeprefix("Bearer ")
        if session not in self.sessions:
            raise Refused(UNAUTHENTICATED.problem())
        return session


@pytest.fixture
def directory() -> Directory:
    return Directory()


@pytest.fixture
def home(directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    with InThread(create_app("directory", [directory.router], health=Health())) as server:
        yield home_with(tmp_path, {"directory": server.url})


@pytest.fixture
def kept(home: Path) -> SessionFile:
    return SessionFile.of(home, {"XDG_STATE_HOME": str(home / "state")})


def phoihop(*words: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, words, input=stdin)


def signed_in() -> None:
    assert phoihop("login", "an.nv", stdin=f"{PASSWORD}\n").exit_code == 0


def test_a_password_on_stdin_signs_in_and_the_session_is_for_its_owner_alone(kept: SessionFile) -> None:
    result = phoihop("login", "an.nv", stdin=f"{PASSWORD}\n")
    assert result.exit_code == 0
    assert result.stdout.startswith("signed in as Nguyễn Văn An (an.nv, qltt-79: officer), until ")
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.path.parent.stat().st_mode) == 0o700
    session = kept.read()
    assert session is not None
    assert (session.session, session.person) == ("phs_0", "an.nv")


def test_no_output_shows_the_session_or_the_password(home: Path) -> None:
    for words in (("login", "an.nv"), ("login", "an.nv", "--json")):
        result = phoihop(*words, stdin=f"{PASSWORD}\n")
        assert "phs_" not in result.output
        assert PASSWORD not in result.output
    assert json.loads(result.stdout) == AN | {"expires_at": "2026-11-23T17:00:00Z"}


def test_a_wrong_password_is_told_keeps_nothing_and_exits_4(kept: SessionFile) -> None:
    result = phoihop("login", "an.nv", stdin="không đúng\n")
    assert result.exit_code == 4
    assert "the password is wrong" in result.stderr
    assert result.stdout == ""
    assert kept.read() is None


def test_an_empty_stdin_is_wrong_usage(home: Path) -> None:
    result = phoihop("login", "an.nv", stdin="")
    assert result.exit_code == 2
    assert "first line of stdin" in result.stderr


def test_whoami_exchanges_the_session_for_a_token_each_time(directory: Directory, home: Path) -> None:
    signed_in()
    for _ in range(2):
        result = phoihop("whoami")
        assert (result.exit_code, result.stdout) == (0, "Nguyễn Văn An (an.nv, qltt-79: officer)\n")
    assert directory.purposes == ["", ""]
    assert json.loads(phoihop("whoami", "--json").stdout)["unit"] == "qltt-79"


def test_whoami_without_a_session_says_what_to_do(home: Path) -> None:
    result = phoihop("whoami")
    assert result.exit_code == 4
    assert "phoihop login" in result.stderr
    assert "phoihop login" in json.loads(phoihop("whoami", "--json").stdout)["detail"]


def test_a_session_that_directory_ended_is_told(directory: Directory, home: Path) -> None:
    signed_in()
    directory.sessions.clear()
    assert phoihop("whoami").exit_code == 4


def test_logout_ends_the_session_here_and_there(directory: Directory, kept: SessionFile) -> None:
    signed_in()
    assert phoihop("logout").exit_code == 0
    assert directory.sessions == set()
    assert kept.read() is None


def test_logout_is_content_where_nothing_is_left_to_end(directory: Directory, home: Path) -> None:
    assert phoihop("logout").exit_code == 0
    signed_in()
    directory.sessions.clear()
    assert phoihop("logout", "--json").stdout == '{"signed_in": false}\n'


def test_a_session_file_that_others_may_read_is_not_used(kept: SessionFile) -> None:
    signed_in()
    kept.path.chmod(0o644)
    result = phoihop("whoami")
    assert result.exit_code == 4
    assert "others may read it (mode 0644)" in result.stderr
    assert phoihop("logout").exit_code == 0
    assert kept.read() is None


def test_a_broken_session_file_is_told_and_logout_clears_it(kept: SessionFile) -> None:
    signed_in()
    kept.path.write_text("{")
    assert "does not hold a session" in phoihop("whoami").stderr
    assert phoihop("logout").exit_code == 0
    assert "nobody is signed in" in phoihop("whoami").stderr


def test_each_home_has_its_own_session(tmp_path: Path) -> None:
    one, other = (SessionFile.of(tmp_path / name, {"XDG_STATE_HOME": str(tmp_path)}) for name in ("one", "other"))
    one.write(KeptSession("phs_0", "an.nv", "An", "qltt-79", ["officer"], "2026-11-23T17:00:00Z"))
    assert other.read() is None


def test_without_services_the_command_says_how_to_start_them(home: Path) -> None:
    signed_in()
    home_with(home, {"directory": "http://127.0.0.1:9"})
    result = phoihop("whoami")
    assert result.exit_code == 3
    assert "phoihop up" in result.stderr
    (home / "services.json").unlink()
    assert "phoihop up" in json.loads(phoihop("whoami", "--json").stdout)["error"]


@pytest.mark.parametrize(("lang", "expected"), [("vi_VN.UTF-8", "vi"), ("en_GB.UTF-8", "en"), ("C.UTF-8", "en")])
def test_messages_come_in_the_terminals_language(
    directory: Directory, home: Path, monkeypatch: pytest.MonkeyPatch, lang: str, expected: str
) -> None:
    monkeypatch.setenv("LANG", lang)
    phoihop("login", "an.nv", stdin="không đúng\n")
    assert directory.languages == [expected]


def test_a_command_group_gets_a_client_with_purpose_and_the_problem_is_told(
    directory: Directory, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed_in()
    with (
        pytest.raises(SystemExit) as ended,
        calling("directory", as_json=False, purpose="kiểm tra kho") as client,
    ):
        client.post("/claims", headers=idempotency_key())
    assert ended.value.code == 1
    assert directory.purposes == ["kiểm tra kho"]
    told = capsys.readouterr().err.splitlines()
    assert told[:3] == ["error: Already claimed", "customs claimed it", "  #/case/id: customs claimed it"]
    assert told[3].startswith("request: urn:uuid:")
