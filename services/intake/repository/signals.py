"""Statements about signals: one for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal as intake remembers it; its facts travel in the event alone."""

    id: UUID
    sender: str
    source: str
    command_id: str
    system: str
    reference: str
    detected_at: datetime


async def add_signals(raw: Any, signals: Sequence[SignalRow]) -> None:
    """Remember signals, one statement for all."""
    await raw.execute(
        """
        insert into signal (id, sender, source, command_id, system, reference, detected_at)
        select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
        """,
        [signal.id for signal in signals],
        [signal.sender for signal in signals],
        [signal.source for signal in signals],
        [signal.command_id for signal in signals],
        [signal.system for signal in signals],
        [signal.reference for signal in signals],
        [signal.detected_at for signal in signals],
    )
