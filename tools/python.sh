#!/bin/sh
# Runs the first Python >= 3.11 of this machine with the arguments given. Everything else about
# set-up is Python (tools/setup.py); this only gets there, also past shims that refuse to run.
for python in python3 python3.12 python3.11 python3.13 python3.14 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[1-9]*/bin/python3 \
    "$HOME"/.local/share/uv/python/cpython-3.1[1-9]*/bin/python3 \
    /usr/local/bin/python3 /usr/bin/python3 /opt/*/bin/python3
do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        exec "$python" "$@"
    fi
done
echo "No Python 3.11 or newer was found: install one (for example python3.12 with its venv module) and run make again." >&2
exit 1
