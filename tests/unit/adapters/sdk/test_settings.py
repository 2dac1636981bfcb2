"""Settings of an adapter: whatever is missing is named with its remedy."""

import json
from pathlib import Path

import pytest

from adapters.sdk.errors import ConfigurationError
from adapters.sdk.settings import AdapterSettings


@pytest.fixture
def settings(tmp_path: Path) -> AdapterSettings:
    (tmp_path / "services.json").write_text(json.dumps({"customs-standin": "http://127.0.0.1:9/"}))
    (tmp_path / "stack.json").write_text(json.dumps({"kafka": {"agency": "localhost:9094", "ca": "/tls/ca.pem"}}))
    secret(tmp_path, "kafka/t.customs-hq", "hush")
    return AdapterSettings(home=tmp_path, topic_prefix="t.")


def secret(home: Path, name: str, text: str, mode: int = 0o600) -> Path:
    path = home / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_unit_logs_in_as_itself_at_the_listener_for_agencies(settings: AdapterSettings) -> None:
    kafka = settings.kafka("customs-hq")
    assert (kafka.bootstrap, kafka.user, kafka.password) == ("localhost:9094", "t.customs-hq", "hush")
    assert kafka.ca_file == Path("/tls/ca.pem")
    assert settings.url("customs-standin") == "http://127.0.0.1:9"


def test_what_is_missing_is_named(settings: AdapterSettings) -> None:
    with pytest.raises(ConfigurationError, match="no address for 'tax': start it"):
        settings.url("tax")
    with pytest.raises(ConfigurationError, match=r"kafka/t.tax-hq cannot be read"):
        settings.kafka("tax-hq")
    (settings.home / "stack.json").write_text("{}")
    with pytest.raises(ConfigurationError, match=r"stack.json has no kafka.agency"):
        settings.kafka("customs-hq")
    (settings.home / "stack.json").unlink()
    with pytest.raises(ConfigurationError, match=r"stack.json cannot be read .*phoihop up"):
        settings.kafka("customs-hq")


@pytest.mark.parametrize(("content", "why"), [("{", "not JSON"), ("[]", "not a JSON object")])
def test_a_broken_file_is_told(settings: AdapterSettings, content: str, why: str) -> None:
    (settings.home / "services.json").write_text(content)
    with pytest.raises(ConfigurationError, match=why):
        settings.url("customs-standin")


def test_a_secret_that_others_can_read_is_not_used(settings: AdapterSettings) -> None:
    secret(settings.home, "open", "x", 0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        settings.secret("open")


def test_an_empty_secret_is_none(settings: AdapterSettings) -> None:
    secret(settings.home, "empty", " \n")
    with pytest.raises(ConfigurationError, match="is empty"):
        settings.secret("empty")
