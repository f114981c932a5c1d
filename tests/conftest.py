"""Fixtures that every test may use."""

from pathlib import Path

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    """The one source of randomness: a fresh generator with the same seed for every test."""
    return np.random.default_rng(20261121)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's root folder."""
    return Path(__file__).resolve().parent.parent
