"""Convolution layers (cross-correlation, as every framework has it) and their gradients."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import NamedTuple

from numpy.typing import ArrayLike

from convlib import _arrays, _blocked
from convlib._check import Array, Padding, PerAxis
from convlib._geometry import Axis, geometry

Algorithm = Callable[[Array, Array, tuple[Axis, ...], int], Array]

_algorithms: dict[str, Algorithm] = {"im2col": _blocked.output}


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
        `"auto"`, or a name that `algorithms()` lists.

    Returns
    -------
    (N, C_out, *out)
        `out` is `output_size` on each axis. The dtype is NumPy's promotion of x, w and b: float32
        stays float32, and integers stay integers and wrap around as NumPy's do. float16 is
        added up in float32.

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
    compute = _algorithm(algorithm)
    x, w, axes, groups = checked(x, w, stride, padding, dilation, groups)
    bias = _arrays.bias(b, len(w))
    dtype = _arrays.result_dtype(x, w, bias)
    work = _arrays.working_dtype(dtype)
    y = compute(x.astype(work, copy=False), w.astype(work, copy=False), axes, groups)
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
) -> ConvGrads:
    """Return the gradients of a loss L, given dy = ∂L/∂y at the output of `conv`.

    dx[n, c, s·i + d·j − p] += Σ_f w[f, c, j] · dy[n, f, i];
    dw[f, c, j] = Σ_n Σ_i dy[n, f, i] · x[n, c, s·i + d·j − p]; db[f] = Σ_n Σ_i dy[n, f, i].

    Parameters
    ----------
    dy
        Gradient at the output, `(N, C_out, *out)`.
    x, w, stride, padding, dilation, groups
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

    Source: Dumoulin and Visin (2016), "A guide to convolution arithmetic for deep learning",
    chapter 4, for dx as a transposed convolution.
    """
    x, w, axes, groups = checked(x, w, stride, padding, dilation, groups)
    dy = _arrays.numeric("dy", dy)
    shape = (len(x), len(w), *(axis.out for axis in axes))
    _arrays.matches("dy", dy, shape, "the shape of the output")
    dtype = _arrays.result_dtype(dy, x, w)
    dy, x, w = (a.astype(_arrays.working_dtype(dtype), copy=False) for a in (dy, x, w))
    dx = _blocked.input_gradient(dy, w, axes, groups)
    dw = _blocked.weight_gradient(dy, x, axes, groups)
    return ConvGrads(*(grad.astype(dtype) for grad in (dx, dw, bias_gradient(dy))))


def register_algorithm(name: str, compute: Algorithm) -> None:
    """Make `compute(x, w, axes, groups) -> y` available as `conv(..., algorithm=name)`.

    It receives checked arrays of one dtype and one checked `Axis` per spatial axis, and leaves out
    the bias.

    >>> register_algorithm("again", _blocked.output)
    >>> algorithms()
    ('auto', 'again', 'im2col')
    >>> del _algorithms["again"]
    """
    _algorithms[name] = compute


def algorithms() -> tuple[str, ...]:
    """Return the names that `conv` knows.

    >>> "im2col" in algorithms()
    True
    """
    return ("auto", *sorted(_algorithms))


def _algorithm(name: str) -> Algorithm:
    """Return the function behind a name; "auto" is blocked im2col."""
    chosen = "im2col" if name == "auto" else name
    if chosen in _algorithms:
        return _algorithms[chosen]
    close = get_close_matches(str(name), algorithms())
    guess = f" did you mean {close[0]!r}?" if close else ""
    known = ", ".join(map(repr, algorithms()))
    raise ValueError(f"algorithm={name!r}: unknown name;{guess} Known: {known}")


def checked(
    x: ArrayLike, w: ArrayLike, stride: PerAxis, padding: Padding, dilation: PerAxis, groups: int
) -> tuple[Array, Array, tuple[Axis, ...], int]:
    """Return the checked batch, weights, geometry and groups of a layer."""
    x = _arrays.batch("x", x)
    w = _arrays.weights(w, x.ndim - 2)
    groups = _arrays.channels(x, w, groups)
    axes = geometry(x.shape[2:], w.shape[2:], stride=stride, padding=padding, dilation=dilation)
    return x, w, axes, groups


def with_bias(y: Array, b: Array | None) -> Array:
    """Add b `(C,)` to y `(N, C, *spatial)`, in place: y is ours."""
    if b is not None:
        y += b.astype(y.dtype, copy=False).reshape(len(b), *(1,) * (y.ndim - 2))
    return y


def bias_gradient(dy: Array) -> Array:
    """Return db `(C,)`: the sum of dy over samples and positions."""
    return dy.sum(axis=(0, *range(2, dy.ndim)), dtype=dy.dtype)
