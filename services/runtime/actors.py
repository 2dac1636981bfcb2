"""Who acts: a bearer token is verified once, at the door, and becomes the actor that policy decides about."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact
from pydantic import ValidationError

from bus.errors import Refused
from services.policy import Actor
from services.runtime.claims import ALGORITHM, ISSUER, LEEWAY, LIFETIME, Claims
from services.runtime.jwks import KeySource
from services.runtime.problems import TOKEN_EXPIRED, TOKEN_INVALID, TOKEN_MISSING

_MAX_TOKEN = 4096


class Actors:
    """Verifies tokens locally; talks to directory only for keys that it has not seen."""

    def __init__(self, keys: KeySource, clock: Callable[[], datetime]) -> None:
        self._keys = keys
        self._clock = clock

    async def verify(self, token: str) -> Claims:
        """What a genuine, current token says. Raises `Refused` with a 401 problem, or 503 without directory."""
        key = await self._keys.find(_key_id(token))
        if key is None:
            raise Refused(TOKEN_INVALID)
        try:
            claims = Claims.model_validate(jwt.decode(token, key, algorithms=[ALGORITHM]).claims)
        except (JoseError, ValidationError, ValueError) as error:
            raise Refused(TOKEN_INVALID) from error
        self._check_dates(claims)
        return claims

    def _check_dates(self, claims: Claims) -> None:
        now = self._clock().timestamp()
        leeway = LEEWAY.total_seconds()
        if claims.iss != ISSUER or claims.iat > now + leeway:
            raise Refused(TOKEN_INVALID)
        if claims.exp - claims.iat > LIFETIME.total_seconds():
            raise Refused(TOKEN_INVALID)
        if claims.exp <= now - leeway:
            raise Refused(TOKEN_EXPIRED)


def _key_id(token: str) -> str:
    if len(token) > _MAX_TOKEN:
        raise Refused(TOKEN_INVALID)
    try:
        kid = extract_compact(token.encode()).headers().get("kid")
    except (JoseError, ValueError) as error:
        raise Refused(TOKEN_INVALID) from error
    if not isinstance(kid, str):
        raise Refused(TOKEN_INVALID)
    return kid


def bearer(request: Request) -> str:
    """The credential of `Authorization: Bearer …`; raises `Refused` (401) when there is none."""
    scheme, _, credential = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise Refused(TOKEN_MISSING)
    return credential.strip()


async def current_claims(request: Request, token: Annotated[str, Depends(bearer)]) -> Claims:
    """The verified claims of this request; `app.state.actors` holds the verifier."""
    actors: Actors = request.app.state.actors
    return await actors.verify(token)


async def current_actor(claims: Annotated[Claims, Depends(current_claims)]) -> Actor:
    """The verified actor of this request."""
    return claims.actor()


CurrentActor = Annotated[Actor, Depends(current_actor)]
CurrentClaims = Annotated[Claims, Depends(current_claims)]
Credential = Annotated[str, Depends(bearer)]
