"""The three products behind a layer, by blocked im2col.

A layer is one sum of products, S = Σ dy[n, f, i] · w[f, c, j] · x[n, c, s·i + d·j]. Leaving out one
factor gives a function of the other two: without dy the output, without w the weights' gradient,
without x the input's gradient. All arguments are checked arrays, of the dtype to work in.

Columns are made a block at a time. Where a layer keeps the size of its input and has no stride, as
most layers do, a tap reads the flattened input shifted by a constant: columns are then copied in
long runs instead of row by row, without a padded input, and what a run takes from beyond the end
of a row is overwritten by 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from convlib import _views
from convlib._checks import Array
from convlib.geometry import Axis

# Entries of one block: columns, and what is multiplied with them or comes of it. 1 MB of float32
# stays in a second-level cache, and is enough for a matrix product at nearly full speed.
BLOCK = 1 << 18

Axes = tuple[Axis, ...]
Index = tuple[Any, ...]


def output(x: Array, w: Array, axes: Axes, groups: int) -> Array:
    """Return y `(N, C_out, *out)` from x `(N, C_in, *size)` and w `(C_out, C_in/groups, *taps)`."""
    matrix = _matrix(w, groups)
    y = np.empty((len(x), len(w), *(axis.out for axis in axes)), matrix.dtype)
    for samples, rows, cols in _columns(x, axes, groups, len(w)):
        part = _block(y, samples, rows)
        part[...] = (matrix @ cols).reshape(part.shape)
    return y


def weight_gradient(dy: Array, x: Array, axes: Axes, groups: int) -> Array:
    """Return dw `(C_out, C_in/groups, *window)` from dy `(N, C_out, *out)` and x."""
    f, c, taps = dy.shape[1], x.shape[1] // groups, tuple(axis.taps for axis in axes)
    dw = np.zeros((groups, f // groups, c * prod(taps)), dy.dtype)
    for samples, rows, cols in _columns(x, axes, groups, f):
        dw += _rows(dy, samples, rows, groups) @ cols.swapaxes(1, 2)
    return dw.reshape(f, c, *taps)


def input_gradient(dy: Array, w: Array, axes: Axes, groups: int) -> Array:
    """Return dx `(N, C_in, *size)` from dy and w; entries that no window reads get 0."""
    # Gathering the columns of dy is quicker than scattering parts of dx, unless they are many more.
    turned, few = _turned_axes(axes), len(w) <= 2 * groups * w.shape[1]
    if turned and few and dy.dtype.kind != "O":
        return output(dy, _turned(w, groups), turned, groups)
    back = _matrix(w, groups).swapaxes(1, 2)
    c, taps, shifted = w.shape[1] * groups, w.shape[2:], _is_shifted(axes)
    size = (len(dy), c, *(axis.size for axis in axes))
    dx = np.zeros(size if shifted else _views.padded_shape(len(dy), c, axes), dy.dtype)
    for samples, rows in _blocks(len(dy), c, dy.shape[1], axes):
        block = _rows(dy, samples, rows, groups)
        shape = (c, *taps, len(samples), len(rows), *(axis.out for axis in axes[1:]))
        parts = (back @ block).reshape(shape)
        target = dx[_slice(samples)]
        if shifted:
            _add_runs(target, parts, _rows_only(axes, rows))
        else:
            _views.scatter(target, parts, axes, rows)
    return dx if shifted else _views.crop(dx, axes)


def _turned_axes(axes: Axes) -> Axes | None:
    """Return the axes of the layer that leads from dy to dx, None where no such layer exists.

    Without a stride, dx is the full correlation of dy with the weights in reverse order.
    """
    turned = tuple(
        axis._replace(size=axis.out, pads=_turned_pads(axis), out=axis.size) for axis in axes
    )
    plain = all(axis.stride == 1 and min(axis.pads) >= 0 for axis in turned)
    return turned if plain else None


def _turned_pads(axis: Axis) -> tuple[int, int]:
    """Return the padding under which every input meets all the windows that read it."""
    before = axis.span - 1 - axis.pads[0]
    return before, axis.size - axis.out + axis.pads[0]


def _turned(w: Array, groups: int) -> Array:
    """Return the weights that lead from dy to dx: `(C_in, C_out/groups, *taps)`, taps reversed."""
    f, c, *taps = w.shape
    exchanged = w.reshape(groups, f // groups, c, *taps).swapaxes(1, 2)
    reverse = tuple(range(3, 3 + len(taps)))
    return np.flip(exchanged, reverse).reshape(groups * c, f // groups, *taps)


def _matrix(w: Array, groups: int) -> Array:
    """Return weights as `(groups, F/groups, C/groups · prod(window))`, one matrix per group."""
    return w.reshape(groups, len(w) // groups, prod(w.shape[1:]))


def _blocks(samples: int, c_in: int, c_out: int, axes: Axes) -> Iterator[tuple[range, range]]:
    """Yield (samples, rows) that make about BLOCK entries: whole samples if they fit."""
    first, *others = axes
    each = c_in * prod(axis.taps for axis in axes) + c_out  # at one position: a column and y
    height = max(1, BLOCK // (each * prod(axis.out for axis in others)))
    depth = max(1, height // first.out)
    for n in range(0, samples, depth):
        for i in range(0, first.out, height):
            yield range(n, min(n + depth, samples)), range(i, min(i + height, first.out))


def _columns(x: Array, axes: Axes, groups: int, c_out: int) -> Iterator[tuple[range, range, Array]]:
    """Yield (samples, rows, columns), columns `(groups, C/groups · prod(window), N·L)` of a block.

    Every block is written into the same memory, so use it before asking for the next.
    """
    channels, taps = x.shape[1], tuple(axis.taps for axis in axes)
    shifted = _is_shifted(axes)
    source = _runs(x, axes) if shifted else _windows(x, axes)
    row = prod(axis.out for axis in axes[1:])
    buffer = np.empty(0, x.dtype)
    for samples, rows in _blocks(len(x), channels, c_out, axes):
        shape = (channels, *taps, len(samples), len(rows), *(axis.out for axis in axes[1:]))
        if buffer.size < prod(shape):
            buffer = np.empty(prod(shape), x.dtype)
        cols = buffer[: prod(shape)].reshape(shape)
        first = slice(rows.start * row, rows.stop * row) if shifted else _slice(rows)
        part = source[(slice(None),) * (1 + len(axes)) + (_slice(samples), first)]
        cols.reshape(part.shape)[...] = part
        if shifted:
            _clear(cols, _rows_only(axes, rows))
        places = prod(shape[1 + len(axes) :])
        yield samples, rows, cols.reshape(groups, channels // groups * prod(taps), places)


def _slice(chosen: range) -> slice:
    """Return the slice that takes a range of neighbours."""
    return slice(chosen.start, chosen.stop)


def _windows(x: Array, axes: Axes) -> Array:
    """Return a view of all columns, `(C, *window, N, *out)`."""
    windows = _views.taps_first(_views.view(_views.padded(x, axes), axes), len(axes))
    return np.moveaxis(windows, 0, 1 + len(axes))


def _block(y: Array, samples: range, rows: range) -> Array:
    """Return the view `(F, N, rows, *others)` of a block of y `(N, F, *out)`."""
    return y[_slice(samples), :, _slice(rows)].swapaxes(0, 1)


def _rows(dy: Array, samples: range, rows: range, groups: int) -> Array:
    """Return a block of dy as `(groups, F/groups, N·L)`, in the order of the columns."""
    block = _block(dy, samples, rows)
    return block.reshape(groups, len(block) // groups, prod(block.shape[1:]))


# ---------------------------------------------------------------- taps that shift the whole input


def _is_shifted(axes: Axes) -> bool:
    """Return whether every tap reads the flattened input, shifted by a constant.

    Neighbouring windows must read neighbouring inputs, also where a row ends.
    """
    return all(axis.stride == 1 for axis in axes) and all(a.out == a.size for a in axes[1:])


def _steps(axes: Axes) -> list[int]:
    """Return the distance of neighbours along every axis of the flattened input."""
    return [prod(axis.size for axis in axes[number + 1 :]) for number in range(len(axes))]


def _runs(x: Array, axes: Axes) -> Array:
    """Return a view of all columns, `(C, *window, N, L)`, wrong where a window reads padding.

    There a run goes on into the next row, channel or sample, or beyond the memory of x, which
    therefore gets some zeros before and after.
    """
    steps, samples, channels = _steps(axes), *x.shape[:2]
    size, places = prod(axis.size for axis in axes), prod(axis.out for axis in axes)
    before = sum(axis.pads[0] * step for axis, step in zip(axes, steps, strict=True))
    farthest = sum((axis.span - 1) * step for axis, step in zip(axes, steps, strict=True)) - before
    after = max(0, farthest + places - size)
    memory = x.ravel()
    if before or after:
        memory = np.zeros(before + x.size + after, x.dtype)
        memory[before : before + x.size] = x.ravel()
    by_tap = [axis.dilation * step for axis, step in zip(axes, steps, strict=True)]
    shape = (channels, *(axis.taps for axis in axes), samples, places)
    strides = [step * x.itemsize for step in (size, *by_tap, channels * size, 1)]
    return as_strided(memory, shape, strides, writeable=False)


def _rows_only(axes: Axes, rows: range) -> Axes:
    """Return the axes of a layer that has these rows of windows alone; its padding may crop."""
    first, *others = axes
    before, after = first.pads
    return first._replace(out=len(rows), pads=(before - rows.start, after)), *others


def _clear(cols: Array, axes: Axes) -> None:
    """Write 0 into columns `(C, *window, N, *out)` where a window reads padding."""
    for places in _outside(axes):
        cols[places] = 0


@lru_cache(maxsize=64)
def _outside(axes: Axes) -> tuple[Index, ...]:
    """Return where columns `(C, *window, N, *out)` hold padding, axis by axis and tap by tap."""
    found = []
    for number, axis in enumerate(axes):
        for tap in range(axis.taps):
            for place in _in_padding(axis, tap, one_by_one=number > 0):
                index: list[Any] = [slice(None)] * (2 + 2 * len(axes))
                index[1 + number], index[2 + len(axes) + number] = tap, place
                found.append(tuple(index))
    return tuple(found)


def _in_padding(axis: Axis, tap: int, *, one_by_one: bool) -> list[int] | list[slice]:
    """Return the windows along one axis in which a tap reads padding.

    Along the first axis they lie side by side in memory. Along others each is named alone: NumPy
    then runs down all rows at once, where two or three entries would be a loop in every row.
    """
    ahead = tap * axis.dilation - axis.pads[0]
    before = min(max(-ahead, 0), axis.out)
    after = min(max(axis.size - ahead, before), axis.out)
    sides = range(before), range(after, axis.out)
    if one_by_one:
        return [window for side in sides for window in side]
    return [_slice(side) for side in sides if side]


def _add_runs(dx: Array, parts: Array, axes: Axes) -> None:
    """Add parts `(C, *window, N, *out)` to dx `(N, C, *size)` where their taps read; parts change.

    It is the transpose of copying runs and clearing them.
    """
    _clear(parts, axes)
    size, places = prod(axis.size for axis in axes), prod(axis.out for axis in axes)
    flat = dx.reshape(*dx.shape[:2], size).swapaxes(0, 1)
    runs = parts.reshape(len(parts), prod(axis.taps for axis in axes), len(dx), places)
    for tap, (windows, inputs) in enumerate(_shifts(axes)):
        flat[..., inputs] += runs[:, tap, :, windows]


@lru_cache(maxsize=64)
def _shifts(axes: Axes) -> tuple[tuple[slice, slice], ...]:
    """Return, for every tap in scan order, the run of windows that read inputs, and these inputs.

    Both are slices of flattened axes; what lies beyond them in `(*out,)` is padding.
    """
    size, places = prod(axis.size for axis in axes), prod(axis.out for axis in axes)
    found = []
    for tap in np.ndindex(*(axis.taps for axis in axes)):
        ahead = (j * axis.dilation - axis.pads[0] for j, axis in zip(tap, axes, strict=True))
        by = sum(distance * step for distance, step in zip(ahead, _steps(axes), strict=True))
        first = max(0, -by)
        stop = max(first, min(places, size - by))
        found.append((slice(first, stop), slice(first + by, stop + by)))
    return tuple(found)
