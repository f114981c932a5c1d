"""Activations: one function of one variable, applied to every entry; input of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import pi, sqrt
from typing import Any

import numpy as np

from convlib._checks import Array, as_tuple, working_dtype
from convlib.nn.layer import Grads, Layer, Shape

# Beyond these, exp(−u) and exp(−u²/2) are 0 in every floating type: a factor x may stop there,
# and ∞ · 0 does not come up.
FAR, FAR_SQUARED = 12000.0, 160.0


class Elementwise(Layer):
    """A layer that keeps the shape."""

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape itself."""
        return as_tuple("shape", shape)


class ReLU(Elementwise):
    """The positive part: y = max(x, 0), with dx = dy where x > 0, and 0 elsewhere, also at x = 0.

    NaN stays NaN, and lets its gradient through.

    Examples
    --------
    >>> layer = ReLU()
    >>> layer([[-1, 0, 2]]), layer.backward([[5, 6, 7]])
    (array([[0., 0., 2.]]), array([[0., 0., 7.]]))

    Source: Glorot, Bordes and Bengio (2011), "Deep Sparse Rectifier Neural Networks".
    """

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        y = x.clip(0, np.inf)  # several times faster than np.maximum with a number
        return y, y != 0  # also where y is NaN

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return where_kept(kept, dy), {}


def where_kept(keep: Array, values: Array) -> Array:
    """Return the values where `keep` is True, and 0 elsewhere, also where they are infinite.

    >>> where_kept(np.array([True, False]), np.array([3.5, np.inf]))
    array([3.5, 0. ])
    """
    size = values.dtype.itemsize
    if size > 8:  # no integer is as long
        return np.where(keep, values, np.zeros((), values.dtype))
    # the bits times 1 or 0: the same choice without a branch, many times faster than np.where
    return np.multiply(keep, values.view(f"i{size}")).view(values.dtype)


class Sigmoid(Elementwise):
    """The logistic function: y = 1/(1 + exp(−x)), with dx = dy · y(1 − y).

    Computed with exp(−|x|), which never overflows.

    Examples
    --------
    >>> Sigmoid()([[-1000, 0, 1000]])
    array([[0. , 0.5, 1. ]])
    """

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        y = _logistic(x.astype(working_dtype(x.dtype), copy=False))
        slope = 1 - y
        slope *= y
        return y.astype(x.dtype, copy=False), slope

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return dy * kept, {}


class Tanh(Elementwise):
    """The hyperbolic tangent: y = tanh(x), with dx = dy · (1 − y²).

    Examples
    --------
    >>> Tanh()([[-1000, 0, 1000]])
    array([[-1.,  0.,  1.]])
    """

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        y = np.tanh(x.astype(working_dtype(x.dtype), copy=False))
        slope = y * y
        return y.astype(x.dtype, copy=False), np.subtract(1, slope, out=slope)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return dy * kept, {}


class SiLU(Elementwise):
    """The sigmoid-weighted unit, or swish: y = x · σ(x), with dx = dy · σ(1 + x(1 − σ)).

    σ is the logistic function of `Sigmoid`. At −∞ y is the limit, 0, and not ∞ · 0.

    Examples
    --------
    >>> SiLU()([[-1, 0, 1, 5]]).round(4)
    array([[-0.2689,  0.    ,  0.7311,  4.9665]])

    Source: Elfwing, Uchibe and Doya (2018), "Sigmoid-Weighted Linear Units for Neural Network
    Function Approximation in Reinforcement Learning", section 2.
    """

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        work = x.astype(working_dtype(x.dtype), copy=False)
        share = _logistic(work)
        y = work.clip(-FAR, np.inf)
        y *= share
        return y.astype(x.dtype, copy=False), (work, share)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        x, share = kept
        slope = 1 - share
        slope *= x.clip(-FAR, FAR)
        slope += 1
        slope *= share
        return dy * slope, {}


class GELU(Elementwise):
    """The Gaussian error linear unit: y = x · Φ(x), with dx = dy · (Φ(x) + x · φ(x)).

    Φ(x) = ½(1 + erf(x/√2)) is the share of a standard normal distribution below x, and
    φ(x) = exp(−x²/2)/√2π its density. This is the exact form, not the one with tanh; at −∞ y is
    the limit, 0, and not ∞ · 0.

    Notes
    -----
    NumPy has no erf. Φ is computed from a Chebyshev series, as long as the dtype needs it, with an
    error below 2ε, and below 10ε·Φ for |x| ≤ 5; ε is that of float64 at best, also in longdouble.

    Examples
    --------
    >>> GELU()([[-1, 0, 1, 5]]).round(4)
    array([[-0.1587,  0.    ,  0.8413,  5.    ]])

    Source: Hendrycks and Gimpel (2016), "Gaussian Error Linear Units (GELUs)", section 2.
    """

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        work = x.astype(working_dtype(x.dtype), copy=False)
        share = normal_share(work)
        y = work.clip(-FAR_SQUARED, np.inf)
        y *= share
        return y.astype(x.dtype, copy=False), (work, share)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        x, share = kept
        near = x.clip(-FAR_SQUARED, FAR_SQUARED)
        slope = _bell(near)
        slope *= near
        slope *= 1 / sqrt(2 * pi)
        slope += share
        return dy * slope, {}


def _logistic(x: Array) -> Array:
    """Return 1/(1 + exp(−x)) as 1/(1 + s) right of 0 and s/(1 + s) left of it, s = exp(−|x|)."""
    small = np.exp(-np.abs(x))
    y = np.maximum(small, x >= 0)  # 1 right of 0: s is no larger
    small += 1
    y /= small
    return y


def _bell(x: Array) -> Array:
    """Return exp(−x²/2)."""
    square = x * x
    square *= -0.5
    return np.exp(square, out=square)


# Chebyshev coefficients of exp(u²/2) · Q(u) · (4 + u)/4 in t = (4 − u)/(4 + u), where Q(u) is the
# share of a standard normal distribution above u: t falls from 1 at u = 0 to −1 at u = ∞, and the
# function only from 0.5 to 0.1. tests/nn/test_activations.py computes them again.
TAIL = (
    0.24261280114151914,
    0.18792720420989263,
    0.05554838891881276,
    0.012129438315111522,
    0.0017314801240606201,
    8.014961859953749e-05,
    -2.5136847908026696e-05,
    -4.725842254926741e-06,
    2.5258922136865776e-07,
    1.5363336873494560e-07,
    -8.452550300172939e-10,
    -5.171627015435709e-09,
    -2.8206509081173766e-11,
    1.9435038070971736e-10,
    -2.4853560478511769e-12,
    -7.936207374645757e-12,
    4.606201711176235e-13,
    3.2821541166777413e-13,
    -4.3538406631637034e-14,
    -1.226818507926106e-14,
    3.2328460815413940e-15,
    3.0451658804315853e-16,
    -2.0130368431552332e-16,
)
SHORT = 10  # coefficients that float32 needs


@cache
def _polynomial(terms: int) -> tuple[float, ...]:
    """Return the first terms of the series as coefficients of powers of t, highest power first."""
    return tuple(np.polynomial.chebyshev.cheb2poly(TAIL[:terms])[::-1].tolist())


def normal_share(x: Array) -> Array:
    """Return Φ(x), the share of a standard normal distribution below x, for float32 or longer.

    >>> normal_share(np.array([-np.inf, -1.0, 0.0, 1.0])).round(4)
    array([0.    , 0.1587, 0.5   , 0.8413])
    """
    u = np.abs(x).clip(0, FAR_SQUARED)
    above = _bell(u)
    u += 4
    ratio = np.divide(4, u, out=u)
    t = 2 * ratio
    t -= 1
    first, *others = _polynomial(SHORT if x.dtype == np.float32 else len(TAIL))
    series = np.full_like(t, first)
    for coefficient in others:  # Horner's scheme
        series *= t
        series += coefficient
    above *= ratio
    above *= series  # the share above |x|
    return np.abs((x > 0) - above)  # which is that below x, or 1 minus it
