"""Arrays of SymPy symbols, so that the code that computes is also the code that derives."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy


def vector(name: str, length: int) -> np.ndarray:
    """Symbols name_0 … name_{length-1} in an object array.

    >>> vector("x", 3)
    array([x_0, x_1, x_2], dtype=object)
    """
    return np.array([sympy.Symbol(f"{name}_{i}") for i in range(length)], dtype=object)


def array(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Symbols name_{i,j,…} in an object array of that shape.

    >>> array("x", (1, 2))
    array([[x_{0,0}, x_{0,1}]], dtype=object)
    """
    symbols = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        symbols[place] = sympy.Symbol(f"{name}_{{{','.join(map(str, place))}}}")
    return symbols


def show(name: str, values: Any) -> Any:
    """The entries of an array as equations, one on each line."""
    raise NotImplementedError
