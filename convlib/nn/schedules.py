"""Schedules: functions of the epoch (0, 1, …) that give the factor of the first learning rate."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi

from convlib import _check
from convlib.nn._door import number

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
    epochs = _check.integer("every", every, 1)
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
    last = _check.integer("epochs", epochs, 1)
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
    first = _check.integer("epochs", epochs, 1)
    if then is not None and not callable(then):
        raise TypeError(f"then={then!r}: needs a schedule, for example nn.cosine(20)")
    later = then or (lambda epoch: 1.0)
    return lambda epoch: (epoch + 1) / (first + 1) if epoch < first else later(epoch - first)


def _share(name: str, value: object) -> float:
    """Return a number from 0 to 1."""
    return number(name, value, FROM_ZERO_TO_ONE, lambda x: 0 <= x <= 1)
