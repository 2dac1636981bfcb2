"""Servers that somebody else runs: named by the environment, opened by secrets on file."""

from pathlib import Path

import pytest

from infra.stack.elsewhere import KafkaElsewhere, PostgresElsewhere, kafka_elsewhere, need_secret, postgres_elsewhere
from infra.stack.errors import StackError
from infra.stack.secrets import SecretFiles


def test_nothing_said_means_embedded() -> None:
    assert kafka_elsewhere({}) is None
    assert postgres_elsewhere({"PHOIHOP_DATABASE": ""}) is None


def test_a_broker_elsewhere_needs_the_ca_that_vouches_for_it(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("certificate", encoding="utf-8")

    found = kafka_elsewhere({"PHOIHOP_KAFKA": "one:9093,two:9093", "PHOIHOP_KAFKA_CA": str(ca)})

    assert found == KafkaElsewhere("one:9093,two:9093", "one:9093,two:9093", ca)
    with pytest.raises(StackError, match="Set PHOIHOP_KAFKA_CA"):
        kafka_elsewhere({"PHOIHOP_KAFKA": "one:9093"})


def test_units_may_have_a_listener_of_their_own(tmp_path: Path) -> None:
    ca = tmp_path / "ca.pem"
    ca.write_text("certificate", encoding="utf-8")
    environ = {"PHOIHOP_KAFKA": "in:9092", "PHOIHOP_KAFKA_AGENCY": "out:9093", "PHOIHOP_KAFKA_CA": str(ca)}

    assert kafka_elsewhere(environ) == KafkaElsewhere("in:9092", "out:9093", ca)


def test_a_database_elsewhere_is_host_port_and_name() -> None:
    assert postgres_elsewhere({"PHOIHOP_DATABASE": "postgresql://db.example:5433/bus"}) == PostgresElsewhere(
        "db.example", 5433, "bus"
    )
    assert postgres_elsewhere({"PHOIHOP_DATABASE": "postgresql://db.example/bus"}) == PostgresElsewhere(
        "db.example", 5432, "bus"
    )


@pytest.mark.parametrize(
    "url", ["db.example:5432", "mysql://db/bus", "postgresql://db", "postgresql://admin:secret@db/bus"]
)
def test_another_form_is_refused_without_repeating_what_may_hold_a_password(url: str) -> None:
    with pytest.raises(StackError, match=r"secret file postgres/<role>") as refused:
        postgres_elsewhere({"PHOIHOP_DATABASE": url})

    assert url not in str(refused.value)


def test_a_missing_administrators_secret_names_the_file_to_write(tmp_path: Path) -> None:
    secrets = SecretFiles(tmp_path)

    with pytest.raises(StackError, match=r"kafka/admin does not exist\. Write the administrator's password"):
        need_secret(secrets, "kafka/admin", "PHOIHOP_KAFKA")

    secrets.write("kafka/admin", "known")
    assert need_secret(secrets, "kafka/admin", "PHOIHOP_KAFKA") == "known"
