"""The catalogue: each name once, in Prometheus' form, documented, and the page that is made from it."""

import re

from services.runtime.metrics import document
from services.runtime.metrics.catalogue import CATALOGUE, PROCESS
from services.runtime.metrics.catalogue_bus import BUS
from services.runtime.metrics.metric import Kind

_NAME = re.compile(r"^(phoihop|process|python)(_[a-z0-9]+)+$")
_WORDS = 5


def test_each_name_stands_once_and_says_its_kind() -> None:
    assert len(CATALOGUE) == len(BUS) + len(PROCESS)
    for name, metric in CATALOGUE.items():
        assert _NAME.match(name), name
        assert (metric.kind is Kind.COUNTER) == name.endswith("_total"), name
        assert (metric.kind is Kind.HISTOGRAM) <= name.endswith("_seconds"), name


def test_each_metric_says_what_it_means_and_what_to_do() -> None:
    for name, metric in CATALOGUE.items():
        assert metric.unit, name
        for text in (metric.meaning, metric.bad):
            assert len(text.split()) >= _WORDS, name
            assert text.endswith("."), name


def test_no_label_names_a_unit_a_person_or_a_record() -> None:
    known = {
        "group", "topic", "partition", "state", "table", "result", "method", "route", "status", "generation",
        "version", "python", "part", "source",
    }  # fmt: skip
    assert {label for metric in CATALOGUE.values() for label in metric.labels} <= known


def test_the_page_is_that_of_the_code() -> None:
    assert document.PAGE.read_text("utf-8") == document.page()
