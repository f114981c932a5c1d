"""Augmentation: samples moved at random, by whole pixels or by a fraction of one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from convlib import _arrays, _check
from convlib._check import Array
from convlib.nn._door import Rng, float_dtype, generator, number


def shift(batch: ArrayLike, rng: Rng, most: int = 1) -> Array:
    """Shift every sample at random by up to `most` pixels along each spatial axis; zeros come in.

    Made for `fit(..., augment=nn.shift)`. The zeros are background only where 0 is background:
    scale such data, and do not subtract a mean.

    Parameters
    ----------
    batch
        `(N, C, *spatial)`.
    rng
        A seed, a generator, or None.
    most
        At least 0.

    Returns
    -------
    (N, C, *spatial)
        A new array in the dtype of the batch.

    Raises
    ------
    ValueError, TypeError
        If there is no spatial axis, or most is out of range.

    Examples
    --------
    >>> shift([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]], rng=5).tolist()
    [[[2, 3, 0]], [[5, 6, 0]], [[0, 7, 8]]]
    """
    x, m = _arrays.batch("batch", batch), _check.integer("most", most, 0)
    size, axes = x.shape[2:], tuple(range(2, x.ndim))
    padded = np.pad(x, ((0, 0), (0, 0), *((m, m),) * len(size)))
    places = np.lib.stride_tricks.sliding_window_view(padded, size, axes)
    starts = generator(rng).integers(0, 2 * m + 1, (len(size), len(x)))
    shifted = np.empty_like(x)
    for n, start in enumerate(starts.T):
        shifted[n] = places[(n, slice(None), *start)]
    return shifted


def nudge(batch: ArrayLike, rng: Rng, most: float = 0.3) -> Array:
    """Move every sample at random by up to `most` of a pixel along each spatial axis.

    By d of a pixel, y_i = (1 − |d|)·x_i + |d|·x_{i−1} for d ≥ 0, and x_{i+1} for d < 0: linear
    interpolation, or a correlation with two taps. At the border the outermost pixel is repeated.
    Made for `fit(..., augment=nn.nudge)`.

    Parameters
    ----------
    batch
        `(N, C, *spatial)`.
    rng
        A seed, a generator, or None.
    most
        From 0 to 1.

    Returns
    -------
    (N, C, *spatial)
        A new array in the dtype of the batch, or float64 if that holds integers.

    Raises
    ------
    ValueError, TypeError
        If there is no spatial axis, or most is out of range.

    Examples
    --------
    >>> nudge([[[0, 8, 0, 0]]], rng=3, most=1).round(1).tolist()
    [[[6.6, 1.4, 0.0, 0.0]]]
    """
    x = _arrays.batch("batch", batch)
    reach = number("most", most, "needs a number from 0 to 1", lambda m: 0 <= m <= 1)
    source, dtype = generator(rng), float_dtype(x)
    for axis in range(2, x.ndim):
        d = source.uniform(-reach, reach, (len(x), *(1,) * (x.ndim - 1)))
        x = _moved(x, d, axis).astype(dtype)
    return x


def _moved(x: Array, d: Array, axis: int) -> Array:
    """Return x moved by d of a pixel along one axis."""
    sides = [(0, 0)] * x.ndim
    sides[axis] = (1, 1)
    padded, places = np.pad(x, sides, mode="edge"), np.arange(x.shape[axis])
    before, after = (np.take(padded, places + start, axis) for start in (0, 2))
    return (1 - abs(d)) * x + np.maximum(d, 0) * before + np.maximum(-d, 0) * after
