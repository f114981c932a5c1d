"""The signatures are real: the type checker refuses what a call would refuse."""

import re
import subprocess
import sys
from pathlib import Path

CLIENT = """\
import numpy as np

import convlib as cl

x = np.ones(5, np.float32)
cl.correlate1d(x, x, 0.5, stride=2, padding=(1, 2), dilation=1)
cl.correlate1d([1, 2], [1], padding=((1, 2),))
cl.correlate2d([[1]], [[1]], 1, stride=(1, 2), padding=((1, 2), (0, 0)), dilation=1)
cl.correlate1d_backward(x, x, x, padding="same").db.sum()
cl.max_pool1d(x, 2, ceil_mode=True).sum()
cl.avg_pool2d([[1]], (1, 1), padding=1, count_include_pad=False).sum()
cl.correlate1d(x, x, strid=2)  # refused
cl.correlate1d(x, x, 0, 2)  # refused
cl.correlate1d(x, x, stride=(1, 2))  # refused
cl.correlate1d(x, x, padding=(1, 2, 3))  # refused
cl.correlate2d([[1]], [[1]], dilatoin=2)  # refused
cl.correlate2d_backward([[1]], [[1]], [[1]], stride="2")  # refused
cl.convolve1d(x, x, padding=1)  # refused
cl.max_pool1d(x, (2, 2))  # refused
cl.max_pool2d([[1]], 1, count_include_pad=True)  # refused
cl.avg_pool1d_backward(x, x, 2, ceil=True)  # refused
cl.im2col2d([[1]], 1, ceil_mode=True)  # refused
"""


def test_the_type_checker_refuses_exactly_the_wrong_calls(tmp_path: Path, root: Path) -> None:
    client = tmp_path / "client.py"
    client.write_text(CLIENT)
    command = [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", str(client)]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False).stdout
    refused = {int(number) for number in re.findall(r"client\.py:(\d+): error", found)}
    lines = CLIENT.splitlines()
    wrong = {number for number, line in enumerate(lines, 1) if line.endswith("# refused")}
    assert refused == wrong, found
    assert 'did you mean "stride"?' in found
