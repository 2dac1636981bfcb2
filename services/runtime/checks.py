"""What readiness asks of the database, in every service, whether it stands on the bus or not."""

import asyncio

from bus.database import Database
from bus.retry import passing
from services.runtime.health import Check

ANSWER_SECONDS = 0.8


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
