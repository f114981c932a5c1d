"""What every test and every doctest shares."""

import sys
from collections.abc import Iterator

import matplotlib
import pytest

matplotlib.use("Agg")  # plots need no screen; a variable would reach the notebooks' kernels too


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    """Close the figures that a test leaves open; matplotlib warns when they pile up."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")
