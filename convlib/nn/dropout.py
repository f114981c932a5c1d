"""Dropout: zeros at random in training, nothing in evaluation."""

from __future__ import annotations

from typing import Any

from convlib._checks import Array, Rng, generator, number
from convlib.nn.activations import Elementwise, where_kept
from convlib.nn.layer import Grads


class Dropout(Elementwise):
    """Set each entry to 0 with probability p, and divide the others by 1 − p; only in training.

    The division keeps the mean of every entry, so that evaluation needs no correction ("inverted"
    dropout). `backward` uses the same mask.

    Parameters
    ----------
    p
        Probability of a zero, at least 0 and below 1.
    rng
        A seed, a generator, or None for other masks every time.

    Raises
    ------
    ValueError
        If p is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> layer = Dropout(0.5, rng=0)
    >>> layer(np.ones((1, 6)))
    array([[2., 0., 0., 0., 2., 2.]])
    >>> layer.eval()(np.ones((1, 6)))
    array([[1., 1., 1., 1., 1., 1.]])

    Source: Srivastava et al. (2014), "Dropout: A Simple Way to Prevent Neural Networks from
    Overfitting", section 10 for the scaling.
    """

    def __init__(self, p: float = 0.5, *, rng: Rng = None) -> None:
        super().__init__()
        rule = "needs a probability of a zero, 0 <= p < 1"
        rule += (
            f"; {p:g} % is p={p / 100:g}" if isinstance(p, (int, float)) and 2 <= p < 100 else ""
        )
        self.p = number("p", p, rule, lambda p: 0 <= p < 1)
        self.rng = generator(rng)

    def compute(self, x: Array) -> tuple[Array, Any]:
        """Return y; see `Layer.compute`."""
        if not self.training or self.p == 0:
            return x, None
        keep = self.rng.random(x.shape) >= self.p
        return self._masked(x, keep), keep

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, Grads]:
        """Return dx and the gradients; see `Layer.compute_gradients`."""
        return dy if kept is None else self._masked(dy, kept), {}

    def _masked(self, array: Array, keep: Array) -> Array:
        """Return what is kept, larger by 1/(1 − p), and zeros."""
        return where_kept(keep, array / (1 - self.p))

    def title(self) -> str:
        """Return the layer with its options; see `Layer.title`."""
        return f"Dropout({self.p:g})"
