"""Weights in a file: `.npz`, plain arrays without pickle, checked before they are used."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import Path

import numpy as np

from convlib._checks import Array
from convlib.nn.layer import Layer

FORMAT = "convlib.nn weights, format 1"
DAMAGE = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError)
Contents = dict[str, Array]


def save(net: Layer, path: str | Path) -> None:
    """Write all parameters and buffers of a net to a file.

    Parameters
    ----------
    net
        A layer or a `Sequential`.
    path
        Name that ends in `.npz`; a file of this name is replaced.

    Raises
    ------
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
    target = Path(path)
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
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is something else or damaged, or if arrays are missing, unknown, or of another
        shape or dtype than those of the net; the message names them.

    Examples
    --------
    See `save`.
    """
    wanted, found = _arrays_of(net), _read(Path(path))
    faults = [f"{name} is missing" for name in wanted if name not in found]
    faults += [f"{name} is not in the net" for name in found if name not in wanted]
    faults += [_misfit(name, wanted[name], found[name]) for name in wanted if name in found]
    if any(faults):
        raise ValueError(f"{path} does not fit this net: {'; '.join(filter(None, faults))}")
    for name, array in wanted.items():
        array[...] = found[name]


def _arrays_of(net: Layer) -> Contents:
    """Return the very arrays of a net, under the names that they have in a file."""
    kinds = {"params": net.params, "buffers": net.buffers}
    return {
        f"{kind}/{name}": array for kind, arrays in kinds.items() for name, array in arrays.items()
    }


def _read(path: Path) -> Contents:
    """Return all arrays of a file of this format."""
    content = path.read_bytes()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            arrays = {name.removesuffix(".npy"): _array(archive.read(name)) for name in names}
    except DAMAGE as error:
        raise ValueError(f"{path} is damaged, or no file of weights: {error}") from None
    if len(arrays) < len(names):
        raise ValueError(f"{path} is damaged: it holds an array twice")
    mark = str(arrays.pop("format", ""))
    if mark != FORMAT:
        rule = f"its format is {mark!r}, not {FORMAT!r}" if mark else "nothing in it says so"
        raise ValueError(f"{path} was not written by nn.save: {rule}")
    return arrays


def _array(content: bytes) -> Array:
    """Return the array of one entry; what needs pickle, is cut off or goes on is refused."""
    stream = io.BytesIO(content)
    array = np.lib.format.read_array(stream, allow_pickle=False)
    if stream.read(1):
        raise ValueError("an array has more bytes than its shape says")
    return array


def _misfit(name: str, wanted: Array, found: Array) -> str:
    """Return in which way an array does not fit, or nothing."""
    if found.shape != wanted.shape:
        return f"{name} has shape {found.shape}, the net {wanted.shape}"
    if found.dtype.newbyteorder("=") != wanted.dtype:
        return f"{name} is {found.dtype}, the net {wanted.dtype} (see astype)"
    return ""
