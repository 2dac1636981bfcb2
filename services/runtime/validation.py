"""What is wrong with the fields of a request, in both languages, without repeating what the sender wrote in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from schemas.problems import Words

MAX_FAULTS = 50
"""More would help nobody, and a hostile body could ask for thousands."""

_TELLING = 4
"""Shorter values (`vi`, `01`) occur in any sentence by chance."""

_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "missing": Words("thiếu trường bắt buộc; hãy thêm vào", "this field is required: add it"),
        "extra_forbidden": Words("không có trường này; hãy bỏ đi", "there is no such field: leave it out"),
        "string_type": Words("phải là chuỗi ký tự", "must be a string"),
        "string_too_short": Words("phải có ít nhất {min_length} ký tự", "needs at least {min_length} characters"),
        "string_too_long": Words("không được quá {max_length} ký tự", "may have at most {max_length} characters"),
        "string_pattern_mismatch": Words("phải theo mẫu {pattern}", "must match {pattern}"),
        "too_short": Words("phải có ít nhất {min_length} phần tử", "needs at least {min_length} items"),
        "too_long": Words("không được quá {max_length} phần tử", "may have at most {max_length} items"),
        "literal_error": Words("phải là một trong: {expected}", "must be one of {expected}"),
        "enum": Words("phải là một trong: {expected}", "must be one of {expected}"),
        "greater_than": Words("phải lớn hơn {gt}", "must be greater than {gt}"),
        "greater_than_equal": Words("không được nhỏ hơn {ge}", "must be at least {ge}"),
        "less_than": Words("phải nhỏ hơn {lt}", "must be less than {lt}"),
        "less_than_equal": Words("không được lớn hơn {le}", "must be at most {le}"),
        "int_type": Words("phải là số nguyên", "must be a whole number"),
        "int_parsing": Words("phải là số nguyên", "must be a whole number"),
        "bool_type": Words("phải là true hoặc false", "must be true or false"),
        "bool_parsing": Words("phải là true hoặc false", "must be true or false"),
        "decimal_parsing": Words("phải là số thập phân", "must be a decimal number"),
        "uuid_type": Words("phải là UUID", "must be a UUID"),
        "uuid_parsing": Words("phải là UUID", "must be a UUID"),
        "list_type": Words("phải là mảng", "must be an array"),
        "tuple_type": Words("phải là mảng", "must be an array"),
        "model_type": Words("phải là đối tượng JSON", "must be a JSON object"),
        "model_attributes_type": Words("phải là đối tượng JSON", "must be a JSON object"),
        "dict_type": Words("phải là đối tượng JSON", "must be a JSON object"),
        "json_invalid": Words("không phải JSON hợp lệ", "is not valid JSON"),
        "timezone_aware": Words("thời điểm phải có múi giờ, ví dụ +07:00", "needs a time zone such as +07:00"),
        "datetime_parsing": Words("phải là thời điểm theo RFC 3339", "must be an RFC 3339 instant"),
        "datetime_from_date_parsing": Words("phải là thời điểm theo RFC 3339", "must be an RFC 3339 instant"),
        "datetime_type": Words("phải là thời điểm theo RFC 3339", "must be an RFC 3339 instant"),
        "date_from_datetime_parsing": Words("phải là ngày dạng YYYY-MM-DD", "must be a date as YYYY-MM-DD"),
        "date_parsing": Words("phải là ngày dạng YYYY-MM-DD", "must be a date as YYYY-MM-DD"),
        "date_type": Words("phải là ngày dạng YYYY-MM-DD", "must be a date as YYYY-MM-DD"),
    }
)
_OTHERWISE = Words("giá trị không dùng được; xem lược đồ của trường này", "cannot be used: see this field's schema")


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong field. `place` is body, query, path, header or cookie; `at` a JSON Pointer, or the parameter's name."""

    place: str
    at: str
    words: Words

    def body(self, language: str) -> dict[str, str]:
        """The member of `errors`: the pointer as RFC 9457 writes it, the sentence in the reader's language and both."""
        where = {"pointer": f"#{self.at}"} if self.place == "body" else {self.place: self.at}
        detail = self.words.en if language == "en" else self.words.vi
        return where | {"detail": detail, "vi": self.words.vi, "en": self.words.en}


def faults(errors: Iterable[Mapping[str, Any]]) -> list[Fault]:
    """The faults of pydantic's or FastAPI's list of errors, at most `MAX_FAULTS`."""
    return [_fault(error) for _, error in zip(range(MAX_FAULTS), errors, strict=False)]


def field_fault(field: str, words: Words) -> Fault:
    """The fault of a field named by a refusal: a JSON Pointer, a dotted path, or the name of a header."""
    if field[:1].isupper():
        return Fault("header", field, words)
    return Fault("body", field if field.startswith("/") else pointer(field.split(".")), words)


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _fault(error: Mapping[str, Any]) -> Fault:
    location = [part for part in error["loc"] if isinstance(part, str | int)] or ["body"]
    place, rest = str(location[0]), location[1:]
    if error["type"] == "json_invalid":
        rest = []
    at = pointer(rest) if place == "body" else ".".join(str(part) for part in rest)
    return Fault(place, at, _words(error))


def _words(error: Mapping[str, Any]) -> Words:
    """The sentence for the kind of error; our own validators' text is kept unless it repeats the value."""
    context = error.get("ctx", {})
    known = _WORDS.get(error["type"])
    if known is not None:
        return Words(known.vi.format(**context), known.en.format(**context))
    if error["type"] == "value_error":
        text = str(error["msg"]).removeprefix("Value error, ")
        if not any(value in text for value in _telling(error.get("input"))):
            return Words(f"giá trị không dùng được: {text}", text)
    return _OTHERWISE


def _telling(value: object) -> Iterable[str]:
    """The texts inside what was sent that are long enough to be recognised in a sentence."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _telling(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _telling(part)
    elif value is not None and len(str(value)) >= _TELLING:
        yield str(value)
