"""Is `backward` the gradient of `forward`? Central differences decide, for any layer or network."""

from __future__ import annotations

from copy import deepcopy

import numpy as np
from numpy.typing import ArrayLike

from convlib._checks import Array, Rng, generator, number, real
from convlib.nn.layer import Layer

DIRECTIONS = 3
FLOOR = 1e-3  # of |g| |y|: gradients that are 0 are compared with this, not with their own rounding


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
        its error is that of float32, near 1e-6.
    x
        Batch that the layer takes, at least one entry. Where it has kinks (`ReLU` at 0, equal
        maxima in `MaxPool`) there is no slope to compare with: choose x at random.
    rng
        A seed, a generator, or None, for g and the directions.
    h
        Step, above 0.

    Returns
    -------
    dict
        The relative error |difference − promise| / max(|difference|, |promise|) under `"x"` and the
        name of every parameter. Slopes far below |g|·|y| are compared with a thousandth of that,
        for rounding is all that is left of a gradient which is 0.

    Raises
    ------
    ValueError, TypeError
        If h is not above 0, or x is empty or refused by the layer.

    Examples
    --------
    >>> from convlib import nn
    >>> x = np.random.default_rng(0).normal(size=(2, 3, 8, 8))
    >>> errors = check_gradients(nn.Conv(3, 4, 3, stride=2, rng=0), x, rng=1)
    >>> {name: error < 1e-7 for name, error in errors.items()}
    {'x': True, 'w': True, 'b': True}
    """
    if not isinstance(layer, Layer):
        raise TypeError(f"layer={layer!r}: needs a layer, for example nn.ReLU()")
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
    loss = _Loss(exact, x.astype(np.float64), g.astype(np.float64))
    floor = FLOOR * float(np.linalg.norm(g) * np.linalg.norm(y))
    return {name: _error(loss, name, grad, numbers, h, floor) for name, grad in found.items()}


def _gradients(layer: Layer, g: Array) -> dict[str, Array]:
    """Return what backward says, as float64; a gradient that it does not write counts as 0."""
    layer.grads.clear()
    found = {"x": layer.backward(g)}
    for name, param in layer.params.items():
        found[name] = layer.grads.get(name, np.zeros(param.shape))
    return {name: grad.astype(np.float64) for name, grad in found.items()}


class _Loss:
    """L as a function of where x and the parameters are moved to."""

    def __init__(self, layer: Layer, x: Array, g: Array) -> None:
        self.layer, self.x, self.g = layer, x, g

    def moved(self, name: str, step: Array) -> float:
        """Return L after adding a step to "x" or to one parameter; the layer is left as it was."""
        trial = deepcopy(self.layer)
        if name != "x":
            trial.params[name] += step
        x = self.x + step if name == "x" else self.x
        return float((trial.forward(x) * self.g).sum())


def _error(
    loss: _Loss, name: str, grad: Array, rng: np.random.Generator, h: float, floor: float
) -> float:
    """Return the relative error of one gradient over a few random directions."""
    slopes = []
    for _ in range(DIRECTIONS):
        v = rng.normal(size=grad.shape)
        measured = (loss.moved(name, h * v) - loss.moved(name, -h * v)) / (2 * h)
        slopes.append((measured, float((grad * v).sum())))
    measured, promised = np.array(slopes).T
    scale = max(*(float(np.linalg.norm(slope)) for slope in (measured, promised)), floor)
    wrong = float(np.linalg.norm(measured - promised))
    return wrong / scale if scale else wrong
