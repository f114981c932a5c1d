"""Checks that all layers and losses share, and their words."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convlib import _arrays
from convlib._check import Array


def real(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of integers or floats.

    >>> real("x", [1j])
    Traceback (most recent call last):
    TypeError: x has dtype complex128: layers compute with real numbers
    """
    array = _arrays.numeric(name, value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}: layers compute with real numbers")
    return array


def floating(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the dtype of parameters, a floating type.

    >>> floating(int)
    Traceback (most recent call last):
    TypeError: dtype=int64: parameters need a floating type, for example np.float32
    """
    chosen = np.dtype(dtype)
    if chosen.kind != "f":
        rule = "parameters need a floating type, for example np.float32"
        raise TypeError(f"dtype={chosen}: {rule}")
    return chosen


def counted(count: int) -> str:
    """Return a number of parameters in words: '1 parameter', '7,850 parameters'."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"
