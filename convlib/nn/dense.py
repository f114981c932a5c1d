"""Dense layers: every output sees every input. `Flatten` makes one axis of channels and space."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from convlib import _checks
from convlib._checks import Array, Rng, as_tuple, floating
from convlib.nn.init import Init, drawn
from convlib.nn.layer import Grads, Layer, Shape


class Dense(Layer):
    """An affine map with weights of its own: y = x Wᵀ + b, y[n, o] = Σ_i w[o, i] · x[n, i] + b[o].

    Its gradients: dx = dy W, dW = dyᵀ x, db = Σ_n dy[n].

    Parameters
    ----------
    n_in, n_out
        Features before and after.
    bias, init, rng, dtype
        As in `Conv`.

    Attributes
    ----------
    params
        `"w"` `(n_out, n_in)` and, with a bias, `"b"` `(n_out,)`.

    Raises
    ------
    ValueError, TypeError
        If an option is out of range.

    Examples
    --------
    >>> layer = Dense(784, 10, rng=0)
    >>> layer, layer(np.ones((32, 784))).shape
    (Dense(784 → 10) · 7,850 parameters, (32, 10))
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        bias: bool = True,
        init: Init = "he",
        rng: Rng = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.n_in = _checks.integer("n_in", n_in, 1)
        self.n_out = _checks.integer("n_out", n_out, 1)
        shape = (self.n_out, self.n_in)
        self._params["w"] = drawn(init, shape, (self.n_in, self.n_out), rng, floating(dtype))
        if _checks.flag("bias", bias):
            self._params["b"] = np.zeros(self.n_out, floating(dtype))

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return `(n_out,)` for `(n_in,)`; see `Layer.output_shape`."""
        shape = as_tuple("shape", shape)
        if shape != (self.n_in,):
            advice = "" if shape else "; one sample alone is x[np.newaxis]"
            advice = "; put a Flatten() before it" if prod(shape) == self.n_in > 1 else advice
            raise self.refusal(shape, f"(N, {self.n_in}){advice}")
        return (self.n_out,)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        w, b = self._params["w"], self._params.get("b")
        dtype = _checks.result_dtype(x, w, b)
        work = _checks.working_dtype(dtype)
        y = x.astype(work, copy=False) @ w.T.astype(work, copy=False)
        if b is not None:
            y += b
        return y.astype(dtype, copy=False), x

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        dy, x, w = self._working(dy, kept)
        return dy @ w, self._of_parameters(dy, x)

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> Grads:
        """Return the gradients alone; see `Layer.compute_parameter_gradients`."""
        dy, x, _ = self._working(dy, kept)
        return self._of_parameters(dy, x)

    def _working(self, dy: Array, x: Array) -> tuple[Array, Array, Array]:
        """Return dy, x and w in the dtype to add up in."""
        w = self._params["w"]
        work = _checks.working_dtype(_checks.result_dtype(dy, x, w))
        dy, x, w = (a.astype(work, copy=False) for a in (dy, x, w))
        return dy, x, w

    def _of_parameters(self, dy: Array, x: Array) -> Grads:
        """Return dW and, with a bias, db."""
        grads = {"w": dy.T @ x}
        if "b" in self._params:
            grads["b"] = dy.sum(axis=0)
        return grads

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        bias = "" if "b" in self._params else ", no bias"
        return f"Dense({self.n_in} → {self.n_out}{bias})"


class Flatten(Layer):
    """One axis of all but the batch: (N, C, *spatial) becomes (N, C · prod(spatial)).

    The last axis runs fastest, so a channel stays in one piece.

    Examples
    --------
    >>> Flatten()([[[1, 2], [3, 4]]])
    array([[1., 2., 3., 4.]])
    """

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the product of the shape, as a tuple; see `Layer.output_shape`."""
        return (prod(as_tuple("shape", shape)),)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        return x.reshape(len(x), prod(x.shape[1:])), x.shape

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return dy.reshape(kept), {}
