"""An agency's own system sending commands on `from.<unit>`: the other door to the same handlers."""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from confluent_kafka import Producer

from cli.unit_topic import Access

_FLUSH_SECONDS = 60.0


class SendFailedError(Exception):
    """The broker did not take the command in time."""


class Machine:
    """Sends structured CloudEvents as one unit, with only the attributes that a unit must give."""

    def __init__(self, access: Access, unit: str) -> None:
        self._unit = unit
        self._producer = Producer({**access.of(unit), "enable.idempotence": True})

    async def send(self, kind: str, key: str, data: Mapping[str, Any], at: datetime) -> None:
        """Send one command and wait until the broker has it; raises SendFailedError."""
        event = {
            "specversion": "1.0",
            "id": key,
            "source": f"/units/{self._unit}/cms",
            "type": f"vn.phoihop.command.{kind}.v1",
            "time": at.isoformat(),
            "datacontenttype": "application/json",
            "data": dict(data),
        }
        headers: list[tuple[str, str | bytes | None]] = [("content-type", "application/cloudevents+json")]
        self._producer.produce(f"from.{self._unit}", json.dumps(event).encode(), headers=headers)
        if await asyncio.to_thread(self._producer.flush, _FLUSH_SECONDS):
            message = f"the broker did not take {kind} from {self._unit} within {_FLUSH_SECONDS:.0f} s"
            raise SendFailedError(message)
