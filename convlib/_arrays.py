"""Checks of arrays at the door: ranks, channels, dtypes. `_check` has the checks of options."""

from __future__ import annotations

from math import gcd
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib._check import Array, integer


def numeric(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of numbers: integers, floats, complex or objects (SymPy).

    >>> numeric("x", [True, False])
    Traceback (most recent call last):
    TypeError: x has dtype bool: needs numbers; convert it first, for example x.astype(int)
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: needs a rectangular array; its rows differ in length") from None
    if array.dtype.kind == "b":
        advice = f"needs numbers; convert it first, for example {name}.astype(int)"
        raise TypeError(f"{name} has dtype bool: {advice}")
    if array.dtype.kind not in "iufcO":
        raise TypeError(f"{name} has dtype {array.dtype}: needs numbers")
    return array


def batch(name: str, value: ArrayLike) -> Array:
    """Return a batch `(N, C, *spatial)` of numbers with at least one spatial axis, none empty.

    >>> batch("x", [[1, 2, 3]])
    Traceback (most recent call last):
    ValueError: x has shape (1, 3): needs (N, C, *spatial), at least 3 axes; add the missing \
axes of length 1: x[np.newaxis]
    """
    array = numeric(name, value)
    if array.ndim < 3:
        missing = ", ".join(["np.newaxis"] * (3 - array.ndim))
        advice = f"add the missing axes of length 1: {name}[{missing}]"
        rule = "needs (N, C, *spatial), at least 3 axes"
        raise ValueError(f"{name} has shape {array.shape}: {rule}; {advice}")
    if 0 in array.shape[2:]:
        raise ValueError(f"{name} has shape {array.shape}: a spatial axis may not be empty")
    return array


def weights(value: ArrayLike, axes: int) -> Array:
    """Return weights with `axes` kernel axes, none of them empty."""
    w = numeric("w", value)
    if w.ndim != axes + 2:
        rule = f"needs {axes + 2} axes (two for channels, {axes} for the kernel), as x has"
        raise ValueError(f"w has shape {w.shape}: {rule}")
    if 0 in w.shape[2:]:
        raise ValueError(f"w has shape {w.shape}: a kernel axis may not be empty")
    return w


def channels(x: Array, w: Array, groups: object) -> int:
    """Return `groups` after checking that w is `(C_out, C_in/groups, *kernel)` for this x."""
    g = integer("groups", groups, 1)
    c_in, c_out = x.shape[1], w.shape[0]
    _positive_outputs(w, 0)
    divides(f"x has {c_in} channels", c_in, g, c_out)
    divides(f"w has {c_out} output channels (its axis 0)", c_out, g, c_in)
    if w.shape[1] != c_in // g:
        rule = f"needs C_in/groups = {c_in}/{g} = {c_in // g} on axis 1, as x has {c_in} channels"
        raise ValueError(f"w has shape {w.shape}: {rule}{_fitting_groups(c_in, c_out, w.shape[1])}")
    return g


def _fitting_groups(c_in: int, c_out: int, per_group: int) -> str:
    """Return advice where another number of groups would make the weights fit."""
    g = c_in // max(per_group, 1)
    fits = g > 0 and g * per_group == c_in and c_out % g == 0
    return f"; groups={g} would fit" if fits else ""


def channels_transposed(x: Array, w: Array, groups: object) -> int:
    """Return `groups` after checking that w is `(C_in, C_out/groups, *kernel)` for this x."""
    g = integer("groups", groups, 1)
    if w.shape[0] != x.shape[1]:
        rule = f"a transposed layer needs C_in = {x.shape[1]}, the channels of x, on axis 0"
        raise ValueError(f"w has shape {w.shape}: {rule}")
    divides(f"x has {x.shape[1]} channels", x.shape[1], g)
    _positive_outputs(w, 1)
    return g


def divides(what: str, count: int, groups: int, partner: int = 0) -> None:
    """Refuse a number of channels that the groups do not share out evenly.

    The advice also fits the `partner`, the number of channels on the other side of the layer.
    """
    if count % groups:
        common = gcd(count, partner)
        fits = [g for g in range(1, common + 1) if common % g == 0]
        nearest = min(fits, key=lambda g: abs(g - groups))
        raise ValueError(f"groups={groups}: {what}, which groups must divide; try groups={nearest}")


def _positive_outputs(w: Array, axis: int) -> None:
    """Refuse weights that make no output channel."""
    if w.shape[axis] == 0:
        raise ValueError(f"w has shape {w.shape}: needs at least one output channel (axis {axis})")


def bias(value: ArrayLike | None, c_out: int) -> Array | None:
    """Return the bias `(C_out,)`, or None where there is none."""
    if value is None:
        return None
    b = numeric("b", value)
    if b.shape != (c_out,):
        raise ValueError(f"b has shape {b.shape}: needs one number per output channel, ({c_out},)")
    return b


def matches(name: str, array: Array, shape: tuple[int, ...], meaning: str) -> None:
    """Refuse an array that has not exactly the shape that the other arguments imply."""
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}: needs {shape}, {meaning}")


def result_dtype(*arrays: Array | None) -> np.dtype[Any]:
    """Return the dtype of a result: NumPy's promotion of the arguments (float32 stays float32).

    >>> result_dtype(np.ones(1, np.float32), np.ones(1, np.int8), None)
    dtype('float32')
    """
    return np.result_type(*(array.dtype for array in arrays if array is not None))


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype to add up in: float16 sums are kept in float32, all others as they are."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype
