"""What every test and every doctest shares."""

import sys
from collections.abc import Iterator
from importlib.util import find_spec

import matplotlib
import pytest

matplotlib.use("Agg")  # plots need no screen; a variable would reach the notebooks' kernels too

# What needs PyTorch, Keras and ONNX Runtime is run by `make frameworks`, in an environment of its
# own. tests/notebooks/test_frameworks.py holds this list to the notebooks that are elsewhere, and
# .ci/run to that command; tests/frameworks counts that there nothing is left out.
NEED_FRAMEWORKS = ["chapters/17-frameworks.ipynb", "tests/frameworks"]
collect_ignore = ["chapters/programs"]  # programs are run by chapters, not imported by pytest
if find_spec("torch") is None:
    collect_ignore += NEED_FRAMEWORKS


def pytest_report_header() -> str | None:
    """Say what is not collected here."""
    if find_spec("torch") is not None:
        return None
    return f"left to `make frameworks`: {', '.join(NEED_FRAMEWORKS)}"


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close the figures that a test leaves open; matplotlib warns when they pile up."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
