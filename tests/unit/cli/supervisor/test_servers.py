"""What a supervisor makes of how `phoihop stack up` ended."""

import pytest

from cli.supervisor.servers import trouble


def test_what_the_command_lacked_is_said_with_its_remedy() -> None:
    error = trouble('{"error": "Kafka did not get ready", "remedy": "Read kafka.log"}\n', 1)

    assert (error.message, error.remedy) == ("Kafka did not get ready", "Read kafka.log")


@pytest.mark.parametrize("said", ["", "Traceback", "[]", "{}", '"text"', '{"error": "half of it"}'])
def test_a_command_that_died_without_a_word_is_named_with_its_code(said: str) -> None:
    error = trouble(said, -9)

    assert "ended with -9" in error.message
    assert "stack up" in error.remedy or "alone" in error.remedy
