"""Optimisers: how a gradient becomes a step, and schedules: how its rate changes with time.

Every optimiser changes the parameters of a net in place. It reads `net.grads` of the last
`backward`, and keeps arrays of its own, never those of the net. With `weight_decay` λ each adds λ·w
to the gradient of w, of every parameter, also of biases, γ and β, as PyTorch does by default.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from typing import ClassVar

import numpy as np

from convlib import _checks
from convlib._checks import Array, counted, number
from convlib.nn.layer import Layer

NOT_NEGATIVE = "needs a number of at least 0"
BELOW_ONE = "needs a number of at least 0 and below 1"


class Optimizer:
    """What all optimisers share: the rate, the state, the loop over the parameters.

    Attributes
    ----------
    net
        The net whose parameters are changed.
    lr
        Learning rate η, at least 0; may be changed between steps.
    weight_decay
        λ.
    state
        For every name of a parameter the moving arrays of this optimiser, by name, in the shape of
        the parameter; at first 0.
    steps
        The number of steps so far, t.

    An optimiser of your own names its arrays in `_moments` and defines `_update(g, **arrays)`. It
    changes those arrays in place and returns what is subtracted from w, without the factor lr.
    """

    _moments: ClassVar[tuple[str, ...]] = ()

    def __init__(self, net: Layer, lr: float, weight_decay: float = 0.0) -> None:
        self.net = a_net(net)
        self.lr = lr
        self.weight_decay = least_zero("weight_decay", weight_decay)
        self.steps = 0
        self.state = {name: self._zeros(param) for name, param in net.params.items()}

    @property
    def lr(self) -> float:
        """The learning rate η."""
        return self._lr

    @lr.setter
    def lr(self, value: float) -> None:
        self._lr = least_zero("lr", value)

    def step(self) -> None:
        """Change every parameter by one step, in place.

        Raises
        ------
        RuntimeError
            If a parameter has no gradient; then nothing is changed.
        ValueError
            If a gradient has not the shape of its parameter; then nothing is changed.
        """
        grads = {name: self._gradient(name, param) for name, param in self.net.params.items()}
        self.steps += 1
        for name, param in self.net.params.items():
            param -= self.lr * self._update(self._decayed(param, grads[name]), **self.state[name])

    def _update(self, g: Array, /, **moments: Array) -> Array:
        """Return what is subtracted from the parameter, divided by lr."""
        raise NotImplementedError(f"{type(self).__name__} does not define _update")

    def _decayed(self, param: Array, g: Array) -> Array:
        """Return the gradient with weight decay: g + λw, always a new array."""
        return g + self.weight_decay * param if self.weight_decay else g.copy()

    def _gradient(self, name: str, param: Array) -> Array:
        """Return the gradient of one parameter, float16 as float32."""
        if name not in self.net.grads:
            rule = "has no gradient; call net.backward(...) before step()"
            raise RuntimeError(f"parameter {name!r} {rule}")
        grad = self.net.grads[name]
        _checks.matches(f"grads[{name!r}]", grad, param.shape, "the shape of the parameter")
        return grad.astype(_checks.working_dtype(param.dtype), copy=False)

    def _zeros(self, param: Array) -> dict[str, Array]:
        """Return the state of one parameter, an array of its own for every moment."""
        dtype = _checks.working_dtype(param.dtype)
        return {moment: np.zeros(param.shape, dtype) for moment in self._moments}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr:g}) on {counted(self.net.count)}"


class SGD(Optimizer):
    """Gradient descent: w ← w − η·g; with momentum μ: v ← μ·v + g, w ← w − η·v.

    Nesterov's variant looks one step of momentum ahead: w ← w − η·(g + μ·v), with the new v.

    Parameters
    ----------
    net
        A layer or a `Sequential`.
    lr
        η, at least 0.
    momentum
        μ, at least 0 and below 1.
    nesterov
        Needs a momentum above 0.
    weight_decay
        λ, at least 0: g ← g + λ·w first, for every parameter.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, or a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape))
    >>> optimizer = SGD(net, lr=0.25, momentum=0.5)
    >>> for _ in range(3):
    ...     loss = nn.mse(net([[1.0]]), [[0.0]])
    ...     dx = net.backward(loss.grad)
    ...     optimizer.step()
    ...     print(net.params["w"].item())
    0.5
    0.0
    -0.25

    Source: Sutskever, Martens, Dahl and Hinton (2013), "On the importance of initialization and
    momentum in deep learning", equations 1 to 4, with the rate outside v and the parameters named
    after the look ahead, as in PyTorch.
    """

    _moments = ("velocity",)

    def __init__(
        self,
        net: Layer,
        lr: float = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(net, lr, weight_decay)
        self.momentum = below_one("momentum", momentum)
        self.nesterov = _checks.flag("nesterov", nesterov)
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov=True: needs a momentum above 0, for example momentum=0.9")

    def _update(self, g: Array, /, **moments: Array) -> Array:
        velocity = moments["velocity"]
        velocity *= self.momentum
        velocity += g
        return g + self.momentum * velocity if self.nesterov else velocity


def a_net(value: object) -> Layer:
    """Return a net, and refuse what is none.

    >>> a_net(0.1)
    Traceback (most recent call last):
    TypeError: net is float: needs a layer or nn.Sequential
    """
    if not isinstance(value, Layer):
        raise TypeError(f"net is {type(value).__name__}: needs a layer or nn.Sequential")
    return value


def least_zero(name: str, value: object) -> float:
    """Return a finite number of at least 0.

    >>> least_zero("lr", -0.1)
    Traceback (most recent call last):
    ValueError: lr=-0.1: needs a number of at least 0
    """
    return number(name, value, NOT_NEGATIVE, lambda x: 0 <= x < np.inf)


def below_one(name: str, value: object) -> float:
    """Return a number of at least 0 and below 1.

    >>> below_one("momentum", 1)
    Traceback (most recent call last):
    ValueError: momentum=1: needs a number of at least 0 and below 1
    """
    return number(name, value, BELOW_ONE, lambda x: 0 <= x < 1)


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
        self.decoupled = _checks.flag("decoupled", decoupled)

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


Schedule = Callable[[int], float]
FROM_ZERO_TO_ONE = "needs a number from 0 to 1"


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """Multiply the rate by a factor after every so many epochs: factor^⌊epoch / every⌋.

    Parameters
    ----------
    every
        Epochs, at least 1.
    factor
        From 0 to 1.

    Returns
    -------
    Schedule
        A function of the epoch.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.

    Examples
    --------
    >>> rate = step_decay(2, 0.5)
    >>> [rate(epoch) for epoch in range(5)]
    [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    epochs = _checks.integer("every", every, 1)
    base = _share("factor", factor)
    return lambda epoch: base ** (epoch // epochs)


def cosine(epochs: int, floor: float = 0.0) -> Schedule:
    """Go down half a cosine wave: floor + (1 − floor)·(1 + cos(π·epoch/epochs))/2, then the floor.

    Parameters
    ----------
    epochs
        At least 1. The floor is reached in the epoch of this number, the first one afterwards.
    floor
        From 0 to 1.

    Returns
    -------
    Schedule
        A function of the epoch.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.

    Examples
    --------
    >>> rate = cosine(4)
    >>> [round(rate(epoch), 3) for epoch in range(6)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]

    Source: Loshchilov and Hutter (2017), "SGDR: Stochastic Gradient Descent with Warm Restarts",
    equation 5, without restarts.
    """
    last = _checks.integer("epochs", epochs, 1)
    least = _share("floor", floor)
    return lambda epoch: least + (1 - least) * (1 + cos(pi * min(epoch, last) / last)) / 2


def warmup(epochs: int, then: Schedule | None = None) -> Schedule:
    """Start with small rates: (epoch + 1)/(epochs + 1), then 1, or another schedule from its start.

    Parameters
    ----------
    epochs
        The number of epochs below the full rate, at least 1.
    then
        Schedule that follows; its epoch 0 is the first after the warm-up. None stays at 1.

    Returns
    -------
    Schedule
        A function of the epoch.

    Raises
    ------
    ValueError, TypeError
        If epochs is out of range, or `then` cannot be called.

    Examples
    --------
    >>> rate = warmup(3, then=step_decay(1, 0.5))
    >>> [rate(epoch) for epoch in range(6)]
    [0.25, 0.5, 0.75, 1.0, 0.5, 0.25]

    Source: Goyal et al. (2017), "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour",
    section 2.2.
    """
    first = _checks.integer("epochs", epochs, 1)
    if then is not None and not callable(then):
        raise TypeError(f"then={then!r}: needs a schedule, for example nn.cosine(20)")
    later = then or (lambda epoch: 1.0)
    return lambda epoch: (epoch + 1) / (first + 1) if epoch < first else later(epoch - first)


def _share(name: str, value: object) -> float:
    """Return a number from 0 to 1."""
    return number(name, value, FROM_ZERO_TO_ONE, lambda x: 0 <= x <= 1)
