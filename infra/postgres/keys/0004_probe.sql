-- One wrapped key, by which a service sees at its start whether its master key is the one that wrapped them: with
-- another it would park everything that it reads. It is the newest, so a service that lags behind a rotation is told.
-- Nothing is opened to be read, so nothing is noted. Run as keys_owner.

create function keys.probe() returns table (dossier uuid, wrapped bytea)
    language sql stable security definer set search_path = ''
    as $$
        select stored.dossier, stored.wrapped from keys.dossier_key as stored
        where stored.wrapped is not null order by stored.dossier desc limit 1
    $$;

revoke all on function keys.probe () from public;
grant execute on function keys.probe () to intake, gateway, cases, notifications, console;
