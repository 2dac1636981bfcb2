"""The tables of notifications, unqualified: they live in the schema that the role's search_path names.

No column holds an opened value: `payload` is an event as it travelled, sealed.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)


feed = Table(
    "feed",
    metadata,
    Column("xid", BigInteger, nullable=False, server_default=text("pg_current_xact_id()::text::bigint")),
    Column("id", BigInteger, Identity(always=True), nullable=False),
    Column("unit", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("case_number", BigInteger),
    Column("view", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("subject", Uuid, nullable=False),
    Column("related", Uuid),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("view in ('pointer', 'fields', 'full')", name="view"),
    UniqueConstraint("unit", "event_id"),
    Index("feed_id_idx", "id"),
    Index("feed_subject_idx", "subject"),
    Index("feed_related_idx", "related", postgresql_where=text("related is not null")),
    postgresql_partition_by="HASH (unit)",
)
"""What one unit may see, in its order; its own outbox."""

feed_counter = Table(
    "feed_counter",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""The last number of each feed; its row is the lock under which a feed grows."""

case_counter = Table(
    "case_counter",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("case_id", Uuid, primary_key=True),
    Column("last", BigInteger, nullable=False),
)
"""How many events of a case a unit was shown; written only under the unit's `feed_counter`."""

denial = Table(
    "denial",
    metadata,
    Column("subject", Uuid, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("denied_at", DateTime(timezone=True), nullable=False),
)
"""Held tips, and from whom they are kept, in the tokens of `services/policy.py`."""

case_origin = Table(
    "case_origin",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("origin_id", Uuid, primary_key=True),
    Index(None, "origin_id"),
)
"""What cases grew from: a case that grew from held tips alone is held with them."""

tip_state = Table(
    "tip_state",
    metadata,
    Column("tip", Uuid, primary_key=True),
    Column("state", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
)
"""How far each tip has come, by the sequence of the event that told: what narrows a view at reading."""

feed_pull = Table(
    "feed_pull",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("number >= 1", name="number"),
)
"""How far the system of each unit has read over HTTP, which tells that it also read past what ends a copy."""

feed_copy = Table(
    "feed_copy",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("rows", ARRAY(BigInteger), nullable=False),
    Column("written_at", DateTime(timezone=True), nullable=False),
    Index("feed_copy_rows_idx", "rows", postgresql_using="gin"),
    Index(None, "written_at"),
)
"""Which feed rows went to their topics in the open, batch by batch."""

feed_replay = Table(
    "feed_replay",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("uuidv7()")),
    Column("unit", Text, nullable=False),
    Column("from_number", BigInteger, nullable=False),
    Column("to_number", BigInteger, nullable=False),
    Column("next_number", BigInteger, nullable=False),
    Column("rate", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", JSONB, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("1 <= from_number and from_number <= to_number", name="numbers"),
    Index("feed_replay_open_idx", "unit", unique=True, postgresql_where=text("finished_at is null")),
)
"""What of feeds is, or was, written to their topics again. Never deleted: it says who asked, and why."""
