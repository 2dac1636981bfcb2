"""How far an outbox has been sent, though ids become visible out of order and some never do. Pure.

Ids are drawn before they are committed, so a higher id can be seen while a lower one is not there yet. `high` passes
such a hole at once and the hole is kept in `gaps`, so a long transaction delays nobody else. A gap is over when its row
appears, or when its writer must have ended without it: every writer has its transaction id before it draws an outbox
id, so a transaction that begins after the gap was noticed (the one that saves this cursor) has a higher id. Once a
snapshot's xmin has passed that id, the gap's writer has ended; if that snapshot does not show the row, it never will.
No clock takes part in this.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bus.errors import OutboxJumped

MOST_GAPS = 100_000
"""More holes at once are no rolled-back writers, but a sequence that was set by hand."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Everything up to `high` was sent, except `gaps`: id to its fence, None until a save gave it one."""

    high: int = 0
    gaps: Mapping[int, int | None] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def resumed(cls, high: int, gaps: Collection[int]) -> "Cursor":
        """As it was saved. Fences are not saved: each save makes new ones, which are only later, never wrong."""
        return cls(high, MappingProxyType(dict.fromkeys(gaps)))

    @property
    def open(self) -> list[int]:
        """The gaps in rising order, as they are asked for and saved."""
        return sorted(self.gaps)

    def advance(self, sent: Sequence[int], waiting: Collection[int], xmin: int) -> "Cursor":
        """After one read: `sent` was acknowledged, `waiting` was visible but is left for the next, both by rising id.

        `xmin` is that of the read's own snapshot, which asked for every gap. Raises `OutboxJumped`.
        """
        high = max(self.high, sent[-1]) if sent else self.high
        visible = {*sent, *waiting}
        gaps = {id_: fence for id_, fence in self.gaps.items() if id_ not in visible and not _over(fence, xmin)}
        gaps |= {id_: self.gaps[id_] for id_ in waiting if id_ in self.gaps}
        tail = [id_ for id_ in sent if id_ > self.high]
        if high - self.high - len(tail) > MOST_GAPS:
            raise OutboxJumped(f"after id {self.high} the outbox goes on at {tail[0]}: set the cursor by hand")
        gaps |= dict.fromkeys(_holes(self.high, tail))
        return Cursor(high, MappingProxyType(gaps))

    def fenced(self, xid: int) -> "Cursor":
        """After this cursor was saved by the transaction `xid`: the fence of every gap that had none."""
        return replace(
            self, gaps=MappingProxyType({id_: xid if fence is None else fence for id_, fence in self.gaps.items()})
        )

    def same(self, other: "Cursor") -> bool:
        """Whether saving the one would write what saving the other wrote."""
        return self.high == other.high and self.gaps.keys() == other.gaps.keys()

    @property
    def unfenced(self) -> bool:
        """Whether a save is needed before all gaps can be judged."""
        return any(fence is None for fence in self.gaps.values())


def _over(fence: int | None, xmin: int) -> bool:
    return fence is not None and fence < xmin


def _holes(high: int, tail: Sequence[int]) -> list[int]:
    present = set(tail)
    return [id_ for id_ in range(high + 1, tail[-1]) if id_ not in present] if tail else []
