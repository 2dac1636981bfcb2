"""What `phoihop privacy` says: to the officer everything, and to the person only what the law lets be told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Sheet = Mapping[str, Any]
NOTHING = {
    "vi": "Trả lời người yêu cầu: đơn vị không giữ dữ liệu cá nhân nào mà pháp luật cho phép cung cấp hoặc xóa theo "
    "yêu cầu này (Luật 91/2025/QH15).",
    "en": "To the person: the unit holds no personal data that the law lets it give or erase on this request "
    "(Law 91/2025/QH15).",
}
"""The same where nothing is held, where a matter is not finished, and where one is held back: none tells the others."""
HELD = {
    "vi": "Trả lời người yêu cầu: đơn vị giữ {held} hồ sơ đã kết thúc, trong đó {erased} hồ sơ đã xóa dữ liệu cá nhân "
    "(Luật 91/2025/QH15).",
    "en": "To the person: the unit holds {held} finished dossiers, of which the personal data of {erased} are erased "
    "(Law 91/2025/QH15).",
}


def answer(sheets: Sequence[Sheet]) -> dict[str, str]:
    """The answer for the person, in both languages: of finished dossiers alone, as if there were no others."""
    finished = [sheet for sheet in sheets if not sheet["open"]]
    if not finished:
        return dict(NOTHING)
    counts = {"held": len(finished), "erased": sum(bool(sheet["erased_at"]) for sheet in finished)}
    return {language: text.format(**counts) for language, text in HELD.items()}


def sheet_lines(sheet: Sheet) -> Iterator[str]:
    """What is held of one dossier, where, and who was shown it."""
    yield _head(sheet)
    for kept in sheet["kept"]:
        yield f"  {kept['place']}: {kept['what']}"
    values = sheet.get("values") or {}
    for identifier in values.get("identifiers", ()):
        yield f"  {identifier['kind']}: {identifier['value']}"
    for name in values.get("names", ()):
        yield f"  name: {name}"
    if values.get("address"):
        yield f"  address: {values['address']}"
    yield from _shown(sheet)


def planned_lines(sheet: Sheet) -> Iterator[str]:
    """What an erasure would take of one dossier, and what it would not reach."""
    yield _head(sheet)
    if sheet["erased_at"]:
        yield "  nothing is left to erase"
    elif sheet["open"]:
        yield "  stays: the matter is not finished (Article 19 of Law 91/2025/QH15); the person is told nothing of it"
    else:
        yield "  would go: the key, and with it every sealed copy in tables, topics, parked events and backups of later"
        for kept in sheet["kept"]:
            yield f"  would go or stay unreadable: {kept['place']}: {kept['what']}"
    yield from _out_of_reach(sheet)


def erased_lines(sheet: Sheet) -> Iterator[str]:
    """What has gone of one dossier, and what is out of reach with how far each unit has read."""
    yield _head(sheet)
    if not sheet["erased_at"]:
        yield "  not erased: the matter is not finished; the person is told nothing of it"
    yield from _out_of_reach(sheet)


def _head(sheet: Sheet) -> str:
    state = f"erased {sheet['erased_at']}" if sheet["erased_at"] else sheet["state"]
    return f"{sheet['kind']:<6} {sheet['dossier']}  {sheet['number']}  {state}{', open' if sheet['open'] else ''}"


def _shown(sheet: Sheet) -> Iterator[str]:
    for unit in sheet["shown_to"]:
        numbers = ", ".join(f"#{number}" for number in unit["numbers"])
        yield f"  shown to {unit['unit']} ({unit['view']}): {numbers}, {unit['first_at']} to {unit['last_at']}"


def _out_of_reach(sheet: Sheet) -> Iterator[str]:
    for unit in sheet["shown_to"]:
        if unit["view"] != "full":
            continue
        yield f"  out of reach: the own copy of {unit['unit']}; {_position(unit)}"
        if unit["topic_until"]:
            yield f"  out of reach: opened copies in to.{unit['unit']} until {unit['topic_until']}"
    if sheet.get("backup_until"):
        yield f"  out of reach: the last backup of keys that holds its key, until {sheet['backup_until']}"
    yield "  out of reach: backups of the whole database that were taken before, until they are deleted"


def _position(unit: Mapping[str, Any]) -> str:
    end = unit["erased_number"]
    if end is None:
        return "told of the end once it is published"
    read = unit["pulled"] is not None and unit["pulled"] >= end
    http = f"over HTTP it has {'read past it' if read else 'not read that far'} (#{unit['pulled'] or 0})"
    told = [f"told of the end under #{end}", http]
    if unit.get("topic_read") is not None:
        told.append(f"on its topic it has {'read past it' if unit['topic_read'] else 'not read that far'}")
    return "; ".join(told)
