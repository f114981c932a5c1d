"""Is `backward` the gradient of `forward`? Central differences decide, for any layer or network."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
from numpy.typing import ArrayLike

from convlib._checks import Array, Rng, generator, number, real
from convlib.nn._arguments import checked_net
from convlib.nn.layer import Layer

DIRECTIONS = 3
FLOOR = 1e-3  # of |g| |y|: gradients that are 0 are compared with this, not with their own rounding
ENOUGH = 1e-9  # a difference is believed where rounding takes no larger share of the slope
EPSILON = float(np.finfo(np.float64).eps)


def check_gradients(
    layer: Layer, x: ArrayLike, *, rng: Rng = None, h: float = 1e-5
) -> dict[str, float]:
    """Compare `backward` with differences of L = ⟨forward(x), g⟩ for a random g.

    Along a random direction v, the gradient promises the slope ⟨∂L, v⟩; the central difference
    (L(x + h·v) − L(x − h·v))/2h measures it. Three directions are tried for x and for every
    parameter. A right layer stays near 1e-9, a network with kinks below
    about 1e-6, and a mistake is rarely below 1e-3.

    Parameters
    ----------
    layer
        A layer or a network; it is copied, so it stays as it is. What is random in it gets the
        same numbers every time. A float32 layer is compared with differences of a float64 copy;
        its error is that of float32, near 1e-6, and that of a float16 layer near 1e-3.
    x
        Batch that the layer takes, at least one entry. Where it has kinks (`ReLU` at 0, equal
        maxima in `MaxPool`) there is no slope to compare with: choose x at random.
    rng
        A seed, a generator, or None, for g and the directions.
    h
        Step, above 0. Where the largest value of x, or of a parameter, is below 1000·h or above
        0.01/h, the step is h times that value, unless rounding would hide what it changes.

    Returns
    -------
    dict
        The relative error |difference − promise| / max(|difference|, |promise|) under `"x"` and the
        name of every parameter, infinite where a slope is no number. Slopes far below |g|·|y| are
        compared with a thousandth of that, for rounding is all that is left of a gradient which
        is 0.

    Raises
    ------
    ValueError, TypeError
        If layer is none, h is not above 0, x is empty or refused by the layer, or a parameter is
        called `"x"`.

    Examples
    --------
    >>> from convlib import nn
    >>> x = np.random.default_rng(0).normal(size=(2, 3, 8, 8))
    >>> errors = check_gradients(nn.Conv(3, 4, 3, stride=2, rng=0), x, rng=1)
    >>> {name: error < 1e-7 for name, error in errors.items()}
    {'x': True, 'w': True, 'b': True}
    """
    if "x" in checked_net(layer, "layer").params:
        raise ValueError("a parameter is called 'x': needs another name, for x is the input here")
    h = number("h", h, "needs a step above 0, for example h=1e-5", lambda h: h > 0)
    x = real("x", x)
    x = x.astype(layer.dtype) if x.dtype.kind in "iu" else x
    if not x.size:
        raise ValueError(f"x has shape {x.shape}: needs at least one entry")
    numbers, trial = generator(rng), deepcopy(layer)
    y = trial.forward(x)
    g = numbers.normal(size=y.shape).astype(y.dtype)
    found = _gradients(trial, g)
    exact = deepcopy(layer).astype(np.float64)
    loss = _Loss(exact, x.astype(np.float64), g.astype(np.float64), _norm(g) * _norm(y))
    return {name: _error(loss, name, grad, numbers, h) for name, grad in found.items()}


def _gradients(layer: Layer, g: Array) -> dict[str, Array]:
    """Return what backward says, as float64; a gradient that it does not write counts as 0."""
    layer.grads.clear()
    found = {"x": layer.backward(g)}
    for name, param in layer.params.items():
        found[name] = layer.grads.get(name, np.zeros(param.shape))
    return {name: grad.astype(np.float64) for name, grad in found.items()}


class _Loss:
    """L as a function of where x and the parameters are moved to; `size` is |g| |y|."""

    def __init__(self, layer: Layer, x: Array, g: Array, size: float) -> None:
        self.layer, self.x, self.g, self.size = layer, x, g, size

    def peak(self, name: str) -> float:
        """Return the largest value of "x" or of one parameter, without its sign."""
        values = self.x if name == "x" else self.layer.params[name]
        return float(np.abs(values).max(initial=0))

    def moved(self, name: str, step: Array) -> float:
        """Return L after adding a step to "x" or to one parameter; the layer is left as it was."""
        trial = deepcopy(self.layer)
        if name != "x":
            trial.params[name] += step
        x = self.x + step if name == "x" else self.x
        return float((trial.forward(x) * self.g).sum())

    def slope(self, name: str, v: Array, h: float) -> float:
        """Return the central difference along v."""
        return (self.moved(name, h * v) - self.moved(name, -h * v)) / (2 * h)


@np.errstate(over="ignore", invalid="ignore")  # seen in the result
def _error(loss: _Loss, name: str, grad: Array, rng: np.random.Generator, h: float) -> float:
    """Return the relative error of one gradient over a few random directions."""
    directions = [rng.normal(size=grad.shape) for _ in range(DIRECTIONS)]
    promised = np.array([(grad * v).sum() for v in directions])
    peak = loss.peak(name)
    for step in _steps(peak, h):
        measured = np.array([loss.slope(name, v, step) for v in directions])
        slope = max(_norm(measured), _norm(promised))
        if EPSILON * (loss.size + slope * peak) / step < ENOUGH * slope:
            break
    scale = max(slope, FLOOR * loss.size / max(peak, 1))
    wrong = _norm(measured - promised)
    if not np.isfinite(wrong):
        return float("inf")
    return wrong / scale if scale else wrong


def _steps(peak: float, h: float) -> list[float]:
    """Return the steps to try, the smaller one first, for values of at most this size.

    >>> _steps(3.0, 0.001), _steps(0.5, 0.001), _steps(2000.0, 0.001)
    ([0.001], [0.0005, 0.001], [0.001, 2.0])
    """
    usual = peak == 0 or 1000 * h <= peak <= 0.01 / h or not np.isfinite(peak)
    return [h] if usual else sorted([h, h * peak])


def _norm(a: Array) -> float:
    """Return the length of an array, whose squares may leave the range of its dtype."""
    a = a.astype(np.float64)
    peak = float(np.abs(a).max(initial=0))
    return peak * float(np.linalg.norm(a / peak)) if 0 < peak < np.inf else peak
