"""What an actor's token says: written by directory, read by every door."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.facts import UnitCode
from services.policy import Actor

ISSUER = "phoihop-directory"
ALGORITHM = "Ed25519"
"""The fully specified name (RFC 9864): no other signature is ever accepted, `none` and HMAC included."""

LIFETIME = timedelta(minutes=10)
LEEWAY = timedelta(seconds=5)

Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.:-]{0,63}$")]


class Claims(BaseModel):
    """The claims of a token. `sub` is a person's login, `system` for a unit's own systems, or `service:<name>`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    iss: str
    sub: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    name: Annotated[str, StringConstraints(max_length=200)] = ""
    unit: UnitCode
    roles: frozenset[Word] = frozenset()
    purpose: Annotated[str, StringConstraints(max_length=300)] = ""
    scope: frozenset[Word] = frozenset()
    iat: int
    exp: int

    @classmethod
    def of(cls, actor: Actor, name: str, now: datetime, lifetime: timedelta = LIFETIME) -> Self:
        """The claims that make a door see this actor from now on, for at most ten minutes."""
        issued = int(now.timestamp())
        return cls(
            iss=ISSUER,
            sub=actor.person,
            name=name,
            unit=actor.unit,
            roles=actor.roles,
            purpose=actor.purpose,
            scope=actor.scope,
            iat=issued,
            exp=issued + int(min(lifetime, LIFETIME).total_seconds()),
        )

    def encoded(self) -> dict[str, Any]:
        """The claims as JSON types, sets in a fixed order."""
        found = self.model_dump(mode="json")
        return found | {"roles": sorted(self.roles), "scope": sorted(self.scope)}

    def actor(self) -> Actor:
        """The actor that policy decides about."""
        return Actor(person=self.sub, unit=self.unit, roles=self.roles, purpose=self.purpose, scope=self.scope)
