"""An adapter's process: how it ends, and what its exit code says. Each is a process, because it sets up its logs."""

import asyncio
import signal
import sys

import pytest

_CHILD = """
import asyncio
from adapters.sdk.errors import ConfigurationError, SourceUnavailable
from adapters.sdk.process import run
from bus.errors import PublishUnknown

async def work():
    print("at work", flush=True)
    {does}

run("test", work(), "json")
"""


async def child(does: str) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", _CHILD.format(does=does), stdout=pipe, stderr=pipe
    )


@pytest.mark.parametrize(
    ("does", "code", "said"),
    [
        ("pass", 0, b""),
        ("raise SourceUnavailable('away')", 1, b"SourceUnavailable: away"),
        ("raise PublishUnknown('no answer')", 1, b"PublishUnknown: no answer"),
        ("raise ConfigurationError('no token')", 2, b"no token"),
    ],
)
async def test_the_exit_code_says_whether_a_restart_may_help(does: str, code: int, said: bytes) -> None:
    process = await child(does)
    _, errors = await process.communicate()
    assert process.returncode == code
    assert said in errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_with_0(number: signal.Signals) -> None:
    process = await child("await asyncio.Event().wait()")
    assert process.stdout
    assert await process.stdout.readline() == b"at work\n"
    process.send_signal(number)
    _, errors = await process.communicate()
    assert process.returncode == 0
    assert b"adapter_stopped" in errors
