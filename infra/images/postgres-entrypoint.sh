#!/bin/sh
# The entry point of the stand-in image that postgres.sh makes: makes the data the first time, then runs the server.
# Reads the same variables as the image postgres:18 and refuses to start without a password, as that one does.
set -eu
if [ "$1" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    [ -n "${POSTGRES_PASSWORD_FILE:-}" ] || {
        echo "Error: Database is uninitialized and superuser password is not specified (POSTGRES_PASSWORD_FILE)." >&2
        exit 1
    }
    mkdir -p "$PGDATA"
    chmod 0700 "$PGDATA"
    # shellcheck disable=SC2086 # the variable holds several options, as the real image reads it
    initdb -D "$PGDATA" -U "${POSTGRES_USER:-postgres}" --pwfile="$POSTGRES_PASSWORD_FILE" ${POSTGRES_INITDB_ARGS:-}
    printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
fi
if [ "$1" = postgres ]; then
    set -- "$@" -c "listen_addresses=*"
fi
exec "$@"
