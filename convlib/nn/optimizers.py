"""Optimisers: how a gradient becomes a step, and schedules: how its rate changes with time.

Every optimiser changes the parameters of a net in place. It reads `net.grads` of the last
`backward`, and keeps arrays of its own, never those of the net. With `weight_decay` λ each adds λ·w
to the gradient of w (`AdamW` shrinks w itself), of every parameter, also of biases, γ and β, as
PyTorch does by default; `groups` gives some of them another λ or another rate. With `l1` each pulls
the parameters towards 0 by the same amount in every step, and to exactly 0 where they are small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from math import cos, hypot, inf, pi, sqrt
from typing import Any, ClassVar

import numpy as np

from convlib import _checks
from convlib._checks import Array, counted, number
from convlib.nn._arguments import checked_net
from convlib.nn.layer import Layer

ABOVE_ZERO = "needs a number above 0"
NOT_NEGATIVE = "needs a number of at least 0"
BELOW_ONE = "needs a number of at least 0 and below 1"
FROM_ZERO_TO_ONE = "needs a number from 0 to 1"
OF_A_GROUP = ("lr", "weight_decay", "l1")

State = dict[str, Array]
Groups = Mapping[str, Mapping[str, float]]
Schedule = Callable[[int], float]


# ---------------------------------------------------------------- what all optimisers share


class Optimizer:
    """What all optimisers share: the rate, the state, the loop over the parameters.

    Parameters
    ----------
    net
        A layer or a network.
    lr
        η, at least 0.
    weight_decay
        λ, at least 0: g ← g + λ·w first, for every parameter.
    groups
        A dict of patterns of names, as in a shell (`"*"` stands for anything, also for dots): every
        parameter that fits has the `"lr"`, `"weight_decay"` or `"l1"` given there. Where several
        patterns fit, the later one decides.
    l1
        λ₁, at least 0: after its step every parameter is pulled towards 0 by η·λ₁, and no further:
        w ← sign(w)·max(|w| − η·λ₁, 0), the soft threshold. (λ₁·sign(w) in the gradient would make
        small weights jump over the 0, to and fro.) Like decoupled decay it is not divided by √v̂.

    Attributes
    ----------
    net
        The net whose parameters are changed.
    lr
        Learning rate η, at least 0; may be changed between steps. The rates of groups change in
        proportion, so that a schedule is for all.
    weight_decay
        λ, of all parameters to which no group gives another.
    l1
        λ₁, of all parameters to which no group gives another.
    decoupled
        Whether λ shrinks the parameter itself, w ← w − η·λ·w, and leaves the gradient alone.
    state
        For every name of a parameter the moving arrays of this optimiser, by name, in the shape of
        the parameter; at first 0.
    steps
        The number of steps so far, t; in the first call of `update` 1.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, a number is out of range, or a pattern fits no parameter.

    Notes
    -----
    An optimiser of your own names its moving arrays in `moments`, and defines `update`.

    Examples
    --------
    Weights shrink, but not biases, γ and β; the last layer is trained at a tenth of the rate:

    >>> from convlib import nn
    >>> net = nn.Sequential(nn.Dense(2, 3), nn.BatchNorm(3), nn.Dense(3, 1))
    >>> groups = {"*w": {"weight_decay": 0.01}, "2.*": {"lr": 0.0001}}
    >>> optimizer = nn.AdamW(net, lr=0.001, weight_decay=0, groups=groups)

    With λ₁ a weight that is small enough becomes 0. In plain descent it stays there as long as its
    slope is below λ₁; with momentum the velocity, in Adam, AdaGrad and RMSProp the normalised step
    takes the place of the slope.

    >>> net = nn.Dense(3, 1, bias=False, init=lambda shape, rng: np.array([[1.0, -0.25, 0.125]]))
    >>> net.grads["w"] = np.zeros((1, 3))
    >>> nn.SGD(net, lr=0.5, l1=0.5).step()
    >>> net.params["w"].tolist()
    [[0.75, 0.0, 0.0]]

    An optimiser that looks only at the signs of a running mean of gradients:

    >>> class Signs(nn.Optimizer):
    ...     moments = ("mean",)
    ...     def update(self, g, state):
    ...         state["mean"] *= 0.5
    ...         state["mean"] += 0.5 * g
    ...         return np.sign(state["mean"])
    >>> net = nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape))
    >>> optimizer = Signs(net, lr=0.25)
    >>> for g in (8.0, -4.0, -1.0):
    ...     net.grads["w"] = np.array([[g]])
    ...     optimizer.step()
    ...     print(net.params["w"].item(), optimizer.state["w"]["mean"].item())
    0.75 4.0
    0.75 0.0
    1.0 -0.5
    """

    moments: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        net: Layer,
        lr: float,
        weight_decay: float = 0.0,
        groups: Groups | None = None,
        *,
        l1: float = 0.0,
    ) -> None:
        self.net = checked_net(net)
        self.lr = lr
        self.weight_decay = least_zero("weight_decay", weight_decay)
        self.l1 = least_zero("l1", l1)
        self.decoupled = False
        self.steps = 0
        self.state = {name: self._zeros(param) for name, param in net.params.items()}
        self._owners = _owners(net)
        chosen = {} if groups is None else groups
        self._shares, self._decays, self._l1s = _of_groups(chosen, tuple(self.state), self.lr)

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
            If a parameter has no gradient, or its layer was not there when the optimiser was made:
            then nothing is changed. (An array that was put into the same layer since, with
            `net.params["w"] = …`, is another value of the same parameter, whose moving arrays go
            on.)
        ValueError
            If a gradient has not the shape of its parameter; then nothing is changed.
        """
        params = dict(self.net.params)
        self._refuse_others(params)
        grads = gradients(self.net, params)
        self.steps += 1
        for name, param in params.items():
            rate = self.lr * self._shares.get(name, 1.0)
            # One buffer per parameter: first the gradient, then whatever `update` makes of it.
            g = self._decayed(param, grads[name], rate, self._decays.get(name, self.weight_decay))
            np.multiply(self.update(g, self.state[name]), rate, out=g)
            np.subtract(param, g, out=param, casting="same_kind")
            if pull := rate * self._l1s.get(name, self.l1):
                np.subtract(param, np.clip(param, -pull, pull), out=param, casting="same_kind")

    def update(self, g: Array, state: State) -> Array:
        """Return what is subtracted from a parameter, divided by its rate: the step of this kind.

        Parameters
        ----------
        g
            Gradient of the parameter, with the weight decay; at least float32. It is a copy, which
            may be overwritten and returned.
        state
            The arrays that `moments` names, of this parameter; to be changed in place.

        Returns
        -------
        Array
            In the shape of g. It is read only, so that it may be one of the arrays of the state.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define update")

    def _refuse_others(self, params: Mapping[str, Array]) -> None:
        """Refuse parameters for which the state was not made."""
        owners = _owners(self.net)
        for name, param in params.items():
            if name not in self.state:
                raise RuntimeError(f"parameter {name!r} is new: make the optimiser anew")
            path = name.rpartition(".")[0]
            other = owners[path] is not self._owners.get(path)
            if other or any(self.state[name][m].shape != param.shape for m in self.moments):
                what = "belongs to another layer" if other else f"has another shape, {param.shape}"
                raise RuntimeError(
                    "the net's parameters changed after the optimiser was made: "
                    f"{name!r} {what}; make the optimiser anew"
                )

    def _decayed(self, param: Array, grad: Array, rate: float, decay: float) -> Array:
        """Return a copy of the gradient with weight decay, or shrink the parameter itself."""
        g = np.empty(param.shape, _checks.working_dtype(param.dtype))
        if decay and not self.decoupled:
            np.multiply(param, decay, out=g, dtype=g.dtype)
            g += grad
            return g
        if decay:
            np.multiply(param, 1 - rate * decay, out=param, dtype=g.dtype, casting="same_kind")
        np.copyto(g, grad)
        return g

    def _zeros(self, param: Array) -> State:
        """Return the state of one parameter, an array of its own for every moment."""
        dtype = _checks.working_dtype(param.dtype)
        return {moment: np.zeros(param.shape, dtype) for moment in self.moments}

    def __repr__(self) -> str:
        return f"{type(self).__name__}(lr={self.lr:g}) on {counted(self.net.count)}"


def gradients(net: Layer, params: Mapping[str, Array]) -> dict[str, Array]:
    """Return the gradients of these parameters, and refuse to do so before `backward`."""
    grads = dict(net.grads)
    for name, param in params.items():
        if name not in grads:
            path, _, own = name.rpartition(".")
            rule = "has no gradient; call net.backward(...) first. If that was done,"
            causes = f"compute_gradients of {_owners(net)[path].title()} leaves out {own!r}"
            causes += ", or a layer around it did not call its backward" if path else ""
            raise RuntimeError(f"parameter {name!r} {rule} {causes}")
        if grads[name].shape != param.shape:  # the message costs more than the check
            meaning = "the shape of the parameter"
            _checks.matches(f"grads[{name!r}]", grads[name], param.shape, meaning)
    return grads


def _owners(net: Layer) -> dict[str, Layer]:
    """Return the layers of a net by path, as they stand before the names of their parameters."""
    return dict(net.named_layers())


def clip_gradients(net: Layer, max_norm: float) -> float:
    """Shorten the gradients of a net, if they are long: g ← g·min(1, c/‖g‖), all by one factor.

    ‖g‖ is the root of the sum of the squares of all entries of all gradients. Their direction is
    kept. Call it between `net.backward` and `optimizer.step`; `fit` does with `clip=c`.

    Parameters
    ----------
    net
        A layer or a network, after `backward`. Its gradients are changed in place; one that you put
        there as integers, or read only, is replaced.
    max_norm
        c, above 0.

    Returns
    -------
    float
        ‖g‖ before. Where it is NaN or infinite, the gradients stay as they are.

    Raises
    ------
    RuntimeError
        If a parameter has no gradient.
    ValueError, TypeError
        If net is no layer, or max_norm is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Dense(2, 1, bias=False)
    >>> net.grads["w"] = np.array([[30.0, 40.0]])
    >>> clip_gradients(net, 5), net.grads["w"]
    (50.0, array([[3., 4.]]))

    Source: Pascanu, Mikolov and Bengio (2013), "On the difficulty of training recurrent neural
    networks", algorithm 1.
    """
    most = above_zero("max_norm", max_norm)
    params = dict(checked_net(net).params)
    grads = gradients(net, params)
    norm = hypot(*(_norm(grads[name]) for name in params))
    if most < norm < inf:
        for name, param in params.items():
            grad = grads[name]
            if grad.dtype.kind == "f" and grad.flags.writeable:
                np.multiply(grad, most / norm, out=grad)
            else:
                net.grads[name] = (grad * (most / norm)).astype(param.dtype)
    return norm


def _norm(grad: Array) -> float:
    """Return the root of the sum of squares, where even the squares of float64 would overflow."""
    largest = float(np.abs(grad).max(initial=0))
    if not 0 < largest < inf:
        return largest
    return largest * sqrt(np.square(np.divide(grad, largest, dtype=np.float64)).sum())


# ---------------------------------------------------------------- optimisers


class SGD(Optimizer):
    """Gradient descent: w ← w − η·g; with momentum μ: v ← μ·v + g, w ← w − η·v.

    Nesterov's variant looks one step of momentum ahead: w ← w − η·(g + μ·v), with the new v.

    Parameters
    ----------
    net, lr, weight_decay, l1, groups
        As in `Optimizer`.
    momentum
        μ, at least 0 and below 1.
    nesterov
        Needs a momentum above 0.

    Raises
    ------
    ValueError, TypeError
        As `Optimizer`, and if a number is out of range.

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

    moments = ("velocity",)

    def __init__(
        self,
        net: Layer,
        lr: float = 0.1,
        *,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
        l1: float = 0.0,
        groups: Groups | None = None,
    ) -> None:
        super().__init__(net, lr, weight_decay, groups, l1=l1)
        self.momentum = below_one("momentum", momentum)
        self.nesterov = _checks.flag("nesterov", nesterov)
        if self.nesterov and not self.momentum:
            raise ValueError("nesterov=True: needs a momentum above 0, for example momentum=0.9")

    def update(self, g: Array, state: State) -> Array:
        """Return v, or g + μ·v; see `Optimizer.update`."""
        velocity = state["velocity"]
        velocity *= self.momentum
        velocity += g
        if self.nesterov:
            g += self.momentum * velocity
            return g
        return velocity


class AdaGrad(Optimizer):
    """Divide by the root of the sum of all squares: s ← s + g², w ← w − η·g/(√s + ε).

    Parameters
    ----------
    net, lr, weight_decay, l1, groups
        As in `Optimizer`.
    eps
        ε, at least 0.

    Raises
    ------
    ValueError, TypeError
        As `Optimizer`, and if a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> AdaGrad(nn.Dense(2, 2), lr=0.1)
    AdaGrad(lr=0.1) on 6 parameters

    Source: Duchi, Hazan and Singer (2011), "Adaptive Subgradient Methods for Online Learning and
    Stochastic Optimization", figure 1 with a diagonal matrix.
    """

    moments = ("squares",)

    def __init__(
        self,
        net: Layer,
        lr: float = 0.01,
        *,
        eps: float = 1e-10,
        weight_decay: float = 0.0,
        l1: float = 0.0,
        groups: Groups | None = None,
    ) -> None:
        super().__init__(net, lr, weight_decay, groups, l1=l1)
        self.eps = least_zero("eps", eps)

    def update(self, g: Array, state: State) -> Array:
        """Return g/(√s + ε); see `Optimizer.update`."""
        squares = state["squares"]
        squares += g * g
        g /= np.sqrt(squares) + self.eps
        return g


class RMSProp(Optimizer):
    """Divide by the root of a running mean of squares: s ← α·s + (1 − α)·g², w ← w − η·g/(√s + ε).

    Parameters
    ----------
    net, lr, weight_decay, l1, groups
        As in `Optimizer`.
    decay
        α, at least 0 and below 1.
    eps
        ε, at least 0.

    Raises
    ------
    ValueError, TypeError
        As `Optimizer`, and if a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> RMSProp(nn.Dense(2, 2), decay=0.9)
    RMSProp(lr=0.01) on 6 parameters

    Source: Tieleman and Hinton (2012), "Neural Networks for Machine Learning", lecture 6e.
    """

    moments = ("squares",)

    def __init__(
        self,
        net: Layer,
        lr: float = 0.01,
        *,
        decay: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        l1: float = 0.0,
        groups: Groups | None = None,
    ) -> None:
        super().__init__(net, lr, weight_decay, groups, l1=l1)
        self.decay = below_one("decay", decay)
        self.eps = least_zero("eps", eps)

    def update(self, g: Array, state: State) -> Array:
        """Return g/(√s + ε); see `Optimizer.update`."""
        squares = state["squares"]
        squares *= self.decay
        squares += (1 - self.decay) * g * g
        g /= np.sqrt(squares) + self.eps
        return g


class Adam(Optimizer):
    """Running means of g and g², freed of their start at 0: w ← w − η·m̂/(√v̂ + ε).

    m ← β₁·m + (1 − β₁)·g and v ← β₂·v + (1 − β₂)·g² start at 0, so after t steps they hold only
    1 − βᵗ of the weight of a mean: m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).

    Parameters
    ----------
    net, lr, weight_decay, l1, groups
        As in `Optimizer`.
    betas
        (β₁, β₂), each at least 0 and below 1.
    eps
        ε, at least 0.
    decoupled
        Shrink the weights themselves instead of adding λ·w to the gradient: this is `AdamW`.

    Raises
    ------
    ValueError, TypeError
        As `Optimizer`, and if a number is out of range.

    Examples
    --------
    The first step has the length of the rate in every entry, however large the gradient is:

    >>> from convlib import nn
    >>> net = nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape))
    >>> dx = net.backward(1e6 * net([[1.0]]))
    >>> Adam(net, lr=0.125).step()
    >>> net.params["w"].round(6)
    array([[0.875]])

    Source: Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1.
    """

    moments = ("m", "v")

    def __init__(
        self,
        net: Layer,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled: bool = False,
        l1: float = 0.0,
        groups: Groups | None = None,
    ) -> None:
        super().__init__(net, lr, weight_decay, groups, l1=l1)
        if not isinstance(betas, (tuple, list)) or len(betas) != 2:
            raise TypeError(f"betas={betas!r}: needs two numbers, for example (0.9, 0.999)")
        self.betas = below_one("betas[0]", betas[0]), below_one("betas[1]", betas[1])
        self.eps = least_zero("eps", eps)
        self.decoupled = _checks.flag("decoupled", decoupled)

    def update(self, g: Array, state: State) -> Array:
        """Return m̂/(√v̂ + ε); see `Optimizer.update`."""
        m, v = state["m"], state["v"]
        first, second = self.betas
        # The weights of the means so far: m̂ = m/seen_m, v̂ = v/seen_v.
        seen_m, seen_v = 1 - first**self.steps, 1 - second**self.steps
        part = np.multiply(g, 1 - first, out=np.empty_like(g))
        m *= first
        m += part
        np.multiply(g, 1 - second, out=part)  # g² alone may overflow
        part *= g
        v *= second
        v += part
        # m̂/(√v̂ + ε) with one division: m/(√v·seen_m/√seen_v + ε·seen_m)
        np.sqrt(v, out=g)
        g *= seen_m / sqrt(seen_v)
        g += self.eps * seen_m
        return np.divide(m, g, out=g)


class AdamW(Adam):
    """Adam with decoupled weight decay: w ← w − η·λ·w, then Adam's step of the gradient alone.

    In `Adam` the term λ·w is divided by √v̂ like the gradient, so that weights with large gradients
    hardly shrink. Here all shrink by the same share.

    Parameters
    ----------
    net, lr, l1, groups
        As in `Optimizer`.
    betas, eps
        As in `Adam`.
    weight_decay
        λ, at least 0.

    Raises
    ------
    ValueError, TypeError
        As `Optimizer`, and if a number is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape))
    >>> net.grads["w"] = np.zeros((1, 1))
    >>> AdamW(net, lr=0.5, weight_decay=0.25).step()
    >>> net.params["w"]
    array([[0.875]])

    Source: Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", algorithm 2.
    """

    def __init__(
        self,
        net: Layer,
        lr: float = 0.001,
        *,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.01,
        l1: float = 0.0,
        groups: Groups | None = None,
    ) -> None:
        super().__init__(
            net,
            lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled=True,
            l1=l1,
            groups=groups,
        )


# ---------------------------------------------------------------- schedules


def step_decay(every: int, factor: float = 0.1) -> Schedule:
    """Multiply the rate by a factor after every so many epochs: factor^⌊epoch / every⌋.

    Parameters
    ----------
    every
        Epochs, at least 1; steps, in a `fit` with `schedule_per="step"`.
    factor
        From 0 to 1.

    Returns
    -------
    Schedule
        A function of the epoch, an integer of at least 0.

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
    return lambda epoch: base ** (_epoch(epoch) // epochs)


def cosine(epochs: int, floor: float = 0.0) -> Schedule:
    """Go down half a cosine wave: floor + (1 − floor)·(1 + cos(π·epoch/epochs))/2, then the floor.

    Parameters
    ----------
    epochs
        At least 1. The floor is reached in the epoch of this number, the first one afterwards. With
        `schedule_per="step"`, the number of steps.
    floor
        From 0 to 1.

    Returns
    -------
    Schedule
        A function of the epoch, an integer of at least 0.

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
    return lambda epoch: least + (1 - least) * (1 + cos(pi * min(_epoch(epoch), last) / last)) / 2


def warmup(epochs: int, then: Schedule | None = None) -> Schedule:
    """Start with small rates: (epoch + 1)/(epochs + 1), then 1, or another schedule from its start.

    Parameters
    ----------
    epochs
        The number of epochs below the full rate, at least 1. With `schedule_per="step"`, of steps.
    then
        Schedule that follows; its epoch 0 is the first after the warm-up. None stays at 1.

    Returns
    -------
    Schedule
        A function of the epoch, an integer of at least 0.

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

    def rate(epoch: int) -> float:
        at = _epoch(epoch)
        return (at + 1) / (first + 1) if at < first else later(at - first)

    return rate


def _epoch(value: object) -> int:
    """Return the number of an epoch, or of a step, for which a schedule is asked."""
    return _checks.integer("epoch", value, 0)


# ---------------------------------------------------------------- checks


def least_zero(name: str, value: object) -> float:
    """Return a finite number of at least 0.

    >>> least_zero("lr", -0.1)
    Traceback (most recent call last):
    ValueError: lr=-0.1: needs a number of at least 0
    """
    return number(name, value, NOT_NEGATIVE, lambda x: 0 <= x < inf)


def above_zero(name: str, value: object) -> float:
    """Return a finite number above 0.

    >>> above_zero("clip", 0)
    Traceback (most recent call last):
    ValueError: clip=0: needs a number above 0
    """
    return number(name, value, ABOVE_ZERO, lambda x: 0 < x < inf)


def below_one(name: str, value: object) -> float:
    """Return a number of at least 0 and below 1.

    >>> below_one("momentum", 1)
    Traceback (most recent call last):
    ValueError: momentum=1: needs a number of at least 0 and below 1
    """
    return number(name, value, BELOW_ONE, lambda x: 0 <= x < 1)


def _share(name: str, value: object) -> float:
    """Return a number from 0 to 1."""
    return number(name, value, FROM_ZERO_TO_ONE, lambda x: 0 <= x <= 1)


def _of_groups(
    groups: object, names: tuple[str, ...], lr: float
) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """Return, by name, the rates that groups give as shares of lr, weight decays and λ₁."""
    given: dict[str, dict[str, float]] = {option: {} for option in OF_A_GROUP}
    for pattern, options in _entries("groups", groups, "{'*b': {'weight_decay': 0}}"):
        chosen = _fitting(pattern, names)
        group = f"groups[{pattern!r}]"
        for option, value in _entries(group, options, "{'lr': 0.01, 'weight_decay': 0}"):
            _checks.word(group, option, OF_A_GROUP)
            checked = least_zero(f"{group}[{option!r}]", value)
            given[option].update(dict.fromkeys(chosen, checked))
    rates, decays, pulls = given.values()
    if rates and not lr:
        raise ValueError("lr=0: needs a number above 0, as the rates of groups are shares of it")
    return {name: rate / lr for name, rate in rates.items()}, decays, pulls


def _entries(name: str, value: object, example: str) -> Iterable[tuple[str, Any]]:
    """Return the entries of a dict, and refuse anything else."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name}={value!r}: needs a dict, for example {example}")
    return value.items()


def _fitting(pattern: str, names: tuple[str, ...]) -> list[str]:
    """Return the names that a pattern fits, at least one."""
    chosen = [name for name in names if fnmatchcase(name, pattern)]
    if not chosen:
        some = ", ".join(map(repr, names[:4])) + (", …" if len(names) > 4 else "")
        raise ValueError(f"groups[{pattern!r}]: fits none of the parameters, {some}")
    return chosen
