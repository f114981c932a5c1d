#!/usr/bin/env bash
# With pytest 9.2.0 the option --dist loadgroup of pytest-xdist 3.8.0 no longer keeps a group together:
# six tests marked as one group are dealt out to both workers, one by one, and nothing is said. With
# pytest 9.1.1 the same version runs them on one worker. Tests that share a file, a port or a kernel
# then run at the same time.
# Seen: pytest 9.1.1: 1 worker; pytest 9.2.0: 2 workers.
. "$(dirname "$0")/common.sh"
for version in 9.1.1 9.2.0; do
  export PYTEST_VERSION_HERE=$version
  (run "pytest==$version" pytest-xdist==3.8.0 <<'PY'
import os
import re
import subprocess
import sys
from pathlib import Path

Path("test_six.py").write_text(
    "import time\n\nimport pytest\n\n\n"
    "@pytest.mark.xdist_group('all')\n"
    "@pytest.mark.parametrize('number', range(6))\n"
    "def test_one(number):\n    time.sleep(0.2)\n"
)
version = os.environ["PYTEST_VERSION_HERE"]
command = [sys.executable, "-m", "pytest", "-v", "-n", "2", "--dist", "loadgroup", "test_six.py"]
done = subprocess.run(command, capture_output=True, text=True)
assert done.returncode == 0, done.stdout + done.stderr
workers = set(re.findall(r"\[(gw\d)\]", done.stdout))
print(f"pytest {version}: {len(workers)} worker(s)")
assert len(workers) == {"9.1.1": 1, "9.2.0": 2}[version]
PY
  )
done
