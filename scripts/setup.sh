#!/bin/sh
# Finds a Python 3.11 and hands over to scripts/setup.py.
set -eu
cd "$(dirname "$0")/.."

is_python311() {
    "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1
}

cure="Debian: apt install python3.11-venv, or set PYTHON=/path/to/python3.11"
for candidate in ${PYTHON:-python3.11 python3 python}; do
    if is_python311 "$candidate"; then
        exec "$candidate" -m scripts.setup "$@"
    fi
done
found=$("${PYTHON:-python3}" -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none)
echo "Python 3.11 is needed; found ${found}. ${cure}" >&2
exit 1
