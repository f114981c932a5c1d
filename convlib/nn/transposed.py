"""The transposed convolution layer. The mathematics is `cl.conv_transpose` and its gradients."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from convlib import _check
from convlib._check import Array, Padding, PerAxis
from convlib._geometry import transposed_geometry
from convlib.nn._door import Rng
from convlib.nn.convolution import Kernels
from convlib.nn.init import Init
from convlib.nn.layer import Grads, Shape
from convlib.transpose import conv_transpose, conv_transpose_backward


class ConvTranspose(Kernels):
    """Transposed convolution with weights of its own, as `cl.conv_transpose`.

    Parameters
    ----------
    stride, padding, output_padding, dilation, groups
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
    ) -> None:
        options = {"stride": stride, "padding": padding, "output_padding": output_padding}
        super().__init__(c_in, c_out, kernel, ndim, groups, **options, dilation=dilation)
        shape = (self.c_in, self.c_out // self.options["groups"], *self.kernel)
        steps = prod(_check.per_axis("stride", self.options["stride"], len(self.kernel), 1))
        self._fill(shape, bias, steps, init, rng, dtype)

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(C_out, *out)` for `(C_in, *spatial)`; see `Layer.output_shape`."""
        size = self._size(shape)
        options = {name: value for name, value in self.options.items() if name != "groups"}
        axes = transposed_geometry(size, self.kernel, **options)
        return self.c_out, *(axis.size for axis in axes)

    def _forward(self, x: Array) -> tuple[Array, Any]:
        return conv_transpose(x, self._params["w"], self._params.get("b"), **self.options), x

    def _backward(self, dy: Array, saved: Any) -> tuple[Array, Grads]:
        grads = conv_transpose_backward(dy, saved, self._params["w"], **self.options)
        found = {"w": grads.dw, "b": grads.db}
        return grads.dx, {name: found[name] for name in self._params}
