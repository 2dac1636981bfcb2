#!/bin/sh
# Runs one Kafka node in a container, from the jars of the image and the settings beside this file: server.properties,
# and format.args with what the node is given before its first start (its identity and its first two users).
set -eu
here=$(dirname "$0")
data=/var/lib/kafka/data
# The marker is written after the format, so that one cut short begins anew. The tool's output repeats the salted
# credentials and is dropped; the passwords are in the file, not in the arguments that `ps` shows.
if [ ! -f "$data/formatted" ]; then
    rm -rf "${data:?}"/*
    java "@$here/format.args" >/dev/null || {
        echo "kafka: formatting $data failed: can this user write there?" >&2
        exit 1
    }
    touch "$data/formatted"
fi
# shellcheck disable=SC2086 # several options in one variable
exec java ${KAFKA_HEAP_OPTS:--Xmx512m -Xms256m} -Djava.awt.headless=true -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -Dorg.apache.logging.log4j.level=WARN -cp '/opt/kafka/libs/*' kafka.Kafka "$here/server.properties"
