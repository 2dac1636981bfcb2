"""What the gateway listens to: the topics of units, undecoded, because it answers itself what is wrong with them."""

from collections.abc import Iterable

from bus.listening import Listening
from schemas.topics import Topics
from services.intake.gateway.handlers import Gateway


def listening(names: Topics, topics: Iterable[str], gateway: Gateway) -> Listening:
    """Every topic of a unit, one handler for all."""
    return Listening(group=f"{names.prefix}gateway.work", raw=tuple(topics), raw_handler=gateway.take)
