#!/bin/sh
# Says what is missing when containers cannot be run here. Usage: check-docker.sh
set -eu

if ! command -v docker >/dev/null; then
    echo "docker is not installed: https://docs.docker.com/get-started/get-docker (without it: make serve)" >&2
    exit 1
fi
if ! docker compose version >/dev/null 2>&1; then
    echo "docker has no compose plugin: https://docs.docker.com/compose/install (without it: make serve)" >&2
    exit 1
fi
if ! reason=$(docker info 2>&1 >/dev/null); then
    echo "the docker engine does not answer; is it running, and may $(id -un) use it?" >&2
    echo "$reason" >&2
    exit 1
fi
