"""Data: digits, MNIST, CIFAR-10, generated signals; splitting, standardising, moving samples."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Rng, number, real, word
from convlib.nn._arguments import checked_path
from convlib.nn.metrics import paired, samples

Part = tuple[Array, Array]

SHAPES: dict[str, Callable[[Array], Array]] = {
    "hill": lambda t: np.sin(np.pi * t),
    "two hills": lambda t: np.abs(np.sin(2 * np.pi * t)),
    "rise": lambda t: t,
    "fall": lambda t: 1 - t,
    "wave": lambda t: np.sin(2 * np.pi * t),
    "block": lambda t: np.ones_like(t),
}
FILES = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
BUNDLED = Path(__file__).resolve().parent / "mnist_10k"
BUNDLED_FILES = ("mnist-10k-images-idx3-ubyte", "mnist-10k-labels-idx1-ubyte")
BUNDLED_FOR_TRAINING = 8_000  # of 10,000, which are in random order
WHERE = (
    " (plain or with .gz). MNIST was published by Yann LeCun, Corinna Cortes and Christopher "
    "Burges; its four files (about 12 MB, with the ending .gz) are on many mirrors, under these "
    "names"
)
CIFAR_TRAINING = tuple(f"data_batch_{number}.bin" for number in range(1, 6))
CIFAR_TEST = "test_batch.bin"
CIFAR_SHAPE = (3, 32, 32)
CIFAR_RECORD = 1 + prod(CIFAR_SHAPE)  # one byte for the label, one for each pixel of each colour
CIFAR_WHERE = (
    ". CIFAR-10 was published by Alex Krizhevsky; its binary version is a folder "
    "cifar-10-batches-bin with these files"
)
IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
AXES = ("all", "channel", "feature")


# ---------------------------------------------------------------- data sets


def digits() -> tuple[Array, Array]:
    """Return the 1,797 handwritten digits of 8×8 pixels that scikit-learn has on board.

    Returns
    -------
    x, labels
        `(1797, 1, 8, 8)`, float64 from 0 (background) to 16, and `(1797,)`, int64 from 0 to 9.

    Raises
    ------
    ImportError
        If scikit-learn is not installed; nothing else in `convlib.nn` needs it.

    Examples
    --------
    >>> x, labels = digits()
    >>> x.shape, x.max().item(), labels[:5].tolist()
    ((1797, 1, 8, 8), 16.0, [0, 1, 2, 3, 4])

    Source: Alpaydin and Kaynak (1998), "Optical Recognition of Handwritten Digits", UCI Machine
    Learning Repository, the test part.
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        rule = "they come with scikit-learn, which is not installed: pip install scikit-learn"
        raise ImportError(f"nn.digits() cannot read the digits: {rule}") from error
    data = load_digits()
    return data.images[:, np.newaxis].astype(np.float64), data.target.astype(np.int64)


def signals(
    count: int,
    *,
    length: int = 40,
    classes: Sequence[str] = tuple(SHAPES),
    noise: float = 0.15,
    rng: Rng = None,
) -> tuple[Array, Array]:
    """Generate signals: each is one of a few shapes at a random place, of random size, with noise.

    A shape is 10 to 16 samples wide (in proportion to the length), 0.7 to 1.3 high and anywhere in
    the signal. What to learn is the shape, wherever it is.

    Parameters
    ----------
    count
        At least 1. The classes are as equally frequent as possible, in random order.
    length
        At least 8.
    classes
        Names out of "hill", "two hills", "rise", "fall", "wave", "block"; the first is label 0.
    noise
        Standard deviation of the noise on every entry, at least 0.
    rng
        A seed, a generator, or None.

    Returns
    -------
    x, labels
        `(count, 1, length)`, float64, and `(count,)`, int64.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range, or a class unknown or there twice.

    Examples
    --------
    >>> x, labels = signals(6, length=8, noise=0, classes=("rise", "block"), rng=0)
    >>> x.shape, labels.tolist()
    ((6, 1, 8), [1, 0, 1, 0, 0, 1])
    """
    size, n = _checks.integer("length", length, 8), _checks.integer("count", count, 1)
    names = _names(classes)
    level = number("noise", noise, "needs a number of at least 0", lambda s: 0 <= s < np.inf)
    source = _checks.generator(rng)
    labels = source.permutation(np.arange(n) % len(names))
    width = source.uniform(10, 16, n) * size / 40
    start = source.uniform(0, size - 1 - width)
    height = source.uniform(0.7, 1.3, n)
    x = source.normal(0, level, (n, 1, size))
    for label, name in enumerate(names):
        of = labels == label
        t = (np.arange(size) - start[of, np.newaxis]) / width[of, np.newaxis]
        inside = (t >= 0) & (t <= 1)
        x[of, 0] += height[of, np.newaxis] * np.where(inside, SHAPES[name](t), 0)
    return x, labels


def _names(classes: Sequence[str]) -> tuple[str, ...]:
    """Return known names of classes, none of them twice."""
    if isinstance(classes, str) or not isinstance(classes, Sequence) or not len(classes):
        rule = "needs a tuple of names, for example ('rise', 'fall')"
        raise TypeError(f"classes={classes!r}: {rule}")
    for name in classes:
        word("classes", name, tuple(SHAPES))
    if len(set(classes)) < len(classes):
        raise ValueError(f"classes={classes!r}: a name is there twice")
    return tuple(classes)


def mnist(folder: str | Path | None = None) -> tuple[Part, Part]:
    """Read handwritten digits of MNIST: the 10,000 of this package, or all from a folder.

    Parameters
    ----------
    folder
        None for the digits on board: 10,000 training pictures of MNIST, in random order, of which
        the first 8,000 are for training and the last 2,000 are held out.

        Or the name of a folder that holds MNIST's own four files, or any data set in such files:
        `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte` and
        `t10k-labels-idx1-ubyte`, each as it is or with the ending `.gz`. The spelling with a dot,
        `train-images.idx3-ubyte`, will do as well.

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
    TypeError
        If folder is no name.
    ValueError
        If a file is damaged or something else, or labels and images do not match.

    Examples
    --------
    >>> (x, y), (x_test, y_test) = mnist()
    >>> x.shape, x_test.shape, y[:8].tolist()
    ((8000, 1, 28, 28), (2000, 1, 28, 28), [3, 8, 1, 0, 4, 0, 9, 3])

    Source: LeCun, Bottou, Bengio and Haffner (1998), "Gradient-Based Learning Applied to Document
    Recognition". MNIST is by Y. LeCun, C. Cortes and C. J. C. Burges (CC BY-SA 3.0); the README
    beside the files on board says how they came here.
    """
    if folder is None:
        advice = ": they are a part of convlib; install it anew, or name a folder with all of MNIST"
        x, y = _part(BUNDLED_FILES[0], *_read_all(BUNDLED, BUNDLED_FILES, advice))
        end = BUNDLED_FOR_TRAINING
        return (x[:end], y[:end]), (x[end:], y[end:])
    place = checked_path(folder, "folder")
    images, labels, test_images, test_labels = _read_all(place, FILES, WHERE)
    parts = _part(FILES[0], images, labels), _part(FILES[2], test_images, test_labels)
    if images.shape[1:] != test_images.shape[1:]:
        sizes = f"{images.shape[1:]} for training and {test_images.shape[1:]} for the test"
        raise ValueError(f"the images have two sizes: {sizes}")
    return parts


def cifar10(folder: str | Path) -> tuple[Part, Part]:
    """Read the colour pictures of CIFAR-10 from the files of its binary version.

    A file is a row of records of 3073 bytes: the label, then 32×32 bytes of red, of green and of
    blue, each row by row.

    Parameters
    ----------
    folder
        Holds `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`. The data are not a part
        of this package.

    Returns
    -------
    (x, y), (x_test, y_test)
        Images `(N, 3, 32, 32)`, uint8, and labels `(N,)`, int64 from 0 to 9. There are 50,000 and
        10,000, if the files are complete; any number of records in a file will do.

    Raises
    ------
    FileNotFoundError
        If a file is missing; the message names all that are.
    TypeError
        If folder is no name.
    ValueError
        If a file is not made of such records, or a label is above 9.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for label, name in enumerate((*CIFAR_TRAINING, CIFAR_TEST)):
    ...         _ = (Path(folder) / name).write_bytes(bytes([label]) + bytes(3072))
    ...     (x, y), (x_test, y_test) = cifar10(folder)
    >>> x.shape, y.tolist(), y_test.tolist()
    ((5, 3, 32, 32), [0, 1, 2, 3, 4], [5])

    Source: Krizhevsky (2009), "Learning Multiple Layers of Features from Tiny Images", for the
    data.
    """
    place = checked_path(folder, "folder")
    names = (*CIFAR_TRAINING, CIFAR_TEST)
    found = {name: place / name if (place / name).is_file() else None for name in names}
    images, labels = zip(*map(_cifar_part, _all_there(place, found, CIFAR_WHERE)), strict=True)
    return (np.concatenate(images[:-1]), np.concatenate(labels[:-1])), (images[-1], labels[-1])


def _cifar_part(path: Path) -> Part:
    """Return the pictures and the labels of one file of CIFAR-10."""
    content = path.read_bytes()
    if not content or len(content) % CIFAR_RECORD:
        rule = f"needs records of {CIFAR_RECORD}, a label and 3 × 32 × 32 bytes"
        raise ValueError(f"{path} holds {len(content)} bytes: {rule}")
    records = np.frombuffer(content, np.uint8).reshape(-1, CIFAR_RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() > 9:
        record = int((labels > 9).argmax())
        rule = "needs 0 to 9; the file is damaged or something else"
        raise ValueError(f"{path}: record {record} has the label {labels[record]}: {rule}")
    return records[:, 1:].reshape(-1, *CIFAR_SHAPE).copy(), labels


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
    TypeError
        If path is no name.
    FileNotFoundError
        If there is no such file.
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
    content = _content(checked_path(path))
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in IDX_TYPES or not content[3]:
        magic = " ".join(f"{byte:02x}" for byte in content[:4]) or "nothing"
        rule = "an IDX file starts with 00 00, a type (08 for bytes), and the number of axes"
        web = "; this is a web page" if content.lstrip()[:1] == b"<" else ""
        raise ValueError(f"{path} starts with {magic}: {rule}{web}")
    dtype, axes = np.dtype(IDX_TYPES[content[2]]), content[3]
    head = 4 + 4 * axes
    if len(content) < head:
        raise ValueError(f"{path} is cut off within its head: {len(content)} of {head} bytes")
    shape = tuple(int.from_bytes(content[at : at + 4], "big") for at in range(4, head, 4))
    length = head + prod(shape) * dtype.itemsize
    if len(content) != length:
        fault = "cut off" if len(content) < length else "too long"
        raise ValueError(f"{path} is {fault}: {len(content)} bytes, but {shape} needs {length}")
    try:
        array = np.frombuffer(content, dtype, offset=head).reshape(shape)
    except ValueError as error:  # 64 axes at most, and no sizes that overflow beside a 0
        raise ValueError(f"{path} states {axes} axes of sizes {shape}: {error}") from None
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


def _read_all(folder: Path, names: Sequence[str], advice: str) -> list[Array]:
    """Return the arrays of all these IDX files, or say which are missing."""
    return [read_idx(p) for p in _all_there(folder, {n: _file(folder, n) for n in names}, advice)]


def _all_there(folder: Path, found: dict[str, Path | None], advice: str) -> list[Path]:
    """Return the paths of the files, if none of them is None."""
    missing = [name for name, path in found.items() if path is None]
    if missing:
        raise FileNotFoundError(f"{folder} does not hold {', '.join(missing)}{advice}.")
    return [path for path in found.values() if path]


def _file(folder: Path, name: str) -> Path | None:
    """Return the plain or the compressed file of this name, in either spelling, or None."""
    spellings = (name, name.replace("-idx", ".idx"))
    paths = (folder / f"{spelling}{end}" for spelling in spellings for end in ("", ".gz"))
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


# ---------------------------------------------------------------- splitting and standardising


def split(
    x: ArrayLike,
    y: ArrayLike,
    fraction: float,
    *,
    stratify: bool | None = None,
    rng: Rng = None,
    name: str = "fraction",
) -> tuple[Part, Part]:
    """Divide samples at random in two parts; of every class, `fraction` goes into the second.

    Parameters
    ----------
    x, y
        `(N, ...)` and `(N,)` labels or other targets.
    fraction
        Above 0 and below 1. Its share of each class is rounded, but both parts get a sample of
        every class that has two; the only sample of a class goes into the first part.
    stratify
        Whether the targets are classes, of which each is divided. False draws the samples from all
        alike. None decides by the targets: they are classes if they are integers `(N,)`, and so few
        different ones that both parts have room for one sample of each. (Many different integers
        are numbers, ages for instance.)
    rng
        A seed, a generator, or None.
    name
        Of the argument, for error messages.

    Returns
    -------
    (x1, y1), (x2, y2)
        Copies; each sample is in exactly one part, and the order is kept.

    Raises
    ------
    ValueError, TypeError
        If the lengths differ, fraction is out of range, a part would be empty, or targets that are
        no integers `(N,)` shall be classes.

    Examples
    --------
    >>> (x1, y1), (x2, y2) = split(np.arange(10), np.arange(10) % 2, 0.4, rng=0)
    >>> y1.tolist(), y2.tolist()
    ([0, 1, 0, 1, 0, 1], [1, 0, 0, 1])
    """
    x, y = paired(x, y)
    rule = "needs a share above 0 and below 1"
    share = number(name, fraction, rule, lambda f: 0 < f < 1)
    source, second = _checks.generator(rng), np.zeros(len(x), bool)
    groups = _groups(y, share, stratify)
    for group in groups:
        second[source.permutation(group)[: _rounded(share, len(group))]] = True
    if not second.any():
        lack = "no class has two samples" if len(groups) > 1 else "there is one sample"
        raise ValueError(f"{name}={fraction!r}: {lack}, so nothing can be split")
    return (x[~second], y[~second]), (x[second], y[second])


def _groups(y: Array, share: float, stratify: bool | None) -> list[Array]:
    """Return the places of every class, or one group of all where the targets are no classes."""
    labelled = y.ndim == 1 and y.dtype.kind in "iu"
    if stratify is None:
        room = round(min(share, 1 - share) * len(y))
        stratify = labelled and len(np.unique(y)) <= room
    elif _checks.flag("stratify", stratify) and not labelled:
        what = f"y has dtype {y.dtype} and shape {y.shape}"
        raise ValueError(f"stratify=True: needs labels, integers (N,); {what}")
    return [np.flatnonzero(y == c) for c in np.unique(y)] if stratify else [np.arange(len(y))]


def _rounded(share: float, size: int) -> int:
    """Return how many of a class go into the second part: at least 1, but not all."""
    return min(max(round(share * size), 1), size - 1)


@dataclass(frozen=True, eq=False)
class Standardizer:
    """Subtract a mean and divide by a standard deviation: z = (x − mean)/std.

    Both are those of the *training* data, also for all other data: numbers of the test data must
    not enter what is done before the test.

    Attributes
    ----------
    mean, std
        float64 arrays that broadcast against a batch. Where the training data are constant, std is
        1, and z is 0.

    Examples
    --------
    >>> standardizer = Standardizer.of([[1.0, 5.0], [3.0, 5.0]], axis="feature")
    >>> standardizer([[1, 5], [3, 6]])
    array([[-1.,  0.],
           [ 1.,  1.]])
    """

    mean: Array
    std: Array

    @classmethod
    def of(cls, x: ArrayLike, axis: str = "all") -> Self:
        """Measure mean and standard deviation (divided by the number of values) of training data.

        Parameters
        ----------
        x
            `(N, C, *spatial)` or `(N, features)`, at least one sample.
        axis
            `"all"`: one mean for everything; `"channel"`: one for every entry of axis 1;
            `"feature"`: one for every place in a sample.

        Raises
        ------
        ValueError, TypeError
            If x is empty or not finite, axis is an unknown word, or the squares in the standard
            deviation overflow or vanish in float64.
        """
        word("axis", axis, AXES)
        x = samples("x", x)
        if x.ndim < 2 or not x.size:
            raise ValueError(f"x has shape {x.shape}: needs (N, C, ...), none of them 0")
        if not np.isfinite(x).all():
            raise ValueError("x holds entries that are NaN or infinite")
        over = {"all": tuple(range(x.ndim)), "channel": (0, *range(2, x.ndim)), "feature": (0,)}
        smallest, largest = (f(x, axis=over[axis], keepdims=True)[0] for f in (np.min, np.max))
        constant = smallest == largest
        with np.errstate(over="ignore", invalid="ignore"):
            mean = x.mean(axis=over[axis], keepdims=True, dtype=np.float64)[0]
            std = x.std(axis=over[axis], keepdims=True, dtype=np.float64)[0]
        if not (constant | ((std > 0) & np.isfinite(std))).all():
            rule = "the squares of their distances leave the range of float64; scale it first"
            raise ValueError(f"x holds numbers so far apart, or so close, that {rule}")
        return cls(np.where(constant, smallest, mean), np.where(constant, 1.0, std))

    def __call__(self, x: ArrayLike) -> Array:
        """Return z for a batch like the training data; float32 stays float32."""
        x = self._like("x", x)
        return ((x - self.mean) / self.std).astype(_checks.float_dtype(x), copy=False)

    def inverse(self, z: ArrayLike) -> Array:
        """Return x = z · std + mean."""
        z = self._like("z", z)
        return (z * self.std + self.mean).astype(_checks.float_dtype(z), copy=False)

    def _like(self, name: str, value: ArrayLike) -> Array:
        """Return a batch that the means fit, without stretching it."""
        x = real(name, value)
        fits = x.ndim == self.mean.ndim + 1 and all(
            n in (1, size) for n, size in zip(self.mean.shape, x.shape[1:], strict=True)
        )
        if not fits:
            wanted = ", ".join("any" if n == 1 else str(n) for n in self.mean.shape)
            raise ValueError(
                f"{name} has shape {x.shape}: needs (N, {wanted}), as the training data"
            )
        return x


# ---------------------------------------------------------------- moving


def shift(batch: ArrayLike, rng: Rng, most: int = 1) -> Array:
    """Shift every sample at random by up to `most` pixels along each spatial axis; zeros come in.

    Made for `fit(..., augment=nn.shift)`. The zeros are background only where 0 is background:
    scale such data, and do not subtract a mean.

    Parameters
    ----------
    batch
        `(N, C, *spatial)`.
    rng
        A seed, a generator, or None.
    most
        At least 0.

    Returns
    -------
    (N, C, *spatial)
        A new array in the dtype of the batch, in the machine's byte order.

    Raises
    ------
    ValueError, TypeError
        If there is no spatial axis, or most is out of range.

    Examples
    --------
    >>> shift([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]], rng=5).tolist()
    [[[2, 3, 0]], [[5, 6, 0]], [[0, 7, 8]]]
    """
    x, m = _checks.batch("batch", batch), _checks.integer("most", most, 0)
    size, axes = x.shape[2:], tuple(range(2, x.ndim))
    padded = np.pad(x, ((0, 0), (0, 0), *((m, m),) * len(size)))
    places = np.lib.stride_tricks.sliding_window_view(padded, size, axes)
    starts = _checks.generator(rng).integers(0, 2 * m + 1, (len(size), len(x)))
    shifted = np.empty(x.shape, x.dtype)
    for n, start in enumerate(starts.T):
        shifted[n] = places[(n, slice(None), *start)]
    return shifted


def nudge(batch: ArrayLike, rng: Rng, most: float = 0.3) -> Array:
    """Move every sample at random by up to `most` of a pixel along each spatial axis.

    By d of a pixel, y_i = (1 − |d|)·x_i + |d|·x_{i−1} for d ≥ 0, and x_{i+1} for d < 0: linear
    interpolation, or a correlation with two taps. At the border the outermost pixel is repeated.
    Made for `fit(..., augment=nn.nudge)`.

    Parameters
    ----------
    batch
        `(N, C, *spatial)`.
    rng
        A seed, a generator, or None.
    most
        From 0 to 1.

    Returns
    -------
    (N, C, *spatial)
        A new array in the dtype of the batch, or float64 if that holds integers.

    Raises
    ------
    ValueError, TypeError
        If there is no spatial axis, or most is out of range.

    Examples
    --------
    >>> nudge([[[0, 8, 0, 0]]], rng=3, most=1).round(1).tolist()
    [[[6.6, 1.4, 0.0, 0.0]]]
    """
    x = _checks.batch("batch", real("batch", batch))
    reach = number("most", most, "needs a number from 0 to 1", lambda m: 0 <= m <= 1)
    source, dtype = _checks.generator(rng), _checks.float_dtype(x)
    for axis in range(2, x.ndim):
        d = source.uniform(-reach, reach, (len(x), *(1,) * (x.ndim - 1)))
        x = _moved(x, d, axis).astype(dtype)
    return x


def _moved(x: Array, d: Array, axis: int) -> Array:
    """Return x moved by d of a pixel along one axis."""
    sides = [(0, 0)] * x.ndim
    sides[axis] = (1, 1)
    padded, places = np.pad(x, sides, mode="edge"), np.arange(x.shape[axis])
    before, after = (np.take(padded, places + start, axis) for start in (0, 2))
    return (1 - abs(d)) * x + np.maximum(d, 0) * before + np.maximum(-d, 0) * after
