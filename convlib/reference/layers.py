"""Convolution layers by loops: the definitions, term by term.

Everything here is one sum of products. `terms` lists them; each function below says what one
product contributes. Slow on purpose, and independent of the fast code: nothing is imported from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.reference.numbers import adding_up, bar, working
from convlib.reference.sliding import Places, paint, slide_all

Index = tuple[int, ...]


class ConvGrads(NamedTuple):
    """Gradients of a loss with respect to a layer's input, weights and bias."""

    dx: Array
    dw: Array
    db: Array


def terms(
    x_shape: Index, w_shape: Index, places: list[Places], groups: int
) -> Iterator[tuple[Index, Index, Index]]:
    """List the products w[f, c, j] · x[n, c, place of tap j at position i] that make y[n, f, i].

    Each is given by the indices of y, w and x. Products with padding are left out: they are 0. (The
    fast code multiplies by that 0, so there, and in PyTorch, an infinite weight makes it nan.)

    >>> list(terms((1, 1, 2), (1, 1, 2), [[[0, 1], [1, 2]]], 1))
    [((0, 0, 0), (0, 0, 0), (0, 0, 0)), ((0, 0, 0), (0, 0, 1), (0, 0, 1)), \
((0, 0, 1), (0, 0, 0), (0, 0, 1))]
    """
    batch, _, *size = x_shape
    f_all, c_group, *taps = w_shape
    positions = list(product(*(range(len(axis)) for axis in places)))
    for n, f, i, c, j in product(
        range(batch), range(f_all), positions, range(c_group), product(*map(range, taps))
    ):
        place = [axis[a][b] for axis, a, b in zip(places, i, j, strict=True)]
        if all(0 <= p < end for p, end in zip(place, size, strict=True)):
            group = f // (f_all // groups)
            yield (n, f, *i), (f, c, *j), (n, group * c_group + c, *place)


def conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> Array:
    """Add every product to its output; see `convlib.conv`.

    >>> conv([[[3, 1, 4, 1, 5]]], [[[1, 2, 1]]])
    array([[[ 9, 10, 11]]])
    """
    x, w, places, groups = _layer(x, w, stride, padding, dilation, groups)
    bias = _checks.bias(b, len(w))
    dtype = _checks.result_dtype(x, w, bias)
    y = np.zeros((len(x), len(w), *map(len, places)), _checks.working_dtype(dtype))
    x, w = working(dtype, x, w)
    with adding_up(dtype):
        for at_y, at_w, at_x in terms(x.shape, w.shape, places, groups):
            y[at_y] += w[at_w] * x[at_x]
        _add_bias(y, bias)
    return y.astype(dtype)


def conv_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> ConvGrads:
    """Let a term w·x of y send w̄·dy to x and x̄·dy to w; see `convlib.conv_backward`.

    >>> dx, dw, db = conv_backward([[[1, 2, 3]]], [[[3, 1, 4, 1, 5]]], [[[1, 2, 1]]])
    >>> dx, dw, db
    (array([[[1, 4, 8, 8, 3]]]), array([[[17, 12, 21]]]), array([6]))
    """
    x, w, places, groups = _layer(x, w, stride, padding, dilation, groups)
    dy = _checks.numeric("dy", dy)
    _checks.matches("dy", dy, (len(x), len(w), *map(len, places)), "the shape of the output")
    dtype = _checks.result_dtype(dy, x, w)
    dy, x, w = working(dtype, dy, x, w)
    dx, dw, db = (np.zeros(shape, dy.dtype) for shape in (x.shape, w.shape, w.shape[:1]))
    with adding_up(dtype):
        for at_y, at_w, at_x in terms(x.shape, w.shape, places, groups):
            dx[at_x] += bar(w[at_w]) * dy[at_y]
            dw[at_w] += bar(x[at_x]) * dy[at_y]
        for n, f, *i in np.ndindex(dy.shape):
            db[f] += dy[(n, f, *i)]
    return ConvGrads(*(grad.astype(dtype) for grad in (dx, dw, db)))


def conv_transpose(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    output_padding: PerAxis = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> Array:
    """Let every input paint the kernel, and add what overlaps; see `convlib.conv_transpose`.

    >>> conv_transpose([[[1, 2, 3]]], [[[1, 10, 100]]], stride=2)
    array([[[  1,  10, 102,  20, 203,  30, 300]]])
    """
    x, w, places, shape, groups = _painting(x, w, stride, padding, output_padding, dilation, groups)
    bias = _checks.bias(b, shape[1])
    dtype = _checks.result_dtype(x, w, bias)
    y = np.zeros(shape, _checks.working_dtype(dtype))
    x, w = working(dtype, x, w)
    with adding_up(dtype):
        for at_x, at_w, at_y in terms(shape, w.shape, places, groups):
            y[at_y] += w[at_w] * x[at_x]
        _add_bias(y, bias)
    return y.astype(dtype)


def conv_transpose_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    output_padding: PerAxis = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> ConvGrads:
    """Let a term w·x of y send w̄·dy to x and x̄·dy to w; see `convlib.conv_transpose_backward`.

    >>> conv_transpose_backward([[[1, 2, 3, 4]]], [[[5, 6]]], [[[1, 10]]], stride=2).dx
    array([[[21, 43]]])
    """
    x, w, places, shape, groups = _painting(x, w, stride, padding, output_padding, dilation, groups)
    dy = _checks.numeric("dy", dy)
    _checks.matches("dy", dy, shape, "the shape of the output")
    dtype = _checks.result_dtype(dy, x, w)
    dy, x, w = working(dtype, dy, x, w)
    dx, dw, db = (np.zeros(like, dy.dtype) for like in (x.shape, w.shape, shape[1:2]))
    with adding_up(dtype):
        for at_x, at_w, at_y in terms(shape, w.shape, places, groups):
            dx[at_x] += bar(w[at_w]) * dy[at_y]
            dw[at_w] += bar(x[at_x]) * dy[at_y]
        for n, f, *i in np.ndindex(shape):
            db[f] += dy[(n, f, *i)]
    return ConvGrads(*(grad.astype(dtype) for grad in (dx, dw, db)))


def _layer(
    x: ArrayLike, w: ArrayLike, stride: PerAxis, padding: Padding, dilation: PerAxis, groups: int
) -> tuple[Array, Array, list[Places], int]:
    """Return the checked arrays of a layer and where its windows are."""
    x = _checks.batch("x", x)
    w = _checks.weights(w, x.ndim - 2)
    groups = _checks.channels(x, w, groups)
    return x, w, slide_all(x.shape[2:], w.shape[2:], stride, padding, dilation), groups


def _painting(
    x: ArrayLike,
    w: ArrayLike,
    stride: PerAxis,
    padding: Padding,
    output_padding: PerAxis,
    dilation: PerAxis,
    groups: int,
) -> tuple[Array, Array, list[Places], Index, int]:
    """Return the checked arrays of a transposed layer, where it paints, and its output's shape."""
    x = _checks.batch("x", x)
    axes = x.ndim - 2
    w = _checks.weights(w, axes)
    groups = _checks.channels_transposed(x, w, groups)
    options: list[tuple[Any, ...]] = [
        _checks.per_axis("stride", stride, axes, 1),
        _checks.per_axis("dilation", dilation, axes, 1),
        _checks.padding(padding, axes),
        _checks.per_axis("output_padding", output_padding, axes, 0),
    ]
    each = zip(x.shape[2:], w.shape[2:], *options, strict=True)
    lines = [_checks.on_axis(i, paint, *line) for i, line in enumerate(each)]
    shape = (len(x), w.shape[1] * groups, *(length for _, length in lines))
    return x, w, [painted for painted, _ in lines], shape, groups


def _add_bias(y: Array, b: Array | None) -> None:
    """Add b[f] to every output of channel f."""
    for n, f, *i in np.ndindex(y.shape if b is not None else (0, 0)):
        y[(n, f, *i)] += b[f]  # type: ignore[index]
