"""People, sessions, keys and patience with wrong passwords: what holds whoever asks. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.policy import Actor, Role

SESSION_LIFETIME = timedelta(hours=12)
PERSONAL_ROLES = frozenset(Role) - {Role.SYSTEM}
"""Every role of the policy but `system`, which only a unit's own key gives."""

SYSTEM = "system"
SERVICE_UNIT = "phoihop"
"""The unit in whose name our own processes act; no agency has it."""

FREE_FAILURES = 10
"""Wrong passwords in a row before the first wait: enough for a person, far too few for a guess."""
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=15)
"""A wait has an end, so that nobody can be shut out for good by someone who types nonsense in their name."""
_MOST_DOUBLINGS = 10

Slot = Literal["a", "b"]
SLOTS: tuple[Slot, Slot] = ("a", "b")


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who may sign in. `login` is what tokens, events and audit rows carry."""

    login: str
    name: str
    unit: str
    roles: frozenset[str]
    password_hash: str
    disabled_at: datetime | None = None

    def actor(self, purpose: str) -> Actor:
        """The person as policy sees them, acting for the purpose they state."""
        return Actor(self.login, self.unit, self.roles, purpose)


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in. Ended sessions are deleted."""

    person: Person
    expires_at: datetime

    def good(self, now: datetime) -> bool:
        """Whether it still stands for its person."""
        return now < self.expires_at and self.person.disabled_at is None


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is in force: of a unit's own systems (`http`), or of one of our processes (`service`)."""

    kind: Literal["http", "service"]
    unit: str
    name: str
    scope: frozenset[str]

    def actor(self, purpose: str) -> Actor:
        """The unit's system account, or the process with the scope that it was given and no role."""
        if self.kind == "service":
            return Actor(f"service:{self.name}", self.unit, purpose=purpose, scope=self.scope)
        return Actor(SYSTEM, self.unit, frozenset({Role.SYSTEM}), purpose)


def locked_until(failures: int, now: datetime) -> datetime | None:
    """Until when a login must wait after so many failures in a row: 10 s, doubled each time, at most 15 minutes."""
    beyond = failures - FREE_FAILURES
    if beyond < 0:
        return None
    doubled = _FIRST_WAIT * (1 << min(beyond, _MOST_DOUBLINGS))
    return now + min(doubled, _LONGEST_WAIT)


def slot_for(held: Collection[tuple[Slot, datetime]]) -> Slot:
    """Where a new key goes: the free slot, else that of the older key, which it replaces. `held`: slot and date."""
    taken = {slot for slot, _ in held}
    free = [slot for slot in SLOTS if slot not in taken]
    return free[0] if free else min(held, key=lambda one: one[1])[0]


def unknown_roles(roles: Collection[str]) -> tuple[str, ...]:
    """The roles that no person may have, sorted."""
    return tuple(sorted(set(roles) - PERSONAL_ROLES))
