"""A session or a key becomes an actor's token."""

from datetime import UTC, datetime, timedelta

from bus.errors import Refused
from schemas.problems import UNAUTHENTICATED
from services.directory import repository
from services.directory.credentials import digest, is_session
from services.directory.forms import TokenIssued
from services.directory.handlers.means import Means
from services.policy import Actor
from services.runtime.claims import LIFETIME, Claims

NOT_GOOD = UNAUTHENTICATED.problem(
    "Phiên làm việc hoặc khóa không còn hiệu lực. Đăng nhập lại, hoặc xin khóa mới ở quản trị danh bạ.",
    "The session or key is not in force. Sign in again, or ask directory's administrator for a new key.",
)


async def exchange(credential: str, purpose: str, means: Means) -> TokenIssued:
    """A token of at most ten minutes, and never longer than the session. Raises `Refused` (401)."""
    if is_session(credential):
        actor, name, lifetime = await _of_session(credential, purpose, means)
    else:
        actor, name, lifetime = await _of_key(credential, purpose, means)
    claims = Claims.of(actor, name, means.clock(), lifetime)
    expires_at = datetime.fromtimestamp(claims.exp, UTC)
    return TokenIssued(token=means.signer.sign(claims), expires_at=expires_at)


async def _of_session(credential: str, purpose: str, means: Means) -> tuple[Actor, str, timedelta]:
    now = means.clock()
    async with means.database.transaction() as tx:
        session = await repository.find_session(tx.sql, digest(credential))
    if session is None or not session.good(now):
        raise Refused(NOT_GOOD)
    person = session.person
    return person.actor(purpose), person.name, session.expires_at - now


async def _of_key(credential: str, purpose: str, means: Means) -> tuple[Actor, str, timedelta]:
    async with means.database.transaction() as tx:
        key = await repository.find_key(tx.sql, digest(credential))
    if key is None or (key.kind == "http" and not means.book.has_unit(key.unit, means.today())):
        raise Refused(NOT_GOOD)
    return key.actor(purpose), "", LIFETIME
