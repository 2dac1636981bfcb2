"""What a problem is: a stable type with a status, and words for people in Vietnamese and English."""

from dataclasses import dataclass
from typing import NamedTuple

URN = "urn:phoihop:problem:"


class Words(NamedTuple):
    """The same sentence in both languages, for people."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One occurrence: its type's slug and HTTP status, and what went wrong this time, in both languages."""

    slug: str
    status: int
    vi: str
    en: str

    @property
    def uri(self) -> str:
        """The type as problem+json and `command.refused` name it; never changes meaning."""
        return URN + self.slug


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A stable type: its HTTP status, short title, what it means, and what the reader can do about it."""

    slug: str
    status: int
    title: Words
    meaning: Words
    remedy: Words

    @property
    def uri(self) -> str:
        """The type as problem+json and `command.refused` name it; never changes meaning."""
        return URN + self.slug

    def problem(self, vi: str | None = None, en: str | None = None) -> Problem:
        """An occurrence told in these words, else in the type's own meaning and remedy."""
        return Problem(
            self.slug,
            self.status,
            vi or f"{self.meaning.vi} {self.remedy.vi}",
            en or f"{self.meaning.en} {self.remedy.en}",
        )
