"""What one metric is: its name, and all that a person needs to know who sees it go bad. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from bus.numbers import Histogram


class Kind(StrEnum):
    """How a metric behaves, in Prometheus' words."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """One documented name. `bad` says what a bad value looks like and what to do then.

    A `stepped` one is shown anew only once it has counted `STEP` more: see `services/runtime/metrics/stepping.py`.
    A metric that is `hooked` is given by a source that a composition root adds; until one does, it is absent.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    unit: str
    meaning: str
    bad: str
    stepped: bool = False
    hooked: bool = False


Value: TypeAlias = "float | Histogram"


@dataclass(frozen=True, slots=True)
class Sample:
    """One series at one instant. `labels` are those of its metric; `at_once` shows a stepped one without waiting."""

    metric: Metric
    labels: Mapping[str, str]
    value: Value
    at_once: bool = False
