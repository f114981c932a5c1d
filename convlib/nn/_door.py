"""Checks that all layers and losses share, and their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from convlib import _arrays, _check
from convlib._check import Array

Rng = int | np.random.Generator | None


def real(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of integers or floats.

    >>> real("x", [1j])
    Traceback (most recent call last):
    TypeError: x has dtype complex128: layers compute with real numbers
    """
    array = _arrays.numeric(name, value)
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} has dtype {array.dtype}: layers compute with real numbers")
    return array


def floating(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the dtype of parameters, a floating type.

    >>> floating(int)
    Traceback (most recent call last):
    TypeError: dtype=int64: parameters need a floating type, for example np.float32
    """
    rule = "parameters need a floating type, for example np.float32"
    try:
        chosen = np.dtype(dtype)
    except TypeError:
        raise TypeError(f"dtype={dtype!r}: {rule}") from None
    if chosen.kind != "f":
        raise TypeError(f"dtype={chosen}: {rule}")
    return chosen


def generator(rng: Rng) -> np.random.Generator:
    """Return a generator of random numbers, from a seed or as it is.

    >>> generator("zero")
    Traceback (most recent call last):
    TypeError: rng='zero': needs a seed (an integer of at least 0), a generator or None
    """
    try:
        return np.random.default_rng(rng)
    except (TypeError, ValueError):
        rule = "needs a seed (an integer of at least 0), a generator or None"
        raise TypeError(f"rng={rng!r}: {rule}") from None


def number(name: str, value: object, rule: str, fits: Callable[[float], bool]) -> float:
    """Return a real number that fits, or refuse it with the rule.

    >>> number("p", 2, "needs a probability", lambda p: 0 <= p <= 1)
    Traceback (most recent call last):
    ValueError: p=2: needs a probability
    """
    if isinstance(value, (bool, str)) or not isinstance(value, SupportsFloat):
        raise TypeError(f"{name}={value!r}: {rule}, not {type(value).__name__}")
    if not fits(float(value)):
        raise ValueError(f"{name}={value!r}: {rule}")
    return float(value)


def word(name: str, value: object, known: tuple[str, ...]) -> None:
    """Refuse a word that is not known, and say which one is nearest."""
    if value in known:
        return
    close = get_close_matches(str(value).lower(), known, cutoff=0.5)
    guess = f" did you mean {close[0]!r}?" if close else ""
    raise ValueError(f"{name}={value!r}: unknown word;{guess} Known: {', '.join(map(repr, known))}")


def float_dtype(x: Array) -> np.dtype[np.floating]:
    """Return the dtype of a result: floats keep theirs, all else gives float64."""
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)


def sizes(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of an array as a tuple of sizes, each at least 1.

    >>> sizes("shape", 784)
    Traceback (most recent call last):
    TypeError: shape=784: needs a tuple of sizes; write shape=(784,)
    """
    return tuple(_check.integer(name, size, 1, value) for size in as_tuple(name, value))


def as_tuple(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return a shape as a tuple, and refuse a lone number."""
    if not isinstance(value, (tuple, list)):
        raise TypeError(f"{name}={value!r}: needs a tuple of sizes; write {name}=({value!r},)")
    return tuple(value)


def channels_last(shape: Sequence[int], channels: int) -> str:
    """Return advice for an input whose channels are on the last axis.

    >>> channels_last((28, 28, 3), 3)
    '; channels come first: np.moveaxis(x, -1, 1)'
    """
    last = len(shape) > 1 and shape[-1] == channels
    return "; channels come first: np.moveaxis(x, -1, 1)" if last else ""


def counted(count: int) -> str:
    """Return a number of parameters in words: '1 parameter', '7,850 parameters'."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"
