"""What `make frameworks` runs really runs, and in the environment that the pins say."""

import re
import subprocess
import sys
from importlib.metadata import distributions

import keras
import torch
from packaging.requirements import Requirement

from tools.environments import ENVIRONMENTS, needing
from tools.notebooks import loads

LEAST_TESTS = 60


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_pins_are_installed_and_nothing_else(root):
    lines = [
        line.split("#")[0].strip()
        for name in ("requirements.txt", "requirements-frameworks.txt")
        for line in (root / name).read_text(encoding="utf-8").splitlines()
    ]
    pins = [Requirement(line) for line in lines if line and not line.startswith("-r ")]
    pinned = {
        plain(pin.name): str(pin.specifier).removeprefix("==")
        for pin in pins
        if pin.marker is None or pin.marker.evaluate()
    }
    here = {plain(d.metadata["Name"]): d.version for d in distributions()}
    assert pinned == {name: here[name] for name in here if name not in ("pip", "convlib")}


def test_keras_computes_with_torch_and_torch_on_the_cpu():
    assert keras.config.backend() == "torch"
    assert keras.config.image_data_format() == "channels_last"
    assert not torch.cuda.is_available()


def test_every_cell_and_every_test_is_collected(root):
    notebooks = needing("frameworks")
    assert ENVIRONMENTS["frameworks"].is_here
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    listed = subprocess.run(
        [*command, "--nbval", *map(str, notebooks), "tests/frameworks"],
        cwd=root, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    cells = [cell for path in notebooks for cell in loads(path.read_text(encoding="utf-8")).cells]
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert len(re.findall(r"^chapters/\S+\.ipynb::", listed, re.MULTILINE)) == len(code) > 20
    assert len(re.findall(r"^tests/frameworks/\S+::", listed, re.MULTILINE)) >= LEAST_TESTS
