"""Where in a text names of units stand, and which of several meanings a mention most likely has."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas.identifiers.address.gazetteer import Names
from schemas.identifiers.address.named import Named, kind_before
from schemas.identifiers.address.words import Word

LONGEST = 7
"""Words in the longest name."""

STREETS = frozenset({"duong", "pho", "ngo", "ngach", "hem", "kiet", "dai", "lo"})
"""Words before the name of a street: `đường Hà Nội` is no province."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A unit's name at words `start` to `end`, kind included; `kind` is the one written, "" for none.

    `whole` says that it fills a part of the address, `accented` that the address is written with marks.
    """

    named: Named
    start: int
    end: int
    kind: str
    key: str
    marked: str
    whole: bool
    accented: bool

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
class Windows:
    """Every run of words that could be a name, to be looked up among units of each level."""

    words: Sequence[Word]
    runs: tuple[tuple[int, int, str], ...]
    accented: bool

    @classmethod
    def of(cls, words: Sequence[Word]) -> "Windows":
        """The runs of words whose country and post code were cut off."""
        return cls(words, tuple(_windows(words)), any(word.marked != word.plain for word in words))

    def found(
        self, names: Names, kinds: AbstractSet[str], above: AbstractSet[str] | None = None
    ) -> tuple[Mention, ...]:
        """The mentions of units written with one of these kinds or none, and below one of `above` if it is given."""
        return tuple(one for one in _found(self, names, above) if not one.kind or one.kind in kinds)


def _windows(words: Sequence[Word]) -> Iterator[tuple[int, int, str]]:
    for start in range(len(words)):
        key = ""
        for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
            if end - start > 1 and words[end - 1].hard:
                break
            key += words[end - 1].plain
            yield start, end, key


def _found(windows: Windows, names: Names, above: AbstractSet[str] | None) -> Iterator[Mention]:
    words = windows.words
    for first, end, key in windows.runs:
        units = names.get(key, ())
        if above is not None:
            units = tuple(named for named in units if named.above in above)
        if not units:
            continue
        kind, length = kind_before(words, first)
        start = first - length
        if not kind and (key.isdigit() or _of_a_street(words, first)):
            continue
        marked = "".join(word.marked for word in words[first:end])
        whole = words[start].begins and (end == len(words) or words[end].begins)
        for named in units:
            yield Mention(named, start, end, kind, key, marked, whole, windows.accented)


def _of_a_street(words: Sequence[Word], first: int) -> bool:
    return first > 0 and words[first - 1].plain in STREETS and not words[first].hard


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
    return one.accented and one.marked == one.named.marked


def _present(one: Mention) -> bool:
    return one.present
