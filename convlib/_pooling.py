"""The kernels of pooling: on checked arrays and one `Axis` per spatial axis, without options.

`pool` checks a call and comes here. A layer of a network checks once for each shape of its input,
and keeps the winners of a maximum from the way forward to the way back.

Three ideas make them quick. A window is a product of one window per axis, so its sum, its maximum
and the spreading of a gradient go axis by axis: k + k passes over an image instead of k · k.
Nothing is padded: where a tap reads padding in some windows, its pass visits the others only. And
where rows are short, all planes are laid side by side, so that NumPy's inner loops are long.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import product
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis
from convlib.geometry import Axis, layer_axes

Axes = tuple[Axis, ...]
Index = tuple[Any, ...]

# Fewer planes than this are never laid side by side: their rows would be too short as well.
PLANES = 64


def checked(
    x: ArrayLike,
    window: PerAxis,
    stride: PerAxis | None,
    padding: Padding,
    dilation: PerAxis,
    ceil_mode: bool,
) -> tuple[Array, Axes]:
    """Return x as an array and the geometry of its spatial axes, or refuse the call."""
    x = _checks.batch("x", x)
    size = x.shape[2:]
    window = _checks.per_axis("window", window, len(size), 1)
    stride = window if stride is None else stride
    axes = layer_axes(
        size,
        window,
        stride=stride,
        padding=padding,
        dilation=dilation,
        ceil_mode=ceil_mode,
        name="window",
    )
    return x, axes


def checked_gradient(dy: ArrayLike, x: Array, axes: Axes) -> Array:
    """Return dy as an array after comparing its shape with that of the pooled x."""
    dy = _checks.numeric("dy", dy)
    _checks.matches("dy", dy, _pooled_shape(x, axes), "the shape of the pooled x")
    return dy


def mean_dtype(array: Array) -> np.dtype[Any]:
    """Return the dtype of a mean: float64 for integers, otherwise the dtype itself."""
    return np.dtype(np.float64) if array.dtype.kind in "iu" else array.dtype


# ---------------------------------------------------------------- the four kernels and their parts


def max_values(x: Array, axes: Axes) -> Array:
    """Return the maximum of every window, `(N, C, *out)`; every window must read an input."""
    if x.dtype.kind in "cO":
        return _ordered(x, axes, _window_taps(axes))[0]
    work, first = _arranged(x, axes, _size_sum(axes))
    return _restored(_largest(work, axes, first), first, _pooled_shape(x, axes))


def max_forward(x: Array, axes: Axes) -> tuple[Array, NDArray[np.intp]]:
    """Return the maximum of every window and the place of its winner, both `(N, C, *out)`.

    A place is an index into the flattened x. Among equal values the first in scan order wins (the
    last axis runs fastest), among NaNs the last.
    """
    taps, shape = _window_taps(axes), _pooled_shape(x, axes)
    if x.dtype.kind in "cO":
        y, winner = _ordered(x, axes, taps)
    else:
        work, first = _arranged(x, axes, _size_sum(axes) + len(taps))
        largest = _largest(work, axes, first)
        found = _first_equal(work, largest, taps, first)
        y, winner = (_restored(array, first, shape) for array in (largest, found))
    return y, _places(winner, x.shape, axes, taps)


def max_backward(dy: Array, places: NDArray[np.intp], shape: tuple[int, ...]) -> Array:
    """Return dx in the shape of x: every dy is added at the place of its winner."""
    dx = np.zeros(prod(shape), _checks.working_dtype(dy.dtype))
    # On flat arrays of one dtype NumPy's add.at is one plain loop, as quick as an assignment.
    np.add.at(dx, places.ravel(), dy.ravel().astype(dx.dtype, copy=False))
    return dx.reshape(shape).astype(dy.dtype, copy=False)


def avg_forward(x: Array, axes: Axes, include_pad: bool) -> Array:
    """Return the mean of every window, `(N, C, *out)`."""
    divisor, dtype = divisors(axes, include_pad), mean_dtype(x)
    work = x.astype(_checks.working_dtype(dtype), copy=False)
    count = prod(axis.taps for axis in axes)
    y = without_overflow(lambda values: _means(values, axes, divisor), work, count)
    return y.astype(dtype, copy=False)


def _means(x: Array, axes: Axes, divisor: NDArray[Any]) -> Array:
    """Return the sum of every window over the divisor, in the dtype of x."""
    total, first = _arranged(x, axes, _size_sum(axes))
    for number, axis in enumerate(axes, start=first):
        total = _gathered(total, axis, number, np.add, 0)
    y = _restored(total, first, _pooled_shape(x, axes))
    return np.divide(y, divisor.astype(y.dtype), out=y)


def without_overflow(mean: Callable[[Array], Array], x: Array, count: int) -> Array:
    """Return mean(x), also where the sum of up to `count` numbers overflows and their mean fits.

    >>> without_overflow(np.mean, np.full(4, 1e308), 4)
    array(1.e+308)
    """
    # NumPy looks for an overflow anyway: where there is none, this costs nothing.
    try:
        with np.errstate(over="raise"):
            return mean(x)
    except FloatingPointError:
        pass
    scale = x.real.dtype.type(2.0 ** -count.bit_length())
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):  # complex ∞/c is nan
        y = np.asarray(mean(x))
        # A power of two rounds nothing, unless numbers are tiny: they keep what they have in y.
        other = np.asarray(mean(x * scale)) / scale
    fits = ~np.isfinite(y) & np.isfinite(other)
    y[fits] = other[fits]
    return y


def avg_backward(dy: Array, axes: Axes, include_pad: bool) -> Array:
    """Return dx `(N, C, *size)`: every dy, divided as in the mean, goes to all inputs it counts."""
    divisor, dtype = divisors(axes, include_pad), mean_dtype(dy)
    share = dy.astype(_checks.working_dtype(dtype), copy=False)
    share = np.divide(share, divisor.astype(share.dtype))
    work, first = _arranged(share, axes, _size_sum(axes))
    for number, axis in reversed(list(enumerate(axes, start=first))):
        work = _spread(work, axis, number)
    shape = (*dy.shape[:2], *(axis.size for axis in axes))
    return _restored(work, first, shape).astype(dtype, copy=False)


# ---------------------------------------------------------------- the order in memory


def _arranged(array: Array, axes: Axes, passes: int) -> tuple[Array, int]:
    """Return the array in the order to work in, and which of its axes is the first spatial one.

    NumPy starts an inner loop for every row, in every pass. Many loops over few entries cost more
    than to bring the planes of all samples and channels to the last axis and, later, back.
    """
    planes, place = prod(array.shape[:2]), array.shape[2:]
    loops = passes * prod(axis.out for axis in axes[:-1])
    # Measured: one loop costs as much as to move six entries.
    if planes < PLANES or 6 * loops < prod(axis.size for axis in axes):
        return array, 2
    # A step of a power of 2 from row to row would use a few lines of the cache again and again,
    # so the rows are an odd number of lines long; the planes too many are 0.
    lines = -(-planes * array.itemsize // 64) | 1
    work = np.zeros((prod(place), lines * 64 // array.itemsize), array.dtype)
    work[:, :planes] = array.reshape(planes, prod(place)).T
    return work.reshape(*place, -1), 0


def _restored(array: Array, first: int, shape: tuple[int, ...]) -> Array:
    """Return an array in the order of `_arranged` as `(N, C, *spatial)`, in memory as well."""
    if first:
        return array
    planes = prod(shape[:2])
    return array.reshape(prod(shape[2:]), array.shape[-1]).T[:planes].copy().reshape(shape)


def _size_sum(axes: Axes) -> int:
    """Return the number of passes that go axis by axis."""
    return sum(axis.taps for axis in axes)


# ---------------------------------------------------------------- what is counted


def divisors(axes: Axes, include_pad: bool) -> NDArray[Any]:
    """Return how many elements every window counts; no window may count none.

    The shape broadcasts to `(*out,)`: an axis whose windows all count every tap has length 1.
    """
    counts = [_counted(axis, include_pad) for axis in axes]
    return reduce(np.multiply.outer, counts)


def _counted(axis: Axis, include_pad: bool) -> NDArray[Any]:
    """Return how many taps of every window along one axis are counted, with or without padding."""
    before, after = axis.pads if include_pad else (0, 0)
    end = (axis.out - 1) * axis.stride + axis.span - axis.pads[0]
    if before >= axis.pads[0] and end <= axis.size + after:
        return np.array([axis.taps])
    # Taps lie on starts + j · dilation; those from −before to size + after − 1 are counted.
    starts = np.arange(axis.out) * axis.stride - axis.pads[0]
    first = np.maximum(-((before + starts) // axis.dilation), 0)
    stop = np.minimum((axis.size + after - 1 - starts) // axis.dilation + 1, axis.taps)
    counted = np.maximum(stop - first, 0)
    if not counted.all():
        raise _checks.only_padding(axis.pads, axis.size, axis.span, int(np.argmin(counted)))
    return counted


# ---------------------------------------------------------------- what a tap reads


class Tap(NamedTuple):
    """One tap along one axis: the windows in which it reads an input, and what it reads there."""

    windows: slice
    inputs: slice
    ahead: int  # of the first input of the axis, in window 0; negative in the padding


def _taps(axis: Axis) -> Iterator[Tap]:
    """Yield every tap along one axis that reads an input in some window, in scan order."""
    for number in range(axis.taps):
        ahead = number * axis.dilation - axis.pads[0]
        first = max(0, -(ahead // axis.stride))
        stop = min(axis.out, (axis.size - 1 - ahead) // axis.stride + 1)
        if first < stop:
            start, last = (ahead + window * axis.stride for window in (first, stop - 1))
            yield Tap(slice(first, stop), slice(start, last + 1, axis.stride), ahead)


def _largest(x: Array, axes: Axes, first: int) -> Array:
    """Return the maximum of every window, in the order of x."""
    # The least value is below all others: whatever a window reads of the input replaces it.
    least = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    for number, axis in enumerate(axes, start=first):
        x = _gathered(x, axis, number, np.maximum, least)
    return x


def _gathered(x: Array, axis: Axis, number: int, combine: np.ufunc, start: float) -> Array:
    """Return the combination of what every window reads along one axis of x, the `number`-th."""
    before, everywhere = (slice(None),) * number, slice(0, axis.out)
    whole = next((tap for tap in _taps(axis) if tap.windows == everywhere), None)
    if whole is None:
        shape = (*x.shape[:number], axis.out, *x.shape[number + 1 :])
        result = np.full(shape, start, x.dtype)
    else:  # a copy of the inputs of one tap saves a pass
        result = x[(*before, whole.inputs)].copy()
    for tap in _taps(axis):
        if tap != whole:
            part = result[(*before, tap.windows)]
            combine(part, x[(*before, tap.inputs)], out=part)
    return result


def _spread(share: Array, axis: Axis, number: int) -> Array:
    """Return, along one axis of the gradient, the sum of the shares of the windows that read it."""
    before = (slice(None),) * number
    shape = (*share.shape[:number], axis.size, *share.shape[number + 1 :])
    result = np.zeros(shape, share.dtype)
    apart = axis.stride >= axis.span  # no input is in two windows: nothing adds up
    for tap in _taps(axis):
        part, more = result[(*before, tap.inputs)], share[(*before, tap.windows)]
        if apart:
            part[...] = more
        else:
            part += more
    return result


# ---------------------------------------------------------------- who wins


class WindowTap(NamedTuple):
    """One tap of the whole window: the windows in which it reads an input, and what it reads."""

    windows: tuple[slice, ...]
    inputs: tuple[slice, ...]
    ahead: tuple[int, ...]


def _window_taps(axes: Axes) -> list[WindowTap]:
    """Return every tap that reads an input in some window, in scan order: the last axis fastest."""
    found = []
    for taps in product(*map(_taps, axes)):
        windows, inputs, ahead = zip(*taps, strict=True)
        found.append(WindowTap(windows, inputs, ahead))
    return found


def _first_equal(x: Array, y: Array, taps: list[WindowTap], first: int) -> NDArray[Any]:
    """Return the number of the tap that holds the maximum y of every window, in the order of y."""
    before = (slice(None),) * first
    # The number of the first tap that equals y is the number of taps that searched in vain before
    # it: sums of truth values, where a choice (np.where) would cost ten times as much.
    winner = np.zeros(y.shape, np.min_scalar_type(len(taps)))
    searching = np.ones(y.shape, bool)
    for tap in taps[:-1]:
        part = searching[(*before, *tap.windows)]
        part &= x[(*before, *tap.inputs)] != y[(*before, *tap.windows)]
        winner += searching
    if y.dtype.kind == "f" and np.isnan(y).any():
        for number, tap in enumerate(taps):
            part = winner[(*before, *tap.windows)]
            part[np.isnan(x[(*before, *tap.inputs)])] = number
    return winner


def _ordered(x: Array, axes: Axes, taps: list[WindowTap]) -> tuple[Array, NDArray[Any]]:
    """Return the maximum of every window and the number of its tap, for objects with an order."""
    shape = _pooled_shape(x, axes)
    best, winner = np.zeros(shape, x.dtype), np.full(shape, -1)
    for number, tap in enumerate(taps):
        windows: Index = (..., *tap.windows)
        inputs: Index = (..., *tap.inputs)
        value, held, holder = x[inputs], best[windows], winner[windows]
        wins = (holder < 0) | _beats(value, held)
        held[wins], holder[wins] = value[wins], number
    return best, winner


def _beats(value: Array, best: Array) -> NDArray[np.bool_]:
    """Return where a value is larger than the best so far, or NaN (the one value unlike itself)."""
    try:
        if value.dtype.kind == "c":
            raise TypeError("complex numbers are not ordered")
        with np.errstate(invalid="ignore"):  # NaN among objects is compared with a warning
            return (value > best) | (value != value)
    except TypeError as error:
        advice = "a maximum needs numbers that can be put in order; avg_pool needs no order"
        raise TypeError(f"x holds values that cannot be compared: {advice} ({error})") from None


def _places(
    winner: Array, shape: tuple[int, ...], axes: Axes, taps: list[WindowTap]
) -> NDArray[np.intp]:
    """Return the index into the flattened x of every winner, given by the number of its tap."""
    steps = [prod(shape[axis + 1 :]) for axis in range(2, len(shape))]
    ahead = np.array([tap.ahead for tap in taps], np.intp) @ np.array(steps, np.intp)
    places = ahead.take(winner)
    # A window starts at the start of its plane, plus its stride along every axis.
    along = (
        np.arange(axis.out) * (axis.stride * step) for axis, step in zip(axes, steps, strict=True)
    )
    places += reduce(np.add.outer, along)
    planes = np.arange(prod(shape[:2])) * prod(shape[2:])
    places += planes.reshape(*shape[:2], *(1,) * len(axes))
    return places


def _pooled_shape(x: Array, axes: Axes) -> tuple[int, ...]:
    """Return `(N, C, *out)`."""
    return (*x.shape[:2], *(axis.out for axis in axes))
