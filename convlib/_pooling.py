"""What the four pooling functions of `pool` share: checks, taps, frames, winners and divisors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.geometry import Axis, layer_axes

Index = tuple[Any, ...]


def checked(
    x: ArrayLike,
    window: PerAxis,
    stride: PerAxis | None,
    padding: Padding,
    dilation: PerAxis,
    ceil_mode: bool,
) -> tuple[Array, tuple[Axis, ...]]:
    """Return x as an array and the geometry of its spatial axes, or refuse the call."""
    x = _checks.batch("x", x)
    size = x.shape[2:]
    window = _checks.per_axis("window", window, len(size), 1)
    stride = window if stride is None else stride
    axes = layer_axes(
        size, window, stride=stride, padding=padding, dilation=dilation, ceil_mode=ceil_mode
    )
    return x, axes


def checked_gradient(dy: ArrayLike, x: Array, axes: Sequence[Axis]) -> Array:
    """Return dy as an array after comparing its shape with that of the pooled x."""
    dy = _checks.numeric("dy", dy)
    shape = (*x.shape[:2], *(axis.out for axis in axes))
    _checks.matches("dy", dy, shape, "the shape of the pooled x")
    return dy


def taps(axes: Sequence[Axis]) -> Iterator[Index]:
    """Yield for every tap, in scan order, the index that reads it in all windows at once."""
    for tap in product(*(range(axis.taps) for axis in axes)):
        yield (..., *(axis.reach(number) for axis, number in zip(axes, tap, strict=True)))


def size(axes: Sequence[Axis]) -> int:
    """Return the number of taps of a window."""
    return int(np.prod([axis.taps for axis in axes]))


def _frame(axis: Axis) -> tuple[int, int]:
    """Return the zeros before and after one axis that bring every window inside."""
    before, after = axis.pads
    return before, max(after, axis.reach(axis.taps - 1).stop - before - axis.size)


def framed(array: Array, axes: Sequence[Axis]) -> Array:
    """Return the array with zeros around its spatial axes, the last ones."""
    untouched = [(0, 0)] * (array.ndim - len(axes))
    return np.pad(array, [*untouched, *map(_frame, axes)])


def winners(x: Array, axes: Sequence[Axis]) -> tuple[Array, NDArray[np.intp]]:
    """Return the maximum of every window and the number of the tap that holds it."""
    divisors(axes, include_pad=False)  # refuses windows without an input
    padded, real = framed(x, axes), framed(np.ones(x.shape[2:], bool), axes)
    shape = (*x.shape[:2], *(axis.out for axis in axes))
    best, winner = np.zeros(shape, x.dtype), np.full(shape, -1, np.intp)
    for number, tap in enumerate(taps(axes)):
        value = padded[tap]
        wins = real[tap] & ((winner < 0) | _beats(value, best))
        best, winner = np.where(wins, value, best), np.where(wins, number, winner)
    return best, winner


def _beats(value: Array, best: Array) -> NDArray[np.bool_]:
    """Return where a value is larger than the best so far, or NaN (the one value unlike itself)."""
    try:
        if value.dtype.kind == "c":
            raise TypeError("complex numbers are not ordered")
        return (value > best) | (value != value)
    except TypeError as error:
        advice = "a maximum needs numbers that can be put in order; avg_pool needs no order"
        raise TypeError(f"x holds values that cannot be compared: {advice} ({error})") from None


def divisors(axes: Sequence[Axis], include_pad: bool) -> NDArray[np.int_]:
    """Return how many elements every window counts, shape `(*out,)`; no window may count none."""
    return reduce(np.multiply.outer, (_counted(axis, include_pad) for axis in axes))


def _counted(axis: Axis, include_pad: bool) -> NDArray[np.int_]:
    """Return how many taps of every window along one axis are counted, with or without padding."""
    before, after = axis.pads if include_pad else (0, 0)
    starts = np.arange(axis.out) * axis.stride - axis.pads[0]
    spots = starts[:, np.newaxis] + np.arange(axis.taps) * axis.dilation
    counted = ((spots >= -before) & (spots < axis.size + after)).sum(axis=1)
    if not counted.all():
        raise ValueError(_only_padding(axis, int(np.argmin(counted))))
    return counted


def _only_padding(axis: Axis, number: int) -> str:
    """Return the message for a window that has no element to take the maximum or the mean of."""
    half = axis.span // 2
    rule = f"window {number} along the axis of size {axis.size} reads nothing but padding"
    advice = f"at most {half} per side" if max(axis.pads) > half else "a smaller dilation"
    return f"padding={axis.pads}: {rule}; use {advice}"


def scatter(shares: Iterator[Array], x: Array, axes: Sequence[Axis], dtype: np.dtype[Any]) -> Array:
    """Return the sum, in x's shape, of what each tap sends back to the inputs that it read."""
    dx = framed(np.zeros(x.shape, _checks.working_dtype(dtype)), axes)
    for tap, share in zip(taps(axes), shares, strict=True):
        dx[tap] += share
    inputs: Index = (..., *(axis.true for axis in axes))
    return dx[inputs].astype(dtype)


def mean_dtype(array: Array) -> np.dtype[Any]:
    """Return the dtype of a mean: float64 for integers, otherwise the dtype itself."""
    return np.dtype(np.float64) if array.dtype.kind in "iu" else array.dtype
