-- A key can be destroyed for good. What is left of it is a tombstone in its own row: the same primary key that let the
-- key be made once keeps anyone from making it again, and whoever opens it finds nothing. Run as keys_owner.

alter table keys.dossier_key
    alter column wrapped drop not null,
    add column erased_at timestamptz,
    add column erased_by name,
    add column erased_for text check (btrim(erased_for) <> ''),
    add column basis text check (btrim(basis) <> ''),
    add constraint dossier_key_whole_or_erased check (
        num_nulls(wrapped) + num_nulls(erased_at) = 1 and num_nulls(erased_at, erased_by, erased_for, basis) in (0, 4)
    ),
    -- The old version of a row still holds the wrapped key until it is vacuumed: that is done at the next round.
    set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0);

-- The question of every batch is about the few that were erased, not the many that were not.
create index dossier_key_erased_idx on keys.dossier_key (dossier) where erased_at is not null;

alter table keys.audit add column act text not null default 'open' check (act in ('open', 'destroy'));

-- As before, save that a wrapped key may be missing in the table now and may not be missing here.
create or replace function keys.create(dossiers uuid[], wrapped bytea[]) returns void
    language plpgsql volatile security definer set search_path = ''
    as $$
        begin
            if exists (select from unnest($1, $2) as pair (dossier, wrapped)
                       where pair.dossier is null or pair.wrapped is null) then
                raise not_null_violation using message = 'a dossier or its wrapped key is missing';
            end if;
            insert into keys.dossier_key (dossier, wrapped)
            select pair.dossier, pair.wrapped from unnest($1, $2) as pair (dossier, wrapped);
        end
    $$;

-- Unknown and erased dossiers are simply absent from the answer.
create or replace function keys.open(dossiers uuid[], purpose text) returns table (dossier uuid, wrapped bytea)
    language sql volatile security definer set search_path = ''
    as $$
        with noted as (insert into keys.audit (purpose, dossiers) values ($2, $1))
        select stored.dossier, stored.wrapped from keys.dossier_key as stored
        where stored.dossier = any ($1) and stored.wrapped is not null
    $$;

-- Whose keys were destroyed, and since when: what a service asks before it uses a key that it still remembers.
-- Nothing is opened here, so nothing is noted.
create function keys.gone(dossiers uuid[]) returns table (dossier uuid, erased_at timestamptz, basis text)
    language sql stable security definer set search_path = ''
    as $$
        select stored.dossier, stored.erased_at, stored.basis from keys.dossier_key as stored
        where stored.dossier = any ($1) and stored.erased_at is not null
    $$;

-- Only the service that publishes a dossier's first event may destroy its key; the gateway's are intake's, which
-- publishes the signals that the gateway numbered. Answers those that were destroyed by this very call: a key that is
-- gone, was never made, or is another service's is left out. Rows are locked in the order of their ids.
create function keys.destroy(dossiers uuid[], erased_for text, basis text) returns table (dossier uuid)
    language sql volatile security definer set search_path = ''
    as $$
        with mine as (
            select stored.dossier from keys.dossier_key as stored
            where stored.dossier = any ($1) and stored.wrapped is not null
                and (stored.created_by = session_user or (session_user, stored.created_by) = ('intake', 'gateway'))
            order by stored.dossier for update
        ), destroyed as (
            update keys.dossier_key as stored
            set wrapped = null, erased_at = clock_timestamp(), erased_by = session_user, erased_for = $2, basis = $3
            from mine where stored.dossier = mine.dossier
            returning stored.dossier
        ), noted as (
            insert into keys.audit (act, purpose, dossiers)
            select 'destroy', $2 || ': ' || $3, array_agg(destroyed.dossier) from destroyed having count(*) > 0
        )
        select destroyed.dossier from destroyed
    $$;

revoke all on function keys.gone (uuid[]), keys.destroy (uuid[], text, text) from public;
grant execute on function keys.gone (uuid[]) to intake, gateway, cases, notifications, console;
grant execute on function keys.destroy (uuid[], text, text) to intake, cases;
