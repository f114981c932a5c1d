"""Transposed convolution: the layer that `conv` is the gradient of, and its own gradients.

`zero_stuff` is the step that a stride leaves to the way back.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.convolution import ConvGrads, bias_gradient, conjugate, with_bias
from convlib.fast import algorithm_named
from convlib.geometry import Axis, transposed_axes


def zero_stuff(y: ArrayLike, stride: PerAxis, *, extra: PerAxis = 0) -> Array:
    """Put s − 1 zeros between neighbours, and `extra` after the last: z[n, c, s·i] = y[n, c, i].

    It is the transpose of keeping every s-th entry, for a list of s(o − 1) + 1 + extra entries.

    Parameters
    ----------
    y
        Batch `(N, C, *spatial)`, or weights: with their dilation for stride, they get their gaps.
    stride
        Distance between neighbours afterwards, at least 1; an int, or one per axis.
    extra
        Zeros after the end, at least 0: on the way back through `conv`, its `remainder`.

    Returns
    -------
    (N, C, *stuffed)
        A new array of y's dtype, with s(o − 1) + 1 + extra entries on an axis of o.

    Raises
    ------
    ValueError, TypeError
        If y is no batch, or an option is out of range.

    Examples
    --------
    >>> zero_stuff([[[1, 2, 3]]], 2, extra=1)
    array([[[1, 0, 2, 0, 3, 0]]])

    Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning",
    sections 4.5 and 4.6.
    """
    y = _checks.batch("y", y)
    axes = y.ndim - 2
    strides = _checks.per_axis("stride", stride, axes, 1)
    extras = _checks.per_axis("extra", extra, axes, 0)
    spread = [s * (o - 1) + 1 for o, s in zip(y.shape[2:], strides, strict=True)]
    size = (length + more for length, more in zip(spread, extras, strict=True))
    z = np.zeros((*y.shape[:2], *size), y.dtype)
    places = (slice(0, length, s) for length, s in zip(spread, strides, strict=True))
    z[(slice(None), slice(None), *places)] = y
    return z


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
    algorithm: str = "auto",
) -> Array:
    """Paint a kernel at every input: y[n, f, s·i + d·j − p] += w[c, f, j] · x[n, c, i], plus b[f].

    With the same w and options it is the transpose of `conv` as a linear map, not its inverse. Of
    complex weights it conjugates nothing: with w̄ for w it is the adjoint.

    Parameters
    ----------
    x
        Batch `(N, C_in, *spatial)`; N may be 0.
    w
        Weights `(C_in, C_out/groups, *kernel)`: those of a `conv` from C_out to C_in channels.
    b
        Bias `(C_out,)`; None adds nothing.
    stride, dilation, groups, algorithm
        As in `conv`; the stride moves the *output*.
    padding
        As in `conv`, of the layer that is transposed: so it crops. `"same"` gives n·s outputs.
    output_padding
        Entries added after the end of each axis, fewer than max(stride, dilation).

    Returns
    -------
    (N, C_out, *out)
        `out` is `transposed_size` on each axis. The dtype is as in `conv`.

    Raises
    ------
    ValueError, TypeError
        If shapes do not match, nothing is left after cropping, or an option is out of range.

    Examples
    --------
    >>> conv_transpose([[[1, 2, 3]]], [[[1, 10, 100]]], stride=2)
    array([[[  1,  10, 102,  20, 203,  30, 300]]])

    Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning",
    chapter 4.
    """
    chosen = algorithm_named(algorithm)
    x, w, axes, groups = _checked(x, w, stride, padding, output_padding, dilation, groups)
    bias = _checks.bias(b, w.shape[1] * groups)
    dtype = _checks.result_dtype(x, w, bias)
    x, w = (a.astype(_checks.working_dtype(dtype), copy=False) for a in (x, w))
    y = chosen.input_gradient(x, w, axes, groups)
    return with_bias(y, bias).astype(dtype)


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
    algorithm: str = "auto",
) -> ConvGrads:
    """Return the gradients of a loss L, given dy = ∂L/∂y at the output of `conv_transpose`.

    dx[n, c, i] = Σ_f Σ_j w̄[c, f, j] · dy[n, f, s·i + d·j − p], which is `conv`;
    dw[c, f, j] = Σ_n Σ_i x̄[n, c, i] · dy[n, f, s·i + d·j − p]; db[f] = Σ_n Σ_i dy[n, f, i].
    A bar is the complex conjugate, as in `conv_backward`.

    Parameters
    ----------
    dy
        Gradient at the output, `(N, C_out, *out)`.
    x, w, stride, padding, output_padding, dilation, groups, algorithm
        As given to `conv_transpose`.

    Returns
    -------
    ConvGrads(dx, dw, db)
        In the shapes of x, w and b. The dtype is NumPy's promotion of dy, x and w.

    Raises
    ------
    ValueError, TypeError
        As `conv_transpose`, and if dy has not the shape of the output.

    Examples
    --------
    >>> conv_transpose_backward([[[1, 2, 3, 4]]], [[[5, 6]]], [[[1, 10]]], stride=2).dx
    array([[[21, 43]]])
    """
    chosen = algorithm_named(algorithm)
    x, w, axes, groups = _checked(x, w, stride, padding, output_padding, dilation, groups)
    dy = _checks.numeric("dy", dy)
    shape = (len(x), w.shape[1] * groups, *(axis.size for axis in axes))
    _checks.matches("dy", dy, shape, "the shape of the output")
    dtype = _checks.result_dtype(dy, x, w)
    dy, x, w = (a.astype(_checks.working_dtype(dtype), copy=False) for a in (dy, x, w))
    dx = chosen.output(dy, conjugate(w), axes, groups)
    dw = chosen.weight_gradient(conjugate(x), dy, axes, groups)
    return ConvGrads(*(grad.astype(dtype) for grad in (dx, dw, bias_gradient(dy))))


def _checked(
    x: ArrayLike,
    w: ArrayLike,
    stride: PerAxis,
    padding: Padding,
    output_padding: PerAxis,
    dilation: PerAxis,
    groups: int,
) -> tuple[Array, Array, tuple[Axis, ...], int]:
    """Return the checked batch, weights, geometry and groups of a transposed layer."""
    x = _checks.batch("x", x)
    w = _checks.weights(w, x.ndim - 2)
    groups = _checks.channels_transposed(x, w, groups)
    axes = transposed_axes(
        x.shape[2:],
        w.shape[2:],
        stride=stride,
        padding=padding,
        output_padding=output_padding,
        dilation=dilation,
    )
    return x, w, axes, groups
