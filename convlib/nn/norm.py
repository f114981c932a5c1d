"""Batch normalisation: every channel gets mean 0 and variance 1, then a scale and a shift."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from convlib import _checks
from convlib._checks import Array, channels_last, floating, number
from convlib.nn.layer import Grads, Layer, Shape


class _Kept(NamedTuple):
    """What backward needs: x̂, 1/√(var + eps), and whether mean and variance depend on x."""

    normal: Array
    scale: Array
    of_batch: bool


class BatchNorm(Layer):
    """Normalise every channel over batch and space: y = γ · x̂ + β, x̂ = (x − mean)/√(var + eps).

    In training, mean and variance (divided by m) are those of the m values of a channel in this
    batch, and the buffers move towards them. In evaluation they are the buffers, which are
    constants: y is then an affine map of x, channel by channel.

    Since mean and variance depend on every x, the gradient in training has two terms more:

    dx = γ/√(var + eps) · (dy − mean(dy) − x̂ · mean(dy · x̂)), dγ = Σ dy · x̂, dβ = Σ dy.

    Parameters
    ----------
    channels
        C, of inputs `(N, C, *spatial)` with any number of spatial axes, also none.
    eps
        Added to the variance, above 0.
    momentum
        Weight of the *new* statistics: buffer = (1 − momentum) · buffer + momentum · batch, from 0
        to 1. (Some libraries call 1 minus this the momentum.)
    dtype
        Of parameters and buffers.

    Attributes
    ----------
    params
        `"gamma"` and `"beta"`, `(C,)`, at first 1 and 0.
    buffers
        `"mean"` and `"var"`, `(C,)`, at first 0 and 1. The variance there is divided by m − 1.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range; in training also if a batch has one value per channel, whose
        variance says nothing. An empty batch passes through and leaves the buffers alone.

    Examples
    --------
    >>> layer = BatchNorm(1)
    >>> layer([[[1, 3]], [[5, 7]]]).round(3)
    array([[[-1.342, -0.447]],
    <BLANKLINE>
           [[ 0.447,  1.342]]])
    >>> layer.buffers["mean"], layer.buffers["var"].round(3)
    (array([0.4]), array([1.567]))

    Source: Ioffe and Szegedy (2015), "Batch Normalization: Accelerating Deep Network Training by
    Reducing Internal Covariate Shift", algorithms 1 and 2; the buffers as in PyTorch.
    """

    def __init__(
        self,
        channels: int,
        *,
        eps: float = 1e-5,
        momentum: float = 0.1,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.channels = _checks.integer("channels", channels, 1)
        rule = "needs a number above 0, for example 1e-5"
        self.eps = number("eps", eps, rule, lambda eps: eps > 0)
        rule = "needs a number from 0 to 1"
        self.momentum = number("momentum", momentum, rule, lambda momentum: 0 <= momentum <= 1)
        chosen = floating(dtype)
        kind = _checks.working_dtype(chosen)  # the buffers hold squares, which float16 cannot
        self.add_parameter("gamma", np.ones(self.channels, chosen))
        self.add_parameter("beta", np.zeros(self.channels, chosen))
        self.add_buffer("var", np.ones(self.channels, kind))
        self.add_buffer("mean", np.zeros(self.channels, kind))

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape itself, `(C, *spatial)`; see `Layer.output_shape`."""
        if not len(shape) or shape[0] != self.channels:
            rule = f"{self.channels} channels on axis 1"
            raise self.refusal(shape, rule + channels_last(shape, self.channels))
        return tuple(shape)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        gamma, beta = self._params["gamma"], self._params["beta"]
        dtype = _checks.result_dtype(x, gamma)
        x = x.astype(_checks.working_dtype(dtype), copy=False)
        of_batch = self.training and x.size > 0
        mean, var = self._statistics(x) if of_batch else self._kept(x)
        scale = 1 / np.sqrt(var + self.eps)
        normal = (x - _wide(mean, x)) * _wide(scale, x)
        y = _wide(gamma, x) * normal + _wide(beta, x)
        return y.astype(dtype, copy=False), _Kept(normal, scale, of_batch)

    def _statistics(self, x: Array) -> tuple[Array, Array]:
        """Return mean and variance of every channel of this batch, and move the buffers."""
        m, axes = x.size // self.channels, _others(x)
        if m < 2:
            rule = "training needs at least 2; use a larger batch, or eval()"
            raise ValueError(f"x has shape {x.shape}, one value per channel: {rule}")
        mean = x.mean(axis=axes)
        var = np.square(x - _wide(mean, x)).mean(axis=axes)
        for name, new in (("mean", mean), ("var", var * (m / (m - 1)))):
            old = self._buffers[name]
            old += self.momentum * (new.astype(old.dtype) - old)
        return mean, var

    def _kept(self, x: Array) -> tuple[Array, Array]:
        """Return the running statistics."""
        mean, var = (self._buffers[name].astype(x.dtype) for name in ("mean", "var"))
        return mean, var

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        normal, scale, of_batch = kept
        axes, dy = _others(dy), dy.astype(np.result_type(dy, normal), copy=False)
        grads = {"gamma": (dy * normal).sum(axis=axes), "beta": dy.sum(axis=axes)}
        slope = _wide(self._params["gamma"].astype(dy.dtype) * scale, dy)
        if not of_batch:
            return slope * dy, grads
        m = dy.size // self.channels
        through_mean, through_var = (_wide(grads[name] / m, dy) for name in ("beta", "gamma"))
        return slope * (dy - through_mean - normal * through_var), grads

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        options = [f"{self.channels}"]
        options += [] if self.eps == 1e-5 else [f"eps {self.eps:g}"]
        options += [] if self.momentum == 0.1 else [f"momentum {self.momentum:g}"]
        return f"BatchNorm({', '.join(options)})"


def _others(x: Array) -> tuple[int, ...]:
    """Return all axes but that of the channels."""
    return (0, *range(2, x.ndim))


def _wide(values: Array, x: Array) -> Array:
    """Return one value per channel in a shape that broadcasts against x."""
    return values.reshape(-1, *(1,) * (x.ndim - 2))
