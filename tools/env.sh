#!/bin/sh
# Adds the secrets that the containers need and .env lacks. What stands there is kept. Usage: env.sh SPACEY
set -eu
umask 077
spacey=$1
file=.env

# has NAME: whether the file gives it a value.
has() { [ -f "$file" ] && grep -Eq "^[[:space:]]*(export[[:space:]]+)?$1[[:space:]]*=[[:space:]]*[^[:space:]]" "$file"; }

# add NAME VALUE appends a line, and begins a new one when the last line of the file has no end.
add() {
    [ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo >>"$file"
    printf '%s="%s"\n' "$1" "$2" >>"$file"
    chmod 600 "$file"
    echo "$file: made $1"
}

# add_secret NAME appends a secret of 64 letters and digits, which may stand in a URL as it is.
add_secret() {
    secret=$(od -An -v -N 32 -t x1 /dev/urandom | tr -d ' \n')
    [ ${#secret} = 64 ] || { echo "no random numbers could be read" >&2; exit 1; }
    add "$1" "$secret"
}

has SERVICE_TOKEN || add_secret SERVICE_TOKEN
has POSTGRES_PASSWORD || add_secret POSTGRES_PASSWORD

if ! has AUTH_PRIVATE_KEY; then
    key=$("$spacey" keys generate)
    # Of one line: \n is understood by docker compose and by spacey.
    add AUTH_PRIVATE_KEY "$(printf '%s\n' "$key" | awk '{printf "%s\\n", $0}')"
fi
