"""Pixel shuffle: trade channels for resolution, and back. No number changes, only its place.

A layer that enlarges an image r times may compute r² channels on the small grid and lay them out as
the r × r blocks of the large one. The order of channels is PyTorch's, which ONNX calls "CRD": the
wanted channel varies slowest, then the row inside the block, then its column.
"""

from __future__ import annotations

from math import prod

from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, PerAxis


def pixel_shuffle(x: ArrayLike, r: PerAxis) -> Array:
    """Return x with its channels spread over blocks: y[c, ri + a, rj + b] = x[cr² + ar + b, i, j].

    Parameters
    ----------
    x
        Batch `(N, C·R, *spatial)`, R being the product of r over the spatial axes; never changed.
    r
        Enlargement, at least 1; an int serves every spatial axis, a tuple gives one to each.

    Returns
    -------
    (N, C, *(r·spatial))
        A new array of x's dtype.

    Raises
    ------
    ValueError, TypeError
        If R does not divide the channels, or an argument is out of range.

    Examples
    --------
    >>> pixel_shuffle([[[1, 2, 3], [10, 20, 30]]], 2)
    array([[[ 1, 10,  2, 20,  3, 30]]])

    Source: Shi et al. (2016), "Real-Time Single Image and Video Super-Resolution Using an Efficient
    Sub-Pixel Convolutional Neural Network", section 3.2.
    """
    x = _checks.batch("x", x)
    size = x.shape[2:]
    axes = len(size)
    factors = _checks.per_axis("r", r, axes, 1)
    channels = _checks.channels_of_blocks(r, factors, x.shape[1])
    blocks = x.reshape(x.shape[0], channels, *factors, *size)
    # Each spatial axis i is followed by the place inside its block.
    order = [axis for i in range(axes) for axis in (2 + axes + i, 2 + i)]
    enlarged = (n * f for n, f in zip(size, factors, strict=True))
    return blocks.transpose(0, 1, *order).copy().reshape(x.shape[0], channels, *enlarged)


def pixel_unshuffle(x: ArrayLike, r: PerAxis) -> Array:
    """Return x with its blocks gathered into channels: the inverse of `pixel_shuffle`.

    Parameters
    ----------
    x
        Batch `(N, C, *spatial)`, every spatial size a multiple of its r; never changed.
    r
        Reduction, at least 1; an int serves every spatial axis, a tuple gives one to each.

    Returns
    -------
    (N, C·R, *(spatial/r))
        A new array of x's dtype.

    Raises
    ------
    ValueError, TypeError
        If r does not divide a spatial size, or an argument is out of range.

    Examples
    --------
    >>> pixel_unshuffle([[[1, 10, 2, 20, 3, 30]]], 2)
    array([[[ 1,  2,  3],
            [10, 20, 30]]])

    Source: Shi et al. (2016), as for `pixel_shuffle`; PyTorch `pixel_unshuffle`.
    """
    x = _checks.batch("x", x)
    size = x.shape[2:]
    axes = len(size)
    factors = _checks.per_axis("r", r, axes, 1)
    reduced = _checks.sizes_in_blocks(r, factors, size)
    pairs = [part for pair in zip(reduced, factors, strict=True) for part in pair]
    blocks = x.reshape(*x.shape[:2], *pairs)
    # Axis 2 + 2i counts the blocks along spatial axis i, axis 3 + 2i the places inside them.
    order = [*range(3, 3 + 2 * axes, 2), *range(2, 2 + 2 * axes, 2)]
    channels = x.shape[1] * prod(factors)
    return blocks.transpose(0, 1, *order).copy().reshape(x.shape[0], channels, *reduced)
