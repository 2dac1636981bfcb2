-- Intake can take a block out of the vault as it put it in, without ever reading one. Openings stay on record.
-- Run as vault_owner.

create function vault.destroy(refs uuid[]) returns table (ref uuid)
    language sql volatile security definer set search_path = ''
    as $$ delete from vault.tip as kept where kept.ref = any ($1) returning kept.ref $$;

revoke all on function vault.destroy (uuid[]) from public;
grant execute on function vault.destroy (uuid[]) to intake;

-- A deleted block stays on its page until it is vacuumed: that is done at the next round.
alter table vault.tip set (
    autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
    toast.autovacuum_vacuum_threshold = 0, toast.autovacuum_vacuum_scale_factor = 0
);
