"""The HTTP server of a process: uvicorn without its signal handlers, its access log and its `sys.exit`."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import structlog
import uvicorn
from fastapi import FastAPI

from services.runtime.errors import AddressTaken

TICK_SECONDS = 1.0
_BACKLOG = 1024


class Server:
    """Listens on one address between `start` and `stop`."""

    def __init__(self, app: FastAPI, host: str, port: int, drain_seconds: int) -> None:
        self._host, self._port = host, port
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                app,
                loop="none",
                http="httptools",
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=drain_seconds,
            )
        )
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where it listens; the port is the real one, also where 0 asked for any."""
        return f"http://{self._host}:{self._port}"

    async def start(self) -> None:
        """Return when connections are accepted; raises `AddressTaken`, or what the app's lifespan raised."""
        listener = self._bind()
        self._task = asyncio.create_task(self._uvicorn.serve(sockets=[listener]), name="http")
        accepting = asyncio.create_task(self._uvicorn.accepting.wait())
        await asyncio.wait({self._task, accepting}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            accepting.cancel()
            listener.close()
            await self._task

    def watch(self, died: Callable[[str], None]) -> None:
        """Report a server that ends before `stop` was called."""
        if self._task:
            self._task.add_done_callback(lambda task: self._ended(task, died))

    async def stop(self) -> None:
        """Accept nothing more, let open requests finish within the drain, then cut them off."""
        self._uvicorn.leave()
        if self._task:
            await asyncio.wait({self._task})
            self._uvicorn.close()

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        # asyncio sets TCP_NODELAY only where the protocol is named: without it each answer takes 40 ms more.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((self._host, self._port))
        except OSError as error:
            listener.close()
            raise AddressTaken(self._host, self._port, error.strerror or str(error)) from None
        listener.listen(_BACKLOG)
        listener.setblocking(False)  # noqa: FBT003 - the name says what the flag is
        self._port = listener.getsockname()[1]
        return listener

    def _ended(self, task: asyncio.Task[None], died: Callable[[str], None]) -> None:
        if task.cancelled() or task.exception() or not self._uvicorn.should_exit:
            error = None if task.cancelled() else task.exception()
            structlog.get_logger().error("http_server_died", exc_info=error)
            died("http")


class _StartupFailed(RuntimeError):
    """The app's lifespan failed; uvicorn has logged its reason."""


class _Uvicorn(uvicorn.Server):
    """uvicorn's server as a task among others: the process owns signals, exit code and waking up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()
        self._leaving = asyncio.Event()

    def leave(self) -> None:
        self.should_exit = True
        self._leaving.set()

    def close(self) -> None:
        # Done already unless the task died: then the port must still be free for the next process.
        for listening in self.servers:
            listening.close()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # SystemExit inside a task would tear the loop down before anything is closed.
        try:
            await super().startup(sockets)
        except SystemExit:
            raise _StartupFailed("the application did not start") from None
        self.accepting.set()

    async def main_loop(self) -> None:
        # Once a second is enough for the Date header; ten idle processes at uvicorn's 10 Hz are felt on two cores.
        while not self.should_exit:
            await self.on_tick(0)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._leaving.wait(), TICK_SECONDS)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
