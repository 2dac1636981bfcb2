"""What one row of a list becomes: a report that a desk can take, or a refusal with its reason."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from schemas.events.tip import Channel
from schemas.reference.validity import VIETNAM
from schemas.reported.chunks import SentRow
from schemas.reported.lines import Fault
from schemas.reported.rows import Field
from schemas.reported.site import comparable, site_in
from services.intake.forms import DeskForm

MAX_IDENTIFIER = 300
_CLOCK_SKEW = timedelta(minutes=5)
_DAYS = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d-%m-%Y")
_FIELD_OF = MappingProxyType(
    {
        "content": Field.CONTENT,
        "name": Field.NAME,
        "phone": Field.PHONE,
        "email": Field.EMAIL,
        "province": Field.PROVINCE,
        "details": Field.SITE,
    }
)
_WORDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Fault.NO_SITE: (
            "Không có tên miền hay địa chỉ http(s) nào. Hãy ghi trang web trên dòng này.",
            "It names no host and no http(s) URL. Write the site on this line.",
        ),
        Fault.TOO_LONG: (
            "Dòng dài hơn 8.000 ký tự. Hãy rút ngắn.",
            "It is longer than 8,000 characters. Shorten it.",
        ),
        Fault.NUL: (
            "Dòng có ký tự NUL. Hãy lưu tệp dạng văn bản thuần.",
            "It holds a NUL character. Save the file as plain text.",
        ),
        Fault.COLUMNS: (
            "Số cột không khớp dòng tiêu đề. Hãy sửa dòng này.",
            "Its columns do not fit the header. Correct the row.",
        ),
        Fault.QUOTE: (
            "Dấu ngoặc kép không đúng chỗ hoặc không được đóng. Hãy sửa dòng này.",
            "A quotation mark is misplaced or never closed. Correct the row.",
        ),
        Fault.FIELD: ("Giá trị không đúng dạng. Hãy sửa cột", "A value is not of its form. Correct the column"),
    }
)


@dataclass(frozen=True, slots=True)
class Report:
    """A row that names a site: the site in comparable form, and the tip's form should it be the first."""

    line: int
    site: str
    form: DeskForm


def judged(row: SentRow, now: datetime, provinces: frozenset[str]) -> Report | str:
    """The report, or the reason of the refusal: a `Fault`, with the field's name behind `field`."""
    if row.fault is not None:
        return row.fault.value
    site = site_in(row.fields.get(Field.SITE) or row.fields.get(Field.CONTENT, ""))
    if site is None:
        return Fault.NO_SITE.value
    if row.fields.get(Field.PROVINCE, "").strip() not in {*provinces, ""}:
        return _of(Field.PROVINCE)
    try:
        received = _moment(row.fields.get(Field.RECEIVED_AT), now)
    except ValueError:
        return _of(Field.RECEIVED_AT)
    try:
        return Report(row.number, comparable(site), _form(row.fields, site, received))
    except ValidationError as error:
        return _of(_blamed(error))


def told(reason: str) -> tuple[str, str]:
    """A refusal's reason in Vietnamese and in English."""
    fault, _, column = reason.partition(" ")
    vi, en = _WORDS[fault]
    return (f"{vi} {column}.", f"{en} {column}.") if column else (vi, en)


def site_key(pepper: bytes, desk: str, site: str) -> bytes:
    """How a site is known again at one desk: nobody tries it out, or compares two desks, without the pepper."""
    return hmac.digest(pepper, f"reported site\n{desk}\n{site}".encode(), "sha256")


def _form(fields: Mapping[Field, str], site: str, received: datetime | None) -> DeskForm:
    informant = {name: fields[name] for name in (Field.NAME, Field.PHONE, Field.EMAIL) if name in fields}
    province = fields.get(Field.PROVINCE, "").strip()
    told: dict[str, Any] = {
        "channel": Channel.DOCUMENT,
        "content": fields.get(Field.CONTENT) or fields[Field.SITE],
        "informant": informant,
        "facts": {"place": {"province": province}} if province else {},
        "details": {"identifiers": [{"kind": "site", "value": _identifier(site)}]},
        "received_at": received,
    }
    return DeskForm.model_validate(told)


def _identifier(site: str) -> str:
    """The site as typed; of one too long for an identifier its host. The whole is in the vault."""
    return site if len(site) <= MAX_IDENTIFIER else comparable(site).partition("/")[0][:MAX_IDENTIFIER]


def _moment(text: str | None, now: datetime) -> datetime | None:
    """When the report came in; days are written as in Viet Nam or by ISO 8601. Raises ValueError."""
    if text is None or not text.strip():
        return None
    found = _parsed(text.strip())
    moment = found if found.tzinfo else found.replace(tzinfo=VIETNAM)
    if moment > now + _CLOCK_SKEW:
        raise ValueError("in the future")
    return moment


def _parsed(text: str) -> datetime:
    for form in _DAYS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is Viet Nam's where none is written
        except ValueError:
            continue
    return datetime.fromisoformat(text)


def _blamed(error: ValidationError) -> Field:
    places = error.errors(include_url=False, include_input=False)[0]["loc"]
    return next((_FIELD_OF[str(place)] for place in reversed(places) if str(place) in _FIELD_OF), Field.SITE)


def _of(column: Field) -> str:
    return f"{Fault.FIELD.value} {column.value}"
