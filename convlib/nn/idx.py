"""MNIST and its relatives from the four standard IDX files, plain or compressed."""

from __future__ import annotations

import gzip
import zlib
from math import prod
from pathlib import Path

import numpy as np

from convlib._check import Array

Part = tuple[Array, Array]
FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
WHERE = (
    "MNIST was published by Yann LeCun, Corinna Cortes and Christopher Burges; its four files "
    "(about 12 MB, with the ending .gz) are on many mirrors, under exactly these names"
)
TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def mnist(folder: str | Path) -> tuple[Part, Part]:
    """Read the handwritten digits of MNIST, or any data set in the same four files.

    Parameters
    ----------
    folder
        Holds `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
        `t10k-labels-idx1-ubyte`, each as it is or with the ending `.gz`.

    Returns
    -------
    (x, y), (x_test, y_test)
        Images `(N, 1, H, W)`, uint8 from 0 (background) to 255, and labels `(N,)`, int64. `fit` and
        `predict` convert to floats batch by batch, which saves memory; a `Standardizer` converts
        everything at once.

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message names all that are, and says where they come from.
    ValueError
        If a file is damaged or something else, or labels and images do not match.

    Source: LeCun, Bottou, Bengio and Haffner (1998), "Gradient-Based Learning Applied to Document
    Recognition", for the data.
    """
    found = {name: _file(Path(folder), name) for name in FILES}
    missing = [name for name, path in found.items() if path is None]
    if missing:
        rule = f"{folder} does not hold {', '.join(missing)} (plain or with .gz)"
        raise FileNotFoundError(f"{rule}. {WHERE}.")
    images, labels, test_images, test_labels = (read_idx(path) for path in found.values() if path)
    parts = _part(FILES[0], images, labels), _part(FILES[2], test_images, test_labels)
    if images.shape[1:] != test_images.shape[1:]:
        sizes = f"{images.shape[1:]} for training and {test_images.shape[1:]} for the test"
        raise ValueError(f"the images have two sizes: {sizes}")
    return parts


def read_idx(path: str | Path) -> Array:
    """Read one array from an IDX file: two zero bytes, a type, the number of axes, sizes, entries.

    Parameters
    ----------
    path
        Of a plain or a gzip-compressed file; its first bytes tell which.

    Returns
    -------
    Array
        In the shape that the file states, in the machine's byte order.

    Raises
    ------
    ValueError
        If the file is damaged or something else.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "three-idx1-ubyte"
    ...     _ = path.write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 3, 5, 0, 4]))
    ...     read_idx(path)
    array([5, 0, 4], dtype=uint8)
    """
    content = _content(Path(path))
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES or not content[3]:
        magic = " ".join(f"{byte:02x}" for byte in content[:4]) or "nothing"
        rule = "an IDX file starts with 00 00, a type (08 for bytes), and the number of axes"
        web = "; this is a web page" if content.lstrip()[:1] == b"<" else ""
        raise ValueError(f"{path} starts with {magic}: {rule}{web}")
    dtype, axes = np.dtype(TYPES[content[2]]), content[3]
    head = 4 + 4 * axes
    if len(content) < head:
        raise ValueError(f"{path} is cut off within its head: {len(content)} of {head} bytes")
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, head, 4))
    length = head + prod(shape) * dtype.itemsize
    if len(content) != length:
        fault = "cut off" if len(content) < length else "too long"
        raise ValueError(f"{path} is {fault}: {len(content)} bytes, but {shape} needs {length}")
    array = np.frombuffer(content, dtype, offset=head).reshape(shape)
    return array.astype(dtype.newbyteorder("="))


def _content(path: Path) -> bytes:
    """Return the bytes of a file, decompressed if they are compressed."""
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path} is damaged: it cannot be decompressed ({error})") from None


def _file(folder: Path, name: str) -> Path | None:
    """Return the plain or the compressed file of this name, or None."""
    paths = (folder / name, folder / f"{name}.gz")
    return next((path for path in paths if path.is_file()), None)


def _part(name: str, images: Array, labels: Array) -> Part:
    """Return images with a channel axis, and labels, if they belong together."""
    if images.ndim != 3 or images.dtype != np.uint8:
        what = f"{images.dtype} with shape {images.shape}"
        raise ValueError(f"{name} holds {what}: needs bytes, (N, height, width)")
    beside = name.replace("images-idx3", "labels-idx1")
    if labels.ndim != 1 or labels.dtype != np.uint8:
        what = f"{labels.dtype} with shape {labels.shape}"
        raise ValueError(f"{beside} holds {what}: needs bytes, (N,)")
    if len(labels) != len(images):
        rule = f"{beside} holds {len(labels)} labels, {name} {len(images)} images"
        raise ValueError(f"{rule}: one of them belongs to other data")
    return images[:, np.newaxis], labels.astype(np.int64)
