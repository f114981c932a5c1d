"""Pooling: the largest or the mean value of every window, channel by channel, and the gradients.

Nothing here visits the outputs one by one. The loops run over the *taps* of a window, and a tap
reads all windows at once as one strided slice of the input; `_pooling` has these kernels.
`convlib.reference` has the loops over positions that these functions are tested against.

Padding never takes part in a maximum: it acts as −∞, also for integers, which have none. A window
that reads nothing but padding has no maximum, so it is refused, where PyTorch bounds the padding
by half a window instead. What PyTorch accepts for an undilated window is accepted here.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from convlib import _checks, _pooling
from convlib._checks import Array, Padding, PerAxis


def max_pool(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the largest value of every window: y_i = max_j x_{si + dj − p}.

    Parameters
    ----------
    x
        Batch `(N, C, *spatial)` of integers, floats or comparable objects; never changed.
    window
        Taps per spatial axis, at least 1; an int serves every axis.
    stride
        Distance between windows; None means `window`, so that windows tile.
    padding
        Per side, as in `conv`; acts as −∞, so a value of the padding is never returned.
    dilation
        Distance between taps; 1 is an ordinary window.
    ceil_mode
        Keep a last window that hangs over the end, unless it starts in the padding after the input.

    Returns
    -------
    array
        `(N, C, *out)` with `out = output_size(...)` per axis, of x's dtype. NaN beats every number.

    Raises
    ------
    ValueError
        If an argument is out of range, no window fits, or a window reads only padding.
    TypeError
        If the values have no order (complex numbers, symbols).

    Examples
    --------
    >>> max_pool([[[3, 1, 4, 1, 5]]], 2, ceil_mode=True)
    array([[[3, 4, 5]]])

    Source: ONNX operator MaxPool; PyTorch `max_pool2d`.
    """
    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)
    _pooling.divisors(axes, include_pad=False)  # refuses windows without an input
    return _pooling.max_values(x, axes)


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
    """Return the mean of every window: y_i = (1/c_i) Σ_j x_{si + dj − p}, padding being 0.

    Parameters are those of `max_pool`; x may also be complex or symbolic, and

    count_include_pad
        Whether c_i counts the padding. It never counts what hangs over the padded input, as a
        window may with `ceil_mode`. The default is PyTorch's; ONNX's is False.

    Returns
    -------
    array
        `(N, C, *out)` of x's dtype. Integers give float64, as `np.mean` does: a mean of integers is
        rarely one of them (ONNX refuses them, PyTorch cuts the fraction off).

    Raises
    ------
    ValueError
        If an argument is out of range, no window fits, or a window has nothing to count.

    Examples
    --------
    >>> avg_pool([[[3, 1, 4, 1, 5]]], 2, ceil_mode=True)
    array([[[2. , 2.5, 5. ]]])

    Source: ONNX operator AveragePool; PyTorch `avg_pool2d`.
    """
    include_pad = _checks.flag("count_include_pad", count_include_pad)
    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)
    return _pooling.avg_forward(x, axes, include_pad)


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
    """Return ∂L/∂x of `max_pool`: every dy_i is added to the one input that won window i.

    Among equal maxima the *first* in scan order wins (the last axis runs fastest), among NaNs the
    last. Both are PyTorch's choice.

    Parameters
    ----------
    dy
        ∂L/∂y, `(N, C, *out)`.
    x, window, stride, padding, dilation, ceil_mode
        As in the call of `max_pool`.

    Returns
    -------
    array
        ∂L/∂x, of x's shape and dy's dtype.

    Raises
    ------
    ValueError
        As `max_pool`, and if dy has not the shape of its result.

    Examples
    --------
    >>> max_pool_backward([[[10, 20]]], [[[3, 3, 1, 4]]], 2)
    array([[[10,  0,  0, 20]]])

    Source: PyTorch `max_pool2d`, CPU kernel.
    """
    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)
    _pooling.divisors(axes, include_pad=False)  # refuses windows without an input
    dy = _pooling.checked_gradient(dy, x, axes)
    places = _pooling.max_forward(x, axes)[1]
    return _pooling.max_backward(dy, places, x.shape)


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
    """Return ∂L/∂x of `avg_pool`: every input of window i gets dy_i / c_i, and shares add up.

    Only the shape of x matters, for the mean is linear. Parameters, result and errors are otherwise
    those of `max_pool_backward` and `avg_pool`; an integer dy gives float64.

    Examples
    --------
    >>> avg_pool_backward([[[10, 20]]], [[[3, 3, 1, 4]]], 2)
    array([[[ 5.,  5., 10., 10.]]])

    Source: the transpose of `avg_pool`.
    """
    include_pad = _checks.flag("count_include_pad", count_include_pad)
    x, axes = _pooling.checked(x, window, stride, padding, dilation, ceil_mode)
    dy = _pooling.checked_gradient(dy, x, axes)
    return _pooling.avg_backward(dy, axes, include_pad)
