"""Floor and ours of one path as a row of the table, and as the numbers that programs read."""

from collections.abc import Awaitable, Callable
from statistics import median

from bench.figure import Figure, at_least

ROUNDS = 3

Rate = Callable[[], Awaitable[float]]
Tell = Callable[[str], object]


async def compared(name: str, floor: Rate, ours: Rate, least: float, tell: Tell) -> Figure:
    """Both in turn, so that whatever else the machine does meets both; medians of three rounds."""
    found: dict[str, list[float]] = {"floor": [], "ours": []}
    for number in range(1, ROUNDS + 1):
        found["floor"].append(await floor())
        found["ours"].append(await ours())
        tell(f"{name} {number}/{ROUNDS}: floor {found['floor'][-1]:,.0f}/s, ours {found['ours'][-1]:,.0f}/s")
    low, high = median(found["floor"]), median(found["ours"])
    path = {"floor": round(low), "ours": round(high), "ratio": round(high / low, 3)}
    said = f"floor {low:,.0f} events/s, ours {high:,.0f}"
    return Figure(f"{name}: ours to the floor", path["ratio"], "times", at_least(least), said, (name, path))
