#!/bin/sh
# Fails when "make generate" would change something. Usage: check-generated.sh WIRE MOCKERY
set -eu
wire=$1
mockery=$2
status=0

"$wire" diff ./cmd/... || status=1

mkdir -p .cache
fresh=$(mktemp -d .cache/generated.XXXXXX)
trap 'rm -rf "$fresh"' EXIT
sed "s|^dir: .*|dir: $fresh|" .mockery.yml >"$fresh/mockery.yml"
"$mockery" --log-level warn --config "$fresh/mockery.yml"
cmp "$fresh/mocks.go" internal/ports/mocks/mocks.go || status=1

[ "$status" = 0 ] || echo "generated code is not up to date: run make generate" >&2
exit "$status"
