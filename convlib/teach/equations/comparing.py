"""How far apart two results are: the strict measure that equations are held to."""

from __future__ import annotations

import math
from numbers import Number
from typing import Any

import numpy as np

APART = math.inf
_NUMERIC = "biufc"


def distance(left: Any, right: Any) -> float:
    """max|l - r| / max(1, max|r|); 0 only where both are equal, infinity where shapes differ.

    A NaN is infinitely far from everything, also from itself.

    Parameters
    ----------
    left, right
        Numbers, arrays, lists or tuples of them, SymPy expressions, strings, sets, None.

    Returns
    -------
    float

    Examples
    --------
    >>> distance(3, 3), distance([1, 2], np.array([1.0, 2.5])), distance([1], [1, 1])
    (0.0, 0.2, inf)
    """
    if type(left) is int and type(right) is int:  # by far the most frequent case
        return 0.0 if left == right else _relative(left, right)
    numbers = _numbers(left), _numbers(right)
    if numbers[0] is not None and numbers[1] is not None:
        return _arrays(numbers[0], numbers[1])
    if _is_sequence(left) and _is_sequence(right):
        return _sequences(left, right)
    return _single(left, right)


def _numbers(value: Any) -> np.ndarray | None:
    """The value as a numeric array, or None where it is not made of numbers alone."""
    if isinstance(value, (str, bytes, set, frozenset, dict)) or value is None:
        return None
    try:
        array = np.asarray(value)
    except (ValueError, TypeError):  # ragged lists
        return None
    return array if array.dtype.kind in _NUMERIC else None


def _arrays(left: np.ndarray, right: np.ndarray) -> float:
    if left.shape != right.shape:
        return APART
    if np.array_equal(left, right):
        return 0.0
    kind = np.result_type(left, right, float)  # unsigned numbers must not wrap around
    a, b = left.astype(kind), right.astype(kind)
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.where(a == b, 0.0, np.abs(a - b)).max()  # equal infinities have no gap
        worst = float(gap / max(1.0, float(np.abs(b).max())))
    return APART if math.isnan(worst) else max(worst, math.ulp(0.0))


def _relative(left: Any, right: Any) -> float:
    apart = float(abs(left - right) / max(1, abs(right))) if left != right else 0.0
    return APART if math.isnan(apart) else apart


def _is_sequence(value: Any) -> bool:
    return isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.ndim > 0)


def _sequences(left: Any, right: Any) -> float:
    if len(left) != len(right):
        return APART
    return max((distance(a, b) for a, b in zip(left, right, strict=True)), default=0.0)


def _single(left: Any, right: Any) -> float:
    if _is_sequence(left) or _is_sequence(right):
        return APART
    left, right = _item(left), _item(right)
    if _is_symbolic(left) or _is_symbolic(right):
        return _symbolic(left, right)
    if isinstance(left, Number) and isinstance(right, Number):  # fractions, very large numbers
        return _relative(left, right)
    same_kind = isinstance(left, str) == isinstance(right, str)
    return 0.0 if same_kind and bool(left == right) else APART


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _is_symbolic(value: Any) -> bool:
    return type(value).__module__.partition(".")[0] == "sympy"


def _symbolic(left: Any, right: Any) -> float:
    """Equal when the difference expands, or else simplifies, to zero."""
    import sympy

    if left == right:
        return 0.0
    try:
        gap = sympy.expand(sympy.sympify(left, strict=True) - sympy.sympify(right, strict=True))
        gap = gap if gap.is_number else sympy.simplify(gap)
    except (sympy.SympifyError, TypeError, AttributeError):
        return APART
    if not gap.is_number:
        return APART
    scale = abs(complex(right)) if sympy.sympify(right).is_number else 1.0
    worst = abs(complex(gap)) / max(1.0, scale)
    return APART if math.isnan(worst) else worst
