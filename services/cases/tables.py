"""The tables of cases, unqualified: they live in the schema that the role's search_path names.

No column holds a personal value. A subject is a keyed hash, and `facts` are those that events carry in clear.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

case_file = Table(
    "case_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("case_no", Text, nullable=False, unique=True),
    Column("subject_key", LargeBinary),
    Column("rule", Text, nullable=False),
    Column("rule_version", Date),
    Column("basis", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("co", ARRAY(Text), nullable=False),
    Column("province", Text),
    Column("state", Text, nullable=False),
    Column("holder", Text),
    Column("claimed_at", DateTime(timezone=True)),
    Column("sequence", BigInteger, nullable=False),
    Column("hidden", Boolean, nullable=False, server_default=text("false")),
    Column("erased_at", DateTime(timezone=True)),
    CheckConstraint("state in ('proposed', 'claimed', 'closed')", name="state"),
    CheckConstraint("(state = 'proposed') = (holder is null)", name="holder"),
    CheckConstraint("(holder is null) = (claimed_at is null)", name="claimed_at"),
    # One open case for a subject and a lead; a hidden one stands in nobody's way.
    Index(
        "case_file_open_subject_key",
        "subject_key",
        "lead",
        unique=True,
        postgresql_where=text("state <> 'closed' and not hidden"),
    ),
)

case_origin = Table(
    "case_origin",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, ForeignKey("case_file.id"), nullable=False),
    Column("position", BigInteger, Identity(always=True), nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Date),
    Column("basis", Text, nullable=False),
    Column("lead", Text, nullable=False),
    Column("co", ARRAY(Text), nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
    Column("erased", Boolean, nullable=False, server_default=text("false")),
    Index(None, "case_id", "position"),
    Index(None, "id"),
)

case_claim = Table(
    "case_claim",
    metadata,
    Column("case_id", Uuid, ForeignKey("case_file.id"), primary_key=True),
    Column("unit", Text, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("claimed_at", DateTime(timezone=True), nullable=False),
    Column("won", Boolean, nullable=False),
)
