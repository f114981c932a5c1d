"""Weights in a file: `.npz`, plain arrays without pickle, checked before they are used."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from convlib._checks import Array
from convlib.nn._arguments import checked_net, checked_path
from convlib.nn.layer import Layer

FORMAT = "convlib.nn weights, format 1"
Contents = dict[str, Array]


def save(net: Layer, path: str | Path) -> None:
    """Write all parameters and buffers of a net to a file.

    Parameters
    ----------
    net
        A layer, also one with layers inside.
    path
        Name that ends in `.npz`; a file of this name is replaced.

    Raises
    ------
    TypeError
        If net is no layer, or path no name.
    ValueError
        If the name has another ending.

    Notes
    -----
    The file is an ordinary `.npz`: `np.load(path)` shows the arrays `"params/0.w"`,
    `"buffers/1.mean"` …, and `"format"`, a line of text that says what it is. The layers themselves
    are not in it: `load` needs a net built by the same code.

    Examples
    --------
    >>> import tempfile
    >>> from convlib import nn
    >>> one, two = nn.Dense(2, 3, rng=1), nn.Dense(2, 3, rng=2)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(one, f"{folder}/net.npz")
    ...     load(two, f"{folder}/net.npz")
    >>> bool((two.params["w"] == one.params["w"]).all())
    True
    """
    target = checked_path(path)
    checked_net(net)
    if target.suffix != ".npz":
        raise ValueError(f"path={str(path)!r}: needs a name that ends in .npz")
    memory = io.BytesIO()
    np.savez(memory, allow_pickle=False, format=np.array(FORMAT), **_arrays_of(net))
    target.write_bytes(memory.getvalue())


def load(net: Layer, path: str | Path) -> None:
    """Read parameters and buffers that `save` wrote, into the very arrays of a net.

    Everything is checked first: unless the whole file fits, the net stays exactly as it was.

    Parameters
    ----------
    net
        A net with the same layers as the one that was saved, and of the same dtype.
    path
        Name of the file.

    Raises
    ------
    TypeError
        If net is no layer, or path no name.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is something else or damaged, or if arrays are missing, unknown, or of another
        shape or dtype than those of the net; the message names them all, and their layers.

    Examples
    --------
    See `save`.
    """
    source = checked_path(path)
    wanted, found = _arrays_of(checked_net(net)), _read(source)
    faults = {name: "is missing" for name in wanted if name not in found}
    faults |= {name: "is not in the net" for name in found if name not in wanted}
    faults |= {name: _misfit(wanted[name], found[name]) for name in wanted if name in found}
    faults = {name: fault for name, fault in faults.items() if fault}
    if faults:
        listed = "; ".join(f"{name} {fault}" for name, fault in faults.items())
        raise ValueError(f"{path} does not fit this net: {listed} ({_whereabouts(net, [*faults])})")
    for name, array in wanted.items():
        array[...] = found[name]


def _arrays_of(net: Layer) -> Contents:
    """Return the very arrays of a net, under the names that they have in a file."""
    kinds = {"params": net.params, "buffers": net.buffers}
    return {
        f"{kind}/{name}": array for kind, arrays in kinds.items() for name, array in arrays.items()
    }


def _whereabouts(net: Layer, names: Sequence[str]) -> str:
    """Return which layers of the net the arrays of these names belong to.

    >>> from convlib import nn
    >>> _whereabouts(nn.Sequential(nn.Dense(2, 3)), ["params/0.w", "params/1.w"])
    'layer 0 is Dense(2 → 3), there is no layer 1'
    """
    layers = dict(net.named_layers())
    paths = dict.fromkeys(name.partition("/")[2].rpartition(".")[0] for name in names)
    return ", ".join(
        f"{f'layer {path}' if path else 'the net'} is {layers[path].title()}"
        if path in layers
        else f"there is no layer {path}"
        for path in paths
    )


def _read(path: Path) -> Contents:
    """Return all arrays of a file of this format."""
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            arrays = {name.removesuffix(".npy"): _array(archive.read(name)) for name in names}
    except Exception as error:  # the bytes are all that comes in here: whatever fails, they are why
        raise ValueError(f"{path} is damaged, or no file of weights: {error}") from None
    if len(arrays) < len(names):
        raise ValueError(f"{path} is damaged: it holds an array twice")
    mark = str(arrays.pop("format", ""))
    if mark != FORMAT:
        rule = f"its format is {mark!r}, not {FORMAT!r}" if mark else "nothing in it says so"
        raise ValueError(f"{path} was not written by nn.save: {rule}")
    return arrays


def _array(content: bytes) -> Array:
    """Return the array of one entry; what needs pickle, is cut off or goes on is refused.

    The header says how much memory the array will take: it has to be true before it is believed.
    """
    stream = io.BytesIO(content)
    headers = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }
    version = np.lib.format.read_magic(stream)
    if version not in headers:
        raise ValueError(f"an array in version {version} of its format")
    shape, _, dtype = headers[version](stream)
    needed, there = prod(shape) * dtype.itemsize, len(content) - stream.tell()
    if min(shape, default=0) < 0 or (needed != there and not dtype.hasobject):
        raise ValueError(f"an array of shape {shape} and type {dtype} in {there} bytes")
    return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)


def _misfit(wanted: Array, found: Array) -> str:
    """Return in which way an array does not fit, or nothing."""
    if found.shape != wanted.shape:
        return f"has shape {found.shape}, the net {wanted.shape}"
    if found.dtype.newbyteorder("=") != wanted.dtype:
        return f"is {found.dtype}, the net {wanted.dtype} (see astype)"
    return ""
