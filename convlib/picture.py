"""Two-dimensional shorthand: a single grey picture as a batch of one picture with one channel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .sequence import bare, correlate_bare


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
