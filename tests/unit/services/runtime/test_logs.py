"""Log lines: JSON, one action each, without secrets, addresses or the values that exceptions quote."""

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from services.runtime.errors import MissingFile
from services.runtime.logs import describe, redact, tell_exception

SENT = "Nguyễn Thị Bí Mật"


class Form(BaseModel):
    count: int


def caught(act: Any) -> Exception:
    try:
        act()
    except Exception as error:  # noqa: BLE001 - the test looks at whatever was raised
        return error
    raise AssertionError("nothing was raised")


def test_a_secret_field_is_blanked_however_it_got_there() -> None:
    event = redact(None, "info", {"event": "x", "token": "t", "Password": "p", "client": "10.0.0.1", "unit": "qltt-79"})
    assert event == {
        "event": "x",
        "token": "[removed]",
        "Password": "[removed]",
        "client": "[removed]",
        "unit": "qltt-79",
    }


def test_an_exception_of_a_library_is_told_without_the_values_it_quotes() -> None:
    error = caught(lambda: Form.model_validate({"count": SENT}))
    assert isinstance(error, ValidationError)
    assert SENT in str(error)
    told = describe(error)
    assert SENT not in json.dumps(told, ensure_ascii=False)
    assert told["class"].endswith("ValidationError")
    assert any("test_logs.py" in frame for frame in told["frames"])


def test_our_own_exception_keeps_its_message_and_its_cause() -> None:
    def fail() -> None:
        try:
            int(SENT)
        except ValueError as error:
            raise MissingFile(__import__("pathlib").Path("x.json"), "make it") from error

    told = describe(caught(fail))
    assert told["message"] == "x.json is missing: make it"
    assert told["because"]["class"] == "builtins.ValueError"
    assert SENT not in json.dumps(told, ensure_ascii=False)


def test_exc_info_in_each_of_its_forms_becomes_the_description() -> None:
    error = caught(lambda: int("x"))
    for form in (error, (type(error), error, None)):
        event = tell_exception(None, "error", {"event": "failed", "exc_info": form})
        assert event["error"]["class"] == "builtins.ValueError"
    assert "error" not in tell_exception(None, "error", {"event": "fine", "exc_info": None})


SCRIPT = """
import logging, structlog
from services.runtime import logs
logs.configure("cases", "{form}")
structlog.get_logger().info("feed_appended", unit="qltt-79", token="secret-1")
logging.getLogger("aiokafka").warning("group %s", "lost")
logging.getLogger("aiokafka").info("never shown")
for node in range(100):
    logging.getLogger("aiokafka.client").error("Unable connect to node with id %s", node)
try:
    int("secret-2")
except ValueError:
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
"""


def written(form: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(form=form)], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


def test_ours_and_libraries_lines_are_json_on_standard_output() -> None:
    ours, kafka, flood, uvicorn = (json.loads(line) for line in written("json").splitlines())
    assert (ours["event"], ours["service"], ours["unit"], ours["level"]) == (
        "feed_appended",
        "cases",
        "qltt-79",
        "info",
    )
    assert (kafka["event"], kafka["text"], kafka["library"]) == ("library_message", "group lost", "aiokafka")
    assert flood["text"] == "Unable connect to node with id 0"
    assert uvicorn["error"]["class"] == "builtins.ValueError"


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_form_of_the_log_holds_a_secret(form: str) -> None:
    assert "secret-" not in written(form)


def test_levels_of_the_standard_library_are_left_alone_by_an_import() -> None:
    assert logging.getLogger("aiokafka").level == logging.NOTSET
