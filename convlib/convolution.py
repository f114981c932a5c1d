"""Convolution layers (cross-correlation, as every framework has it) and their gradients."""

from __future__ import annotations

from typing import NamedTuple

from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.fast import algorithm_named
from convlib.geometry import Axis, layer_axes


class ConvGrads(NamedTuple):
    """Gradients of a loss with respect to a layer's input, weights and bias."""

    dx: Array
    dw: Array
    db: Array


def conv(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
    algorithm: str = "auto",
) -> Array:
    """Slide a kernel over a batch: y[n, f, i] = b[f] + Σ_c Σ_j w[f, c, j] · x[n, c, s·i + d·j − p].

    The kernel is not flipped: this is cross-correlation, y = b + w ⋆ x.

    Parameters
    ----------
    x
        Batch `(N, C_in, *spatial)`; N may be 0.
    w
        Weights `(C_out, C_in/groups, *kernel)`.
    b
        Bias `(C_out,)`; None adds nothing.
    stride, dilation
        Steps of the window and between its taps, at least 1; an int, or one per axis.
    padding
        Zeros per side: an int, a tuple of ints or of `(before, after)`, or `"valid"` (none),
        `"same"` (⌈n/s⌉ outputs, the odd zero after) or `"full"` (every overlap).
    groups
        Channels are cut into this many groups that do not see each other; divides C_in and C_out.
    algorithm
        `"auto"`, which leaves the choice to the library, or a name that `algorithms()` lists.

    Returns
    -------
    (N, C_out, *out)
        `out` is `output_size` on each axis. The dtype is NumPy's promotion of x, w and b, in native
        byte order: float32 stays float32, and integers stay integers and wrap around as NumPy's
        do. float16 is added up in float32. A list of Python's floats is an array of float64, here
        as in NumPy: beside float32, write `np.array([0.5], np.float32)`, not `[0.5]`.

    Raises
    ------
    ValueError, TypeError
        If shapes do not match, the kernel does not fit, or an option is out of range.

    Examples
    --------
    >>> conv([[[3, 1, 4, 1, 5]]], [[[1, 2, 1]]])
    array([[[ 9, 10, 11]]])
    >>> conv([[[3, 1, 4, 1, 5]]], [[[1, 2, 1]]], [100], stride=2, padding=1)
    array([[[107, 110, 111]]])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, equations 9.6 and 9.8.
    """
    chosen = algorithm_named(algorithm)
    x, w, axes, groups = checked(x, w, stride, padding, dilation, groups)
    bias = _checks.bias(b, len(w))
    dtype = _checks.result_dtype(x, w, bias)
    work = _checks.working_dtype(dtype)
    y = chosen.output(x.astype(work, copy=False), w.astype(work, copy=False), axes, groups)
    return with_bias(y, bias).astype(dtype, copy=False)


def conv_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
    algorithm: str = "auto",
) -> ConvGrads:
    """Return the gradients of a loss L, given dy = ∂L/∂y at the output of `conv`.

    dx[n, c, s·i + d·j − p] += Σ_f w̄[f, c, j] · dy[n, f, i];
    dw[f, c, j] = Σ_n Σ_i dy[n, f, i] · x̄[n, c, s·i + d·j − p]; db[f] = Σ_n Σ_i dy[n, f, i].

    A bar is the complex conjugate: for real numbers it changes nothing. With it, dx and dw are
    adjoints, ⟨conv(x, w), dy⟩ = ⟨x, dx⟩ = ⟨w, dw⟩ where ⟨a, b⟩ = Σ a · b̄, and each holds
    ∂L/∂Re + i ∂L/∂Im of a real L, as in PyTorch; of a real x beside complex weights, that is the
    real part of dx. Objects (SymPy) count as real.

    Parameters
    ----------
    dy
        Gradient at the output, `(N, C_out, *out)`.
    x, w, stride, padding, dilation, groups, algorithm
        As given to `conv`.

    Returns
    -------
    ConvGrads(dx, dw, db)
        In the shapes of x, w and b. Inputs that no window read (see `remainder`) get dx = 0. The
        dtype is NumPy's promotion of dy, x and w.

    Raises
    ------
    ValueError, TypeError
        As `conv`, and if dy has not the shape of the output.

    Examples
    --------
    >>> dx, dw, db = conv_backward([[[1, 2, 3]]], [[[3, 1, 4, 1, 5]]], [[[1, 2, 1]]])
    >>> dx, dw, db
    (array([[[1, 4, 8, 8, 3]]]), array([[[17, 12, 21]]]), array([6]))
    >>> conv_backward([[[1]]], [[[2 + 3j]]], [[[4 + 5j]]]).dx
    array([[[4.-5.j]]])

    Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning",
    chapter 4, for dx as a transposed convolution.
    """
    chosen = algorithm_named(algorithm)
    x, w, axes, groups = checked(x, w, stride, padding, dilation, groups)
    dy = _checks.numeric("dy", dy)
    shape = (len(x), len(w), *(axis.out for axis in axes))
    _checks.matches("dy", dy, shape, "the shape of the output")
    dtype = _checks.result_dtype(dy, x, w)
    dy, x, w = (a.astype(_checks.working_dtype(dtype), copy=False) for a in (dy, x, w))
    dx = chosen.input_gradient(dy, conjugate(w), axes, groups)
    dw = chosen.weight_gradient(dy, conjugate(x), axes, groups)
    return ConvGrads(*(grad.astype(dtype) for grad in (dx, dw, bias_gradient(dy))))


def checked(
    x: ArrayLike, w: ArrayLike, stride: PerAxis, padding: Padding, dilation: PerAxis, groups: int
) -> tuple[Array, Array, tuple[Axis, ...], int]:
    """Return the checked batch, weights, geometry and groups of a layer."""
    x = _checks.batch("x", x)
    w = _checks.weights(w, x.ndim - 2)
    groups = _checks.channels(x, w, groups)
    axes = layer_axes(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    return x, w, axes, groups


def with_bias(y: Array, b: Array | None) -> Array:
    """Add b `(C,)` to y `(N, C, *spatial)`, in place: y is ours."""
    if b is not None:
        y += b.astype(y.dtype, copy=False).reshape(len(b), *(1,) * (y.ndim - 2))
    return y


def bias_gradient(dy: Array) -> Array:
    """Return db `(C,)`: the sum of dy over samples and positions."""
    return dy.sum(axis=(0, *range(2, dy.ndim)), dtype=dy.dtype)


def conjugate(array: Array) -> Array:
    """Return complex numbers conjugated, everything else as it is: objects have no dtype to ask."""
    return array.conj() if array.dtype.kind == "c" else array
