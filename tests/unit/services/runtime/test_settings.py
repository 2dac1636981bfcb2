"""What a process is told from outside, and what it says when that is wrong."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from bus.limits import Limits
from runtime_builders import home_with
from services.runtime.errors import BrokenFile, MissingFile, OpenSecret, UnknownService
from services.runtime.settings import Settings

STACK = {
    "kafka": {"bootstrap": "127.0.0.1:9092", "ca": "/somewhere/ca.pem", "cluster_id": "x"},
    "postgres": {"host": "127.0.0.1", "port": 5433, "database": "phoihop"},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home_with(
        tmp_path,
        {"cases": "http://127.0.0.1:8003/"},
        {"postgres/cases": "p@ss/word\n", "kafka/cases": "one", "kafka/t1.cases": "two", "empty": " \n"},
    )
    (tmp_path / "stack.json").write_text(json.dumps(STACK))
    return Settings(home=tmp_path)


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PHOIHOP_HOME", str(tmp_path))
    monkeypatch.setenv("PHOIHOP_WEB_CHANNEL_DECISION", "12/QĐ-BCĐ389 (hư cấu)")
    settings = Settings()
    assert settings.home == tmp_path
    assert settings.web_channel_decision == "12/QĐ-BCĐ389 (hư cấu)"


def test_the_web_channel_is_closed_unless_a_decision_opens_it() -> None:
    assert Settings().web_channel_decision == ""


def test_how_much_may_be_parked_is_a_setting_and_never_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().limits == Limits(10_000, 1_000)
    monkeypatch.setenv("PHOIHOP_PARKED_EVENTS", "7")
    assert Settings().limits == Limits(7, 1_000)
    monkeypatch.setenv("PHOIHOP_PARKED_KEYS", "0")
    with pytest.raises(ValidationError, match="parked_keys"):
        Settings()


def test_a_database_url_holds_the_roles_own_password_quoted(settings: Settings) -> None:
    assert settings.database_url("cases") == "postgresql+asyncpg://cases:p%40ss%2Fword@127.0.0.1:5433/phoihop"


def test_a_prefix_covers_topics_and_the_principal(settings: Settings) -> None:
    prefixed = Settings(home=settings.home, topic_prefix="t1.")
    assert prefixed.topics.of_aggregate("case") == "t1.phoihop.case.v1"
    assert (prefixed.broker_access("cases").user, prefixed.broker_access("cases").password) == ("t1.cases", "two")
    assert settings.broker_access("cases").user == "cases"


@pytest.mark.parametrize("prefix", ["T1.", "t1", "t1..", "../"])
def test_a_prefix_that_could_not_be_a_topics_is_refused(prefix: str) -> None:
    with pytest.raises(ValidationError, match="topic_prefix"):
        Settings(topic_prefix=prefix)


def test_an_address_is_taken_from_the_supervisors_file(settings: Settings) -> None:
    assert settings.url("cases") == "http://127.0.0.1:8003"
    assert settings.address("cases") == ("127.0.0.1", 8003)


def test_a_service_without_an_address_is_told_which_there_are(settings: Settings) -> None:
    with pytest.raises(UnknownService, match=r"no address for 'intake' \(it has: cases\).*phoihop up"):
        settings.url("intake")


def test_an_address_without_a_port_is_told(tmp_path: Path) -> None:
    settings = Settings(home=home_with(tmp_path, {"cases": "http://somewhere"}))
    with pytest.raises(BrokenFile, match="'cases' names no host and port"):
        settings.address("cases")


def test_without_services_json_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"services\.json is missing.*phoihop up"):
        Settings(home=tmp_path).url("cases")


@pytest.mark.parametrize(("text", "reason"), [("{", "not JSON"), ("[]", "not a JSON object")])
def test_a_broken_services_json_is_told(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "services.json").write_text(text)
    with pytest.raises(BrokenFile, match=reason):
        Settings(home=tmp_path).url("cases")


def test_without_a_stack_the_remedy_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingFile, match=r"stack\.json is missing.*phoihop stack up"):
        Settings(home=tmp_path).database_url("cases")


def test_a_wrong_field_of_stack_json_is_named(tmp_path: Path) -> None:
    (tmp_path / "stack.json").write_text(json.dumps(STACK | {"postgres": {"host": "x", "port": 70000}}))
    with pytest.raises(BrokenFile, match=r"postgres\.port"):
        _ = Settings(home=tmp_path).stack


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_secret_that_others_may_touch_is_refused(settings: Settings, mode: int) -> None:
    path = settings.home / "secrets" / "kafka" / "cases"
    path.chmod(mode)
    with pytest.raises(OpenSecret, match=f"mode {mode:04o}.*chmod 600 {path}"):
        settings.secrets.read("kafka/cases")


def test_a_missing_and_an_empty_secret_are_told_with_the_remedy(settings: Settings) -> None:
    with pytest.raises(MissingFile, match="phoihop stack up"):
        settings.secrets.read("nowhere")
    with pytest.raises(BrokenFile, match="empty"):
        settings.secrets.read("empty")
