"""What the loops need to know of numbers: how precisely they add, and what a conjugate is."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from convlib import _checks
from convlib._checks import Array


def working(dtype: np.dtype[Any], *arrays: Array) -> tuple[Array, ...]:
    """Return the arrays in the dtype that a sum of this dtype is added up in.

    >>> working(np.dtype(np.float16), np.ones(1, np.int8))
    (array([1.], dtype=float32),)
    """
    return tuple(array.astype(_checks.working_dtype(dtype)) for array in arrays)


def adding_up(dtype: np.dtype[Any]) -> AbstractContextManager[object]:
    """Return a context in which single integers wrap around in silence, as whole arrays of them do.

    >>> with adding_up(np.dtype(np.uint8)):
    ...     np.uint8(255) + np.uint8(2)
    np.uint8(1)
    """
    return np.errstate(over="ignore") if dtype.kind in "iu" else nullcontext()


def bar(number: Any) -> Any:
    """Return the complex conjugate of a number; objects (SymPy) count as real.

    >>> bar(np.complex64(2 + 3j)), bar(2)
    (np.complex64(2-3j), 2)
    """
    return number.conjugate() if isinstance(number, np.complexfloating) else number
