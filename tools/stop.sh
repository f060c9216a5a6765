#!/bin/sh
# Stops the "spacey serve" of this folder and waits until it has ended: at most 20 seconds.
set -eu

# DATA_DIR is read as spacey reads it: from the environment, else from the .env file.
env_file=${ENV_FILE_PATH:-.env}
data=${DATA_DIR:-}
if [ -z "$data" ] && [ -f "$env_file" ]; then
    data=$(sed -n "s/^[[:space:]]*\(export[[:space:]][[:space:]]*\)\{0,1\}DATA_DIR[[:space:]]*=[[:space:]]*[\"']\{0,1\}\([^\"'#]*\).*/\2/p" "$env_file" |
        sed -n '$s/[[:space:]]*$//p')
fi
pid_file=${data:-data}/spacey.pid

# is_spacey PID: whether the process lives and is spacey, not one that got an old number. A zombie has ended.
is_spacey() {
    if [ -r "/proc/$1/status" ]; then
        ! grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null &&
            grep -q '^Name:[[:space:]]*spacey$' "/proc/$1/status" 2>/dev/null
    else
        case $(ps -p "$1" -o comm= 2>/dev/null) in
        spacey | */spacey) return 0 ;;
        *) return 1 ;;
        esac
    fi
}

[ -f "$pid_file" ] || exit 0
pid=$(sed -n '1s/[^0-9]//g; 1p' "$pid_file")
if [ -z "$pid" ] || ! is_spacey "$pid"; then
    rm -f "$pid_file"
    exit 0
fi

echo "stopping spacey (process $pid)"
kill -TERM "$pid"
tries=0
while is_spacey "$pid"; do
    if [ "$tries" -ge 20 ]; then
        echo "spacey (process $pid) did not end within 20 seconds; to end it by force: kill -KILL $pid" >&2
        exit 1
    fi
    sleep 1
    tries=$((tries + 1))
done
rm -f "$pid_file"
