"""Windows: padding, the view that holds every window, and im2col with its transpose, col2im.

Arrays are `(N, C, *spatial)` with any number of spatial axes. The only Python loop here runs over
the taps of the window, never over positions.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks, _views
from convlib._checks import Array, Padding, Pair, PerAxis
from convlib.geometry import Axis, layer_axes


def pad(x: ArrayLike, padding: int | Sequence[int | Pair], *, value: Any = 0) -> Array:
    """Return x with a border of `value`: 1 2 3 becomes 0 1 2 3 0 with `padding=1`.

    Parameters
    ----------
    x
        Batch `(N, C, *spatial)`.
    padding
        Entries per side of every spatial axis: an int, a tuple of ints or of `(before, after)`.
    value
        What the border holds: a number that the dtype of x can hold. Integers cannot hold 2.5 or
        nan, nor uint8 −1 or 300; floats round, but float32 cannot hold 1e300.

    Returns
    -------
    (N, C, *padded)
        A new array, each spatial axis longer by before + after.

    Raises
    ------
    ValueError, TypeError
        If the padding is negative, no integer, or a word: "same" and "full" depend on a window;
        or if the dtype of x cannot hold the value.

    Examples
    --------
    >>> pad([[[1, 2, 3]]], ((1, 2),))
    array([[[0, 1, 2, 3, 0, 0]]])
    """
    x = _checks.batch("x", x)
    widths = [(0, 0), (0, 0)]
    for pair in _checks.padding(padding, x.ndim - 2):
        if isinstance(pair, str):
            raise ValueError(f"padding={padding!r}: needs numbers here; a word depends on a window")
        widths.append(pair)
    return np.pad(x, widths, constant_values=_checks.fill_value(value, x.dtype))


def sliding_windows(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Return every window as a read-only view: v[n, c, i, j] = x_padded[n, c, s·i + d·j].

    Parameters
    ----------
    x
        Batch `(N, C, *spatial)`.
    window
        Taps per spatial axis, at least 1; an int serves every axis.
    stride, padding, dilation
        As in `conv`. Only padding and swapped bytes make a copy: of x, not of the windows.

    Returns
    -------
    (N, C, *out, *window)
        With `out` by `output_size`. Its entries share memory where windows overlap.

    Raises
    ------
    ValueError, TypeError
        If the window does not fit into the padded input, or an option is out of range.

    Examples
    --------
    >>> sliding_windows([[[1, 2, 3, 4]]], 3)[0, 0]
    array([[1, 2, 3],
           [2, 3, 4]])
    """
    x, axes = _layer(x, window, stride, padding, dilation)
    return _views.view(_views.padded(x, axes), axes)


def im2col(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Return every window as a column: cols[n, (c, j), i] = x_padded[n, c, s·i + d·j].

    Parameters and errors are those of `sliding_windows`.

    Returns
    -------
    (N, C·prod(window), L)
        A new array; L = prod(out) windows. Rows run over channels, then taps; columns over
        windows; the last axis runs fastest in both.

    Examples
    --------
    >>> im2col([[[1, 2, 3, 4]]], 3)
    array([[[1, 2],
            [2, 3],
            [3, 4]]])

    Source: Chellapilla, Puri and Simard (2006), "High Performance Convolutional Neural Networks
    for Document Processing".
    """
    x, axes = _layer(x, window, stride, padding, dilation)
    columns = _views.taps_first(_views.view(_views.padded(x, axes), axes), len(axes))
    # Copied first: for a window of one tap, reshaping would give a view of x itself.
    rows = x.shape[1] * prod(axis.taps for axis in axes)
    return np.array(columns, order="C").reshape(len(x), rows, prod(axis.out for axis in axes))


def col2im(
    cols: ArrayLike,
    size: Sequence[int],
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Add columns back to where `im2col` read them: x[n, c, s·i + d·j − p] += cols[n, (c, j), i].

    It is the transpose of `im2col`, not its inverse: where windows overlap, the entries add.

    Parameters
    ----------
    cols
        Columns `(N, C·prod(window), L)`.
    size
        Spatial size of the result, one entry per axis, as a tuple.
    window, stride, padding, dilation
        As in the `im2col` that is transposed.

    Returns
    -------
    (N, C, *size)
        What fell on the padding is dropped, and what no window read is 0.

    Raises
    ------
    ValueError, TypeError
        If cols has not one column per window or not C·prod(window) rows, or an option is wrong.

    Examples
    --------
    >>> col2im([[[1, 1], [1, 1], [1, 1]]], (4,), 3)
    array([[[1, 2, 2, 1]]])
    """
    columns = _checks.numeric("cols", cols)
    size = _checks.sizes("size", size)
    taps = _checks.per_axis("window", window, len(size), 1)
    axes = layer_axes(size, taps, stride=stride, padding=padding, dilation=dilation, name="window")
    out = tuple(axis.out for axis in axes)
    channels = _checks.column_channels(columns, prod(taps), prod(out))
    parts = columns.reshape(len(columns), channels, *taps, *out)
    work = _checks.working_dtype(columns.dtype)
    result = np.zeros(_views.padded_shape(len(columns), channels, axes), work)
    # The samples move behind the taps: a tap is then one slice, as in the blocks of `conv`.
    _views.scatter(result, np.moveaxis(parts, 0, 1 + len(axes)), axes)
    return _views.crop(result, axes).astype(columns.dtype)


def _layer(
    x: ArrayLike, window: PerAxis, stride: PerAxis, padding: Padding, dilation: PerAxis
) -> tuple[Array, tuple[Axis, ...]]:
    """Return the checked batch and its geometry."""
    x = _checks.batch("x", x)
    size = x.shape[2:]
    taps = _checks.per_axis("window", window, len(size), 1)
    return x, layer_axes(
        size, taps, stride=stride, padding=padding, dilation=dilation, name="window"
    )
