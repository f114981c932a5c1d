"""Random first weights, of a size that fits the layer.

With too large ones the signals explode from layer to layer, with too small ones they fade. What
decides is how many products add up in one output.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Rng, generator, number, real, sizes, word

Init = str | Callable[[tuple[int, ...], np.random.Generator], ArrayLike]
Fans = tuple[float, float]


def fan_in(shape: Sequence[int]) -> int:
    """Return how many inputs one output reads: C_in/groups · prod(kernel), or n_in.

    Parameters
    ----------
    shape
        Of weights `(C_out, C_in/groups, *kernel)` or `(n_out, n_in)`.

    Raises
    ------
    ValueError, TypeError
        If the shape has fewer than two axes, or an axis is not at least 1.

    Examples
    --------
    >>> fan_in((8, 3, 5, 5)), fan_in((10, 784))
    (75, 784)
    """
    return prod(_shape(shape)[1:])


def fan_out(shape: Sequence[int], *, groups: int = 1) -> int:
    """Return how many outputs one input reaches at stride 1: C_out/groups · prod(kernel), or n_out.

    Parameters
    ----------
    shape
        As in `fan_in`.
    groups
        Of the layer. The shape alone does not tell it.

    Raises
    ------
    ValueError, TypeError
        As `fan_in`, and if groups does not divide C_out.

    Examples
    --------
    >>> fan_out((8, 3, 5, 5)), fan_out((8, 1, 5, 5), groups=8), fan_out((10, 784))
    (200, 25, 10)
    """
    c_out, _, *kernel = _shape(shape)
    g = _checks.integer("groups", groups, 1)
    _checks.divides(f"w has {c_out} output channels (its axis 0)", c_out, g, c_out)
    return c_out // g * prod(kernel)


def he(shape: Sequence[int], *, rng: Rng = None, gain: float = 2.0) -> Array:
    """Draw weights from a normal distribution of mean 0 and variance gain / fan_in.

    With gain 2 a layer that follows a ReLU keeps the mean square of the signal, since a ReLU halves
    it; with gain 1 a layer keeps it that follows none.

    Parameters
    ----------
    shape
        As in `fan_in`.
    rng
        A seed, a generator, or None for other weights every time.
    gain
        Above 0.

    Returns
    -------
    shape
        float64.

    Raises
    ------
    ValueError, TypeError
        As `fan_in`, and if gain is not above 0.

    Examples
    --------
    >>> w = he((64, 3, 5, 5), rng=0)
    >>> w.shape, bool(abs(w.var() * 75 / 2 - 1) < 0.05)
    ((64, 3, 5, 5), True)

    Source: He, Zhang, Ren and Sun (2015), "Delving Deep into Rectifiers", equation 10.
    """
    rule = "needs a number above 0; 2 after a ReLU, 1 without one"
    gain = number("gain", gain, rule, lambda gain: 0 < gain < inf)
    return _normal(_shape(shape), gain / fan_in(shape), rng)


def xavier(
    shape: Sequence[int], *, rng: Rng = None, mode: str = "average", groups: int = 1
) -> Array:
    """Draw weights from a normal distribution of variance 2 / (fan_in + fan_out), or 1 / fan_in.

    The first is a compromise: 1 / fan_in would keep the size of the signals forward, 1 / fan_out
    that of the gradients backward.

    Parameters
    ----------
    shape, rng
        As in `he`.
    mode
        `"average"` (of the two fans) or `"fan_in"`.
    groups
        As in `fan_out`.

    Returns
    -------
    shape
        float64.

    Raises
    ------
    ValueError, TypeError
        As `fan_in` and `fan_out`, and for an unknown mode.

    Examples
    --------
    >>> bool(abs(xavier((300, 100), rng=0).var() * 200 - 1) < 0.05)
    True

    Source: Glorot and Bengio (2010), "Understanding the difficulty of training deep feedforward
    neural networks", equations 10 to 12; there uniform, with the same variance.
    """
    word("mode", mode, ("average", "fan_in"))
    inputs = fan_in(shape)
    mean = inputs if mode == "fan_in" else (inputs + fan_out(shape, groups=groups)) / 2
    return _normal(_shape(shape), 1 / mean, rng)


def drawn(init: Init, shape: tuple[int, ...], fans: Fans, rng: Rng, dtype: np.dtype[Any]) -> Array:
    """Return the first weights of a layer whose fans are `(fan_in, fan_out)`.

    >>> drawn(lambda shape, rng: np.ones(shape), (1, 2), (2, 1), None, np.dtype("float32"))
    array([[1., 1.]], dtype=float32)
    """
    if callable(init):
        w = real("init(shape, rng)", init(shape, generator(rng)))
        _checks.matches("init(shape, rng)", w, shape, "the shape of the weights")
        return w.astype(dtype)
    word("init", init, ("he", "xavier"))
    variance = 2 / fans[0] if init == "he" else 2 / sum(fans)
    return _normal(shape, variance, rng).astype(dtype)


def _normal(shape: tuple[int, ...], variance: float, rng: Rng) -> Array:
    """Return normal numbers of mean 0 and this variance."""
    return generator(rng).normal(0, np.sqrt(variance), shape)


def _shape(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the checked shape of weights."""
    checked = sizes("shape", shape)
    if len(checked) < 2:
        rule = "needs at least two axes, (C_out, C_in/groups, *kernel) or (n_out, n_in)"
        raise ValueError(f"shape={checked!r}: {rule}")
    return checked
