"""The whole bus as one context: servers, tables, addresses, then the programs."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from types import MappingProxyType

from cli.stack import home, stack
from cli.supervisor.addresses import assign
from cli.supervisor.child import Say
from cli.supervisor.record import Record
from cli.supervisor.roster import Program
from cli.supervisor.servers import bring_up
from cli.supervisor.supervisor import Supervisor

NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@asynccontextmanager
async def running(
    programs: Sequence[Program], say: Say, *, settings: Mapping[str, str] = NO_SETTINGS
) -> AsyncIterator[Supervisor]:
    """Everything started (not yet ready) inside the block, everything stopped after it.

    `settings` are environment variables for the programs, beside those of this process. Raises AlreadyUpError, before
    anything is touched, where another supervisor holds this home, and StackError where a server cannot be brought up.
    """
    await asyncio.to_thread(record_of(programs).begin, say)
    try:
        await bring_up()
        say("stack", "Kafka and PostgreSQL answer; topics, users and tables are declared")
        urls = assign(home(), programs)
        async with Supervisor(home(), programs, urls, say, settings) as supervisor:
            yield supervisor
    finally:
        await asyncio.to_thread(stack().down, home())


def record_of(programs: Iterable[Program]) -> Record:
    """The record of what runs in this home."""
    return Record(home(), [program.name for program in programs])
