"""The worst functions in a real kernel: the notebook gets a sentence and nothing else."""

import os
import sys

import nbclient
import nbformat
import pytest

SETUP = """
import os, subprocess, sys, time, warnings
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from convlib.teach.exercises.engine.checking import examine
from convlib.teach.exercises.engine.definition import find

def tell(answer, seconds):
    print(examine(find("2.1"), answer, seconds=seconds, route=ROUTE))
"""
HANGS = "no result in time"
HOSTILE = {
    "while True: pass": HANGS,
    "return exit()": "It ends the whole program",
    "return quit()": "It ends the whole program",
    "return os._exit(1)": "It ends the whole program",
    "raise KeyboardInterrupt": "It interrupts the notebook",
    "return answer(n, k, s, p, d)": "It calls itself without end",
    "return input()": "input() cannot ask anybody",
    "print('x' * 2**20, flush=True); display('leaked'); return n": "What your function prints",
    "if n + k + s + p + d == 4: plt.plot([1, 2]); plt.show()\n    return n": "expected",
    "warnings.warn('leaked'); return np.array([1]) / 0": "got [inf]",
}
LINUX_ONLY = {
    "return sum(range(10**13))": HANGS,
    "time.sleep(60)": HANGS,
    "os.write(1, b'leaked'); os.write(2, b'leaked'); os.abort()": "it brings Python down",
    "if n + k + s + p + d == 4: subprocess.run(['echo', 'leaked'])\n    return n": "fails for",
    "return np.zeros(2**33)": "It needs too much memory",
    "if n + k + s + p + d == 4: os.fork()\n    return n": "fails for",
}
ROUTES = ["process", "thread"] if sys.platform == "linux" else ["thread"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_kernel_survives(route, tmp_path) -> None:
    bodies = HOSTILE | (LINUX_ONLY if route == "process" else {})
    sources = [f"ROUTE = {route!r}{SETUP}process = os.getpid()"]
    for body, sentence in bodies.items():
        seconds = 0.3 if sentence == HANGS else 20  # the machine may be busy
        sources.append(f"def answer(n, k, s, p, d):\n    {body}\n\ntell(answer, {seconds})")
    sources += ["6 * 7 if process == os.getpid() else 'another kernel'"]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in sources])
    nbclient.NotebookClient(
        book, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute(env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    for cell, sentence in zip(book.cells[1:-1], bodies.values(), strict=True):
        kinds = {(each.output_type, each.get("name")) for each in cell.outputs}
        assert kinds == {("stream", "stdout")}, f"{cell.source}: {cell.outputs}"
        printed = "".join(each.text for each in cell.outputs)
        assert sentence in printed, cell.source
        assert "leaked" not in printed.partition(", in line")[0]  # the line may be quoted
    assert book.cells[-1].outputs[0].data["text/plain"] == "42"
    assert list(tmp_path.iterdir()) == []
