"""Cases: the many small inputs on which an equation or an exercise is tried.

Smallest cases come first, so that the first failure found is also the easiest to read.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

Case = dict[str, Any]
Rule = Callable[..., Any]
ATTEMPTS_PER_CASE = 200


@dataclass(frozen=True)
class Generator:
    """A recipe for one argument: its smallest value, and how to draw another one."""

    lowest: Any
    sample: Callable[[np.random.Generator], Any]

    def __call__(self, rng: np.random.Generator) -> Any:
        """Draw one value."""
        return self.sample(rng)


def integer(lo: int, hi: int) -> Generator:
    """Whole numbers from lo to hi, both included.

    Parameters
    ----------
    lo, hi
        Ints, lo at most hi; lo counts as the lowest.

    Returns
    -------
    Generator
        For `draw`.

    Raises
    ------
    ValueError
        If lo exceeds hi.

    Examples
    --------
    >>> draw(3, n=integer(1, 3))
    [{'n': 1}, {'n': 2}, {'n': 3}]
    """
    if lo > hi:
        raise ValueError(f"integer: lo must not exceed hi, got lo={lo}, hi={hi}")
    return Generator(lo, lambda rng: int(rng.integers(lo, hi, endpoint=True)))


def choice(*values: Any) -> Generator:
    """One of the values, each equally likely; the first one counts as the lowest.

    Parameters
    ----------
    values
        At least one.

    Returns
    -------
    Generator
        For `draw`.

    Raises
    ------
    ValueError
        If there is no value.

    Examples
    --------
    >>> draw(2, mode=choice("valid", "full"))
    [{'mode': 'valid'}, {'mode': 'full'}]
    """
    if not values:
        raise ValueError("choice: give at least one value, got none")
    return Generator(values[0], lambda rng: values[int(rng.integers(len(values)))])


def vector(lo: int, hi: int, *, low: int = -9, high: int = 9, real: bool = False) -> Generator:
    """A 1-D array of lo..hi entries: whole numbers in low..high, or standard normal ones.

    Parameters
    ----------
    lo, hi
        The fewest and the most entries.
    low, high
        The least and the largest entry.
    real
        Standard normal floats instead of whole numbers.

    Returns
    -------
    Generator
        For `draw`; the lowest array counts 1, 2, 3, …

    Raises
    ------
    ValueError
        If lo is below 0 or exceeds hi.

    Examples
    --------
    >>> draw(1, x=vector(2, 5))
    [{'x': array([1, 2])}]
    """
    return image((lo, hi), low=low, high=high, real=real)


def image(*axes: tuple[int, int], low: int = -9, high: int = 9, real: bool = False) -> Generator:
    """An array with one axis for each pair (lo, hi), its length drawn from lo..hi.

    Parameters
    ----------
    axes
        Pairs `(lo, hi)`, the fewest and the most entries along each axis.
    low, high, real
        As in `vector`.

    Returns
    -------
    Generator
        For `draw`; the lowest array counts 1, 2, 3, …

    Raises
    ------
    ValueError
        If lo is below 0 or exceeds hi.

    Examples
    --------
    >>> draw(1, x=image((1, 3), (2, 4)))
    [{'x': array([[1, 2]])}]
    """
    for lo, hi in axes:
        if not 0 <= lo <= hi:
            raise ValueError(f"image: an axis needs 0 <= lo <= hi, got ({lo}, {hi})")

    def sample(rng: np.random.Generator) -> np.ndarray:
        shape = [int(rng.integers(lo, hi, endpoint=True)) for lo, hi in axes]
        return rng.standard_normal(shape) if real else _whole(rng, low, high, shape)

    shape = [lo for lo, _ in axes]
    counted = np.arange(1, int(np.prod(shape)) + 1).reshape(shape)  # 1, 2, 3: never a palindrome
    return Generator(counted.astype(float) if real else np.clip(counted, low, high), sample)


def _whole(rng: np.random.Generator, low: int, high: int, shape: list[int]) -> np.ndarray:
    """Whole numbers that are small in many arrays, so that the first failure is easy to read."""
    reach = int(rng.integers(1, max(abs(low), abs(high), 1), endpoint=True))
    least, most = max(low, -reach), min(high, reach)
    if least > most:  # 0 is not in the range: nothing smaller can be asked for
        least, most = low, high
    return rng.integers(least, most, shape, endpoint=True)


def draw(
    count: int,
    make: Callable[[np.random.Generator], Any] | None = None,
    /,
    *,
    where: Rule | None = None,
    seed: int = 0,
    **generators: Callable[..., Any],
) -> list[Case]:
    """`count` different random cases, smallest first; the same ones on every run.

    The corner, every recipe at its lowest, is among them whenever it makes sense.

    Parameters
    ----------
    count
        How many.
    make
        A function of a NumPy random generator that returns a whole case, where the arguments depend
        on each other: a kernel that fits its input, weights that fit the channels.
    where
        `where(**case)` says which cases make sense.
    seed
        Another seed gives other cases.
    generators
        A recipe for each argument: `integer`, `choice`, `vector`, `image`, or any function of a
        NumPy random generator. With `make`, for further arguments of the case.

    Returns
    -------
    list of dict
        Each from the names of the arguments to their values.

    Raises
    ------
    ValueError
        If so many different cases cannot be found.

    Examples
    --------
    >>> draw(3, n=integer(1, 6), k=integer(1, 6), where=lambda n, k: k < n)
    [{'n': 2, 'k': 1}, {'n': 6, 'k': 3}, {'n': 6, 'k': 5}]
    >>> def fitting(rng):
    ...     n = int(rng.integers(1, 5))
    ...     return {"n": n, "k": int(rng.integers(1, n + 1))}
    >>> draw(3, fitting)
    [{'n': 2, 'k': 1}, {'n': 3, 'k': 1}, {'n': 4, 'k': 3}]
    """
    rng = np.random.default_rng([seed, zlib.crc32(" ".join(generators).encode())])
    found: dict[Any, Case] = {}
    for attempt in range(ATTEMPTS_PER_CASE * count + 1):
        if len(found) == count:
            break
        case = _corner(generators) if attempt == 0 and make is None else {}
        case = case or {
            **({} if make is None else make(rng)),
            **{name: recipe(rng) for name, recipe in generators.items()},
        }
        if where is None or where(**case):
            found.setdefault(_key(tuple(case.values())), case)
    if len(found) < count:
        raise ValueError(
            f"draw: asked for {count} different cases, found {len(found)}; "
            "widen the ranges, loosen `where`, or list them all with every(...)"
        )
    return sorted(found.values(), key=size)


def every(*, where: Rule | None = None, **ranges: Iterable[Any]) -> list[Case]:
    """All combinations of the given values for which `where(**case)` is true, smallest first.

    Parameters
    ----------
    where
        Says which cases make sense.
    ranges
        The values of each argument.

    Returns
    -------
    list of dict
        Each from the names of the arguments to their values.

    Raises
    ------
    ValueError
        If no case is left.

    Examples
    --------
    >>> every(n=range(1, 4), k=[1, 2], where=lambda n, k: k <= n)[:3]
    [{'n': 1, 'k': 1}, {'n': 2, 'k': 1}, {'n': 2, 'k': 2}]
    """
    combined = (
        dict(zip(ranges, values, strict=True)) for values in itertools.product(*ranges.values())
    )
    cases = sorted((case for case in combined if where is None or where(**case)), key=size)
    if not cases:
        raise ValueError("every: no case is left; widen the ranges or loosen `where`")
    return cases


def size(case: Any) -> tuple[float, float]:
    """How large a case looks to a reader: entries and whole numbers first, then their amounts.

    Parameters
    ----------
    case
        A dict from names to values, a tuple or a list.

    Returns
    -------
    (entries, amount)
        A key to sort cases by, smallest first.

    Examples
    --------
    >>> size({"x": np.array([5, -1]), "s": 3})
    (5, 6.0)
    """
    values = case.values() if isinstance(case, dict) else case
    sizes = [_measure(value) for value in values]
    return sum(entries for entries, _ in sizes), sum(amount for _, amount in sizes)


def _measure(value: Any) -> tuple[float, float]:
    if isinstance(value, np.ndarray):
        numeric = value.dtype.kind in "biufc"
        return value.size, float(np.abs(value.astype(complex)).sum()) if numeric else 0.0
    if isinstance(value, (tuple, list, dict)):
        return size(value)
    return (abs(int(value)), 0.0) if isinstance(value, (int, np.integer)) else (0, 0.0)


def _corner(generators: dict[str, Callable[..., Any]]) -> Case:
    """Every recipe at its lowest, or an empty case if a plain function has no known lowest."""
    if not all(isinstance(make, Generator) for make in generators.values()):
        return {}
    lowest = {name: make.lowest for name, make in generators.items()}  # type: ignore[attr-defined]
    return {name: v.copy() if isinstance(v, np.ndarray) else v for name, v in lowest.items()}


def _key(value: Any) -> Any:
    """Something hashable that is the same for equal cases only."""
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str, value.tobytes()
    if isinstance(value, (tuple, list)):
        return tuple(_key(item) for item in value)
    return repr(value)
