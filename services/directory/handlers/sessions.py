"""Signing in and out."""

import math
from datetime import datetime

import structlog

from bus.errors import Refused
from schemas.problems import TOO_MANY_REQUESTS, UNAUTHENTICATED
from services.directory import repository
from services.directory.credentials import digest, new_session
from services.directory.forms import SessionOpened, SignIn
from services.directory.handlers.means import Means
from services.directory.model import SESSION_LIFETIME, Person, locked_until
from services.directory.repository import Attempt
from services.runtime.limits import TooManyRequests

WRONG = UNAUTHENTICATED.problem("Tên đăng nhập hoặc mật khẩu không đúng.", "The login or the password is wrong.")
LOCKED = TOO_MANY_REQUESTS.problem(
    "Đã nhập sai quá nhiều lần với tên đăng nhập này. Chờ theo Retry-After rồi thử lại.",
    "This login was tried with a wrong password too often. Wait as Retry-After says and try again.",
)


async def sign_in(form: SignIn, means: Means) -> SessionOpened:
    """Open a session of 12 hours.

    Raises `Refused`: 401 alike for a wrong password, an unknown login and a disabled person, 429 while the login waits.
    """
    login_hash = digest(form.login)
    await _count(login_hash, means)
    async with means.database.transaction() as tx:
        person = await repository.find_person(tx.sql, form.login)
    matches = await means.passwords.matches(person.password_hash if person else None, form.password)
    if person is None or not matches or person.disabled_at is not None:
        raise Refused(WRONG)
    return await _opened(person, login_hash, means)


async def sign_out(credential: str, means: Means) -> None:
    """End the session; raises `Refused` (401) where there is none. Its tokens run out within ten minutes."""
    async with means.database.transaction() as tx:
        if not await repository.end_session(tx.sql, digest(credential)):
            raise Refused(UNAUTHENTICATED.problem())


async def _count(login_hash: bytes, means: Means) -> None:
    """Count a failure before the password is looked at: parallel guesses are each counted, a success forgives all."""
    now = means.clock()
    async with means.database.transaction() as tx:
        attempt = await repository.hold_attempt(tx.sql, login_hash, now)
        if attempt.locked_until is not None and attempt.locked_until > now:
            raise TooManyRequests(_seconds(attempt.locked_until, now), LOCKED)
        failures = attempt.failures + 1
        await repository.save_attempt(tx.sql, login_hash, Attempt(failures, locked_until(failures, now)), now)


async def _opened(person: Person, login_hash: bytes, means: Means) -> SessionOpened:
    now = means.clock()
    session = new_session(means.entropy)
    expires_at = now + SESSION_LIFETIME
    async with means.database.transaction() as tx:
        await repository.forget_attempt(tx.sql, login_hash)
        await repository.add_session(tx.sql, digest(session), person.login, now, expires_at)
    structlog.get_logger().info("session_opened", unit=person.unit)
    return SessionOpened(
        session=session,
        person=person.login,
        name=person.name,
        unit=person.unit,
        roles=sorted(person.roles),
        expires_at=expires_at,
    )


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, math.ceil((until - now).total_seconds()))
