-- Which master key wraps new keys, once there was a rotation: four bytes of the wrapped key name the key that wrapped it.
-- A process that still wraps under another one is told to try again, by which time it has read the file anew. The check
-- follows the insert, which waits for a rotation's lock on the table: so none slips in behind it. Run as keys_owner.

create table keys.master (
    one boolean primary key default true check (one),
    key_id bytea not null check (octet_length(key_id) = 4),
    since timestamptz not null default clock_timestamp()
);

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
            if exists (select from keys.master as now, unnest($2) as given (wrapped)
                       where substring(given.wrapped from 2 for 4) <> now.key_id) then
                raise serialization_failure using message = 'the master key was rotated: wrap the key anew';
            end if;
        end
    $$;
