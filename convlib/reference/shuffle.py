"""Pixel shuffle by loops: the definition, one number at a time."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, PerAxis


def pixel_shuffle(x: ArrayLike, r: PerAxis) -> Array:
    """Put every number of x into its block; see `convlib.pixel_shuffle`.

    >>> pixel_shuffle([[[1, 2, 3], [10, 20, 30]]], 2)
    array([[[ 1, 10,  2, 20,  3, 30]]])
    """
    x = _checks.batch("x", x)
    factors = _checks.per_axis("r", r, x.ndim - 2, 1)
    channels = _checks.channels_of_blocks(r, factors, x.shape[1])
    size = tuple(n * f for n, f in zip(x.shape[2:], factors, strict=True))
    y = np.zeros((x.shape[0], channels, *size), x.dtype)
    for n, channel, *at in np.ndindex(*y.shape):
        y[(n, channel, *at)] = x[(n, *_source(channel, at, factors))]
    return y


def pixel_unshuffle(x: ArrayLike, r: PerAxis) -> Array:
    """Take every number of x out of its block; see `convlib.pixel_unshuffle`.

    >>> pixel_unshuffle([[[1, 10, 2, 20]]], 2)
    array([[[ 1,  2],
            [10, 20]]])
    """
    x = _checks.batch("x", x)
    factors = _checks.per_axis("r", r, x.ndim - 2, 1)
    size = _checks.sizes_in_blocks(r, factors, x.shape[2:])
    y = np.zeros((x.shape[0], x.shape[1] * prod(factors), *size), x.dtype)
    for n, channel, *at in np.ndindex(*x.shape):
        y[(n, *_source(channel, at, factors))] = x[(n, channel, *at)]
    return y


def _source(channel: int, at: list[int], factors: tuple[int, ...]) -> tuple[int, ...]:
    """Return the small grid's (channel, *position) of the large grid's channel and position."""
    for place, f in zip(at, factors, strict=True):
        channel = channel * f + place % f
    return (channel, *(place // f for place, f in zip(at, factors, strict=True)))
