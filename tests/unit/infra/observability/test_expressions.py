"""What the dashboard and the alerts ask for exists: every expression parses, every metric and label is known."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from cli.supervisor.roster import BUS
from infra.compose.plan import PORT
from infra.observability import dashboard
from services.runtime.metrics.catalogue import CATALOGUE
from services.runtime.metrics.document import PAGE
from services.runtime.metrics.metric import Kind

HERE = Path(dashboard.__file__).parent
ROOT = HERE.parents[1]
OF_THE_SCRAPE = {"job", "instance", "service"}
"""Labels that Prometheus adds to every series, as prometheus.yml says."""


def alerts() -> list[dict[str, Any]]:
    found = yaml.safe_load((HERE / "alerts.yml").read_text("utf-8"))
    return [rule for group in found["groups"] for rule in group["rules"]]


def shown() -> Iterator[tuple[str, str]]:
    for panel in json.loads((HERE / "dashboard.json").read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]


def labels_of(series: str) -> set[str]:
    """The labels of a series by its name, those of the scrape among them; raises KeyError for an unknown one."""
    if series == "up":
        return OF_THE_SCRAPE
    metric = CATALOGUE.get(series)
    if metric is not None and metric.kind is not Kind.HISTOGRAM:
        return {*metric.labels, *OF_THE_SCRAPE}
    name, _, part = series.rpartition("_")
    histogram = CATALOGUE[name]
    if histogram.kind is not Kind.HISTOGRAM or part not in {"bucket", "count", "sum"}:
        raise KeyError(series)
    return {*histogram.labels, *OF_THE_SCRAPE, *({"le"} if part == "bucket" else ())}


def faults(expression: str) -> list[str]:
    """What an expression names that does not exist; raises ValueError where it cannot be read."""
    selectors: list[Any] = []
    groupings: list[str] = []
    _walk(promql_parser.parse(expression), selectors, groupings)
    found, known = [], set()
    for selector in selectors:
        try:
            labels = labels_of(selector.name)
        except KeyError:
            found.append(f"no metric {selector.name}")
            continue
        known |= labels
        found += [f"{selector.name} has no label {m.name}" for m in selector.matchers.matchers if m.name not in labels]
    return found + [f"no label {label} to group by" for label in groupings if label not in known]


def _walk(node: Any, selectors: list[Any], groupings: list[str]) -> None:
    if isinstance(node, promql_parser.VectorSelector):
        selectors.append(node)
    if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
        groupings += node.modifier.labels
    for name in ("lhs", "rhs", "expr", "vector_selector", "args"):
        part = getattr(node, name, None)
        for one in part if isinstance(part, list) else [part]:
            if one is not None:
                _walk(one, selectors, groupings)


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_asks_for_what_exists_and_says_what_to_do(rule: dict[str, Any]) -> None:
    assert faults(rule["expr"]) == []
    assert rule["labels"]["severity"] in {"critical", "warning"}
    file, _, section = rule["annotations"]["runbook"].partition("#")
    headings = re.findall(r"^#+ (.*)$", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    assert section in {heading.lower().replace(" ", "-").replace("`", "") for heading in headings}


def test_the_dashboard_asks_for_what_exists() -> None:
    expressions = list(shown())
    assert {expression: faults(expression) for expression, _ in expressions} == {
        expression: [] for expression, _ in expressions
    }


def test_the_dashboard_is_that_of_the_code() -> None:
    assert dashboard.PAGE.read_text("utf-8") == dashboard.text()


def test_every_legend_names_labels_that_its_expression_keeps() -> None:
    named = [(expression, set(re.findall(r"\{\{(\w+)\}\}", legend))) for expression, legend in shown()]
    for expression, labels in named:
        if not labels:
            continue
        grouped = re.search(r"by \(([^)]*)\)", expression)
        bare = re.match(r"(?:rate\()?(\w+)", expression)
        kept = set(re.split(r",\s*", grouped[1])) if grouped else labels_of(bare[1]) if bare else set()
        assert labels <= kept, expression


@pytest.mark.parametrize(
    "expression",
    [
        "phoihop_consumer_lags > 1", 'phoihop_ready{unit="x"}', "sum by (unit) (phoihop_ready)",
        "phoihop_http_request_seconds > 1", "phoihop_ready_bucket", "rate(phoihop_no_such_total[5m])",
        "1 - sum by (person) (rate(phoihop_keys_total[5m]))",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_found(expression: str) -> None:
    assert faults(expression)


def test_what_cannot_be_read_is_found() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        faults("sum by (group phoihop_ready")


def test_the_metrics_that_an_operator_must_hear_of_have_an_alert() -> None:
    asked = " ".join(rule["expr"] for rule in alerts())
    for name in (
        "phoihop_outbox_oldest_seconds", "phoihop_consumer_partitions", "phoihop_parked_records",
        "phoihop_consumer_lag_records", "phoihop_consumer_unaccounted", "phoihop_outbox_partitions_ahead",
        "phoihop_relay_epoch", "phoihop_disk_free_bytes", "phoihop_ca_expires_timestamp_seconds",
        "phoihop_key_backup_oldest_timestamp_seconds",
    ):  # fmt: skip
        assert name in asked


def test_prometheus_scrapes_every_program_of_the_bus_where_compose_has_it() -> None:
    found = yaml.safe_load((HERE / "prometheus.yml").read_text("utf-8"))
    (job,) = found["scrape_configs"]
    targets = {one["labels"]["service"]: one["targets"] for one in job["static_configs"]}
    assert targets == {program.name: [f"{program.name}:{PORT}"] for program in BUS if program.has_door}


def test_every_metric_has_the_section_that_alerts_link_to() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"\n## {name}\n" in page for name in CATALOGUE)
