"""The tables of console, unqualified: they live in the schema that the role's search_path names.

All but the last is made of event content and can be made again from the log. No column holds an opened value: `payload`
is an event as it travelled, sealed. The sequence `change_number` numbers changes for the live streams.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "pk": "%(table_name)s_pkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    }
)

case_row = Table(
    "case_row",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("change", BigInteger, nullable=False, server_default=text("0")),
    Column("held", Boolean, nullable=False, server_default=text("false")),
)
"""One row a case: the lock under which its timeline changes, and whether anything that it grew from is held."""

timeline_entry = Table(
    "timeline_entry",
    metadata,
    Column("case_id", Uuid, ForeignKey("case_row.id"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("acttime", DateTime(timezone=True), nullable=False),
    Column("recordedtime", DateTime(timezone=True), nullable=False),
    Column("audience", JSONB, nullable=False),
    Column("origin", Uuid),
    Column("change", BigInteger, nullable=False, server_default=text("nextval('change_number')")),
    Column("headers", JSONB, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Index(None, "case_id", "change"),
    Index(None, "origin", postgresql_where=text("origin is not null")),
)
"""Every event of a case, with who may see how much of it."""

origin = Table(
    "origin",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("denials", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("change", BigInteger, nullable=False, server_default=text("0")),
    Column("erased", BigInteger, nullable=False, server_default=text("0")),
)
"""Tips and signals that cases grew from, and those that are held: from whom, in the tokens of `services/policy.py`.

`erased` is the change number at which one was erased: who read the case before that still shows its values.
"""

sight = Table(
    "sight",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case_row.id"), primary_key=True),
    Column("state", SmallInteger, nullable=False),
    Column("touched", DateTime(timezone=True), nullable=False),
    Column("change", BigInteger, nullable=False),
    Column("labels", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("part", SmallInteger, nullable=False, server_default=text("0")),
    CheckConstraint("state between 0 and 2", name="state"),
    CheckConstraint("part between 0 and 2", name="part"),
    Index("sight_board_idx", "unit", text("touched desc"), text("case_id desc"), postgresql_include=["state", "part"]),
    Index(None, "unit", "change"),
    Index("sight_labels_idx", "labels", postgresql_using="gin"),
)
"""Which cases each unit may see, after every denial; what `labels` and `part` are, is said in `model/labels.py`."""

search_origin = Table(
    "search_origin",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("denials", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("erased", Boolean, nullable=False, server_default=text("false")),
)
"""As `origin`, by the group of the search, which reads the log at a pace of its own."""

search_subject = Table(
    "search_subject",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("aggregate", Text, nullable=False),
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("origins", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),
    Column("number", Text),
    Column("desk", Text),
    Column("state", Text),
    Column("sequence", BigInteger, nullable=False, server_default=text("0")),
    CheckConstraint("aggregate in ('case', 'tip')", name="aggregate"),
    Index(None, "origins", postgresql_using="gin"),
)
"""One row a case or tip: the lock under which it is indexed; the columns from `number` on are those of a tip."""

search_entry = Table(
    "search_entry",
    metadata,
    Column("subject_id", Uuid, ForeignKey("search_subject.id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", Text, primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("type", Text, nullable=False),
    Column("view", SmallInteger, nullable=False),
    Column("recorded", DateTime(timezone=True), nullable=False),
    Column("origin", Uuid),
    Column("tokens", ARRAY(BigInteger), nullable=False),
    CheckConstraint("view between 1 and 4", name="view"),
    Index(None, "origin", postgresql_where=text("origin is not null")),
)
"""What one unit may find of one event, cut by `view`; see `model/tokens.py` for what a token is."""

search_row = Table(
    "search_row",
    metadata,
    Column("unit", Text, primary_key=True),
    Column("subject_id", Uuid, ForeignKey("search_subject.id", ondelete="CASCADE"), primary_key=True),
    Column("aggregate", Text, nullable=False),
    Column("touched", DateTime(timezone=True), nullable=False),
    Column("tokens", ARRAY(BigInteger), nullable=False),
    Index(None, "subject_id"),
    Index(None, "tokens", postgresql_using="gin"),
    Index("search_row_page_idx", "unit", text("touched desc"), text("subject_id desc")),
)
"""All tokens of a record that one unit may find it by, after every denial: what a search is answered from."""

projection_rebuild = Table(
    "projection_rebuild",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("projection", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("barrier", JSONB, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", JSONB, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("hashes", JSONB, nullable=False, server_default=text("'{}'")),
    CheckConstraint("state in ('building', 'switched', 'rolled_back')", name="state"),
    Index("projection_rebuild_open_idx", "projection", unique=True, postgresql_where=text("state = 'building'")),
)
"""Rebuilds of what stands above. Never deleted: it says who asked, and why."""
