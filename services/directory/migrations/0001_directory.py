"""People, sessions, sign-in attempts and keys."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TABLES = (
    """
    create table person (
      login text constraint person_pkey primary key,
      name text not null,
      unit text not null,
      roles text[] not null,
      password_hash text not null,
      created_at timestamptz not null,
      created_by text not null,
      disabled_at timestamptz)
    """,
    """
    create table sign_in_attempt (
      login_hash bytea constraint sign_in_attempt_pkey primary key,
      failures integer not null,
      last_at timestamptz not null,
      locked_until timestamptz)
    """,
    "create index sign_in_attempt_last_at_idx on sign_in_attempt (last_at)",
    """
    create table session (
      token_hash bytea constraint session_pkey primary key,
      login text not null constraint session_login_fkey references person (login),
      created_at timestamptz not null,
      expires_at timestamptz not null)
    """,
    "create index session_login_idx on session (login)",
    "create index session_expires_at_idx on session (expires_at)",
    """
    create table unit_credential (
      id uuid constraint unit_credential_pkey primary key,
      kind text not null constraint unit_credential_kind_check check (kind in ('http', 'service')),
      unit text not null,
      slot text not null constraint unit_credential_slot_check check (slot in ('a', 'b')),
      name text not null,
      scope text[] not null,
      key_hash bytea not null constraint unit_credential_key_hash_key unique,
      request text not null constraint unit_credential_request_key unique,
      created_at timestamptz not null,
      created_by text not null,
      revoked_at timestamptz)
    """,
    """
    create unique index unit_credential_in_force_key on unit_credential (kind, unit, name, slot)
      where revoked_at is null
    """,
)


def upgrade() -> None:
    for statement in _TABLES:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table unit_credential, session, sign_in_attempt, person")
