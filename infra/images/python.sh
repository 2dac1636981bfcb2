#!/bin/sh
# Makes a base image with Python for infra/Dockerfile where no registry of images can be reached: a minimal Debian from
# the packages that this machine already takes. Run as root on Debian or a relative of it, with debootstrap and docker.
# Usage: infra/images/python.sh [IMAGE] [SUITE]
set -eu
image=${1:-phoihop-base/python:local}
suite=${2:-bookworm}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates "$suite" "$folder/root" >"$folder/log" 2>&1 || {
    tail -n 5 "$folder/log" >&2
    echo "python.sh: debootstrap failed: is $suite still served, and are you root?" >&2
    exit 1
}
# An office network often has a certificate authority of its own: without it no package can be fetched in a build.
cp /etc/ssl/certs/ca-certificates.crt "$folder/root/etc/ssl/certs/ca-certificates.crt"
rm -rf "$folder/root/var/cache/apt/archives" "$folder/root/var/lib/apt/lists" "$folder/root/usr/share/doc" \
    "$folder/root/usr/share/man" "$folder/root/usr/share/locale"
mkdir -p "$folder/root/var/cache/apt/archives/partial" "$folder/root/var/lib/apt/lists/partial"
tar -C "$folder/root" --exclude ./dev --exclude ./proc --exclude ./sys -c . | docker import - "$image" >/dev/null
echo "$image"
