"""`phoihop reference place`: what an address as typed is understood as, at a date."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from schemas.identifiers.address.gazetteer import Gazetteer
    from schemas.identifiers.address.named import Named
    from schemas.identifiers.address.resolution import Resolution

WORDS = {
    "resolved": "Đúng một đơn vị. · One unit.",
    "converted": "Đơn vị đã bãi bỏ, chuyển toàn bộ vào một đơn vị. · Abolished, and wholly part of one unit now.",
    "split": "Đơn vị đã bãi bỏ, nay thuộc nhiều đơn vị. · Abolished, and parts of several units now.",
    "ambiguous_ward": "Nhiều đơn vị cùng tên. · Several units of that name.",
    "unknown_ward": "Tỉnh này không có phường, xã đó. · The province has no such ward.",
    "province_only": "Không ghi phường, xã. · No ward is written.",
    "not_yet": "Ngày đó chưa có đơn vị này. · The unit did not exist on that day.",
    "unknown_province": "Không rõ tỉnh, thành phố. · No known province is written.",
}


def show(address: str, day: str | None, folder: Path | None, *, as_json: bool) -> int:
    """Print the resolution; the exit code: 0 one unit, 1 province alone or nothing, 2 a day that is none."""
    import reference
    from schemas.identifiers.address.atlas import Atlas
    from schemas.identifiers.address.resolve import resolve

    places, at = Atlas(folder or reference.folder())(), _day(day)
    found = resolve(address, at, places)
    told = _told(found, at, places) | {"territory": _territory(found, at, folder or reference.folder())}
    typer.echo(json.dumps(told, ensure_ascii=False, indent=2) if as_json else _lines(told))
    return 0 if found.unit else 1


def _day(day: str | None) -> date:
    from datetime import UTC, datetime

    from schemas.reference.validity import vietnam_date

    try:
        return date.fromisoformat(day) if day else vietnam_date(datetime.now(UTC))
    except ValueError as error:
        raise typer.BadParameter(f"{day} is no date: write it like 2025-07-01", param_hint="--at") from error


def _told(found: "Resolution", at: date, places: "Gazetteer") -> dict[str, object]:
    def named(unit: "Named | None") -> dict[str, str] | None:
        return {"code": unit.code, "name": places.full(unit), "vintage": unit.vintage.value} if unit else None

    return {
        "at": at.isoformat(),
        "status": found.status.value,
        "certainty": found.certainty.value,
        "written_as": found.vintage.value if found.vintage else None,
        "unit": named(found.unit),
        "province": named(found.province),
        "abolished": named(found.old),
        "candidates": [named(one) for one in found.candidates],
    }


def _territory(found: "Resolution", at: date, folder: Path) -> list[str]:
    """The units whose own territory holds the province on that day; central ones hold every place."""
    from schemas.reference.book import ReferenceBook
    from schemas.reference.places.rows import REFORM

    if found.province_code is None or at < REFORM:
        return []
    units = ReferenceBook.load(folder).units_at(at)
    return [unit.code for unit in units if not unit.central and unit.holds_place(found.province_code)]


def _lines(told: "dict[str, object]") -> str:
    lines = [f"{told['status']} ({told['certainty']}): {WORDS[str(told['status'])]}"]
    for key in ("unit", "province", "abolished"):
        unit = told[key]
        if isinstance(unit, dict):
            lines.append(f"{key:<10} {unit['code']:<5}  {unit['name']}")
    candidates = told["candidates"]
    if isinstance(candidates, list):
        lines.extend(f"candidate  {unit['code']:<5}  {unit['name']} ({unit['vintage']})" for unit in candidates)
    territory = told["territory"]
    if isinstance(territory, list) and territory:
        lines.append(f"territory  {' '.join(territory)}")
    return "\n".join(lines)
