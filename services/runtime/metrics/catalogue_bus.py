"""The metrics of the bus: consumers, outboxes and relays, keys. Each name stands once, here."""

from services.runtime.metrics.metric import Kind, Metric

CONSUMED = Metric(
    "phoihop_consumer_consumed_total", Kind.COUNTER, ("group", "topic"), "records",
    "Records whose transaction is committed, whatever became of them. consumed = applied + skipped + parked.",
    "Stands still while `phoihop_consumer_lag_records` grows: the group reads nothing. Look at "
    "`phoihop_consumer_partitions` and `/readyz` of the service.",
    stepped=True,
)  # fmt: skip
APPLIED = Metric(
    "phoihop_consumer_applied_total", Kind.COUNTER, ("group", "topic"), "records",
    "Records that a handler got, each exactly once.",
    "Far below consumed: most is skipped or parked. Compare the two below.",
    stepped=True,
)  # fmt: skip
SKIPPED = Metric(
    "phoihop_consumer_skipped_total", Kind.COUNTER, ("group", "topic"), "records",
    "Records of types that the group does not handle, and repeats of what it had applied.",
    "Jumps: a relay sent much again after a crash. It passes by itself; a steady rise beside "
    "`phoihop_relay_resent_total` means that the broker's answers are lost.",
    stepped=True,
)  # fmt: skip
PARKED = Metric(
    "phoihop_consumer_parked_total", Kind.COUNTER, ("group", "topic"), "records",
    "Records that were parked since the process started.",
    "Rises: something cannot be handled. `phoihop parked list` names the reasons; docs/problems.md says what helps.",
)  # fmt: skip
PARKED_NOW = Metric(
    "phoihop_parked_records", Kind.GAUGE, ("group",), "records",
    "Records that lie parked in the service's database now; at most 10,000 are counted.",
    "More than 100: a whole type, publisher or key fails, and what waits behind grows by itself. "
    "`phoihop parked list --service …` shows the reasons; the first parked record of a key explains those behind it.",
)  # fmt: skip
UNACCOUNTED = Metric(
    "phoihop_consumer_unaccounted", Kind.GAUGE, ("group",), "records",
    "consumed - applied - skipped - parked, over all topics of the group since the process started. Always 0.",
    "Anything but 0 is a defect of the bus: records were counted as consumed and have no outcome. Keep the logs and "
    "the offset rows of that group, stop the service, and report it.",
)  # fmt: skip
CONSERVATION = Metric(
    "phoihop_conservation_unaccounted", Kind.GAUGE, ("group", "topic"), "records",
    "The same law over the group's whole life, from the counters that it keeps in its database.",
    "Anything but 0 is a defect of the bus; as above. Restarts do not reset it. "
    "`/readyz` of the service tells the numbers under `ledger`.",
)  # fmt: skip
LAG = Metric(
    "phoihop_consumer_lag_records", Kind.GAUGE, ("group", "topic", "partition"), "records",
    "Records between what comes next and the end of the log, asked of the broker at each scrape. A partition that is "
    "shut, lost or has a gap is absent.",
    "Grows for minutes: the group is slower than what is written, or waits for one batch. "
    '`phoihop_consumer_partitions{state="waiting"}` and the log line `batch_failed` tell which.',
)  # fmt: skip
PARTITIONS = Metric(
    "phoihop_consumer_partitions", Kind.GAUGE, ("group", "state"), "partitions",
    "Assigned partitions by state: open (read), shut (being opened), waiting (a batch is tried again), lost (another "
    "member has it), log_gap (the log does not hold what comes next).",
    "log_gap above 0: nothing of that partition is read until the log is whole again; see `log_gap` in the logs and "
    "docs/operations.md. waiting or shut for minutes: database or broker fail; see `batch_failed`.",
)  # fmt: skip
BATCH_SECONDS = Metric(
    "phoihop_consumer_batch_seconds", Kind.HISTOGRAM, ("group",), "seconds",
    "How long a batch took from its records in hand to the commit.",
    "The 99th percentile above 1 s: rebalances wait for such a batch, and the database is the usual cause.",
    stepped=True,
)  # fmt: skip
RETRIES = Metric(
    "phoihop_consumer_retries_total", Kind.COUNTER, ("group",), "batches",
    "Batches that failed for a passing reason and were kept in hand to be tried again.",
    "Rises steadily: the database or the broker is away or slow. `batch_failed` in the logs names the error.",
)  # fmt: skip
CONSUMER_AWAY = Metric(
    "phoihop_consumer_away", Kind.GAUGE, ("group",), "0 or 1",
    "1 while the member takes no part in its group: it could not join, or fell out and has not come back.",
    "1 for minutes: the broker is away or refuses the login. `broker_failed` in the logs names the error.",
)  # fmt: skip
WAITING_ROWS = Metric(
    "phoihop_outbox_waiting_rows", Kind.GAUGE, ("table",), "rows",
    "Rows that are committed and not known to be acknowledged by the broker; at most 10,000 are counted.",
    "Grows while `phoihop_relay_sent_total` stands still: the relay is stuck. See `relay_waits` in the logs.",
)  # fmt: skip
OLDEST_SECONDS = Metric(
    "phoihop_outbox_oldest_seconds", Kind.GAUGE, ("table",), "seconds",
    "Age of the oldest row that still waits; 0 when none does.",
    "Above 30 s: nothing leaves this service. Its own state is safe; everyone else sees it late. Look at "
    "`phoihop_relay_away`, `phoihop_relay_lease_seconds` and the broker.",
)  # fmt: skip
GAPS = Metric(
    "phoihop_outbox_gaps", Kind.GAUGE, ("table",), "ids",
    "Ids that were drawn and not seen yet: transactions that still run, or were rolled back.",
    "Thousands for minutes: a transaction is open for long. `select * from pg_stat_activity` names it.",
)  # fmt: skip
AHEAD = Metric(
    "phoihop_outbox_partitions_ahead", Kind.GAUGE, ("table",), "partitions",
    "Partitions that lie wholly beyond the last id drawn.",
    "Below 2: the relay could not make the next one; below 1 writers fail soon. "
    "`outbox_partitions_not_looked_at` in the logs names the error.",
)  # fmt: skip
EPOCH = Metric(
    "phoihop_relay_epoch", Kind.GAUGE, ("table",), "takings",
    "How often the lease of this table was taken, over its whole life.",
    "Rises several times within minutes: relays take it from each other. Their processes freeze, the database is "
    "slower than the lease is long, or clocks of the database jump.",
)  # fmt: skip
LEASE_SECONDS = Metric(
    "phoihop_relay_lease_seconds", Kind.GAUGE, ("table",), "seconds",
    "What is left of the lease; 0 when nobody holds it.",
    "0 for more than a few seconds: no relay runs. Start the service that owns the table.",
)  # fmt: skip
SENT = Metric(
    "phoihop_relay_sent_total", Kind.COUNTER, ("table",), "messages",
    "Messages that the broker acknowledged to this relay. Of `feed`, what reached all units together: no count of one "
    "unit is shown.",
    "Stands still while rows wait: see `phoihop_outbox_oldest_seconds`.",
    stepped=True,
)  # fmt: skip
RESENT = Metric(
    "phoihop_relay_resent_total", Kind.COUNTER, ("table",), "rows",
    "Rows that this relay sent once more because the broker's answer to a batch was lost.",
    "Rises steadily: the broker answers too late. Readers skip repeats, so nothing is doubled.",
    stepped=True,
)  # fmt: skip
RELAY_FAILURES = Metric(
    "phoihop_relay_failures_total", Kind.COUNTER, ("table",), "turns",
    "Turns of the relay that failed for a passing reason.",
    "Rises steadily: database or broker is away. `relay_waits` in the logs names the error.",
)  # fmt: skip
FENCED = Metric(
    "phoihop_relay_fenced_total", Kind.COUNTER, ("table",), "times",
    "Times at which this relay learned that another had taken its lease.",
    "Rises: relays take the lease from each other; see `phoihop_relay_epoch`.",
)  # fmt: skip
LEADS = Metric(
    "phoihop_relay_leads", Kind.GAUGE, ("table",), "0 or 1",
    "1 while this process holds the lease and sends.",
    "0 in every process of the service: nobody sends.",
)  # fmt: skip
RELAY_AWAY = Metric(
    "phoihop_relay_away", Kind.GAUGE, ("table",), "0 or 1",
    "1 while the relay's last turn failed.",
    "1 for minutes: see `relay_waits` in the logs.",
)  # fmt: skip
KEYS = Metric(
    "phoihop_keys_total", Kind.COUNTER, ("result",), "keys",
    "Keys of dossiers: created, opened (from the database, audited), recalled (from the process's memory).",
    "opened far above recalled: the five-minute memory does not serve; a process restarts often, or reads at random.",
    stepped=True,
)  # fmt: skip

BUS = (
    CONSUMED, APPLIED, SKIPPED, PARKED, PARKED_NOW, UNACCOUNTED, CONSERVATION, LAG, PARTITIONS, BATCH_SECONDS, RETRIES,
    CONSUMER_AWAY, WAITING_ROWS, OLDEST_SECONDS, GAPS, AHEAD, EPOCH, LEASE_SECONDS, SENT, RESENT, RELAY_FAILURES,
    FENCED, LEADS, RELAY_AWAY, KEYS,
)  # fmt: skip
