"""Shorthands for one list or one picture, without the axes of batch and channel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib.convolution import ConvGrads, conv, conv_backward


def correlate1d(x: ArrayLike, w: ArrayLike, b: Any = None, **options: Any) -> np.ndarray:
    """Slide a kernel along a list: ``y[i] = b + sum_j w[j] * x[stride*i + dilation*j]``.

    Parameters
    ----------
    x : (n,) the input, any numeric type or SymPy objects.
    w : (k,) the kernel, not reversed.
    b : a number added to every output; None adds nothing.
    options : ``stride``, ``padding``, ``dilation`` as in `convlib.conv`.

    Returns
    -------
    (o,) with ``o = output_size(n, k, ...)``.

    Raises
    ------
    ValueError
        if `x` or `w` is not a list of numbers, or the kernel does not fit.

    Examples
    --------
    >>> correlate1d([3, 1, 4, 1, 5], [1, 2, 1])
    array([ 9, 10, 11])

    Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), eq. 9.6, in one dimension.
    """
    return correlate_bare(bare("x", x, 1), bare("w", w, 1), b, options)


def convolve1d(x: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Convolve two lists: ``y[i] = sum_j w[j] * x[i - j]``, all ``n + k - 1`` outputs.

    Parameters
    ----------
    x, w : (n,) and (k,), neither empty; the order does not matter.

    Returns
    -------
    (n + k - 1,), the coefficients of the product of the two polynomials.

    Raises
    ------
    ValueError
        if `x` or `w` is not a list of numbers, or is empty.

    Examples
    --------
    >>> convolve1d([1, 2, 1], [2, 0, 1, 3])
    array([2, 4, 3, 5, 7, 3])

    Source: Graham, Knuth and Patashnik, *Concrete Mathematics* (2nd ed.), section 7.4.
    """
    return correlate1d(x, bare("w", w, 1)[::-1], padding="full")


def correlate1d_backward(dy: ArrayLike, x: ArrayLike, w: ArrayLike, **options: Any) -> ConvGrads:
    """Gradients of a loss behind `correlate1d`: ``dw = x ⋆ dy``, ``dx = dy * w``, ``db = sum(dy)``.

    Parameters
    ----------
    dy : (o,) the gradient at the output, ``dy[i] = ∂L/∂y[i]``.
    x, w, options : as given to `correlate1d`.

    Returns
    -------
    ConvGrads(dx, dw, db): (n,), (k,) and one number.

    Raises
    ------
    ValueError
        if an argument is not a list of numbers, or `dy` has not the length of the output.

    Examples
    --------
    >>> dx, dw, db = correlate1d_backward([1, 10, 100], [3, 1, 4, 1], [2, 3])
    >>> dx, dw, int(db)
    (array([  2,  23, 230, 300]), array([413, 141]), 111)

    Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), section 9.5.
    """
    lists = (bare("dy", dy, 1), bare("x", x, 1), bare("w", w, 1))
    dx, dw, db = conv_backward(*(a[None, None] for a in lists), **options)
    return ConvGrads(dx[0, 0], dw[0, 0], db[0])


def bare(name: str, value: ArrayLike, axes: int) -> np.ndarray:
    """Return an array without batch and channel: a list (one axis) or a table (two axes)."""
    array = np.asarray(value)
    if array.ndim != axes or array.size == 0:
        kind, count = ("list", "one axis") if axes == 1 else ("table", "two axes")
        raise ValueError(
            f"{name} must be a {kind} of at least one number ({count}); got shape {array.shape}"
        )
    return array


def correlate_bare(x: np.ndarray, w: np.ndarray, b: Any, options: dict[str, Any]) -> np.ndarray:
    """Call the layer on a batch of one input with one channel."""
    bias = None if b is None else np.array([b])
    return conv(x[None, None], w[None, None], bias, **options)[0, 0]


def correlate2d(x: ArrayLike, w: ArrayLike, b: Any = None, **options: Any) -> np.ndarray:
    """Slide a kernel over a picture: ``y[i, j] = b + sum_{g,h} w[g, h] * x[i + g, j + h]``.

    Parameters
    ----------
    x : (H, W) the picture, rows first; any numeric type or SymPy objects.
    w : (K_H, K_W) the kernel, not rotated.
    b : a number added to every output; None adds nothing.
    options : ``stride``, ``padding``, ``dilation`` as in `convlib.conv`.

    Returns
    -------
    (O_H, O_W), each by `output_size` from its own axis.

    Raises
    ------
    ValueError
        if `x` or `w` is not a table of numbers, or the kernel does not fit.

    Examples
    --------
    >>> correlate2d([[3, 1, 4], [1, 5, 9], [2, 6, 5]], [[1, 2], [0, 1]])
    array([[10, 18],
           [17, 28]])

    Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 9.6.
    """
    return correlate_bare(bare("x", x, 2), bare("w", w, 2), b, options)


def convolve2d(x: ArrayLike, w: ArrayLike) -> np.ndarray:
    """Convolve two tables: ``y[i, j] = sum_{g,h} w[g, h] * x[i - g, j - h]``, every overlap.

    Parameters
    ----------
    x, w : (H, W) and (K_H, K_W), neither empty; the order does not matter.

    Returns
    -------
    (H + K_H - 1, W + K_W - 1), the coefficients of the product of two polynomials in two unknowns.

    Raises
    ------
    ValueError
        if `x` or `w` is not a table of numbers, or is empty.

    Examples
    --------
    >>> convolve2d([[1, 2]], [[1], [10]])
    array([[ 1,  2],
           [10, 20]])

    Source: Goodfellow, Bengio and Courville, *Deep Learning* (2016), equation 9.5.
    """
    return correlate2d(x, bare("w", w, 2)[::-1, ::-1], padding="full")
