"""The page `docs/problems.md`: one entry for each stable problem type, made from the types themselves.

`python -m schemas.problems.page` writes it; a test holds the committed page to the types.
"""

import sys
from pathlib import Path

from schemas.problems import PROBLEMS, ProblemType

PAGE = Path(__file__).parents[2] / "docs" / "problems.md"
_HEAD = """# Problems

Every error of every door names one of these types: over HTTP as `application/problem+json` (RFC 9457), on a feed as
`problem` of `command.refused`, and as the reason of a parked event. A type never changes its meaning; new ones are
added. Each answer also carries `vi` and `en`, and `errors[]` with a JSON Pointer where a field is at fault.

| type | status | meaning | what to do |
|---|---|---|---|
"""


def text() -> str:
    """The whole page."""
    return _HEAD + "".join(map(_row, sorted(PROBLEMS.values(), key=lambda kind: kind.slug)))


def _row(kind: ProblemType) -> str:
    meaning = f"**{kind.title.vi}** · {kind.title.en}. {kind.meaning.vi} · {kind.meaning.en}"
    return f"| `{kind.uri}` | {kind.status} | {meaning} | {kind.remedy.vi} · {kind.remedy.en} |\n"


if __name__ == "__main__":
    PAGE.write_text(text(), "utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")
