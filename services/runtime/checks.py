"""What readiness asks: whether the database answers, and whether every partition that was given to us is read."""

import asyncio

from bus.consumer import Consumer
from bus.database import Database
from bus.gate import State
from bus.retry import passing
from services.runtime.health import Check

ANSWER_SECONDS = 0.8
"""A readiness check has to answer within a second."""


def database_answers(database: Database) -> Check:
    """Ready while the database answers a question in time."""

    async def check() -> str | None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS), database.autocommit() as raw:
                await raw.execute("select 1")
        except TimeoutError:
            return f"does not answer within {ANSWER_SECONDS} s"
        except Exception as error:
            if not passing(error):
                raise
            return type(error).__name__
        return None

    return check


def log_is_whole(consumer: Consumer) -> Check:
    """Ready unless a partition cannot be read for good; one that is only being opened or tried again is no reason."""

    async def check() -> str | None:
        lost = [f"{place.topic}: {why}" for place, (state, why) in consumer.health().items() if state is State.LOG_GAP]
        return "; ".join(lost) or None

    return check
