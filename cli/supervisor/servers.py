"""Kafka and PostgreSQL brought up for a supervisor, by a process of its own.

What it takes to declare topics, users and tables is 70 MB of clients and compilers, which a supervisor that did it
itself would hold for as long as the bus runs.
"""

import asyncio
import json
import sys

from infra.stack.errors import StackError

_COMMAND = (sys.executable, "-m", "cli", "stack", "up", "--json")


async def bring_up() -> None:
    """What `phoihop stack up` does, with its progress on this terminal. Raises `StackError` as it would.

    Cancelled, it ends the process first: what that had started is on record and found by `down`.
    """
    # In a session of its own: Ctrl-C asks the supervisor alone, who knows what is to be ended.
    process = await asyncio.create_subprocess_exec(
        *_COMMAND, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    try:
        said, _ = await process.communicate()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    if process.returncode != 0:
        raise trouble(said.decode(), process.returncode)


def trouble(said: str, code: int | None) -> StackError:
    """The error in what the command printed; where it died without a word, that."""
    try:
        found = json.loads(said)
        return StackError(found["error"], found["remedy"])
    except (ValueError, KeyError, TypeError):
        return StackError(f"`phoihop stack up` ended with {code}", "Its last words are above; run it alone to see more")
