# Sourced by every finding: `run PACKAGES... < program` installs pinned public packages into an
# environment of its own in a temporary folder, runs the Python program there, and takes it away again.
set -euo pipefail

run() {
  place=$(mktemp -d)
  trap 'rm -rf "$place"' EXIT
  cat >"$place/program.py"
  "${PYTHON:-python3}" -m venv "$place/env"
  "$place/env/bin/python" -m pip install --quiet --disable-pip-version-check "$@" 2>"$place/pip.log" ||
    { cat "$place/pip.log"; exit 1; }
  (cd "$place" && env -u PYTHONPATH "$place/env/bin/python" program.py)
}
