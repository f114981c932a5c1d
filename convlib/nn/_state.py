"""A copy of everything that training changes, to put it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Self

import numpy as np

from convlib._check import Array
from convlib.nn.layer import Layer
from convlib.nn.optimizers import Optimizer

Copies = dict[str, Array]


class Kept(NamedTuple):
    """Copies of parameters and buffers, and if asked for of an optimiser's state."""

    params: Copies
    buffers: Copies
    state: dict[str, Copies]
    steps: int

    @classmethod
    def of(cls, net: Layer, optimizer: Optimizer | None = None) -> Self:
        """Return copies of how things are now."""
        state = {} if optimizer is None else optimizer.state
        copies = {name: _copied(arrays) for name, arrays in state.items()}
        steps = 0 if optimizer is None else optimizer.steps
        return cls(_copied(net.params), _copied(net.buffers), copies, steps)

    def put_back(self, net: Layer, optimizer: Optimizer | None = None) -> None:
        """Write the copies into the very arrays of net and optimiser."""
        _written(self.params, net.params)
        _written(self.buffers, net.buffers)
        if optimizer is not None:
            optimizer.steps = self.steps
            for name, arrays in self.state.items():
                _written(arrays, optimizer.state[name])


def damage(net: Layer) -> str:
    """Return the name of a parameter or buffer that is no longer finite, or nothing."""
    for kind, arrays in (("parameter", net.params), ("buffer", net.buffers)):
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                return f"{kind} {name!r}"
    return ""


def _copied(arrays: Mapping[str, Array]) -> Copies:
    return {name: array.copy() for name, array in arrays.items()}


def _written(copies: Copies, arrays: Mapping[str, Array]) -> None:
    for name, copy in copies.items():
        arrays[name][...] = copy
