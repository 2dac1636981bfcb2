-- Content and informant of tips, sealed for a private key that only the unmasking process holds.
-- Run as vault_owner. Intake may add and never read; unmask may read and must note each opening.

create table vault.tip (
    ref uuid primary key,
    sealed bytea not null,
    created_at timestamptz not null default clock_timestamp()
);

-- No foreign key: what was opened stays on record after the tip itself is erased.
create table vault.opening (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    tip uuid not null,
    part text not null check (part in ('content', 'informant')),
    purpose text not null check (btrim(purpose) <> ''),
    person text not null,
    unit text not null,
    roles text[] not null
);

create function vault.deposit(ref uuid, sealed bytea) returns void
    language sql volatile security definer set search_path = ''
    as $$ insert into vault.tip (ref, sealed) values ($1, $2) $$;

revoke all on function vault.deposit (uuid, bytea) from public;
grant usage on schema vault to intake, unmask;
grant execute on function vault.deposit (uuid, bytea) to intake;
grant select on vault.tip to unmask;
grant insert on vault.opening to unmask;
