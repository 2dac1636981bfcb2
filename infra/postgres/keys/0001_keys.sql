-- Keys of dossiers, wrapped by the master key that the database never sees. Run as keys_owner.
-- A service reaches them through two functions alone: create once, open with a purpose that stays on record.

create table keys.dossier_key (
    dossier uuid primary key,
    wrapped bytea not null,
    created_by name not null default session_user,
    created_at timestamptz not null default clock_timestamp()
);

create table keys.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    role name not null default session_user,
    purpose text not null check (btrim(purpose) <> ''),
    dossiers uuid[] not null
);

-- Pairs of equal position belong together; a dossier that already has a key is a unique_violation, and an
-- array shorter than the other a not_null_violation. session_user, unlike current_user, is the caller.
create function keys.create(dossiers uuid[], wrapped bytea[]) returns void
    language sql volatile security definer set search_path = ''
    as $$
        insert into keys.dossier_key (dossier, wrapped)
        select pair.dossier, pair.wrapped from unnest($1, $2) as pair (dossier, wrapped)
    $$;

-- Unknown and erased dossiers are simply absent from the answer.
create function keys.open(dossiers uuid[], purpose text) returns table (dossier uuid, wrapped bytea)
    language sql volatile security definer set search_path = ''
    as $$
        with noted as (insert into keys.audit (purpose, dossiers) values ($2, $1))
        select stored.dossier, stored.wrapped from keys.dossier_key as stored where stored.dossier = any ($1)
    $$;

revoke all on function keys.create (uuid[], bytea[]), keys.open (uuid[], text) from public;
grant usage on schema keys to intake, gateway, cases, notifications, console, unmask;
grant execute on function keys.create (uuid[], bytea[]) to intake, gateway, cases;
grant execute on function keys.open (uuid[], text) to intake, cases, notifications, console, unmask;
