"""Convolution as a matrix: T(w) acts on x, H(x) acts on w, and with wrap-around T is circulant.

All three hold the same products w_j x_{si + dj − p}. T collects them by x (a Toeplitz matrix, equal
along its diagonals when s = d = 1), H by w (a Hankel matrix, equal along its antidiagonals; im2col
is its form for images).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, AxisPadding, Padding, PerAxis
from convlib.geometry import Axis, axis_geometry, layer_axes


def conv_matrix(
    w: ArrayLike,
    size: int | Sequence[int],
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Return T(w) with y = T x: T[i, m] = w_j where m = si + dj − p, and 0 elsewhere.

    Parameters
    ----------
    w
        Kernel `(k,)`, or weights `(C_out, C_in, *kernel)`; never changed.
    size
        Spatial size of x, one integer per kernel axis.
    stride, padding, dilation
        As in `conv`.

    Returns
    -------
    (C_out·o, C_in·n)
        A new array of w's dtype, for o output and n input positions: `T @ x.ravel()` is
        `conv(x, w).ravel()` for one x of shape `(1, C_in, *size)`.

    Raises
    ------
    ValueError, TypeError
        If w has two axes, size does not match, no window fits, or an option is out of range.

    Examples
    --------
    >>> conv_matrix([1, 2, 3], 4, padding=1)
    array([[2, 3, 0, 0],
           [1, 2, 3, 0],
           [0, 1, 2, 3],
           [0, 0, 1, 2]])

    Source: Horn and Johnson (2013), *Matrix Analysis*, section 0.9.7.
    """
    w = _checks.numeric("w", w)
    if w.ndim == 1:
        w = w[np.newaxis, np.newaxis]
    w = _checks.weights(w, max(w.ndim - 2, 1))
    sizes = _checks.per_axis("size", size, w.ndim - 2, 1)
    axes = layer_axes(sizes, w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    t = _place(w, axes)
    # Rows run over channels and positions of y, columns over those of x: C_in moves behind *out.
    rows, columns = w.shape[0] * prod(axis.out for axis in axes), w.shape[1] * prod(sizes)
    return np.moveaxis(t, 1, 1 + len(axes)).reshape(rows, columns)


def _place(w: Array, axes: Sequence[Axis]) -> Array:
    """Return T with all its axes apart, `(C_out, C_in, *out, *size)`: one write per tap."""
    padded = (axis.padded for axis in axes)
    t = np.zeros((*w.shape[:2], *(axis.out for axis in axes), *padded), w.dtype)
    # One index array per spatial axis, (o, 1) and (1, o) for images: together, every position i.
    rows = np.indices([axis.out for axis in axes], sparse=True)
    each = (slice(None), slice(None))
    for tap in np.ndindex(*w.shape[2:]):
        # Tap j stands in row i at column s·i + d·j. No other tap of the same row stands there.
        along = zip(axes, rows, tap, strict=True)
        columns = (axis.stride * row + axis.dilation * j for axis, row, j in along)
        # One weight for every pair of channels, the same at all positions: (C_out, C_in, 1, 1).
        weight = w[(*each, *tap)]
        t[(*each, *rows, *columns)] = weight.reshape(*w.shape[:2], *(1 for _ in axes))
    # A column for the padding meets only zeros of the padded input, so it is cut off.
    inputs: tuple[Any, ...] = (..., *(axis.true for axis in axes))
    return t[inputs]


def hankel(
    x: ArrayLike, k: int, *, stride: int = 1, padding: AxisPadding = 0, dilation: int = 1
) -> Array:
    """Return H(x) with y = H w: H[i, j] = x_{si + dj − p}, and 0 where that is padding.

    Parameters
    ----------
    x
        Sequence `(n,)`; never changed.
    k
        Number of taps of w, at least 1.
    stride, padding, dilation
        As in `conv`, for one axis: `padding` may be a `(before, after)` pair.

    Returns
    -------
    (o, k)
        A new array of x's dtype, one window per row.

    Raises
    ------
    ValueError, TypeError
        If x is not one-dimensional, no window fits, or an option is out of range.

    Examples
    --------
    >>> hankel([1, 2, 3, 4], 2)
    array([[1, 2],
           [2, 3],
           [3, 4]])

    Source: Horn and Johnson (2013), *Matrix Analysis*, section 0.9.8.
    """
    x = _sequence("x", x)
    axis = axis_geometry(len(x), k, stride, padding, dilation)
    starts = np.arange(axis.out)[:, np.newaxis] * axis.stride
    return np.pad(x, axis.pads)[starts + np.arange(axis.taps) * axis.dilation]


def circulant(c: ArrayLike, n: int | None = None) -> Array:
    """Return the matrix of circular convolution with c: C[i, j] = c_{(i − j) mod n}.

    Its first column is c, and each further column is the one before turned down by one place. The
    DFT diagonalises it: the eigenvalues are `np.fft.fft(c, n)`. Its transpose is circular
    *correlation*.

    Parameters
    ----------
    c
        Kernel `(k,)`; never changed.
    n
        Size of the matrix, at least k (zeros are added behind c); None means k.

    Returns
    -------
    (n, n)
        A new array of c's dtype.

    Raises
    ------
    ValueError, TypeError
        If c is not one-dimensional, is empty, or is longer than n.

    Examples
    --------
    >>> circulant([1, 2, 3])
    array([[1, 3, 2],
           [2, 1, 3],
           [3, 2, 1]])

    Source: Davis (1979), *Circulant Matrices*, chapter 3.
    """
    c = _sequence("c", c)
    n = len(c) if n is None else _checks.integer("n", n, 1)
    if len(c) > n:
        raise ValueError(f"n={n}: needs at least the length of c; the smallest is n={len(c)}")
    turn = np.arange(n)[:, np.newaxis] - np.arange(n)
    return np.pad(c, (0, n - len(c)))[turn % n]


def _sequence(name: str, value: ArrayLike) -> Array:
    """Return a non-empty one-dimensional array of numbers."""
    array = _checks.numeric(name, value)
    if array.ndim != 1 or array.size == 0:
        rule = "needs one axis with at least one entry"
        raise ValueError(f"{name} has shape {array.shape}: {rule}")
    return array
