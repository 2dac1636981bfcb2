"""Intake's tables, unqualified: they live in the schema that the role's search_path names.

No column holds what an informant said or who they are; `details` is sealed under the tip's own key.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
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
    }
)

tip = Table(
    "tip",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("tip_no", Text, nullable=False, unique=True),
    Column("desk", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("shown", Text, nullable=False),
    Column("shown_since", DateTime(timezone=True), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("informant_ref", Text, nullable=False),
    Column("receiver", Text),
    Column("recording_ref", Text),
    Column("language", Text, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("wants_feedback", Boolean, nullable=False),
    Column("details", LargeBinary),
    Column("sequence", BigInteger, nullable=False),
    Column("named_units", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("integrity_id", Uuid),
    Column("linked_to", Uuid),
    Column("route", JSONB),
    Column("document", JSONB),
    Column("receipt_hash", LargeBinary, nullable=False, unique=True),
    Column("erased_at", DateTime(timezone=True)),
    Index(None, "desk", "id", postgresql_where=text("state <> 'held'")),
)

signal = Table(
    "signal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("sender", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("command_id", Text, nullable=False),
    Column("system", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("detected_at", DateTime(timezone=True), nullable=False),
    Column("erased_at", DateTime(timezone=True)),
    UniqueConstraint("source", "command_id"),
    Index(None, "sender", "reference"),
)

tip_case = Table(
    "tip_case",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("tip_id", Uuid, primary_key=True),
    Index(None, "tip_id"),
)

signal_case = Table(
    "signal_case",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("signal_id", Uuid, primary_key=True),
    Index(None, "signal_id"),
)

case_lead = Table(
    "case_lead",
    metadata,
    Column("case_id", Uuid, primary_key=True),
    Column("lead", Text, nullable=False),
    Column("closed_at", DateTime(timezone=True)),
)

imported_list = Table(
    "imported_list",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("desk", Text, nullable=False),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("reading", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Column("expected", BigInteger, nullable=False),
    *(
        Column(count, BigInteger, nullable=False, server_default=text("0"))
        for count in ("last_line", "read", "taken", "linked", "refused")
    ),
    UniqueConstraint("desk", "file_sha256", "reading"),
)

reported_site = Table(
    "reported_site",
    metadata,
    Column("desk", Text, primary_key=True),
    Column("site_key", LargeBinary, primary_key=True),
    Column("tip_id", Uuid, nullable=False),
    Column("list_id", Uuid, nullable=False),
    Column("line", BigInteger, nullable=False),
)

report_note = Table(
    "report_note",
    metadata,
    Column("list_id", Uuid, primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("tip_id", Uuid, nullable=False),
    Index(None, "tip_id"),
)

report_refusal = Table(
    "report_refusal",
    metadata,
    Column("list_id", Uuid, primary_key=True),
    Column("line", BigInteger, primary_key=True),
    Column("reason", Text, nullable=False),
)
