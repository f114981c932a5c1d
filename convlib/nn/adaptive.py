"""Optimisers with a step of its own for every entry: AdaGrad, RMSProp, Adam."""

from __future__ import annotations

import numpy as np

from convlib._check import Array
from convlib.nn._options import flag
from convlib.nn.layer import Layer
from convlib.nn.optimizers import Optimizer, below_one, least_zero


class AdaGrad(Optimizer):
    """Divide by the root of the sum of all squares: s ← s + g², w ← w − η·g/(√s + ε).

    Parameters
    ----------
    net, lr, weight_decay
        As in `SGD`.
    eps
        ε, at least 0.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, or a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> AdaGrad(nn.Dense(2, 2), lr=0.1)
    AdaGrad(lr=0.1) on 6 parameters

    Source: Duchi, Hazan and Singer (2011), "Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization", figure 1 with a diagonal matrix.
    """

    _moments = ("squares",)

    def __init__(
        self, net: Layer, lr: float = 0.01, *, eps: float = 1e-10, weight_decay: float = 0.0
    ) -> None:
        super().__init__(net, lr, weight_decay)
        self.eps = least_zero("eps", eps)

    def _update(self, g: Array, /, **moments: Array) -> Array:
        squares = moments["squares"]
        squares += g * g
        return g / (np.sqrt(squares) + self.eps)


class RMSProp(Optimizer):
    """Divide by the root of a running mean of squares: s ← α·s + (1 − α)·g², w ← w − η·g/(√s + ε).

    Parameters
    ----------
    net, lr, weight_decay
        As in `SGD`.
    decay
        α, at least 0 and below 1.
    eps
        ε, at least 0.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, or a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> RMSProp(nn.Dense(2, 2), decay=0.9)
    RMSProp(lr=0.01) on 6 parameters

    Source: Tieleman and Hinton (2012), "Neural Networks for Machine Learning", lecture 6e.
    """

    _moments = ("squares",)

    def __init__(
        self,
        net: Layer,
        lr: float = 0.01,
        *,
        decay: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(net, lr, weight_decay)
        self.decay = below_one("decay", decay)
        self.eps = least_zero("eps", eps)

    def _update(self, g: Array, /, **moments: Array) -> Array:
        squares = moments["squares"]
        squares *= self.decay
        squares += (1 - self.decay) * g * g
        return g / (np.sqrt(squares) + self.eps)


class Adam(Optimizer):
    """Running means of g and g², freed of their start at 0: w ← w − η·m̂/(√v̂ + ε).

    m ← β₁·m + (1 − β₁)·g and v ← β₂·v + (1 − β₂)·g² start at 0, so after t steps they hold only
    1 − βᵗ of the weight of a mean: m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    Parameters
    ----------
    net, lr
        As in `SGD`.
    betas
        (β₁, β₂), each at least 0 and below 1.
    eps
        ε, at least 0.
    weight_decay
        λ, at least 0. As in `SGD`, or if decoupled:
    decoupled
        Shrink the weights directly, w ← w − η·λ·w, before the step, and leave the gradient alone:
        this is AdamW.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, or a number is out of range.

    Examples
    --------
    The first step has the length of the rate in every entry, however large the gradient is:

    >>> from convlib import nn
    >>> net = nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape))
    >>> dx = net.backward(1e6 * net([[1.0]]))
    >>> Adam(net, lr=0.125).step()
    >>> net.params["w"].round(6)
    array([[0.875]])

    Source: Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1;
    Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
    """

    _moments = ("m", "v")

    def __init__(
        self,
        net: Layer,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
    ) -> None:
        super().__init__(net, lr, weight_decay)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas={betas!r}: needs two numbers, for example (0.9, 0.999)")
        self.betas = below_one("betas[0]", betas[0]), below_one("betas[1]", betas[1])
        self.eps = least_zero("eps", eps)
        self.decoupled = flag("decoupled", decoupled)

    def _decayed(self, param: Array, g: Array) -> Array:
        if not self.decoupled:
            return super()._decayed(param, g)
        param *= 1 - self.lr * self.weight_decay
        return g

    def _update(self, g: Array, /, **moments: Array) -> Array:
        m, v = moments["m"], moments["v"]
        first, second = self.betas
        m *= first
        m += (1 - first) * g
        v *= second
        v += (1 - second) * g * g
        mean, square = m / (1 - first**self.steps), v / (1 - second**self.steps)
        return mean / (np.sqrt(square) + self.eps)
