#!/bin/sh
# Installs Schemathesis with Python into a folder, once for each requirements.txt. Usage: install.sh FOLDER
set -eu
requirements=$(dirname "$0")/requirements.txt
folder=$1
python=${PYTHON:-python3}
set -- --quiet --disable-pip-version-check --retries 2 --requirement "$requirements"

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null || {
    echo "Python 3.10 or newer is needed: $python is missing or older; PYTHON names another one" >&2
    exit 1
}
rm -rf "$folder"
mkdir -p "$folder"
echo "installing Schemathesis, which takes up to some minutes and is done once"
# Debian has venv in a package of its own (python3-venv), and pip in another one (python3-pip): one of them will do.
if "$python" -m venv "$folder/venv" >"$folder/venv.log" 2>&1; then
    python=$folder/venv/bin/python
    "$python" -m pip install "$@"
else
    rm -rf "$folder/venv"
    "$python" -m pip --version >/dev/null 2>&1 || {
        echo "$python has neither venv nor pip; on Debian: apt-get install python3-venv" >&2
        exit 1
    }
    "$python" -m pip install --target "$folder/packages" "$@"
fi
# What run.py is started with: a program, and the folder of packages beside those of its own.
printf '#!/bin/sh\nPYTHONPATH="%s" PYTHONDONTWRITEBYTECODE=1 exec "%s" "$@"\n' \
    "$(cd "$folder" && pwd)/packages" "$(command -v "$python" | sed "s|^\([^/]\)|$PWD/\1|")" >"$folder/python"
chmod +x "$folder/python"
