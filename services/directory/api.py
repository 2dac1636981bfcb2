"""Directory's doors. Signing in and asking for a token change no record of anybody, so they need no Idempotency-Key."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from schemas.facts import UnitCode
from services.directory.credentials import digest
from services.directory.forms import (
    ActorShown,
    KeyShown,
    NewPerson,
    PersonShown,
    SessionOpened,
    SignIn,
    TokenAsked,
    TokenIssued,
    UnitShown,
)
from services.directory.handlers import keys, people, sessions, tokens
from services.directory.handlers.means import Means
from services.directory.model import Slot
from services.runtime.actors import Credential, CurrentActor, CurrentClaims
from services.runtime.idempotency import IdempotencyKey
from services.runtime.limits import Limiter, whole_door

KEYS_MAX_AGE = 300


def _means(request: Request) -> Means:
    found: Means = request.app.state.means
    return found


At = Annotated[Means, Depends(_means)]


def router(seconds: Callable[[], float]) -> APIRouter:
    """The doors and their limits by a monotonic clock: a password costs a tenth of a second, so 10 a second is all."""
    made = APIRouter()
    sign_ins = Depends(whole_door(Limiter(10, 60, seconds), "sessions"))
    exchanges = Limiter(20, 200, seconds)

    async def exchange(form: TokenAsked, credential: Credential, means: At, response: Response) -> TokenIssued:
        """A session, a unit's key or a process's key for an actor's token."""
        exchanges.take(digest(credential).hex())
        response.headers["Cache-Control"] = "no-store"
        return await tokens.exchange(credential, form.purpose, means)

    made.add_api_route("/sessions", _sign_in, methods=["POST"], status_code=201, dependencies=[sign_ins])
    made.add_api_route("/sessions", _sign_out, methods=["DELETE"], status_code=204)
    made.add_api_route("/tokens", exchange, methods=["POST"])
    made.add_api_route("/jwks.json", _jwks, methods=["GET"])
    made.add_api_route("/me", _me, methods=["GET"])
    made.add_api_route("/people", _add_person, methods=["POST"], status_code=201)
    made.add_api_route("/people/{login}", _end_person, methods=["DELETE"], status_code=204)
    made.add_api_route("/units", _units, methods=["GET"])
    made.add_api_route("/units/{unit}/keys", _issue_key, methods=["POST"], status_code=201)
    made.add_api_route("/units/{unit}/keys/{slot}", _revoke_key, methods=["DELETE"], status_code=204)
    return made


async def _sign_in(form: SignIn, means: At, response: Response) -> SessionOpened:
    """Open a session with login and password."""
    response.headers["Cache-Control"] = "no-store"
    return await sessions.sign_in(form, means)


async def _sign_out(credential: Credential, means: At) -> None:
    """End the session that the request carries."""
    await sessions.sign_out(credential, means)


async def _jwks(means: At, response: Response) -> dict[str, list[dict[str, Any]]]:
    """The public keys with which tokens are verified."""
    response.headers["Cache-Control"] = f"public, max-age={KEYS_MAX_AGE}"
    return means.signer.jwks()


async def _me(claims: CurrentClaims) -> ActorShown:
    """Who the token says is acting."""
    return ActorShown(
        person=claims.sub,
        name=claims.name,
        unit=claims.unit,
        roles=sorted(claims.roles),
        purpose=claims.purpose,
        scope=sorted(claims.scope),
        expires_at=datetime.fromtimestamp(claims.exp, UTC),
    )


async def _add_person(form: NewPerson, actor: CurrentActor, means: At) -> PersonShown:
    """Add a person; the login is what makes the request repeatable."""
    person = await people.add(form, actor, means)
    return PersonShown(login=person.login, name=person.name, unit=person.unit, roles=sorted(person.roles))


async def _end_person(login: str, actor: CurrentActor, means: At) -> None:
    """End a person's access and their sessions."""
    await people.end(login, actor, means)


async def _units(_actor: CurrentActor, means: At) -> list[UnitShown]:
    """The units in force today, in the order of the reference sheet."""
    return [
        UnitShown(
            code=unit.code,
            agency=unit.agency,
            name_vi=unit.name_vi,
            name_en=unit.name_en,
            parent=unit.parent,
            central=unit.central,
            desk=unit.desk,
        )
        for unit in means.book.units_at(means.today())
    ]


async def _issue_key(
    unit: UnitCode, request: IdempotencyKey, actor: CurrentActor, means: At, response: Response
) -> KeyShown:
    """Make a key for a unit's systems, shown this once."""
    response.headers["Cache-Control"] = "no-store"
    return await keys.issue(unit, request.key, actor, means)


async def _revoke_key(unit: UnitCode, slot: Slot, actor: CurrentActor, means: At) -> None:
    """End the key in one of a unit's two slots."""
    await keys.revoke(unit, slot, actor, means)
