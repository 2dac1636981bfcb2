"""The text of a scrape, read back by Prometheus' own parser."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bus.numbers import Histogram
from services.runtime.metrics import catalogue
from services.runtime.metrics.catalogue_bus import CONSUMED, LAG
from services.runtime.metrics.exposition import text_of
from services.runtime.metrics.metric import Sample


def read(*samples: Sample) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    families = text_string_to_metric_families(text_of(samples).decode())
    return {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}


def test_each_kind_is_read_back_as_it_was() -> None:
    histogram = Histogram((0.1, 1.0))
    for value in (0.05, 0.1, 0.5, 7.0):
        histogram.observe(value)
    labels = {"method": "GET", "route": "/tips", "status": "202"}
    found = read(
        Sample(CONSUMED, {"group": "g", "topic": "t"}, 7.0),
        Sample(LAG, {"group": "g", "topic": "t", "partition": "1"}, 3.0),
        Sample(LAG, {"group": "g", "topic": "t", "partition": "2"}, 0.0),
        Sample(catalogue.REQUEST_SECONDS, labels, histogram),
    )
    name, told = "phoihop_http_request_seconds", frozenset(labels.items())
    assert found[f"{name}_count", told] == 4
    assert found[f"{name}_sum", told] == pytest.approx(7.65)
    assert [found[f"{name}_bucket", told | {("le", bound)}] for bound in ("0.1", "1.0", "+Inf")] == [2, 3, 4]
    assert found["phoihop_consumer_consumed_total", frozenset({("group", "g"), ("topic", "t")})] == 7
    assert found["phoihop_consumer_lag_records", frozenset({("group", "g"), ("topic", "t"), ("partition", "1")})] == 3
    assert found["phoihop_consumer_lag_records", frozenset({("group", "g"), ("topic", "t"), ("partition", "2")})] == 0


def test_a_sample_with_labels_that_the_catalogue_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="phoihop_consumer_lag_records has the labels"):
        text_of([Sample(LAG, {"group": "g", "unit": "ca-79"}, 1.0)])
