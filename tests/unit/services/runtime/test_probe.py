"""The question that a container asks its program: an exit code and, where it is bad news, one line."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from services.runtime.probe import main


class Door(BaseHTTPRequestHandler):
    """Well at /healthz, not ready anywhere else."""

    def do_GET(self) -> None:
        well = self.path == "/healthz"
        self.send_response(200 if well else 503)
        self.end_headers()
        self.wfile.write(b"{}" if well else b'{"detail": "the broker is missing"}')

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def door() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Door) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_door_that_answers_well_is_health(door: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"{door}/healthz"]) == 0
    assert capsys.readouterr().err == ""


def test_a_door_that_says_no_is_not_and_its_reason_is_told(door: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([f"{door}/readyz"]) == 1
    assert "answers 503" in (said := capsys.readouterr().err)
    assert "the broker is missing" in said


def test_a_door_that_is_not_there_is_not(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["http://127.0.0.1:1/healthz"]) == 1
    assert "does not answer" in capsys.readouterr().err
