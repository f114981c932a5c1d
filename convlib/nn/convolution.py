"""The convolution layers. The mathematics is `cl.conv`, `cl.conv_transpose` and their gradients."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from convlib import _checks
from convlib._checks import Array, Padding, PerAxis, Rng
from convlib.convolution import bias_gradient, with_bias
from convlib.fast import algorithm_named
from convlib.geometry import Axis, layer_axes, transposed_axes
from convlib.nn import _options
from convlib.nn._windowed import Windowed
from convlib.nn.init import Init, drawn
from convlib.nn.layer import Grads, Shape


class Kernels(Windowed):
    """What both layers share: kernel, options, the check of x, bias, and the order of the work.

    The two differ in which product is the output and which is dx; see `convlib.fast`.
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: PerAxis,
        ndim: int,
        groups: int,
        algorithm: str,
        **options: Any,
    ) -> None:
        super().__init__()
        self.c_in = _checks.integer("c_in", c_in, 1)
        self.c_out = _checks.integer("c_out", c_out, 1)
        self.kernel = _kernel(kernel, ndim)
        g = _checks.integer("groups", groups, 1)
        self.options = {**_options.checked(options, len(self.kernel)), "groups": g}
        _checks.divides(f"c_in is {self.c_in}", self.c_in, g, self.c_out)
        _checks.divides(f"c_out is {self.c_out}", self.c_out, g, self.c_in)
        algorithm_named(algorithm)  # refuses an unknown name
        self.algorithm = algorithm

    def _fill(self, shape: Shape, bias: bool, steps: int, init: Init, rng: Rng, dtype: Any) -> None:
        """Draw the weights; an output of a transposed layer meets every `steps`-th tap only."""
        chosen, taps = _checks.floating(dtype), prod(self.kernel)
        inputs, outputs = (c // self.options["groups"] * taps for c in (self.c_in, self.c_out))
        self.add_parameter("w", drawn(init, shape, (inputs / steps, outputs), rng, chosen))
        if _checks.flag("bias", bias):
            self.add_parameter("b", np.zeros(self.c_out, chosen))

    def _slides(self) -> dict[str, Any]:
        """Return the options that decide where the windows are."""
        return {name: value for name, value in self.options.items() if name != "groups"}

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return the layer's product plus the bias; see `Layer.compute`."""
        w, b = self._params["w"], self._params.get("b")
        dtype = _checks.result_dtype(x, w, b)
        work = _checks.working_dtype(dtype)
        wide = x.astype(work, copy=False)
        y = self._output(wide, w.astype(work, copy=False), self.axes(x.shape[2:]))
        return with_bias(y, b).astype(dtype, copy=False), wide

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        dy, w, axes = self._widened(dy, kept)
        return self._input_gradient(dy, w, axes), self._gradients(dy, kept, axes)

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> Grads:
        """Leave the product for dx out; see `Layer.compute_parameter_gradients`."""
        dy, _, axes = self._widened(dy, kept)
        return self._gradients(dy, kept, axes)

    def _widened(self, dy: Array, x: Array) -> tuple[Array, Array, tuple[Axis, ...]]:
        """Return dy and w in the dtype to add up in, and the geometry."""
        w = self._params["w"]
        work = _checks.working_dtype(_checks.result_dtype(dy, x, w))
        return dy.astype(work, copy=False), w.astype(work, copy=False), self.axes(x.shape[2:])

    def _gradients(self, dy: Array, x: Array, axes: tuple[Axis, ...]) -> Grads:
        found = {"w": self._weight_gradient(dy, x.astype(dy.dtype, copy=False), axes)}
        return found | {"b": bias_gradient(dy)} if "b" in self._params else found

    def _output(self, x: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        raise NotImplementedError

    def _input_gradient(self, dy: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        raise NotImplementedError

    def _weight_gradient(self, dy: Array, x: Array, axes: tuple[Axis, ...]) -> Array:
        raise NotImplementedError

    def _size(self, shape: Sequence[int]) -> Shape:
        """Return the spatial size of a checked input shape `(C_in, *spatial)`."""
        axes = len(self.kernel)
        if len(shape) == axes + 1 and shape[0] == self.c_in and 0 not in shape:
            return tuple(shape[1:])
        rule = f"(N, {self.c_in}, *spatial) with {axes} spatial ax{'i' if axes == 1 else 'e'}s"
        rule += ", none empty" * (0 in shape)
        raise self.refusal(shape, rule + _advice(shape, axes, self.c_in))

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        kernel = f"kernel {_options.times(self.kernel)}"
        parts = [f"{self.c_in} → {self.c_out}", kernel, *_options.shown(self.options)]
        parts += [] if "b" in self._params else ["no bias"]
        parts += [] if self.algorithm == "auto" else [f"algorithm {self.algorithm}"]
        return f"{type(self).__name__}({', '.join(parts)})"


class Conv(Kernels):
    """Cross-correlation with weights of its own: y = b + w ⋆ x, as `cl.conv`.

    Parameters
    ----------
    c_in, c_out
        Channels before and after.
    kernel
        Taps: an int for each of `ndim` spatial axes, or a tuple, whose length is then `ndim`.
    stride, padding, dilation, groups, algorithm
        As in `cl.conv`.
    bias
        Whether there is a bias.
    ndim
        Number of spatial axes where the kernel is an int.
    init
        `"he"` or `"xavier"` (in its average form), or a function `(shape, rng) -> weights`.
        Biases start at 0.
    rng
        A seed, a generator, or None for other weights every time.
    dtype
        Of the parameters. The same seed gives float32 the rounded weights of float64.

    Attributes
    ----------
    params
        `"w"` `(C_out, C_in/groups, *kernel)` and, with a bias, `"b"` `(C_out,)`.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range or groups does not divide the channels.

    Examples
    --------
    >>> layer = Conv(3, 8, 3, stride=2, padding=1, rng=0)
    >>> layer
    Conv(3 → 8, kernel 3×3, stride 2, padding 1) · 224 parameters
    >>> layer.output_shape((3, 28, 28)), layer(np.ones((10, 3, 28, 28))).shape
    ((8, 14, 14), (10, 8, 14, 14))
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: PerAxis,
        *,
        stride: PerAxis = 1,
        padding: Padding = 0,
        dilation: PerAxis = 1,
        groups: int = 1,
        bias: bool = True,
        ndim: int = 2,
        init: Init = "he",
        rng: Rng = None,
        dtype: DTypeLike = np.float64,
        algorithm: str = "auto",
    ) -> None:
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        super().__init__(c_in, c_out, kernel, ndim, groups, algorithm, **options)
        shape = (self.c_out, self.c_in // self.options["groups"], *self.kernel)
        self._fill(shape, bias, 1, init, rng, dtype)

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(C_out, *out)` for `(C_in, *spatial)`; see `Layer.output_shape`."""
        return self.c_out, *(axis.out for axis in self.axes(self._size(shape)))

    def _geometry(self, size: Shape) -> tuple[Axis, ...]:
        return layer_axes(size, self.kernel, **self._slides(), name="kernel")

    def _output(self, x: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).output(x, w, axes, self.options["groups"])

    def _input_gradient(self, dy: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).input_gradient(dy, w, axes, self.options["groups"])

    def _weight_gradient(self, dy: Array, x: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).weight_gradient(dy, x, axes, self.options["groups"])


class ConvTranspose(Kernels):
    """Transposed convolution with weights of its own, as `cl.conv_transpose`.

    Parameters
    ----------
    stride, padding, output_padding, dilation, groups, algorithm
        As in `cl.conv_transpose`. All others are those of `Conv`.

    Attributes
    ----------
    params
        `"w"` `(C_in, C_out/groups, *kernel)` and, with a bias, `"b"` `(C_out,)`.

    Notes
    -----
    One output adds up C_in/groups · prod(kernel) / prod(stride) products on average: that is the
    fan-in here, and C_out/groups · prod(kernel) the fan-out. `fan_in(w.shape)` would take these
    weights for those of a `Conv`, and mix the two up.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range or groups does not divide the channels.

    Examples
    --------
    >>> layer = ConvTranspose(8, 3, 4, stride=2, padding=1, rng=0)
    >>> layer
    ConvTranspose(8 → 3, kernel 4×4, stride 2, padding 1) · 387 parameters
    >>> layer.output_shape((8, 14, 14))
    (3, 28, 28)
    """

    def __init__(
        self,
        c_in: int,
        c_out: int,
        kernel: PerAxis,
        *,
        stride: PerAxis = 1,
        padding: Padding = 0,
        output_padding: PerAxis = 0,
        dilation: PerAxis = 1,
        groups: int = 1,
        bias: bool = True,
        ndim: int = 2,
        init: Init = "he",
        rng: Rng = None,
        dtype: DTypeLike = np.float64,
        algorithm: str = "auto",
    ) -> None:
        options = {"stride": stride, "padding": padding, "output_padding": output_padding}
        super().__init__(c_in, c_out, kernel, ndim, groups, algorithm, **options, dilation=dilation)
        shape = (self.c_in, self.c_out // self.options["groups"], *self.kernel)
        steps = prod(_checks.per_axis("stride", self.options["stride"], len(self.kernel), 1))
        self._fill(shape, bias, steps, init, rng, dtype)

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(C_out, *out)` for `(C_in, *spatial)`; see `Layer.output_shape`."""
        return self.c_out, *(axis.size for axis in self.axes(self._size(shape)))

    def _geometry(self, size: Shape) -> tuple[Axis, ...]:
        return transposed_axes(size, self.kernel, **self._slides())

    # The layer that is transposed has x for its dy: what it calls output is dx here, and so on.

    def _output(self, x: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).input_gradient(x, w, axes, self.options["groups"])

    def _input_gradient(self, dy: Array, w: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).output(dy, w, axes, self.options["groups"])

    def _weight_gradient(self, dy: Array, x: Array, axes: tuple[Axis, ...]) -> Array:
        return algorithm_named(self.algorithm).weight_gradient(x, dy, axes, self.options["groups"])


def _kernel(kernel: PerAxis, ndim: int) -> Shape:
    """Return the taps per spatial axis."""
    taps = _checks.listed(kernel)
    if taps is not None:
        return _checks.per_axis("kernel", kernel, max(len(taps), 1), 1)
    return (_checks.integer("kernel", kernel, 1),) * _checks.integer("ndim", ndim, 1, most=31)


def _advice(shape: Sequence[int], axes: int, c_in: int) -> str:
    """Return what probably happened to an input of the wrong shape."""
    if len(shape) == axes:
        return "; add the missing axis of length 1: x[np.newaxis], or x[:, np.newaxis]"
    return _checks.channels_last(shape, c_in) if len(shape) == axes + 1 and 0 not in shape else ""
