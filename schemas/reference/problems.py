"""What is wrong in the reference data, said so that a jurist can correct it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing to correct. `line` counts from 1, the header; 0 speaks of the file or folder as a whole."""

    file: str
    line: int
    column: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        column = f" {self.column}:" if self.column else ""
        return f"{where}:{column} {self.message}. {self.remedy}."

    def as_dict(self) -> dict[str, str | int]:
        """The problem as plain values, for JSON."""
        return asdict(self)


class ReferenceProblemsError(ValueError):
    """The reference data may not be used until its problems are corrected; `problems` lists every one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("the reference data has problems:\n" + "\n".join(str(problem) for problem in problems))


class UnknownCodeError(LookupError):
    """A code that is not in force in the reference data at a date."""
