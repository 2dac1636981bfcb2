-- An attempt to open that was refused is on record beside those that were allowed. Run as vault_owner.

alter table vault.opening
    add column allowed boolean not null default true,
    add column reason text check (btrim(reason) <> '');
