"""What every way of running the stack can do; callers know this and nothing of how it is done."""

from collections.abc import Sequence
from typing import Protocol

from infra.stack.home import Home
from infra.stack.info import StackInfo, StackStatus


class Stack(Protocol):
    """One Kafka and one PostgreSQL for one home. Every call may be repeated; errors are `StackError`s."""

    def up(self, home: Home, units: Sequence[str]) -> StackInfo:
        """Start what does not run, declare topics, users, rights, roles and schemas; return when all answers."""

    def down(self, home: Home) -> None:
        """Stop what this stack started; data and secrets stay."""

    def status(self, home: Home) -> StackStatus:
        """Ask every part by its own protocol; never raises because a part is down."""

    def reset(self, home: Home) -> None:
        """Stop, and delete data, secrets and certificates: the next `up` is a first one."""
