"""Where in a text names of units stand, and which of several meanings a mention most likely has."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from schemas.identifiers.address.gazetteer import Gazetteer, Names
from schemas.identifiers.address.named import DISTRICT_KINDS, WARD_KINDS, Named, kind_before
from schemas.identifiers.address.words import Word

LONGEST = 7
"""Words in the longest name."""

STREETS = frozenset({"duong", "pho", "ngo", "ngach", "hem", "kiet", "dai", "lo"})
"""Words before the name of a street: `đường Hà Nội` is no province."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit's name at words `start` to `end`, kind included; `kind` is the one written, "" for none.

    `whole` says that it fills a part of the address.
    """

    named: Named
    start: int
    end: int
    kind: str
    key: str
    marked: str
    whole: bool

    def overlaps(self, other: "Mention") -> bool:
        """Whether a word belongs to both."""
        return self.start < other.end and other.start < self.end

    @property
    def agrees(self) -> bool:
        """Whether the marks written, if any, are those of the unit; a former name is known without marks."""
        return self.marked in {self.key, self.named.marked} or self.key != self.named.plain

    @property
    def present(self) -> bool:
        """Whether the name written is the unit's own, not one from before a merger."""
        return self.key == self.named.plain

    @property
    def exact(self) -> bool:
        """Whether the kind is written and is that of the unit."""
        return self.kind == self.named.kind


@dataclass(frozen=True, slots=True)
class Mentions:
    """Everything in a text that could be a unit of each level."""

    provinces: tuple[Mention, ...]
    districts: tuple[Mention, ...]
    wards: tuple[Mention, ...]

    @classmethod
    def of(cls, words: Sequence[Word], places: Gazetteer) -> "Mentions":
        """The mentions in words whose country and post code were cut off."""
        windows = tuple(_windows(words))
        return cls(
            tuple(_found(words, windows, places.provinces)),
            tuple(one for one in _found(words, windows, places.districts) if one.kind in {"", *DISTRICT_KINDS}),
            tuple(one for one in _found(words, windows, places.wards) if one.kind in {"", *WARD_KINDS}),
        )


Window = tuple[int, int, str]


def _windows(words: Sequence[Word]) -> Iterator[Window]:
    for start in range(len(words)):
        key = ""
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if end - start > 1 and words[end - 1].hard:
                break
            key += words[end - 1].plain
            yield start, end, key


def _found(words: Sequence[Word], windows: Iterable[Window], names: Names) -> Iterator[Mention]:
    for first, end, key in windows:
        units = names.get(key)
        if units is None:
            continue
        kind, length = kind_before(words, first)
        start = first - length
        if not kind and (key.isdigit() or (first and words[first - 1].plain in STREETS and not words[first].hard)):
            continue
        marked = "".join(word.marked for word in words[first:end])
        whole = words[start].begins and (end == len(words) or words[end].begins)
        for named in units:
            yield Mention(named, start, end, kind, key, marked, whole)


def best(
    mentions: Iterable[Mention], allowed: Callable[[Mention], bool], closing: int | None = None
) -> tuple[Mention, ...]:
    """The most telling mentions among those allowed, one a unit: marks that agree, the kind right, then wrong.

    A bare name counts where it fills a part or ends at the word `closing`. Between equals the one further right, then
    the longer one; of several units so named, those whose marks agree, then those whose present name it is. What is
    left is a true ambiguity.
    """
    telling = (one for one in mentions if one.kind or one.whole or one.end == closing)
    ranked = [(_rank(one), one) for one in telling if allowed(one)]
    top = max((rank for rank, _ in ranked), default=None)
    tied = [one for rank, one in ranked if rank == top]
    for clearer in (_same_marks, _present):
        tied = [one for one in tied if clearer(one)] or tied
    return tuple({one.named.code: one for one in tied}.values())


def _rank(one: Mention) -> tuple[bool, int, int, int]:
    return (one.agrees, 2 if one.exact else 1 if one.kind else 0, one.end, one.end - one.start)


def _same_marks(one: Mention) -> bool:
    return one.marked != one.key and one.marked == one.named.marked


def _present(one: Mention) -> bool:
    return one.present
