# ruff: noqa: PLC0415
"""The running product, for tests that walk through all of it. Loaded by `-p plugins.bus`; starts when first asked for.

One bus a test run, shared by xdist's workers and ended with the run. What it holds is of everyone's making: a test
that compares what others may change meanwhile does so inside `running_bus.alone()`.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.stack.runs import Run, begin

if TYPE_CHECKING:
    from bus_run import Bus

RUN = "PHOIHOP_TEST_BUS"
"""Names the run's folder; set by the process that owns the run and inherited by its workers."""
_BEGUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts first owns the run; a folder is all that this costs a run that needs no bus."""
    if RUN not in os.environ:
        base = Path(tempfile.gettempdir()) / f"phoihop-buses-{os.getuid()}"
        base.mkdir(mode=0o700, exist_ok=True)
        run = begin(os.environ, base)
        os.environ[RUN] = str(run.folder)
        config.stash[_BEGUN] = run


def pytest_unconfigure(config: pytest.Config) -> None:
    """Only the owner ends the bus, after every worker is gone."""
    run = config.stash.get(_BEGUN, None)
    if run is None:
        return
    del os.environ[RUN]
    if run.home.root.exists():
        from bus_run import BusRun

        BusRun(run).finish()
    else:
        run.finish()


@pytest.fixture(scope="session")
def running_bus() -> "Bus":
    """The whole product, ready: every service a process of its own, over a Kafka and a PostgreSQL of its own."""
    from bus_run import BusRun

    return BusRun(Run(Path(os.environ[RUN]), os.environ)).up()


@pytest.fixture
def nobody_else(running_bus: "Bus") -> Iterator[None]:
    """For the length of a test nobody else of this run is at the bus, if they ask for this too, or for `alone()`."""
    with running_bus.alone():
        yield
