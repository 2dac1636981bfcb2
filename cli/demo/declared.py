"""What the customs system holds: how many declarations, and the signals that its flagged ones must become."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import reference
from cli.demo.oracle import declarations
from cli.demo.oracle.sheets import Sheets
from cli.demo.stage import Stage
from infra.stack.home import Home

STANDIN = "customs-standin"
OFFICES = Path(__file__).parents[2] / "adapters" / "customs" / "offices.csv"
_PAGE = 500


@dataclass(frozen=True, slots=True)
class Declared:
    """The number of declarations, and one signal for each that is flagged."""

    declarations: int
    signals: list[dict[str, Any]]


async def declared(file: Path | None, home: Home, stage: Stage) -> Declared:
    """From the file itself where one was given, else from the pages of the stand-in's generator."""
    rows = declarations.rows_of(file) if file is not None else await _pages(home, stage)
    sheets = Sheets.read(reference.folder(), OFFICES)
    flagged = [declarations.signal(row, sheets) for row in rows if declarations.is_flagged(row)]
    return Declared(len(rows), flagged)


async def _pages(home: Home, stage: Stage) -> list[dict[str, str]]:
    token = (home.secrets / "customs-standin-token").read_text("utf-8").strip()
    rows: list[dict[str, str]] = []
    after: Any = ""
    while after is not None:
        answer = await stage.client.get(
            f"{stage.urls[STANDIN]}/declarations",
            params={"after": after, "limit": _PAGE},
            headers={"Authorization": f"Bearer {token}"},
        )
        answer.raise_for_status()
        page = answer.json()
        rows.extend(_plain(page["declarations"]))
        after = page.get("next")
    return rows


def _plain(found: Iterable[dict[str, Any]]) -> Iterable[dict[str, str]]:
    return ({name: "" if value is None else str(value) for name, value in row.items()} for row in found)
