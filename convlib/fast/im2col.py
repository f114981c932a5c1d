"""The three products behind a layer, by blocked im2col.

A layer is one sum of products, S = Σ dy[n, f, i] · w[f, c, j] · x[n, c, s·i + d·j]. Leaving out one
factor gives a function of the other two: without dy the output, without w the weights' gradient,
without x the input's gradient. All arguments are checked arrays, of the dtype to work in.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from convlib import _views
from convlib._checks import Array
from convlib.geometry import Axis

# Entries of one block of columns: 1 MB of float32, so that a block stays in a second-level cache.
BLOCK = 1 << 18


def output(x: Array, w: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """Return y `(N, C_out, *out)` from x `(N, C_in, *size)` and w `(C_out, C_in/groups, *taps)`."""
    matrix = _matrix(w, groups)
    y = np.empty((len(x), len(w), *(axis.out for axis in axes)), matrix.dtype)
    for samples, rows, cols in _columns(x, axes, groups):
        part = _block(y, samples, rows)
        part[...] = (matrix @ cols).reshape(part.shape)
    return y


def weight_gradient(dy: Array, x: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """Return dw `(C_out, C_in/groups, *window)` from dy `(N, C_out, *out)` and x."""
    f, c, taps = dy.shape[1], x.shape[1] // groups, tuple(axis.taps for axis in axes)
    dw = np.zeros((groups, f // groups, c * prod(taps)), dy.dtype)
    for samples, rows, cols in _columns(x, axes, groups):
        dw += _rows(dy, samples, rows, groups) @ cols.swapaxes(1, 2)
    return dw.reshape(f, c, *taps)


def input_gradient(dy: Array, w: Array, axes: tuple[Axis, ...], groups: int) -> Array:
    """Return dx `(N, C_in, *size)` from dy and w; entries that no window reads get 0."""
    back = _matrix(w, groups).swapaxes(1, 2)
    c, taps = w.shape[1] * groups, w.shape[2:]
    dx = np.zeros(_views.padded_shape(len(dy), c, axes), dy.dtype)
    for samples, rows in _blocks(len(dy), c, axes):
        block = _rows(dy, samples, rows, groups)
        shape = (c, *taps, len(samples), len(rows), *(axis.out for axis in axes[1:]))
        parts = (back @ block).reshape(shape)
        _views.scatter(dx[samples.start : samples.stop], parts, axes, rows)
    return _views.crop(dx, axes)


def _matrix(w: Array, groups: int) -> Array:
    """Return weights as `(groups, F/groups, C/groups · prod(window))`, one matrix per group."""
    return w.reshape(groups, len(w) // groups, prod(w.shape[1:]))


def _blocks(samples: int, channels: int, axes: tuple[Axis, ...]) -> Iterator[tuple[range, range]]:
    """Yield (samples, rows) whose columns have about BLOCK entries: whole samples if they fit."""
    first, *others = axes
    width = channels * prod(axis.taps for axis in axes) * prod(axis.out for axis in others)
    height = max(1, BLOCK // max(1, width))
    depth = max(1, height // first.out)
    for n in range(0, samples, depth):
        for i in range(0, first.out, height):
            yield range(n, min(n + depth, samples)), range(i, min(i + height, first.out))


def _columns(x: Array, axes: tuple[Axis, ...], groups: int) -> Iterator[tuple[range, range, Array]]:
    """Yield (samples, rows, columns), columns `(groups, C/groups · prod(window), N·L)` of a block.

    Every block is written into the same memory, so use it before asking for the next.
    """
    m = len(axes)
    everything = _views.taps_first(_views.view(_views.padded(x, axes), axes), m)
    by_channel = np.moveaxis(everything, 0, 1 + m)  # (C, *window, N, *out)
    buffer = np.empty(0, x.dtype)
    for samples, rows in _blocks(len(x), x.shape[1], axes):
        chosen = slice(samples.start, samples.stop), slice(rows.start, rows.stop)
        part = by_channel[(slice(None),) * (1 + m) + chosen]
        if buffer.size < part.size:
            buffer = np.empty(part.size, x.dtype)
        cols = buffer[: part.size].reshape(part.shape)
        cols[...] = part
        places = prod(part.shape[1 + m :])
        taps = prod(part.shape[: 1 + m]) // groups
        yield samples, rows, cols.reshape(groups, taps, places)


def _block(y: Array, samples: range, rows: range) -> Array:
    """Return the view `(F, N, rows, *others)` of a block of y `(N, F, *out)`."""
    return y[samples.start : samples.stop, :, rows.start : rows.stop].swapaxes(0, 1)


def _rows(dy: Array, samples: range, rows: range, groups: int) -> Array:
    """Return a block of dy as `(groups, F/groups, N·L)`, in the order of the columns."""
    block = _block(dy, samples, rows)
    return block.reshape(groups, len(block) // groups, prod(block.shape[1:]))
