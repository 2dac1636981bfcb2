"""Secrets are made once, read whole, and nobody but their owner can open them."""

from pathlib import Path

import pytest

from infra.stack.secrets import SecretFiles, random_secret


@pytest.fixture
def secrets(tmp_path: Path) -> SecretFiles:
    return SecretFiles(tmp_path / "secrets")


def test_a_secret_is_made_once_and_then_stays(secrets: SecretFiles) -> None:
    first = secrets.ensure("kafka/customs-hq.b")

    assert secrets.ensure("kafka/customs-hq.b") == secrets.read("kafka/customs-hq.b") == first
    assert secrets.ensure("kafka/customs-hq") != first


def test_files_and_folders_are_for_their_owner_alone(secrets: SecretFiles) -> None:
    secrets.ensure("kafka/intake")

    assert secrets.path("kafka/intake").stat().st_mode & 0o777 == 0o600
    assert secrets.path("kafka").stat().st_mode & 0o777 == 0o700


def test_replacing_a_secret_leaves_no_second_file(secrets: SecretFiles) -> None:
    secrets.write("intake", "old")
    secrets.write("intake", "new")

    assert secrets.read("intake") == "new"
    assert [path.name for path in secrets.folder.iterdir()] == ["intake"]


def test_what_others_could_read_is_listed(secrets: SecretFiles) -> None:
    secrets.ensure("intake")
    secrets.ensure("cases")
    secrets.path("cases").chmod(0o640)

    assert [path.name for path in secrets.too_open()] == ["cases"]


def test_a_secret_that_was_never_made_is_an_error(secrets: SecretFiles) -> None:
    with pytest.raises(FileNotFoundError):
        secrets.read("nobody")


def test_removing_twice_is_as_good_as_once(secrets: SecretFiles) -> None:
    secrets.ensure("intake")
    secrets.remove("intake")
    secrets.remove("intake")

    assert not secrets.exists("intake")


def test_a_random_secret_is_long_and_needs_no_quoting() -> None:
    made = {random_secret() for _ in range(100)}

    assert len(made) == 100
    assert all(len(secret) >= 43 and secret.replace("-", "").replace("_", "").isalnum() for secret in made)
