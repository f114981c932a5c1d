"""What `fit` checks, and how it shares out the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib._check import Array
from convlib.nn._door import real
from convlib.nn.layer import Layer
from convlib.nn.metrics import paired
from convlib.nn.optimizers import Optimizer, a_net
from convlib.nn.preparing import split

Augment = Callable[[Array, np.random.Generator], ArrayLike]
Validation = float | tuple[ArrayLike, ArrayLike] | None


class Data(NamedTuple):
    """Samples and targets."""

    x: Array
    y: Array


def shared_out(
    x: ArrayLike, y: ArrayLike, validation: Validation, rng: np.random.Generator
) -> tuple[Data, Data | None]:
    """Return checked data for training and for validation."""
    train = _finite_data(x, y, ("x", "y"))
    if validation is None:
        return train, None
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(f"validation has {len(validation)} entries: needs (x, y)")
        return train, _finite_data(*validation, ("validation[0]", "validation[1]"))
    first, second = split(*train, validation, rng=rng, name="validation")
    return Data(*first), Data(*second)


def _finite_data(x: ArrayLike, y: ArrayLike, names: tuple[str, str]) -> Data:
    """Return samples and targets without NaN and infinity."""
    data = Data(*paired(x, y, names))
    for name, array in zip(names, data, strict=True):
        bad = 0 if array.dtype.kind in "iu" else int((~np.isfinite(array)).sum())
        if bad:
            raise ValueError(f"{name} holds {bad} entries that are NaN or infinite")
    return data


def fits_together(net: Layer, optimizer: object, **functions: object) -> None:
    """Refuse an optimiser of another net, and functions that cannot be called."""
    own = {id(param) for param in a_net(net).params.values()}
    if not isinstance(optimizer, Optimizer):
        rule = "needs an optimiser made for the net, for example nn.Adam(net)"
        raise TypeError(f"optimizer={optimizer!r}: {rule}")
    if not own >= {id(param) for param in optimizer.net.params.values()}:
        rule = "is for other parameters than this net's; make it anew, for example nn.Adam(net)"
        raise ValueError(f"optimizer {optimizer!r} {rule}")
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name}={function!r}: needs a function")


def augmented(augment: Augment, x: Array, rng: np.random.Generator) -> Array:
    """Return the changed batch, of as many samples, in the dtype of the batch."""
    y = real("augment(batch, rng)", augment(x, rng))
    if len(y) != len(x):
        rule = f"needs the {len(x)} samples of the batch"
        raise ValueError(f"augment(batch, rng) has shape {y.shape}: {rule}")
    return y.astype(x.dtype, copy=False)


def no_number(value: float) -> str:
    """Return what is wrong with a loss: "the loss" if it is no finite number, else nothing."""
    return "" if np.isfinite(value) else "the loss"


def refuse(what: str, where: str, lr: float) -> None:
    """Stop a training in which something, if it has a name, is no longer a finite number."""
    if what:
        cause = f"most likely the learning rate lr={lr:g} is too large"
        raise FloatingPointError(
            f"{what} became NaN or infinite in {where}: {cause}; "
            "net and optimiser are as they were at the start of this epoch"
        )
