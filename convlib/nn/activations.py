"""Activations: one function of one variable, applied to every entry; input of any shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convlib._checks import Array, as_tuple
from convlib.nn.layer import Grads, Layer, Shape


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
        return np.maximum(x, 0), ~(x <= 0)

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return np.where(kept, dy, np.zeros((), dy.dtype)), {}


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
        small = np.exp(-np.abs(x))
        y = np.where(x >= 0, np.ones((), x.dtype), small) / (1 + small)
        return y, y * (1 - y)

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
        y = np.tanh(x)
        return y, 1 - y * y

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return dy * kept, {}
