"""Normalisation: values that belong together get mean 0 and variance 1, then a scale and a shift.

What belongs together is a channel of the whole batch (`BatchNorm`), one sample (`LayerNorm`), or a
group of channels of one sample (`GroupNorm`). All three see their arrays as (A, C, B): each entry
of C has a mean, or a parameter, of its own, which all of A and B share.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from convlib import _checks
from convlib._checks import Array, as_tuple, channels_last, floating, number
from convlib.nn.layer import Grads, Layer, Shape


class _Kept(NamedTuple):
    """What backward needs to make x̂ = (x − mean) · scale again, and whether both depend on x."""

    x: Array
    mean: Array
    scale: Array
    of_x: bool


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
        `"mean"` and `"var"`, `(C,)`, at first 0 and 1. The variance there is divided by m − 1, and
        stops before it leaves the range of its dtype.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range; in training also if a batch has one value per channel, whose
        variance says nothing. An empty batch passes through and leaves the buffers alone.

    Notes
    -----
    float16 is added up in float32. Values whose squares leave the range of the dtype, beyond 1e19
    in float32, are normalised as rightly as others; PyTorch makes 0 or NaN of them.

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
        self.eps = _above_zero(eps)
        rule = "needs a number from 0 to 1"
        self.momentum = number("momentum", momentum, rule, lambda momentum: 0 <= momentum <= 1)
        chosen = floating(dtype)
        kind = _checks.working_dtype(chosen)  # the buffers hold squares, which float16 cannot
        self.add_parameter("gamma", np.ones(self.channels, chosen))
        self.add_parameter("beta", np.zeros(self.channels, chosen))
        self.add_buffer("mean", np.zeros(self.channels, kind))  # in PyTorch's order
        self.add_buffer("var", np.ones(self.channels, kind))

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape itself, `(C, *spatial)`; see `Layer.output_shape`."""
        return _with_channels(self, shape, self.channels)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        gamma, beta = self._params["gamma"], self._params["beta"]
        dtype = _checks.result_dtype(x, gamma)
        values = _viewed(x, _checks.working_dtype(dtype), (*x.shape[:2], prod(x.shape[2:])))
        of_batch = self.training and x.size > 0
        if of_batch and x.size // self.channels < 2:
            rule = "training needs at least 2; use a larger batch, or eval()"
            raise ValueError(f"x has shape {x.shape}, one value per channel: {rule}")
        mean, scale, y = self._of_batch(values) if of_batch else self._running(values)
        y *= _wide(scale * gamma, y)
        y += _wide(beta, y)
        kept = _Kept(values, mean, scale, of_batch)
        return y.reshape(x.shape).astype(dtype, copy=False), kept

    def _of_batch(self, x: Array) -> tuple[Array, Array, Array]:
        """Return mean and scale of every channel of this batch, and x − mean; move the buffers."""
        (mean, var, scale), deviations = _moments(x, self.eps)
        m = len(x) * x.shape[2]
        largest = np.finfo(self._buffers["var"].dtype).max / 2  # as m/(m − 1) is at most 2
        for name, new in (("mean", mean), ("var", np.minimum(var, largest) * (m / (m - 1)))):
            old = self._buffers[name]
            old += self.momentum * (new.astype(old.dtype, copy=False) - old)
        return mean, scale, deviations

    def _running(self, x: Array) -> tuple[Array, Array, Array]:
        """Return the running mean and scale, and x − mean."""
        mean, var = (self._buffers[name].astype(x.dtype) for name in ("mean", "var"))
        return mean, 1 / np.sqrt(var + self.eps), x - _wide(mean, x)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        shape = dy.shape
        dy, normal, grads = self._back(dy, kept)
        slope = self._params["gamma"] * kept.scale
        if kept.of_x:
            m = len(dy) * dy.shape[2]
            dx = _through_moments(dy, normal, grads["beta"] / m, grads["gamma"] / m)
            dx *= _wide(slope, dx)
        else:
            dx = dy * _wide(slope, dy)
        return dx.reshape(shape), grads

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> Grads:
        """Return the sums alone; see `Layer.compute_parameter_gradients`."""
        return self._back(dy, kept)[2]

    def _back(self, dy: Array, kept: _Kept) -> tuple[Array, Array, Grads]:
        """Return dy as (A, C, B), x̂, and the gradients of the parameters."""
        dy = _viewed(dy, np.result_type(dy, kept.x), kept.x.shape)
        normal = _normal(kept)
        return dy, normal, _of_parameters(dy, normal)

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        momentum = [] if self.momentum == 0.1 else [f"momentum {self.momentum:g}"]
        return f"BatchNorm({', '.join([f'{self.channels}', *_eps(self.eps), *momentum])})"


class _OfSamples(Layer):
    """What `LayerNorm` and `GroupNorm` share: the batch plays no part, nor does the mode."""

    eps: float

    def _add_parameters(self, shape: Shape, eps: float, dtype: DTypeLike) -> None:
        """Make γ and β, at first 1 and 0."""
        self.eps = _above_zero(eps)
        self.add_parameter("gamma", np.ones(shape, floating(dtype)))
        self.add_parameter("beta", np.zeros(shape, floating(dtype)))

    def _together(self, shape: Shape) -> Shape:
        """Return (1, C, B) for a batch of this shape: each of C has its own mean."""
        raise NotImplementedError

    def _sharing(self, shape: Shape) -> Shape:
        """Return (A, C, B) for a batch of this shape: each of C has its own γ and β."""
        raise NotImplementedError

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        gamma, beta = (self._params[name].ravel() for name in ("gamma", "beta"))
        dtype = _checks.result_dtype(x, gamma)
        values = _viewed(x, _checks.working_dtype(dtype), self._together(x.shape))
        (mean, _, scale), y = _moments(values, self.eps)
        y *= _wide(scale, y)
        y = y.reshape(self._sharing(x.shape))
        y *= _wide(gamma, y)
        y += _wide(beta, y)
        return y.reshape(x.shape).astype(dtype, copy=False), _Kept(values, mean, scale, True)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        shape = dy.shape
        dy, normal, grads = self._back(dy, kept)
        g = (dy * _wide(self._params["gamma"].ravel(), dy)).reshape(kept.x.shape)
        m = max(g.shape[2], 1)
        dx = _through_moments(g, normal, _sum(g) / m, _products(g, normal) / m)
        dx *= _wide(kept.scale, dx)
        return dx.reshape(shape), grads

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> Grads:
        """Return the sums alone; see `Layer.compute_parameter_gradients`."""
        return self._back(dy, kept)[2]

    def _back(self, dy: Array, kept: _Kept) -> tuple[Array, Array, Grads]:
        """Return dy as its γ see it, x̂ as its means do, and the gradients of the parameters."""
        dy = _viewed(dy, np.result_type(dy, kept.x), self._sharing(dy.shape))
        normal = _normal(kept)
        flat = _of_parameters(dy, normal.reshape(dy.shape))
        return dy, normal, {n: grad.reshape(self._params[n].shape) for n, grad in flat.items()}


class LayerNorm(_OfSamples):
    """Normalise the last axes of every sample by themselves: y = γ · x̂ + β, as `BatchNorm`.

    Mean and variance (divided by m) are those of the m entries of these axes, whatever else is in
    the batch, in training and in evaluation. The gradient comes back through both:

    dx = (g − mean(g) − x̂ · mean(g · x̂))/√(var + eps), g = γ · dy, dγ = Σ dy · x̂, dβ = Σ dy.

    Parameters
    ----------
    shape
        Of the last axes of an input `(N, ..., *shape)`; an int for one axis. `(C, *spatial)` takes
        all of a sample together.
    eps
        Added to the variance, above 0.
    dtype
        Of the parameters.

    Attributes
    ----------
    params
        `"gamma"` and `"beta"`, of that shape, at first 1 and 0.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range.

    Examples
    --------
    >>> LayerNorm(2)([[[1, 3], [50, 70]]]).round(3)
    array([[[-1.,  1.],
            [-1.,  1.]]])

    Source: Ba, Kiros and Hinton (2016), "Layer Normalization", equations 3 and 4; a γ and a β for
    every entry as in PyTorch.
    """

    def __init__(
        self, shape: int | Sequence[int], *, eps: float = 1e-5, dtype: DTypeLike = np.float64
    ) -> None:
        super().__init__()
        several = _checks.listed(shape)
        self.shape = (
            (_checks.integer("shape", shape, 1),)
            if several is None
            else _checks.sizes("shape", several)
        )
        if not self.shape:
            raise ValueError("shape=(): needs at least one axis")
        self._add_parameters(self.shape, eps, dtype)

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape itself, `(..., *shape)`; see `Layer.output_shape`."""
        shape = as_tuple("shape", shape)
        if shape[-len(self.shape) :] == self.shape:
            return shape
        advice = ""
        if len(shape) > 1 and shape[:1] == self.shape:
            advice = f"; channels come first: LayerNorm({shape}), or GroupNorm(1, {shape[0]})"
        raise self.refusal(shape, f"(N, ..., {', '.join(map(str, self.shape))}){advice}")

    def _together(self, shape: Shape) -> Shape:
        m = prod(self.shape)
        return 1, prod(shape) // m, m

    def _sharing(self, shape: Shape) -> Shape:
        m = prod(self.shape)
        return prod(shape) // m, m, 1

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        shape = f"{self.shape[0]}" if len(self.shape) == 1 else f"{self.shape}"
        return f"LayerNorm({', '.join([shape, *_eps(self.eps)])})"


class GroupNorm(_OfSamples):
    """Normalise groups of channels of every sample by themselves: y = γ · x̂ + β, as `BatchNorm`.

    Mean and variance (divided by m) are those of the m values of C/groups neighbouring channels of
    one sample, in training and in evaluation. The gradient is that of `LayerNorm`. One group takes
    all of a sample together, and as many groups as channels are known as instance normalisation.

    Parameters
    ----------
    groups
        Number of groups, a divisor of channels.
    channels
        C, of inputs `(N, C, *spatial)` with any number of spatial axes, also none.
    eps
        Added to the variance, above 0.
    dtype
        Of the parameters.

    Attributes
    ----------
    params
        `"gamma"` and `"beta"`, `(C,)`, at first 1 and 0.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range or groups does not divide channels.

    Examples
    --------
    >>> GroupNorm(2, 4)([[[1], [3], [50], [70]]]).round(3)
    array([[[-1.],
            [ 1.],
            [-1.],
            [ 1.]]])

    Source: Wu and He (2018), "Group Normalization", equations 1, 2, 6 and 7.
    """

    def __init__(
        self, groups: int, channels: int, *, eps: float = 1e-5, dtype: DTypeLike = np.float64
    ) -> None:
        super().__init__()
        self.groups = _checks.integer("groups", groups, 1)
        self.channels = _checks.integer("channels", channels, 1)
        _checks.divides(f"channels is {self.channels}", self.channels, self.groups)
        self._add_parameters((self.channels,), eps, dtype)

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape itself, `(C, *spatial)`; see `Layer.output_shape`."""
        return _with_channels(self, shape, self.channels)

    def _together(self, shape: Shape) -> Shape:
        return 1, shape[0] * self.groups, self.channels // self.groups * prod(shape[2:])

    def _sharing(self, shape: Shape) -> Shape:
        return *shape[:2], prod(shape[2:])

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        return f"GroupNorm({', '.join([f'{self.groups}', f'{self.channels}', *_eps(self.eps)])})"


# ---------------------------------------------------------------- options


def _above_zero(eps: object) -> float:
    """Return a checked eps."""
    return number("eps", eps, "needs a number above 0, for example 1e-5", lambda eps: eps > 0)


def _eps(eps: float) -> list[str]:
    """Return eps for a title where it is not the default."""
    return [] if eps == 1e-5 else [f"eps {eps:g}"]


def _with_channels(layer: Layer, shape: Sequence[int], channels: int) -> Shape:
    """Return a shape `(C, *spatial)` with the channels that the layer needs."""
    shape = as_tuple("shape", shape)
    if shape[:1] != (channels,):
        rule = f"{channels} channels on axis 1"
        raise layer.refusal(shape, rule + channels_last(shape, channels))
    return shape


# ---------------------------------------------------------------- arrays (A, C, B)


def _viewed(x: Array, dtype: np.dtype[Any], shape: Shape) -> Array:
    """Return x as (A, C, B), its rows in one piece."""
    return np.ascontiguousarray(x, dtype).reshape(shape)


def _wide(values: Array, x: Array) -> Array:
    """Return one value per entry of C in a shape that broadcasts against x.

    Long rows of numbers are multiplied several times faster than many short ones with one number
    each, so the values are written out for B, unless that were as much as x itself.
    """
    if len(x) < 2:
        return values[:, np.newaxis]
    return np.repeat(values, x.shape[2]).reshape(x.shape[1:])


def _sum(x: Array) -> Array:
    """Return Σ x over A and B; first over A, in long rows, which is several times faster."""
    return x.sum(axis=(0, 2)) if len(x) < 2 else x.sum(axis=0).sum(axis=1)


def _products(x: Array, other: Array) -> Array:
    """Return Σ x · other over A and B, without an array of the products."""
    return np.einsum("acb,acb->c", x, other)


class _Moments(NamedTuple):
    """Mean, variance and 1/√(variance + eps) over A and B."""

    mean: Array
    var: Array
    scale: Array


def _moments(x: Array, eps: float) -> tuple[_Moments, Array]:
    """Return the moments, and x − mean, a new array."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean, var, deviations = _mean_and_variance(x)
        if np.isfinite(var).all():
            return _Moments(mean, var, 1 / np.sqrt(var + eps)), deviations
        # Squares leave the range of the dtype long before the values do: 2e19 and 3e38 in float32.
        # In units of a power of two that is near the largest value, neither of them does.
        peak = np.abs(x).max(axis=(0, 2))
        unit = np.ldexp(np.ones_like(peak), (np.frexp(peak)[1] - 1).clip(0))
        mean, var, _ = _mean_and_variance(x / _wide(unit, x))
        scale = 1 / np.sqrt(var + eps / unit / unit) / unit
        mean *= unit
        return _Moments(mean, var * unit * unit, scale), x - _wide(mean, x)


def _mean_and_variance(x: Array) -> tuple[Array, Array, Array]:
    """Return mean and variance, and x − mean.

    The mean is subtracted before squaring: in mean(x²) − mean² all digits would cancel where the
    mean is far larger than the deviations.
    """
    m = max(len(x) * x.shape[2], 1)
    mean = _sum(x) / m
    deviations = x - _wide(mean, x)
    return mean, _products(deviations, deviations) / m, deviations


def _normal(kept: _Kept) -> Array:
    """Return x̂, a new array."""
    normal = kept.x - _wide(kept.mean, kept.x)
    normal *= _wide(kept.scale, normal)
    return normal


def _of_parameters(dy: Array, normal: Array) -> Grads:
    """Return dγ and dβ, one number per entry of C."""
    return {"gamma": _products(dy, normal), "beta": _sum(dy)}


def _through_moments(dy: Array, normal: Array, mean: Array, slope: Array) -> Array:
    """Return dy − mean(dy) − x̂ · mean(dy · x̂) for these means, written over x̂."""
    normal *= _wide(slope, normal)
    np.subtract(dy, normal, out=normal)
    normal -= _wide(mean, normal)
    return normal
