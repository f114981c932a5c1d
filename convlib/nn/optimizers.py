"""Optimisers: how a gradient becomes a step. Each changes the parameters of a net in place.

Every optimiser reads `net.grads` of the last `backward`, and keeps arrays of its own, never those
of the net. With `weight_decay` λ each adds λ·w to the gradient of w, of every parameter, also of
biases, γ and β, as PyTorch does by default.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from convlib import _arrays
from convlib._check import Array
from convlib.nn._door import counted, number
from convlib.nn._options import flag
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
        _arrays.matches(f"grads[{name!r}]", grad, param.shape, "the shape of the parameter")
        return grad.astype(_arrays.working_dtype(param.dtype), copy=False)

    def _zeros(self, param: Array) -> dict[str, Array]:
        """Return the state of one parameter, an array of its own for every moment."""
        dtype = _arrays.working_dtype(param.dtype)
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
        self.nesterov = flag("nesterov", nesterov)
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
