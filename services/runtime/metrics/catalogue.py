"""Every metric that a process of the bus may show. Dashboards, alerts and docs/metrics.md are held against this."""

from collections.abc import Mapping
from types import MappingProxyType

from services.runtime.metrics.catalogue_bus import BUS
from services.runtime.metrics.metric import Kind, Metric

REQUEST_SECONDS = Metric(
    "phoihop_http_request_seconds", Kind.HISTOGRAM, ("method", "route", "status"), "seconds",
    "Time until a request's answer began, by the template of its route. Health, metrics and the doors of the integrity "
    "route are left out. Answers of 429 and of 500 and above are shown at once, others in steps.",
    "A 99th percentile above 1 s, or answers of 500: `request_failed` in the logs names the route and the error.",
    stepped=True,
)  # fmt: skip
REQUESTS_WAITING = Metric(
    "phoihop_http_waiting_requests", Kind.GAUGE, (), "requests",
    "Requests that wait for the beginning of their answer now.",
    "Near 512 the next is told 503. The database is the usual cause; see `phoihop_database_connections`.",
)  # fmt: skip
SHEDS = Metric(
    "phoihop_http_sheds_total", Kind.COUNTER, (), "requests",
    "Requests that were refused with 503 because 512 waited already.",
    "Rises: the process is given more than it can answer. Start a second one, or find what makes answers slow.",
)  # fmt: skip
RATE_LIMITED = Metric(
    "phoihop_http_rate_limited_total", Kind.COUNTER, ("route",), "requests",
    "Requests that were refused with 429, by the template of their route.",
    "Rises at a door of the public: somebody floods it. At a door of units: one of their systems asks too often.",
)  # fmt: skip
CONNECTIONS = Metric(
    "phoihop_database_connections", Kind.GAUGE, ("state",), "connections",
    "Connections to PostgreSQL that are open, and that are in use.",
    "in_use at `phoihop_database_connections_limit` for long: requests queue for one. Slow statements, or a database "
    "that is too small.",
)  # fmt: skip
CONNECTIONS_LIMIT = Metric(
    "phoihop_database_connections_limit", Kind.GAUGE, (), "connections",
    "The most connections that this process opens.",
    "A constant, to compare with.",
)  # fmt: skip
MEMORY = Metric(
    "process_resident_memory_bytes", Kind.GAUGE, (), "bytes",
    "Memory of the process that is in RAM, shared pages included.",
    "Grows without end, or beyond 250 MB: report it, with `phoihop usage --json`.",
)  # fmt: skip
CPU = Metric(
    "process_cpu_seconds_total", Kind.COUNTER, (), "seconds",
    "Processor time of the process, user and system.",
    "A rate near 1 is a full core: one process uses no more than one.",
)  # fmt: skip
STARTED = Metric(
    "process_start_time_seconds", Kind.GAUGE, (), "seconds since 1970",
    "When the process began to run.",
    "Changes often: the process dies and is started again. `process_failed` or `background_task_died` say why.",
)  # fmt: skip
FILES = Metric(
    "process_open_fds", Kind.GAUGE, (), "files",
    "Open files and connections of the process.",
    "Grows without end: connections leak. Report it.",
)  # fmt: skip
COLLECTIONS = Metric(
    "python_gc_collections_total", Kind.COUNTER, ("generation",), "collections",
    "Runs of Python's garbage collector.",
    "Generation 2 several times a minute: the process holds and drops very much.",
)  # fmt: skip
BUILD = Metric(
    "phoihop_build_info", Kind.GAUGE, ("version", "python"), "always 1",
    "Which version runs, on which Python.",
    "Differs between processes for long: an upgrade stopped halfway.",
)  # fmt: skip
READY = Metric(
    "phoihop_ready", Kind.GAUGE, ("part",), "0 or 1",
    "What `/readyz` says, part by part: database, broker, consumer, log, relay.",
    "0 for a minute: `curl …/readyz` gives the reason in words; docs/operations.md says what helps.",
)  # fmt: skip
SOURCE_FAILED = Metric(
    "phoihop_scrape_failed", Kind.GAUGE, ("source",), "0 or 1",
    "1 when a source of numbers could not be read for this scrape; its series are then absent.",
    "1 for minutes: the part that it reads (database, broker) does not answer.",
)  # fmt: skip
DISK_FREE = Metric(
    "phoihop_disk_free_bytes", Kind.GAUGE, (), "bytes",
    "Free space where the process's home lies; embedded, that is the disk of Kafka and PostgreSQL too.",
    "Below a tenth of `phoihop_disk_size_bytes`: make room now. A full disk stops PostgreSQL and Kafka; nothing that "
    "was acknowledged is lost.",
)  # fmt: skip
DISK_SIZE = Metric(
    "phoihop_disk_size_bytes", Kind.GAUGE, (), "bytes",
    "The size of that disk.",
    "A constant, to compare with.",
)  # fmt: skip
CA_EXPIRES = Metric(
    "phoihop_ca_expires_timestamp_seconds", Kind.GAUGE, (), "seconds since 1970",
    "When the certificate of the authority expires that vouches for the brokers (`tls/ca.pem`).",
    "Less than 30 days ahead: renew it. After that moment no service connects to Kafka.",
)  # fmt: skip
KEY_BACKUP = Metric(
    "phoihop_key_backup_oldest_timestamp_seconds", Kind.GAUGE, (), "seconds since 1970",
    "When the oldest backup of keys that still exists was made.",
    "More than 20 days ago: an erased key can still be had from it. Destroy that backup.",
    hooked=True,
)  # fmt: skip

PROCESS = (
    REQUEST_SECONDS, REQUESTS_WAITING, SHEDS, RATE_LIMITED, CONNECTIONS, CONNECTIONS_LIMIT, MEMORY, CPU, STARTED, FILES,
    COLLECTIONS, BUILD, READY, SOURCE_FAILED, DISK_FREE, DISK_SIZE, CA_EXPIRES, KEY_BACKUP,
)  # fmt: skip
CATALOGUE: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in (*BUS, *PROCESS)})
"""By name."""
