"""Padding, cropping and windows of checked arrays: what convolution and its gradients share."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from convlib._checks import Array
from convlib.geometry import Axis


def padded_shape(samples: int, channels: int, axes: tuple[Axis, ...]) -> tuple[int, ...]:
    """Return the shape of a batch with its padding."""
    return (samples, channels, *(axis.padded for axis in axes))


def padded(x: Array, axes: tuple[Axis, ...]) -> Array:
    """Return x with the zeros that the axes ask for, or x itself where they ask for none."""
    if not any(sum(axis.pads) for axis in axes):
        return x
    result = np.zeros(padded_shape(len(x), x.shape[1], axes), x.dtype)
    crop(result, axes)[...] = x
    return result


def crop(x: Array, axes: tuple[Axis, ...]) -> Array:
    """Return the view of a padded batch that leaves the padding out."""
    return x[(slice(None), slice(None), *(axis.true for axis in axes))]


def view(x: Array, axes: tuple[Axis, ...]) -> Array:
    """Return the windows of a padded batch as a read-only view `(N, C, *out, *window)`."""
    spatial = tuple(range(2, x.ndim))
    spans = tuple(axis.span for axis in axes)
    starts = tuple(axis.reach(0) for axis in axes)
    taps = tuple(slice(None, None, axis.dilation) for axis in axes)
    # A window of the whole span at *every* position costs no memory, so both steps, that of the
    # window and that between its taps, can be taken as slices of it afterwards.
    everywhere = sliding_window_view(x, spans, axis=spatial)
    return everywhere[(slice(None), slice(None), *starts, *taps)]


def taps_first(windows: Array, axes: int) -> Array:
    """Return `(N, C, *out, *window)` as `(N, C, *window, *out)`, still a view."""
    positions, taps = range(2, 2 + axes), range(2 + axes, 2 + 2 * axes)
    return windows.transpose(0, 1, *taps, *positions)


def scatter(target: Array, parts: Array, axes: tuple[Axis, ...], rows: range | None = None) -> None:
    """Add parts `(C, *window, N, *out)` to the padded batch `target`, each where its tap reads.

    `rows` limits the windows along the first spatial axis to those that `parts` holds.
    """
    first, *others = axes
    # Two windows may read one entry, two windows with the same tap never do: `+=` on a slice, which
    # would lose a repeated index, is safe for one tap at a time.
    for tap in np.ndindex(*(axis.taps for axis in axes)):
        reach = [axis.reach(j) for axis, j in zip(others, tap[1:], strict=True)]
        places = (slice(None), slice(None), first.reach(tap[0], rows), *reach)
        target[places] += parts[(slice(None), *tap)].swapaxes(0, 1)
