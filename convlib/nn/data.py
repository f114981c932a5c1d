"""Data without a network: 1,797 scanned digits, and generated signals of a few shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from convlib import _check
from convlib._check import Array
from convlib.nn._door import Rng, number, word
from convlib.nn._door import generator as seeded

SHAPES: dict[str, Callable[[Array], Array]] = {
    "hill": lambda t: np.sin(np.pi * t),
    "two hills": lambda t: np.abs(np.sin(2 * np.pi * t)),
    "rise": lambda t: t,
    "fall": lambda t: 1 - t,
    "wave": lambda t: np.sin(2 * np.pi * t),
    "block": lambda t: np.ones_like(t),
}


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
    size, n = _check.integer("length", length, 8), _check.integer("count", count, 1)
    names = _names(classes)
    level = number("noise", noise, "needs a number of at least 0", lambda s: 0 <= s < np.inf)
    generator = seeded(rng)
    labels = generator.permutation(np.arange(n) % len(names))
    width = generator.uniform(10, 16, n) * size / 40
    start = generator.uniform(0, size - 1 - width)
    height = generator.uniform(0.7, 1.3, n)
    x = generator.normal(0, level, (n, 1, size))
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
