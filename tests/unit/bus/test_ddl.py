"""The scripts of the bus's tables come apart into whole statements, and their tables are known by name."""

import re

import pytest

from bus import ddl


@pytest.mark.parametrize("name", ["0001_outbox", "0001_bus", "0002_parking", "0003_bus"])
def test_every_statement_is_one_statement(name: str) -> None:
    for statement in ddl.statements(name):
        assert re.match(r"(create (table|index|unique index)|insert into|alter table|update) ", statement)
        assert ";" not in statement
        assert "--" not in statement
        assert statement.count("(") == statement.count(")")


def test_the_bus_script_is_outbox_and_consumer_together() -> None:
    assert ddl.statements("0001_bus") == ddl.statements("0001_outbox") + ddl.statements("0001_consumer")
    assert ddl.statements("0003_bus") == ddl.statements("0003_archive") + ddl.statements("0003_log")


def test_every_table_that_is_created_is_known_as_the_bus_s_own() -> None:
    scripts = [one for name in ("0001_bus", "0002_parking", "0003_bus") for one in ddl.statements(name)]
    created = re.findall(r"create table (\w+)", "\n".join(scripts))

    assert set(created) >= ddl.TABLES
    assert all(ddl.owned(name) for name in created)


@pytest.mark.parametrize("name", ["case_record", "outbox_of_ours", "outboxes", "command_line", "outbox_"])
def test_a_service_s_own_table_is_not_the_bus_s(name: str) -> None:
    assert not ddl.owned(name)


def test_an_unknown_script_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        ddl.statements("0099_missing")
