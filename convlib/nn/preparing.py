"""Preparing data: a split that keeps the classes, standardising without leaks, random shifts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from convlib._check import Array
from convlib.nn._door import Rng, float_dtype, generator, number, real, word
from convlib.nn.metrics import paired, samples

Part = tuple[Array, Array]
AXES = ("all", "channel", "feature")


def split(
    x: ArrayLike, y: ArrayLike, fraction: float, *, rng: Rng = None, name: str = "fraction"
) -> tuple[Part, Part]:
    """Divide samples at random in two parts; of every class, `fraction` goes into the second.

    Parameters
    ----------
    x, y
        `(N, ...)` and `(N,)` labels. Targets that are no integers of one axis have no classes: the
        samples are then drawn from all.
    fraction
        Above 0 and below 1. Its share of each class is rounded, but both parts get a sample of
        every class that has two; the only sample of a class goes into the first part.
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
        If the lengths differ, fraction is out of range, or a part would be empty.

    Examples
    --------
    >>> (x1, y1), (x2, y2) = split(np.arange(10), np.arange(10) % 2, 0.4, rng=0)
    >>> y1.tolist(), y2.tolist()
    ([0, 1, 0, 1, 0, 1], [1, 0, 0, 1])
    """
    x, y = paired(x, y)
    rule = "needs a share above 0 and below 1"
    share = number(name, fraction, rule, lambda f: 0 < f < 1)
    source, second = generator(rng), np.zeros(len(x), bool)
    labelled = y.ndim == 1 and y.dtype.kind in "iu"
    groups = [np.flatnonzero(y == c) for c in np.unique(y)] if labelled else [np.arange(len(x))]
    for group in groups:
        second[source.permutation(group)[: _rounded(share, len(group))]] = True
    if not second.any():
        raise ValueError(f"{name}={fraction!r}: no class has two samples, so nothing can be split")
    return (x[~second], y[~second]), (x[second], y[second])


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
            If x is empty or not finite, or axis is an unknown word.
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
        mean = x.mean(axis=over[axis], keepdims=True, dtype=np.float64)[0]
        std = x.std(axis=over[axis], keepdims=True, dtype=np.float64)[0]
        return cls(np.where(constant, smallest, mean), np.where(constant, 1.0, std))

    def __call__(self, x: ArrayLike) -> Array:
        """Return z for a batch like the training data; float32 stays float32."""
        x = self._like("x", x)
        return ((x - self.mean) / self.std).astype(float_dtype(x), copy=False)

    def inverse(self, z: ArrayLike) -> Array:
        """Return x = z · std + mean."""
        z = self._like("z", z)
        return (z * self.std + self.mean).astype(float_dtype(z), copy=False)

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
