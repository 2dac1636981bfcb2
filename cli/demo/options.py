"""What the person who starts the demo chose."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Options:
    """`pace` is the pause between two acts in seconds; `kill` names the parts that the drill kills."""

    once: bool
    report: Path | None
    declarations: Path | None
    reports: Path | None
    kill: tuple[str, ...]
    pace: float
    reset: bool
    as_json: bool
