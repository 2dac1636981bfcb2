# ruff: noqa: PLC0415
"""Fixtures on the real stack. Loaded by `-p plugins.stack`; nothing starts until a test asks for it.

A fixture imports what it uses, so that a run of unit tests alone does not load the clients of the stack.
"""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from infra.stack.info import StackInfo
from infra.stack.runs import RUN, Run, begin, joined
from schemas.topics import Topics

if TYPE_CHECKING:
    from infra.stack.desired import DesiredState
    from infra.stack.provision import Provisioner
    from infra.stack.testing import TestDatabase

_BEGUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    """The process that starts first owns the run; xdist's workers inherit its name by the environment."""
    if RUN not in os.environ:
        run = begin(os.environ)
        os.environ[RUN] = str(run.folder)
        config.stash[_BEGUN] = run


def pytest_unconfigure(config: pytest.Config) -> None:
    """Only the owner ends the stack, after every worker is gone."""
    run = config.stash.get(_BEGUN, None)
    if run is not None:
        del os.environ[RUN]
        run.finish()


@pytest.fixture(scope="session")
def stack() -> StackInfo:
    """The running stack of this test run, shared by all workers."""
    return joined(os.environ).up()


@pytest.fixture(scope="module")
def sections() -> Sequence[str]:
    """The sections whose tables the module's database has; override it to need fewer."""
    from infra.stack.migrate import sections as all_sections

    return all_sections()


@pytest.fixture(scope="module")
def database(stack: StackInfo, sections: Sequence[str]) -> "Iterator[TestDatabase]":
    """A database for this module alone."""
    from infra.stack.testing import fresh_database

    with fresh_database(joined(os.environ), stack, sections) as made:
        yield made


@pytest.fixture
def units() -> Sequence[str]:
    """The units for which a test has topics; override it to have others."""
    return ("customs-hq", "qltt-79")


@pytest.fixture
def kafka_admin(stack: StackInfo) -> "Provisioner":
    """The broker's administration."""
    from infra.stack.testing import provisioner

    return provisioner(stack)


@pytest.fixture
def topics(kafka_admin: "Provisioner", units: Sequence[str]) -> Iterator[Topics]:
    """The log of record and the units' topics under a prefix of this test, three partitions at most.

    Only topics: sign in as `admin`, or take `principals` for users with their rights.
    """
    from infra.stack.desired import DesiredState, desired_state
    from infra.stack.testing import unique_prefix

    names = Topics(unique_prefix())
    declared = desired_state(units, topics=names)
    kafka_admin.apply(DesiredState(topics=declared.topics, principals=(), acls=()))
    yield names
    kafka_admin.remove_topics([spec.name for spec in declared.topics])


@pytest.fixture
def principals(kafka_admin: "Provisioner", units: Sequence[str], topics: Topics) -> "Iterator[DesiredState]":
    """Every service's and unit's user of this test's prefix, with exactly the rights of production."""
    from infra.stack.desired import desired_state

    declared = desired_state(units, topics=topics)
    kafka_admin.apply(declared)
    yield declared
    kafka_admin.remove_principals(declared.principals)
