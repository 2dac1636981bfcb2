"""Keys of units' systems: two slots a unit, so that one can be replaced while the other is in use."""

import structlog

from bus.errors import Refused
from schemas.problems import ALREADY_EXISTS, NOT_FOUND
from services.directory import repository
from services.directory.credentials import digest, new_unit_key
from services.directory.forms import KeyShown
from services.directory.handlers.means import Means, administrator
from services.directory.model import Key, Slot, slot_for
from services.policy import Actor

_ISSUED = ALREADY_EXISTS.problem(
    "Đã cấp khóa cho Idempotency-Key này và khóa chỉ hiện một lần. Dùng Idempotency-Key khác để xin khóa mới.",
    "A key was issued for this Idempotency-Key and is shown only once. Use another one to ask for a new key.",
)
_NO_UNIT = NOT_FOUND.problem(
    "Không có đơn vị này vào hôm nay. Xem danh sách ở GET /units.",
    "There is no such unit today. See the list at GET /units.",
)


async def issue(unit: str, request: str, actor: Actor, means: Means) -> KeyShown:
    """Make a key for the unit's systems, in the free slot or in place of the older key.

    Raises `Refused`: 403 for other than administrators, 404 for an unknown unit, 409 for a request answered before.
    """
    administrator(actor)
    if not means.book.has_unit(unit, means.today()):
        raise Refused(_NO_UNIT)
    key = new_unit_key(unit, means.entropy)
    asked = f"{unit} {request}"
    async with means.database.transaction() as tx:
        slot = slot_for(await repository.held_slots(tx.sql, unit))
        if await repository.issued_for(tx.sql, asked):
            raise Refused(_ISSUED, "Idempotency-Key")
        await repository.add_key(
            tx.sql,
            Key("http", unit, "", frozenset()),
            slot,
            key_id=means.new_id(),
            key_hash=digest(key),
            request=asked,
            now=means.clock(),
            by=actor.person,
        )
    structlog.get_logger().info("unit_key_issued", unit=unit, slot=slot)
    return KeyShown(unit=unit, slot=slot, key=key)


async def revoke(unit: str, slot: Slot, actor: Actor, means: Means) -> None:
    """End the key in a slot; its tokens run out within ten minutes. Raises `Refused`: 403, 404 where there is none."""
    administrator(actor)
    async with means.database.transaction() as tx:
        if not await repository.revoke_keys(tx.sql, "http", unit, "", slots={slot}, now=means.clock()):
            raise Refused(NOT_FOUND.problem())
    structlog.get_logger().info("unit_key_revoked", unit=unit, slot=slot)
