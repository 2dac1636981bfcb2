"""A unit with its name as it is compared, and the kinds of units as people write them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from schemas.identifiers.address.words import Word, words_of


class Vintage(StrEnum):
    """Which units are meant: those until 30 June 2025, or those since."""

    OLD = "old"
    NEW = "new"


WARD_KINDS = frozenset({"phuong", "xa", "thitran", "dackhu"})
DISTRICT_KINDS = frozenset({"quan", "huyen", "thixa", "thanhpho"})
PROVINCE_KINDS = frozenset({"tinh", "thanhpho"})

KINDS: Mapping[tuple[str, ...], str] = {
    ("thi", "tran"): "thitran",
    ("dac", "khu"): "dackhu",
    ("thi", "xa"): "thixa",
    ("thanh", "pho"): "thanhpho",
    ("t", "p"): "thanhpho",
    ("t", "x"): "thixa",
    ("t", "t"): "thitran",
    ("phuong",): "phuong",
    ("xa",): "xa",
    ("quan",): "quan",
    ("huyen",): "huyen",
    ("tinh",): "tinh",
    ("ph",): "phuong",
    ("tt",): "thitran",
    ("dk",): "dackhu",
    ("tx",): "thixa",
    ("tp",): "thanhpho",
    ("p",): "phuong",
    ("x",): "xa",
    ("q",): "quan",
    ("h",): "huyen",
    ("t",): "tinh",
}
"""How a kind is written in front of a name; the longer way first, since `thị xã` ends as `xã` does."""


@dataclass(frozen=True, slots=True)
class Named:
    """A unit: its code, its kind and name as published, and the code of the unit above it ("" for a province)."""

    code: str
    name: str
    kind: str
    plain: str
    marked: str
    above: str
    vintage: Vintage

    @classmethod
    def of(cls, code: str, name: str, above: str, vintage: Vintage) -> "Named":
        """A unit by its published name, such as `Thị trấn Phùng`."""
        words = words_of(name)
        kind, length = leading_kind(words)
        rest = words[length:]
        plain, marked = "".join(word.plain for word in rest), "".join(word.marked for word in rest)
        return cls(code, name, kind, plain, marked, above, vintage)


def leading_kind(words: Sequence[Word]) -> tuple[str, int]:
    """The kind that a published name begins with and its length in words; ("", 0) for none."""
    for written, kind in KINDS.items():
        length = len(written)
        if len(words) > length and tuple(word.plain for word in words[:length]) == written:
            return kind, length
    return "", 0


def kind_before(words: Sequence[Word], start: int) -> tuple[str, int]:
    """The kind written in front of the word at `start` and its length; a lone letter counts only where it can.

    `P 12`, `P. Tân Định` and a part that begins with `P` name a kind; the `H` of `12 H Nguyễn Huệ` does not.
    """
    for written, kind in KINDS.items():
        first = start - len(written)
        if first < 0 or tuple(word.plain for word in words[first:start]) != written:
            continue
        if words[start].hard or any(word.hard for word in words[first + 1 : start]):
            continue
        last = words[start - 1]
        if len(last.plain) > 1 or last.dotted or words[start].plain.isdigit() or words[first].begins:
            return kind, len(written)
    return "", 0
