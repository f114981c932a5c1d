"""Pooling layers. The mathematics is `cl.max_pool`, `cl.avg_pool` and their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from convlib import _checks, _pooling
from convlib._checks import Array, Padding, PerAxis
from convlib.geometry import Axis, layer_axes
from convlib.nn import _options
from convlib.nn._windowed import Windowed
from convlib.nn.layer import Grads, Layer, Shape, remembering


class _Pool(Windowed):
    """What the two layers share: window, options, and the check of the input."""

    def __init__(
        self, window: PerAxis, stride: PerAxis | None, padding: Padding, dilation: PerAxis
    ) -> None:
        super().__init__()
        axes = _options.rank(window, stride, padding, dilation)
        taps = _checks.per_axis("window", window, axes, 1)
        self.window = taps if _checks.listed(window) is not None else taps[0]
        options = {"stride": taps if stride is None else stride, "padding": padding}
        self.options = _options.checked({**options, "dilation": dilation}, axes)

    def _geometry(self, size: Shape) -> tuple[Axis, ...]:
        window = _checks.per_axis("window", self.window, len(size), 1)
        options = {name: v for name, v in self.options.items() if name != "count_include_pad"}
        axes = layer_axes(size, window, **options, name="window")
        # refuses windows that have nothing to count
        _pooling.divisors(axes, self.options.get("count_include_pad", False))
        return axes

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(C, *out)` for `(C, *spatial)`; see `Layer.output_shape`."""
        return shape[0], *(axis.out for axis in self.axes(_spatial(self, shape)))

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        taps = self.window if isinstance(self.window, int) else _options.times(self.window)
        stride, default = (
            _options.shortest(_checks.per_axis(name, value, _options.rank(self.window, value), 1))
            for name, value in (("stride", self.options["stride"]), ("window", self.window))
        )
        others = {name: value for name, value in self.options.items() if name != "stride"}
        parts = [] if stride == default else [f"stride {stride}"]
        return f"{type(self).__name__}({', '.join([str(taps), *parts, *_options.shown(others)])})"


class MaxPool(_Pool):
    """The largest value of every window, as `cl.max_pool`.

    Parameters
    ----------
    window
        Taps per spatial axis: an int serves every axis of x, a tuple fixes their number.
    stride, padding, dilation, ceil_mode
        As in `cl.max_pool`; stride None means `window`.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range.

    Examples
    --------
    >>> MaxPool(2, stride=1), MaxPool(2)([[[3, 1, 4, 1, 5]]])
    (MaxPool(2, stride 1), array([[[3., 4.]]]))
    """

    def __init__(
        self,
        window: PerAxis,
        *,
        stride: PerAxis | None = None,
        padding: Padding = 0,
        dilation: PerAxis = 1,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(window, stride, padding, dilation)
        self.options["ceil_mode"] = _checks.flag("ceil_mode", ceil_mode)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        axes = self.axes(x.shape[2:])
        if not remembering():
            return _pooling.max_values(x, axes), None
        y, places = _pooling.max_forward(x, axes)
        return y, (places, x.shape)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        places, shape = kept
        return _pooling.max_backward(dy, places, shape), {}


class AvgPool(_Pool):
    """The mean of every window, as `cl.avg_pool`.

    Parameters
    ----------
    window, stride, padding, dilation, ceil_mode
        As in `MaxPool`.
    count_include_pad
        Whether the mean counts the padding, as in `cl.avg_pool`.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range.

    Examples
    --------
    >>> AvgPool(2)([[[3, 1, 4, 1, 5]]])
    array([[[2. , 2.5]]])
    """

    def __init__(
        self,
        window: PerAxis,
        *,
        stride: PerAxis | None = None,
        padding: Padding = 0,
        dilation: PerAxis = 1,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(window, stride, padding, dilation)
        self.options["ceil_mode"] = _checks.flag("ceil_mode", ceil_mode)
        self.options["count_include_pad"] = _checks.flag("count_include_pad", count_include_pad)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        counts = self.options["count_include_pad"]
        return _pooling.avg_forward(x, self.axes(x.shape[2:]), counts), x.shape[2:]

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        counts = self.options["count_include_pad"]
        return _pooling.avg_backward(dy, self.axes(kept), counts), {}


class GlobalAvgPool(Layer):
    """The mean of every channel: y[n, c] = mean over all i of x[n, c, i].

    What follows needs one input per channel, whatever the size of the image.

    Examples
    --------
    >>> GlobalAvgPool()([[[3, 1, 4, 1, 5], [1, 1, 1, 1, 1]]])
    array([[2.8, 1. ]])

    Source: Lin, Chen and Yan (2014), "Network in Network", section 3.2.
    """

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(C,)` for `(C, *spatial)`; see `Layer.output_shape`."""
        _spatial(self, shape)
        return (shape[0],)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        work, places = x.astype(_checks.working_dtype(x.dtype), copy=False), tuple(range(2, x.ndim))
        y = _pooling.without_overflow(lambda a: a.mean(axis=places), work, prod(x.shape[2:]))
        return y.astype(x.dtype), x.shape

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        share = dy / prod(kept[2:])
        return np.broadcast_to(share.reshape(dy.shape + (1,) * len(kept[2:])), kept).copy(), {}


def _spatial(layer: Layer, shape: Sequence[int]) -> Shape:
    """Return the spatial size of a checked input shape `(C, *spatial)`."""
    if len(shape) < 2 or 0 in shape[1:]:
        raise layer.refusal(shape, "(N, C, *spatial), at least one spatial axis and none empty")
    return tuple(shape[1:])
