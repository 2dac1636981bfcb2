"""The bus's own tables, as SQL that each service's first migration runs inside its own schema."""

from importlib.resources import files

TABLES = frozenset(
    {
        *("outbox", "outbox_cursor", "command", "outbox_archive", "outbox_resend"),
        *("consumer_offset", "seen", "log_start", "log_acceptance"),
        *("parked_event", "parked_key", "parked_left", "parked_act"),
    },
)
"""Names that a service's models do not describe: Alembic leaves these alone, and `outbox_<number>` with them."""

_PARTS = {"0001_bus": ("0001_outbox", "0001_consumer"), "0003_bus": ("0003_archive", "0003_log")}


def statements(name: str) -> list[str]:
    """The statements of one script, in order, without their closing semicolons.

    `0001_bus` is both `0001_outbox` (outbox, cursor, commands) and `0001_consumer` (offsets, seen, parking);
    `0002_parking` counts what became of records and keeps who acted on the parked; `0003_bus` is both `0003_archive`
    (passed partitions, what was published again) and `0003_log` (where a log begins, and who said so). Run them with
    the search path set to the service's schema. Raises FileNotFoundError for a script that does not exist.
    """
    return [statement for part in _PARTS.get(name, (name,)) for statement in _read(part)]


def owned(table: str) -> bool:
    """Whether a table is the bus's own: one of `TABLES`, or a partition of the outbox."""
    return table in TABLES or table.removeprefix("outbox_").isdigit()


def _read(part: str) -> list[str]:
    text = files(__package__).joinpath(f"{part}.sql").read_text(encoding="utf-8")
    # No statement of these scripts holds a semicolon of its own: no function bodies, no texts with one.
    return [statement.strip() for statement in _without_comments(text).split(";") if statement.strip()]


def _without_comments(text: str) -> str:
    return "\n".join(line.partition("--")[0].rstrip() for line in text.splitlines())
