-- One schema a service, owned by its role; nothing is shared. Idempotent, run by the superuser in each database.
revoke all on schema public from public;

create schema if not exists directory authorization directory;
create schema if not exists intake authorization intake;
create schema if not exists gateway authorization gateway;
create schema if not exists cases authorization cases;
create schema if not exists notifications authorization notifications;
create schema if not exists console authorization console;
-- Where the console makes a projection again, and where it keeps the one that was read before.
create schema if not exists console_next authorization console;
create schema if not exists console_former authorization console;

create schema if not exists keys authorization keys_owner;
create schema if not exists vault authorization vault_owner;
