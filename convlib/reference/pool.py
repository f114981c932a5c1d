"""Pooling by loops: the definition, one window at a time, and the oracle for `convlib.pool`.

Every window is a list of positions in the input, counted from 0; a position below 0 or beyond the
end is padding, or hangs over it. Slow on purpose: only the checks are shared with the fast code.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Padding, Pair, PerAxis
from convlib.reference.numbers import adding_up, working
from convlib.reference.sliding import pads_of

Position = tuple[int, ...]


class Line(NamedTuple):
    """One axis: the positions that each window reads, the input's size and its padding."""

    windows: list[list[int]]
    size: int
    pads: Pair

    def real(self, position: int) -> bool:
        """Whether the position lies in the input."""
        return 0 <= position < self.size

    def padded(self, position: int) -> bool:
        """Whether the position lies in the input or its padding."""
        return -self.pads[0] <= position < self.size + self.pads[1]

    def blind(self) -> list[int]:
        """The numbers of the windows that read nothing of the input."""
        seeing = [any(map(self.real, window)) for window in self.windows]
        return [number for number, sees in enumerate(seeing) if not sees]


def max_pool(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the largest value of every window; see `convlib.max_pool`.

    >>> max_pool([[[3, 1, 4, 1, 5]]], 3, stride=2)
    array([[[4, 5]]])
    """
    x = _checks.batch("x", x)
    lines = _lines(x, window, stride, padding, dilation, ceil_mode)
    y = np.zeros(_pooled_shape(x, lines), x.dtype)
    for n, c in np.ndindex(*x.shape[:2]):
        for i, spots in _windows(lines):
            y[(n, c, *i)] = x[(n, c, *_winner(x[n, c], spots, lines))]
    return y


def max_pool_backward(
    dy: ArrayLike,
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Send every dy to the position that won its window; see `convlib.max_pool_backward`.

    >>> max_pool_backward([[[10, 20]]], [[[3, 1, 4, 1, 2]]], 3, stride=2)
    array([[[ 0,  0, 30,  0,  0]]])
    """
    x, dy = _checks.batch("x", x), _checks.numeric("dy", dy)
    lines = _lines(x, window, stride, padding, dilation, ceil_mode)
    _checks.matches("dy", dy, _pooled_shape(x, lines), "the shape of the pooled x")
    (parts,) = working(dy.dtype, dy)
    dx = np.zeros(x.shape, parts.dtype)
    with adding_up(dy.dtype):
        for n, c in np.ndindex(*x.shape[:2]):
            for i, spots in _windows(lines):
                dx[(n, c, *_winner(x[n, c], spots, lines))] += parts[(n, c, *i)]
    return dx.astype(dy.dtype)


def avg_pool(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of every window; see `convlib.avg_pool`.

    >>> avg_pool([[[3, 1, 4, 1, 5]]], 3, stride=2, padding=1, count_include_pad=False)
    array([[[2., 2., 3.]]])
    """
    x = _checks.batch("x", x)
    lines = _lines(x, window, stride, padding, dilation, ceil_mode, count_include_pad)
    y = np.zeros(_pooled_shape(x, lines), _mean_dtype(x))
    for n, c in np.ndindex(*x.shape[:2]):
        for i, spots in _windows(lines):
            values = [x[(n, c, *spot)].item() for spot in _inside(spots, lines)]
            y[(n, c, *i)] = _mean(values, _count(spots, lines, count_include_pad))
    return y


def avg_pool_backward(
    dy: ArrayLike,
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Share every dy evenly among its window; see `convlib.avg_pool_backward`.

    >>> avg_pool_backward([[[9, 18]]], [[[3, 1, 4, 1, 2]]], 3, stride=2)
    array([[[3., 3., 9., 6., 6.]]])
    """
    x, dy = _checks.batch("x", x), _checks.numeric("dy", dy)
    lines = _lines(x, window, stride, padding, dilation, ceil_mode, count_include_pad)
    _checks.matches("dy", dy, _pooled_shape(x, lines), "the shape of the pooled x")
    dtype = _mean_dtype(dy)
    (parts,) = working(dtype, dy)
    dx = np.zeros(x.shape, parts.dtype)
    for n, c in np.ndindex(*x.shape[:2]):
        for i, spots in _windows(lines):
            share = parts[(n, c, *i)] / _count(spots, lines, count_include_pad)
            for spot in _inside(spots, lines):
                dx[(n, c, *spot)] += share
    return dx.astype(dtype)


def _lines(
    x: Array,
    window: PerAxis,
    stride: PerAxis | None,
    padding: Padding,
    dilation: PerAxis,
    ceil_mode: bool,
    counts_padding: bool = False,
) -> list[Line]:
    """Return the windows of every spatial axis; each must read something that counts."""
    axes = x.ndim - 2
    taps = _checks.per_axis("window", window, axes, 1)
    strides = _checks.per_axis("stride", window if stride is None else stride, axes, 1)
    gaps = _checks.per_axis("dilation", dilation, axes, 1)
    pads = _checks.padding(padding, axes)
    ceil_mode = _checks.flag("ceil_mode", ceil_mode)
    counts_padding = _checks.flag("count_include_pad", counts_padding)
    each = zip(x.shape[2:], taps, strides, pads, gaps, strict=True)
    lines = [_checks.on_axis(i, _line, *line, ceil_mode) for i, line in enumerate(each)]
    blind = [line for line in lines if line.blind()]
    if blind and not counts_padding:
        first, *_ = blind
        span = first.windows[0][-1] - first.windows[0][0] + 1
        raise _checks.only_padding(first.pads, first.size, span, first.blind()[0])
    return lines


def _line(n: int, k: int, stride: int, padding: str | Pair, dilation: int, ceil_mode: bool) -> Line:
    """Slide a window along one axis for as long as the rule allows, noting what it reads."""
    before, after = pads_of(padding, n, k, stride, dilation)
    last = n + after - 1
    windows: list[list[int]] = []
    spots = [-before + j * dilation for j in range(k)]
    # Rounding up keeps one more window: the first whose end lies beyond the last position.
    while spots[-1] <= last or (ceil_mode and spots[-1] - stride < last):
        windows.append(spots)
        spots = [spot + stride for spot in spots]
    if ceil_mode and windows and windows[-1][0] >= n:
        windows.pop()
    if not windows:
        beyond = stride - 1 if ceil_mode else 0
        raise _checks.no_window(n, k, dilation, (before, after), beyond, "window")
    return Line(windows, n, (before, after))


def _pooled_shape(x: Array, lines: list[Line]) -> tuple[int, ...]:
    """Return (N, C, windows per axis)."""
    return (*x.shape[:2], *(len(line.windows) for line in lines))


def _windows(lines: list[Line]) -> Iterator[tuple[Position, list[Position]]]:
    """Yield every window: its place in the output, and the positions it reads in scan order."""
    for i in product(*(range(len(line.windows)) for line in lines)):
        yield i, list(product(*(line.windows[at] for line, at in zip(lines, i, strict=True))))


def _inside(spots: list[Position], lines: list[Line]) -> list[Position]:
    """Return those positions of a window that lie in the input."""
    return [
        spot for spot in spots if all(line.real(p) for line, p in zip(lines, spot, strict=True))
    ]


def _count(spots: list[Position], lines: list[Line], include_pad: bool) -> int:
    """Return the divisor of a window's mean; what hangs over the padding never counts."""
    if not include_pad:
        return len(_inside(spots, lines))
    return sum(all(line.padded(p) for line, p in zip(lines, spot, strict=True)) for spot in spots)


def _mean(values: list[Any], count: int) -> Any:
    """Return the sum of the values over the count; divided first where only the sum is too large.

    >>> _mean([1e308, 1e308], 2)
    1e+308
    """
    total = sum(values)
    if isinstance(total, (float, complex)) and not np.isfinite(total):
        return sum(value / count for value in values)
    return total / count


def _winner(values: Array, spots: list[Position], lines: list[Line]) -> Position:
    """Return the position of the first largest value of a window, or of its last NaN."""
    best, *others = _inside(spots, lines)
    for spot in others:
        if values[spot] > values[best] or values[spot] != values[spot]:
            best = spot
    return best


def _mean_dtype(array: Array) -> np.dtype[Any]:
    """Return the dtype of a mean: integers have means that are not integers."""
    return np.dtype(float) if array.dtype.kind in "iu" else array.dtype
