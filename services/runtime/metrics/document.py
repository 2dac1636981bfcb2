"""docs/metrics.md, made from the catalogue: `python -m services.runtime.metrics.document [--check]`.

With `--check` nothing is written; the exit code is 1 when the page is not that of the code.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from services.runtime.metrics.catalogue import CATALOGUE
from services.runtime.metrics.metric import Metric
from services.runtime.metrics.stepping import STEP

PAGE = Path(__file__).parents[3] / "docs" / "metrics.md"
_HEAD = f"""# Metrics

Made from `services/runtime/metrics/catalogue*.py` by `python -m services.runtime.metrics.document`; change it there.
How they are scraped, and what to type when one is bad: [operations.md](operations.md).

**Stepped** metrics are shown anew only once they have counted {STEP} more, so that no reader of metrics can follow one
tip ([ADR 0015](decisions/0015-metrics-tell-of-no-single-tip.md)): on a quiet bus they stand at 0 for a while, and
rates are right over minutes, not over seconds. What only the integrity route may know is in no count at all.
"""


def page(metrics: Mapping[str, Metric] = CATALOGUE) -> str:
    """The whole page: a table of contents, then a section for each metric, to which alerts link."""
    contents = [f"| [`{name}`](#{name}) | {metric.kind} | {metric.unit} |" for name, metric in metrics.items()]
    table = "\n".join(["| metric | kind | unit |", "|---|---|---|", *contents])
    return "\n".join([_HEAD, table, "", *(_section(metric) for metric in metrics.values())])


def _section(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
    notes = [
        *(["stepped"] if metric.stepped else []),
        *(["absent until a service adds its source"] if metric.hooked else []),
    ]
    kind = "; ".join([f"{metric.kind} in {metric.unit}", f"labels: {labels}", *notes])
    return f"## {metric.name}\n\n{kind}.\n\n{metric.meaning}\n\n**When it is bad.** {metric.bad}\n"


def main(arguments: Sequence[str]) -> int:
    """Write the page, or compare it; the exit code."""
    made = page()
    if "--check" not in arguments:
        PAGE.write_text(made, encoding="utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text(encoding="utf-8") == made:
        return 0
    sys.stderr.write("docs/metrics.md is not that of the code: run `python -m services.runtime.metrics.document`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
