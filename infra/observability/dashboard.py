"""The dashboard of Grafana, made from this list: `python -m infra.observability.dashboard` writes dashboard.json."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("dashboard.json")
_WIDE, _HIGH, _ACROSS = 8, 7, 3
_IN_USE = (
    'sum by (service) (phoihop_database_connections{state="in_use"})'
    " / sum by (service) (phoihop_database_connections_limit)"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: what it shows, in which of Grafana's units, from which expressions with their legends."""

    title: str
    unit: str
    targets: tuple[tuple[str, str], ...]
    why: str = ""


def _quantile(share: str, metric: str, by: str) -> str:
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({metric}_bucket[5m])))"


PANELS: Sequence[Panel] = (
    Panel("Not ready", "short", (("phoihop_ready == 0", "{{service}} {{part}}"),), "Empty when all is well."),
    Panel(
        "Oldest row that waits",
        "s",
        (("max by (service, table) (phoihop_outbox_oldest_seconds)", "{{service}} {{table}}"),),
    ),
    Panel(
        "Lag",
        "short",
        (("sum by (group, topic) (phoihop_consumer_lag_records)", "{{group}} {{topic}}"),),
        "Records between what comes next and the end of the log.",
    ),
    Panel(
        "Consumed a second",
        "ops",
        (("sum by (group) (rate(phoihop_consumer_consumed_total[5m]))", "{{group}}"),),
        "Stepped: right over minutes, not over seconds.",
    ),
    Panel(
        "Applied, skipped, parked a second",
        "ops",
        (
            ("sum(rate(phoihop_consumer_applied_total[5m]))", "applied"),
            ("sum(rate(phoihop_consumer_skipped_total[5m]))", "skipped"),
            ("sum(rate(phoihop_consumer_parked_total[5m]))", "parked"),
        ),
    ),
    Panel("Parked now", "short", (("max by (group) (phoihop_parked_records)", "{{group}}"),)),
    Panel(
        "Partitions that are not read",
        "short",
        (('sum by (group, state) (phoihop_consumer_partitions{state!="open"}) > 0', "{{group}} {{state}}"),),
    ),
    Panel(
        "A batch, 99th percentile",
        "s",
        ((_quantile("0.99", "phoihop_consumer_batch_seconds", "group"), "{{group}}"),),
    ),
    Panel(
        "Sent and sent again a second",
        "ops",
        (
            ("sum by (service) (rate(phoihop_relay_sent_total[5m]))", "{{service}}"),
            ("sum by (service) (rate(phoihop_relay_resent_total[5m]))", "{{service}} again"),
        ),
    ),
    Panel(
        "Requests a second",
        "reqps",
        (("sum by (service, route) (rate(phoihop_http_request_seconds_count[5m]))", "{{service}} {{route}}"),),
    ),
    Panel(
        "A request, 99th percentile",
        "s",
        ((_quantile("0.99", "phoihop_http_request_seconds", "service, route"), "{{service}} {{route}}"),),
    ),
    Panel(
        "Refused: too many wait, too often asked",
        "ops",
        (
            ("sum by (service) (rate(phoihop_http_sheds_total[5m]))", "{{service}} 503"),
            ("sum by (service, route) (rate(phoihop_http_rate_limited_total[5m]))", "{{service}} {{route}} 429"),
        ),
    ),
    Panel(
        "Connections to the database, in use of the most",
        "percentunit",
        ((_IN_USE, "{{service}}"),),
    ),
    Panel("Keys a second", "ops", (("sum by (result) (rate(phoihop_keys_total[5m]))", "{{result}}"),)),
    Panel("Lease taken", "short", (("max by (service, table) (phoihop_relay_epoch)", "{{service}} {{table}}"),)),
    Panel("Memory", "bytes", (("process_resident_memory_bytes", "{{service}}"),)),
    Panel("Processor, share of a core", "percentunit", (("rate(process_cpu_seconds_total[5m])", "{{service}}"),)),
    Panel("Disk, free share", "percentunit", (("phoihop_disk_free_bytes / phoihop_disk_size_bytes", "{{service}}"),)),
)


def dashboard(panels: Sequence[Panel] = PANELS) -> dict[str, Any]:
    """The dashboard as Grafana imports it; it asks for the Prometheus to use."""
    return {
        "title": "Phối Hợp",
        "uid": "phoihop",
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "Asia/Ho_Chi_Minh",
        "templating": {
            "list": [{"name": "prometheus", "label": "Prometheus", "type": "datasource", "query": "prometheus"}]
        },
        "panels": [_panel(place, panel) for place, panel in enumerate(panels)],
    }


def _panel(place: int, panel: Panel) -> dict[str, Any]:
    row, column = divmod(place, _ACROSS)
    source = {"type": "prometheus", "uid": "${prometheus}"}
    return {
        "id": place + 1,
        "type": "timeseries",
        "title": panel.title,
        "description": panel.why,
        "datasource": source,
        "gridPos": {"x": column * _WIDE, "y": row * _HIGH, "w": _WIDE, "h": _HIGH},
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": source, "expr": expression, "legendFormat": legend}
            for number, (expression, legend) in enumerate(panel.targets)
        ],
    }


def text() -> str:
    """The file as it is committed."""
    return json.dumps(dashboard(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
