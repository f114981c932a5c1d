"""im2col and col2im by loops: one copy, or one addition, at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.reference.numbers import adding_up, working
from convlib.reference.sliding import Places, slide_all

Index = tuple[int, ...]


def copies(shape: Index, window: Index, places: list[Places]) -> Iterator[tuple[Index, Index]]:
    """List (index in the columns, index in x) for every entry that a window reads from x.

    Row (c, j) counts through channels and then taps, column i through the windows. Entries that
    read padding are left out.

    >>> list(copies((1, 1, 2), (2,), [[[0, 1], [1, 2]]]))
    [((0, 0, 0), (0, 0, 0)), ((0, 0, 1), (0, 0, 1)), ((0, 1, 0), (0, 0, 1))]
    """
    batch, channels, *size = shape
    rows = list(product(range(channels), product(*map(range, window))))
    columns = list(product(*(range(len(axis)) for axis in places)))
    for n, (row, (c, j)), (column, i) in product(range(batch), enumerate(rows), enumerate(columns)):
        place = [axis[a][b] for axis, a, b in zip(places, i, j, strict=True)]
        if all(0 <= p < end for p, end in zip(place, size, strict=True)):
            yield (n, row, column), (n, c, *place)


def im2col(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Copy every entry that a window reads into its column; see `convlib.im2col`.

    >>> im2col([[[1, 2, 3]]], 2, padding=1)
    array([[[0, 1, 2, 3],
            [1, 2, 3, 0]]])
    """
    x = _checks.batch("x", x)
    taps = _checks.per_axis("window", window, x.ndim - 2, 1)
    places = slide_all(x.shape[2:], taps, stride, padding, dilation, "window")
    cols = np.zeros((len(x), x.shape[1] * prod(taps), prod(map(len, places))), x.dtype)
    for at_cols, at_x in copies(x.shape, taps, places):
        cols[at_cols] = x[at_x]
    return cols


def col2im(
    cols: ArrayLike,
    size: Sequence[int],
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Add every entry of a column where its window read it; see `convlib.col2im`.

    >>> col2im([[[1, 1], [1, 1], [1, 1]]], (4,), 3)
    array([[[1, 2, 2, 1]]])
    """
    columns = _checks.numeric("cols", cols)
    size = _checks.sizes("size", size)
    taps = _checks.per_axis("window", window, len(size), 1)
    places = slide_all(size, taps, stride, padding, dilation, "window")
    channels = _checks.column_channels(columns, prod(taps), prod(map(len, places)))
    shape = (len(columns), channels, *size)
    (parts,) = working(columns.dtype, columns)
    x = np.zeros(shape, parts.dtype)
    with adding_up(columns.dtype):
        for at_cols, at_x in copies(shape, taps, places):
            x[at_x] += parts[at_cols]
    return x.astype(columns.dtype)
