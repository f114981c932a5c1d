"""What every test and every doctest shares."""

import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import pytest

from tools.environments import ENVIRONMENTS, needing

matplotlib.use("Agg")  # plots need no screen; a variable would reach the notebooks' kernels too

ROOT = Path(__file__).resolve().parent

# What needs an environment of its own (PyTorch, Keras and ONNX Runtime) is run there, by a command
# of its own, which .ci/run calls; tests/frameworks counts that there nothing is left out.
LEFT_OUT = {
    environment.command: [
        *(path.relative_to(ROOT).as_posix() for path in needing(name)),
        f"tests/{name}",
    ]
    for name, environment in ENVIRONMENTS.items()
    if not environment.is_here
}
# programs are run by chapters, not imported by pytest
collect_ignore = ["chapters/programs", *(name for names in LEFT_OUT.values() for name in names)]


def pytest_report_header() -> list[str]:
    """Say what is not collected here."""
    return [f"left to `{command}`: {', '.join(names)}" for command, names in LEFT_OUT.items()]


# What takes minutes begins first, so that no worker is left with it when the others are done.
LONG = ("chapters/", "tests/notebooks/", "tests/site/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long ones first; the order within a file stays."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close the figures that a test leaves open; matplotlib warns when they pile up."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
