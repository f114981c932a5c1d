"""Shorthands for one list or one picture, without the axes of batch and channel.

Each calls the layer of the same name on a batch of one with one channel, and takes the two axes
away again. In one dimension an option is that of the one axis, so a `(before, after)` pair needs no
second pair of brackets; the form that the layers take, one entry per axis, works as well.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, AxisPadding, Padding, Pair, PerAxis
from convlib.convolution import ConvGrads, conv, conv_backward
from convlib.pool import avg_pool, avg_pool_backward, max_pool, max_pool_backward
from convlib.windows import col2im, im2col

ListPadding = AxisPadding | Sequence[Pair]


def correlate1d(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: int = 1,
    padding: ListPadding = 0,
    dilation: int = 1,
) -> Array:
    """Slide a kernel along a list: y[i] = b + Σ_j w[j] · x[s·i + d·j − p].

    Parameters
    ----------
    x
        List `(n,)` of numbers or SymPy objects.
    w
        Kernel `(k,)`, not reversed.
    b
        A number added to every output; None adds nothing. A number of Python's, unlike one of
        NumPy's, never widens a float: 0.5 added to float32 leaves float32.
    stride, dilation
        Steps of the window and between its taps, at least 1.
    padding
        Zeros per side: an int, a pair `(before, after)`, or `"valid"` (none), `"same"` (⌈n/s⌉
        outputs, the odd zero after) or `"full"` (every overlap).

    Returns
    -------
    (o,)
        With o by `output_size`. The dtype is as in `conv`: a list of floats counts as float64.

    Raises
    ------
    ValueError, TypeError
        If x or w is not a list of numbers, b not a number, the kernel does not fit, or an option
        is out of range.

    Examples
    --------
    >>> correlate1d([3, 1, 4, 1, 5], [1, 2, 1])
    array([ 9, 10, 11])
    >>> correlate1d([3, 1, 4, 1, 5], [1, 2, 1], 100, stride=2, padding=(0, 2))
    array([109, 111, 105])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, equation 9.6, for one axis.
    """
    x, w = _bare("x", x, 1), _bare("w", w, 1)
    bias, pads = _bias(b, x, w), _one_axis(padding)
    y = conv(_lone(x), _lone(w), bias, stride=stride, padding=pads, dilation=dilation)
    return y[0, 0]


def convolve1d(x: ArrayLike, w: ArrayLike) -> Array:
    """Convolve two lists: y[i] = Σ_j w[j] · x[i − j], all n + k − 1 outputs.

    Parameters
    ----------
    x, w
        Lists `(n,)` and `(k,)`, neither empty; their order does not matter.

    Returns
    -------
    (n + k − 1,)
        The coefficients of the product of the two polynomials.

    Raises
    ------
    ValueError, TypeError
        If x or w is not a list of numbers, or is empty.

    Examples
    --------
    >>> convolve1d([1, 2, 1], [2, 0, 1, 3])
    array([2, 4, 3, 5, 7, 3])

    Source: Graham, Knuth and Patashnik, *Concrete Mathematics* (2nd ed.), section 7.4.
    """
    return correlate1d(x, _bare("w", w, 1)[::-1], padding="full")


def correlate1d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: int = 1,
    padding: ListPadding = 0,
    dilation: int = 1,
) -> ConvGrads:
    """Return the gradients of a loss L, given dy = ∂L/∂y at the output of `correlate1d`.

    dx[s·i + d·j − p] += w[j] · dy[i]; dw[j] = Σ_i dy[i] · x[s·i + d·j − p]; db = Σ_i dy[i]. At
    stride 1 without padding these are dx = dy ∗ w and dw = x ⋆ dy.

    Parameters
    ----------
    dy
        Gradient at the output, `(o,)`.
    x, w, stride, padding, dilation
        As given to `correlate1d`.

    Returns
    -------
    ConvGrads(dx, dw, db)
        Lists `(n,)` and `(k,)`, and one number.

    Raises
    ------
    ValueError, TypeError
        As `correlate1d`, and if dy has not the length of the output.

    Examples
    --------
    >>> dx, dw, db = correlate1d_backward([1, 10, 100], [3, 1, 4, 1], [2, 3])
    >>> dx, dw, int(db)
    (array([  2,  23, 230, 300]), array([413, 141]), 111)

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 9.5.
    """
    one = (_lone(_bare(*given, 1)) for given in (("dy", dy), ("x", x), ("w", w)))
    pads = _one_axis(padding)
    return _without_axes(conv_backward(*one, stride=stride, padding=pads, dilation=dilation))


def correlate2d(
    x: ArrayLike,
    w: ArrayLike,
    b: ArrayLike | None = None,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Slide a kernel over a picture: y[i, j] = b + Σ_{g,h} w[g, h] · x[s·i + d·g − p, …].

    Parameters
    ----------
    x
        Picture `(H, W)`, rows first, of numbers or SymPy objects.
    w
        Kernel `(K_H, K_W)`, not rotated.
    b
        As in `correlate1d`.
    stride, padding, dilation
        As in `conv`: one value for both axes, or one for each.

    Returns
    -------
    (O_H, O_W)
        Each by `output_size` from its own axis. The dtype is NumPy's promotion of x, w and b.

    Raises
    ------
    ValueError, TypeError
        If x or w is not a table of numbers, b not a number, the kernel does not fit, or an option
        is out of range.

    Examples
    --------
    >>> correlate2d([[3, 1, 4], [1, 5, 9], [2, 6, 5]], [[1, 2], [0, 1]])
    array([[10, 18],
           [17, 28]])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, equation 9.6.
    """
    x, w = _bare("x", x, 2), _bare("w", w, 2)
    bias = _bias(b, x, w)
    y = conv(_lone(x), _lone(w), bias, stride=stride, padding=padding, dilation=dilation)
    return y[0, 0]


def convolve2d(x: ArrayLike, w: ArrayLike) -> Array:
    """Convolve two tables: y[i, j] = Σ_{g,h} w[g, h] · x[i − g, j − h], every overlap.

    Parameters
    ----------
    x, w
        Tables `(H, W)` and `(K_H, K_W)`, neither empty; their order does not matter.

    Returns
    -------
    (H + K_H − 1, W + K_W − 1)
        The coefficients of the product of two polynomials in two unknowns.

    Raises
    ------
    ValueError, TypeError
        If x or w is not a table of numbers, or is empty.

    Examples
    --------
    >>> convolve2d([[1, 2]], [[1], [10]])
    array([[ 1,  2],
           [10, 20]])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, equation 9.5.
    """
    return correlate2d(x, _bare("w", w, 2)[::-1, ::-1], padding="full")


def correlate2d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    w: ArrayLike,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> ConvGrads:
    """Return the gradients of a loss behind `correlate2d`: `correlate1d_backward` for a picture.

    dy is `(O_H, O_W)`; x, w and the options are as given to `correlate2d`. dx and dw have the
    shapes of x and w, db is one number.

    Examples
    --------
    >>> dx, dw, db = correlate2d_backward([[1, 10]], [[3, 1, 4]], [[2, 3]])
    >>> dx, dw, int(db)
    (array([[ 2, 23, 30]]), array([[13, 41]]), 11)
    """
    one = (_lone(_bare(*given, 2)) for given in (("dy", dy), ("x", x), ("w", w)))
    return _without_axes(conv_backward(*one, stride=stride, padding=padding, dilation=dilation))


def max_pool1d(
    x: ArrayLike,
    window: int,
    *,
    stride: int | None = None,
    padding: ListPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the largest number of every window of a list: y[i] = max_j x[s·i + d·j − p].

    x is a list `(n,)` and the result a list `(o,)`; the options and the errors are those of
    `max_pool`, for one axis.

    Examples
    --------
    >>> max_pool1d([3, 1, 4, 1, 5], 2, ceil_mode=True)
    array([3, 4, 5])
    """
    return max_pool(
        _lone(_bare("x", x, 1)),
        window,
        stride=stride,
        padding=_one_axis(padding),
        dilation=dilation,
        ceil_mode=ceil_mode,
    )[0, 0]


def max_pool2d(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return the largest number of every window of a picture `(H, W)`, a picture `(O_H, O_W)`.

    The options and the errors are those of `max_pool`.

    Examples
    --------
    >>> max_pool2d([[3, 1, 4, 1], [5, 9, 2, 6]], 2)
    array([[9, 6]])
    """
    return max_pool(
        _lone(_bare("x", x, 2)),
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )[0, 0]


def avg_pool1d(
    x: ArrayLike,
    window: int,
    *,
    stride: int | None = None,
    padding: ListPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of every window of a list: y[i] = (1/c_i) Σ_j x[s·i + d·j − p].

    x is a list `(n,)` and the result a list `(o,)`; the options and the errors are those of
    `avg_pool`, for one axis.

    Examples
    --------
    >>> avg_pool1d([3, 1, 4, 1, 5], 2, ceil_mode=True)
    array([2. , 2.5, 5. ])
    """
    return avg_pool(
        _lone(_bare("x", x, 1)),
        window,
        stride=stride,
        padding=_one_axis(padding),
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )[0, 0]


def avg_pool2d(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of every window of a picture `(H, W)`, a picture `(O_H, O_W)`.

    The options and the errors are those of `avg_pool`.

    Examples
    --------
    >>> avg_pool2d([[3, 1, 4, 1], [5, 9, 2, 6]], 2)
    array([[4.5 , 3.25]])
    """
    return avg_pool(
        _lone(_bare("x", x, 2)),
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )[0, 0]


def max_pool1d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    window: int,
    *,
    stride: int | None = None,
    padding: ListPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return ∂L/∂x of `max_pool1d`: every dy[i] is added to the one number that won window i.

    dy is `(o,)`, the result is `(n,)`; all else is as in `max_pool_backward`, for one axis.

    Examples
    --------
    >>> max_pool1d_backward([10, 20], [3, 3, 1, 4], 2)
    array([10,  0,  0, 20])
    """
    return max_pool_backward(
        _lone(_bare("dy", dy, 1)),
        _lone(_bare("x", x, 1)),
        window,
        stride=stride,
        padding=_one_axis(padding),
        dilation=dilation,
        ceil_mode=ceil_mode,
    )[0, 0]


def max_pool2d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis | None = None,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
) -> Array:
    """Return ∂L/∂x of `max_pool2d`: every dy[i, j] is added to the one pixel that won its window.

    dy is `(O_H, O_W)`, the result is `(H, W)`; all else is as in `max_pool_backward`.

    Examples
    --------
    >>> max_pool2d_backward([[10, 20]], [[3, 1, 4, 1], [5, 9, 2, 6]], 2)
    array([[ 0,  0,  0,  0],
           [ 0, 10,  0, 20]])
    """
    return max_pool_backward(
        _lone(_bare("dy", dy, 2)),
        _lone(_bare("x", x, 2)),
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
    )[0, 0]


def avg_pool1d_backward(
    dy: ArrayLike,
    x: ArrayLike,
    window: int,
    *,
    stride: int | None = None,
    padding: ListPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Array:
    """Return ∂L/∂x of `avg_pool1d`: every number of window i gets dy[i] / c_i, and shares add up.

    dy is `(o,)`, the result is `(n,)`; all else is as in `avg_pool_backward`, for one axis.

    Examples
    --------
    >>> avg_pool1d_backward([6, 6, 6], [0, 0, 0], 3, stride=1, padding=1)
    array([4., 6., 4.])
    """
    return avg_pool_backward(
        _lone(_bare("dy", dy, 1)),
        _lone(_bare("x", x, 1)),
        window,
        stride=stride,
        padding=_one_axis(padding),
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )[0, 0]


def avg_pool2d_backward(
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
    """Return ∂L/∂x of `avg_pool2d`: every pixel of a window gets its dy / c, and shares add up.

    dy is `(O_H, O_W)`, the result is `(H, W)`; all else is as in `avg_pool_backward`.

    Examples
    --------
    >>> avg_pool2d_backward([[4, 8]], [[3, 1, 4, 1], [5, 9, 2, 6]], 2)
    array([[1., 1., 2., 2.],
           [1., 1., 2., 2.]])
    """
    return avg_pool_backward(
        _lone(_bare("dy", dy, 2)),
        _lone(_bare("x", x, 2)),
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        count_include_pad=count_include_pad,
    )[0, 0]


def im2col2d(
    x: ArrayLike,
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Return every window of a picture as a column: cols[(g, h), (i, j)] = x[s·i + d·g − p, …].

    x is `(H, W)`, the result `(K_H·K_W, O_H·O_W)`; the options and the errors are those of
    `im2col`. For a list the same table is `hankel(x, k).T`.

    Examples
    --------
    >>> im2col2d([[3, 1, 4], [1, 5, 9]], 2)
    array([[3, 1],
           [1, 4],
           [1, 5],
           [5, 9]])
    """
    one = _lone(_bare("x", x, 2))
    return im2col(one, window, stride=stride, padding=padding, dilation=dilation)[0]


def col2im2d(
    cols: ArrayLike,
    size: Sequence[int],
    window: PerAxis,
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
) -> Array:
    """Add columns back to where `im2col2d` read them; where windows overlap, the entries add.

    cols is `(K_H·K_W, O_H·O_W)`, size is `(H, W)` and the shape of the result; all else is as in
    `col2im`.

    Examples
    --------
    >>> col2im2d([[1, 1], [1, 1], [1, 1], [1, 1]], (2, 3), 2)
    array([[1, 2, 1],
           [1, 2, 1]])
    """
    columns = _bare("cols", cols, 2)
    if len(_checks.sizes("size", size)) != 2:
        raise ValueError(f"size={size!r}: needs the two sizes of a picture, (H, W)")
    steps = {"stride": stride, "dilation": dilation}
    x = col2im(columns[np.newaxis], size, window, padding=padding, **steps)
    if x.shape[1] != 1:
        rule = f"needs one row per tap; this is a picture of {x.shape[1]} channels, so use col2im"
        raise ValueError(f"cols has shape {columns.shape}: {rule}")
    return x[0, 0]


def _bare(name: str, value: ArrayLike, axes: int) -> Array:
    """Return a list (one axis) or a table (two axes) of at least one number."""
    array = _checks.numeric(name, value)
    if array.ndim != axes or array.size == 0:
        kind = "a list of at least one number (one axis)"
        if axes == 2:
            kind = "a table of at least one number (two axes)"
        raise ValueError(f"{name} has shape {array.shape}: needs {kind}")
    return array


def _lone(array: Array) -> Array:
    """Return a list or a table with axes of length 1 for batch and channel."""
    return array[np.newaxis, np.newaxis]


def _without_axes(grads: ConvGrads) -> ConvGrads:
    """Return the gradients of a lone input without the axes of batch and channel."""
    return ConvGrads(grads.dx[0, 0], grads.dw[0, 0], grads.db[0])


def _one_axis(padding: ListPadding) -> str | tuple[Pair]:
    """Return the padding of the one axis of a list, in the form that the layers take.

    >>> _one_axis(1), _one_axis((1, 2)), _one_axis(((1, 2),)), _one_axis("same")
    (((1, 1),), ((1, 2),), ((1, 2),), 'same')
    """
    entries = _checks.listed(padding)
    alone = padding if entries is None or len(entries) != 1 else entries[0]
    sides = _checks.axis_padding(alone, padding)
    return sides if isinstance(sides, str) else (sides,)


def _bias(b: ArrayLike | None, x: Array, w: Array) -> Array | None:
    """Return the bias of one channel, `(1,)`; a number of Python's is weak, as NumPy has it.

    >>> _bias(0.5, np.ones(1, np.float32), np.ones(1, np.float32))
    array([0.5], dtype=float32)
    """
    if b is None:
        return None
    number = _checks.numeric("b", b)
    if number.ndim:
        raise ValueError(f"b has shape {number.shape}: needs one number, added to every output")
    if not isinstance(b, (int, float, complex)):
        return number[np.newaxis]
    # `b`, not `number`: an array of a Python number has a dtype, and would be no longer weak.
    dtype = np.result_type(x, w, b)
    try:
        return np.array([b], dtype)
    except OverflowError:
        advice = f"does not fit the dtype of x and w, {dtype}; convert x first"
        raise ValueError(f"b={b!r}: {advice}") from None
