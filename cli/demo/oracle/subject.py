"""The subject of a record: the first identifier present in the order of the design, in a form that can be compared."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

ORDER = ("tax_code", "importer_id", "citizen_number", "account", "phone", "shop", "site")
_DIGITS = {"tax_code", "citizen_number", "account", "phone"}


def subject(identifiers: Iterable[Mapping[str, str]]) -> str | None:
    """Kind and comparable value of the first identifier that groups records, or None where a record stands alone."""
    given = [(identifier["kind"], _comparable(identifier["kind"], identifier["value"])) for identifier in identifiers]
    for wanted in ORDER:
        for kind, value in given:
            if kind == wanted and value:
                return f"{kind}:{value}"
    return None


def _comparable(kind: str, value: str) -> str:
    plain = unicodedata.normalize("NFC", value).casefold().strip()
    if kind == "site":
        return re.sub(r"^([a-z][a-z0-9+.-]*://)?(www\.)?", "", plain).split("/")[0].rstrip(".")
    if kind not in _DIGITS:
        return plain
    digits = re.sub(r"\D", "", plain)
    return "0" + digits[2:] if kind == "phone" and plain.startswith("+84") else digits
