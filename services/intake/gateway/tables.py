"""The gateway's one table of its own, unqualified: it lives in the schema that the role's search_path names."""

from sqlalchemy import Column, DateTime, LargeBinary, MetaData, Table, Text

metadata = MetaData(naming_convention={"pk": "%(table_name)s_pkey", "ix": "%(table_name)s_%(column_0_N_name)s_idx"})

arrival = Table(
    "arrival",
    metadata,
    Column("source", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("digest", LargeBinary, nullable=False),
    Column("arrived_at", DateTime(timezone=True), nullable=False, index=True),
)
