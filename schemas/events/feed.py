"""What a feed says of itself. It is no aggregate: no topic of the log carries these, only the feeds do."""

from schemas.messages import EventData


class FeedWithdrawn(EventData):
    """An event that stood under this number was withdrawn. It says neither which nor why; the number stays."""

    KIND = "feed.withdrawn"
