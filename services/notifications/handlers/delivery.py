"""Feeds on their way to `to.<unit>`."""

from collections.abc import Sequence

import structlog

from bus.message import Message
from bus.outbox import Row
from bus.uow import UnitsOfWork
from services.notifications.handlers.doors import Doorway
from services.notifications.model.row import FeedRow
from services.notifications.repository import copies


class Delivery:
    """Renders feed rows for the relay."""

    def __init__(self, units: UnitsOfWork, doorway: Doorway) -> None:
        self._units = units
        self._doorway = doorway

    async def render(self, rows: Sequence[Row]) -> list[Message]:
        """The messages of the rows, in their order.

        What goes out in the open is noted first: after a denial the integrity officer can be told of every copy. The
        feed of a unit that is no longer in force has no topic; its rows stay for those who may read them.
        """
        topics = self._units.context.topics
        async with self._units.begin() as uow:
            shown = await self._doorway.delivered([FeedRow.of(row.id, row.values) for row in rows], uow)
            units = {one.row.unit for one in shown}
            closed = {unit for unit in units if not self._doorway.has_topic(unit, uow)}
            sent = [one for one in shown if one.row.unit not in closed]
            await copies.note(uow.raw, [one.row.id for one in sent if not one.withdrawn], uow.context.clock())
        if closed:
            structlog.get_logger().warning("feed_without_topic", units=sorted(closed), rows=len(shown) - len(sent))
        return [one.message(topics.to_unit(one.row.unit)) for one in sent]
