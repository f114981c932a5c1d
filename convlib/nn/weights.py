"""Weights by name: what PyTorch calls them, and arrays of any origin put into a net."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array
from convlib.nn._arguments import checked_net
from convlib.nn.layer import Layer, converted
from convlib.nn.norm import BatchNorm

IN_TORCH = {
    "w": "weight",
    "b": "bias",
    "gamma": "weight",
    "beta": "bias",
    "mean": "running_mean",
    "var": "running_var",
}
COUNTER = "num_batches_tracked"  # PyTorch's BatchNorm counts its batches; nothing here needs it


def torch_weights(net: Layer) -> dict[str, Array]:
    """Return copies of parameters and buffers under the names that PyTorch's layers give them.

    `"0.w"` becomes `"0.weight"`, `"2.inside.1.mean"` `"2.inside.1.running_mean"`; a parameter of a
    layer of your own keeps a name that PyTorch has no other for. No array changes its shape: this
    library and PyTorch agree on every axis. A BatchNorm also gets the counter of batches that
    PyTorch keeps, set to 0.

    Parameters
    ----------
    net
        A layer, also one with layers inside, which have the same names in PyTorch's module.

    Returns
    -------
    dict of str to Array
        What `load_state_dict` takes once every array is a tensor:
        `{name: torch.from_numpy(array) for name, array in torch_weights(net).items()}`. The way
        back is `set_weights`.

    Raises
    ------
    TypeError
        If net is no layer.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Sequential(nn.Conv(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dense(16, 2))
    >>> {name: array.shape for name, array in torch_weights(net).items()}
    {'0.weight': (4, 1, 3, 3), '0.bias': (4,), '3.weight': (2, 16), '3.bias': (2,)}
    """
    names, layers = torch_names(checked_net(net)), dict(net.named_layers())
    found: dict[str, Array] = {}
    for name, array in arrays_of(net).items():
        found[names[name]] = array.copy()
        path, _, last = name.rpartition(".")
        if last == "mean" and isinstance(layers[path], BatchNorm):
            found[joined(path, COUNTER)] = np.array(0)
    return found


def set_weights(net: Layer, weights: Mapping[str, Any] | Sequence[Any]) -> None:
    """Put weights from elsewhere into the very arrays of a net, converted to their dtype.

    Everything is checked first: unless all of it fits, the net stays exactly as it was.

    Parameters
    ----------
    net
        A layer, also one with layers inside.
    weights
        Either a mapping that holds all parameters and buffers, each under its name here (`"0.w"`)
        or in PyTorch (`"0.weight"`), such as a `state_dict()`; its counters of batches are ignored.
        Or a list of the parameters in the order of `net.params`, which the buffers may follow in
        the order of `net.buffers`; without them the buffers stay. A weight is anything that NumPy
        can read: an array, a tensor, nested lists.

    Raises
    ------
    TypeError
        If net is no layer, or weights is neither a mapping nor a list.
    ValueError
        If weights are missing, unknown, there twice, no real numbers, of another shape, or too
        large for the dtype of the net; the message names them all.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Dense(2, 1, dtype=np.float32)
    >>> set_weights(net, [[[1, -1]], [0.5]])
    >>> net([[3, 1]])
    array([[2.5]], dtype=float32)
    >>> set_weights(net, {"weight": [[1, 2, 3]]})
    Traceback (most recent call last):
    ValueError: weights do not fit this net: b is missing; weight has shape (1, 3), the net (1, 2)
    """
    wanted = arrays_of(checked_net(net))
    if isinstance(weights, Mapping):
        given, faults = _by_name(net, weights)
    elif isinstance(weights, (list, tuple)):
        given, faults = _by_place(net, weights), []
    else:
        rule = "needs a mapping of names to arrays, or a list of arrays in the order of net.params"
        raise TypeError(f"weights is {type(weights).__name__}: {rule}")
    found: dict[str, Array] = {}
    for name, (shown, value) in given.items():
        try:
            found[name] = _fitted(shown, value, wanted[name])
        except (TypeError, ValueError) as error:
            faults.append(str(error))
    if faults:
        raise ValueError(f"weights do not fit this net: {'; '.join(faults)}")
    for name, array in found.items():
        wanted[name][...] = array


Given = dict[str, tuple[str, Any]]  # name in the net: what to call it in messages, and its value


def _by_name(net: Layer, weights: Mapping[str, Any]) -> tuple[Given, list[str]]:
    """Return what is given for each array of the net, and what is wrong with the names."""
    in_torch = torch_names(net)
    known = {theirs: ours for ours, theirs in in_torch.items()} | {name: name for name in in_torch}
    norms = [path for path, layer in net.named_layers() if isinstance(layer, BatchNorm)]
    ignored = {joined(path, COUNTER) for path in norms}
    given: Given = {}
    unknown, twice = [], []
    for name, value in weights.items():
        ours = known.get(name)
        if ours is None:
            unknown += [f"{name} is not in the net"] if name not in ignored else []
        elif ours in given:
            twice.append(f"{name} is there twice, also as {given[ours][0]}")
        else:
            given[ours] = name, value
    return given, [f"{name} is missing" for name in in_torch if name not in given] + unknown + twice


def _by_place(net: Layer, weights: Sequence[Any]) -> Given:
    """Return what is given for each parameter, and maybe for each buffer, of the net."""
    params, names = len(net.params), list(arrays_of(net))
    if len(weights) not in (params, len(names)):
        rule = f"needs {params}, one for each of net.params"
        rule += f", or {len(names)} with net.buffers" if len(names) > params else ""
        raise ValueError(f"weights is a list of {len(weights)}: {rule}")
    pairs = zip(names, weights, strict=False)  # the buffers may be left out
    return {name: (f"{name} (weights[{i}])", value) for i, (name, value) in enumerate(pairs)}


def _fitted(name: str, value: Any, wanted: Array) -> Array:
    """Return a new array of this value in the shape and the dtype of another."""
    array = _checks.real(name, _read(name, value))
    if array.shape != wanted.shape:
        raise ValueError(f"{name} has shape {array.shape}, the net {wanted.shape}")
    return converted(name, array, wanted.dtype)


def _read(name: str, value: Any) -> ArrayLike:
    """Return what NumPy can read: a tensor leaves its gradients and its device behind."""
    try:
        for method in ("detach", "cpu"):
            value = getattr(value, method)() if hasattr(value, method) else value
        return value.numpy() if hasattr(value, "numpy") else value
    except (TypeError, RuntimeError) as error:  # a type of tensor that NumPy does not know
        # NumPy stops at float16; torch.bfloat16 and torch.float8_… are floats that it lacks
        lacking = "ScalarType" in str(error) and "float" in str(getattr(value, "dtype", ""))
        advice = "; write .float() behind the tensor, which makes it float32" if lacking else ""
        raise ValueError(f"{name} cannot be read as an array: {error}{advice}") from None


# ---------------------------------------------------------------- what other modules need, too


def arrays_of(net: Layer) -> dict[str, Array]:
    """Return the very arrays of a net by name, first all parameters, then all buffers."""
    return {**net.params, **net.buffers}


def torch_names(net: Layer) -> dict[str, str]:
    """Return PyTorch's name for every parameter and buffer of a net.

    >>> from convlib import nn
    >>> torch_names(nn.Residual(nn.Conv(1, 1, 1)))
    {'inside.0.w': 'inside.0.weight', 'inside.0.b': 'inside.0.bias'}
    """
    layers: dict[str, list[str]] = {}
    for name in arrays_of(net):
        path, _, last = name.rpartition(".")
        layers.setdefault(path, []).append(last)
    found: dict[str, str] = {}
    for path, names in layers.items():
        theirs = [IN_TORCH.get(name, name) for name in names]
        # a layer of one's own may have a w *and* a gamma: then its names have to do
        chosen = theirs if len(set(theirs)) == len(theirs) else names
        found |= {joined(path, a): joined(path, b) for a, b in zip(names, chosen, strict=True)}
    return {name: found[name] for name in arrays_of(net)}


def joined(path: str, name: str) -> str:
    """Return the name of something in the layer at this path.

    >>> joined("2.inside", "w"), joined("", "w")
    ('2.inside.w', 'w')
    """
    return f"{path}.{name}" if path else name
