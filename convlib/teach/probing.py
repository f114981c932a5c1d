"""What does a stranger's function do? Three questions that any sliding window must answer."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

Function = Callable[[np.ndarray, np.ndarray], Any]
Key = tuple[bool, str]
Sides = tuple[int, int]

TAPS = (3, 4)  # an odd kernel has a middle tap, an even one has none
BORDERS = {  # our name -> the mode of np.pad
    "zeros": "constant",
    "edge": "edge",
    "mirror on the last": "reflect",
    "mirror behind the last": "symmetric",
    "wrap": "wrap",
}


@dataclass(frozen=True)
class Finding:
    """How a function f(x, w) slides the kernel w along the list x.

    `flip`: is the kernel reversed? `border`: what stands beyond the ends, "nothing" if no window
    gets there. `sides`: taps -> entries (before, after). `conjugates`: which argument is complex
    conjugated, if any. `longer`: what happens when w is longer than x.
    """

    flip: bool
    border: str
    sides: dict[int, Sides]
    conjugates: str
    longer: str

    def __str__(self) -> str:
        turn = "reversed" if self.flip else "as it is"
        amounts = " and ".join(f"{sides} for {k} taps" for k, sides in self.sides.items())
        border = self.border if self.border == "nothing" else f"{self.border}, {amounts}"
        lines = [
            f"kernel {turn}",
            f"beyond the ends: {border}",
            f"conjugates: {self.conjugates}",
            f"kernel longer than the list: {self.longer}",
        ]
        return "\n".join(lines)


def probe(function: Function) -> Finding:
    """Find out how `function(x, w)` slides w along x, by asking it and never reading it.

    Its answers are compared with Σ_j w[j] x[i + j] on a padded x, for each kind of border, each
    amount before the list, and the kernel both ways.

    Parameters
    ----------
    function
        Takes two one-dimensional arrays, gives one; stride and dilation 1.

    Returns
    -------
    Finding
        Prints itself in four lines.

    Raises
    ------
    ValueError
        If the answers are those of no sliding window that is known here.

    Examples
    --------
    >>> print(probe(np.convolve))
    kernel reversed
    beyond the ends: zeros, (2, 2) for 3 taps and (3, 3) for 4 taps
    conjugates: nothing
    kernel longer than the list: the same rule
    """
    found = [_explanations(function, k) for k in TAPS]
    keys = [key for key in found[0] if key in found[1]]
    if not keys:
        raise ValueError(
            "function gives what no sliding window gives: tried the kernel both ways, "
            f"borders {', '.join(BORDERS)}, and kernels of {TAPS[0]} and {TAPS[1]} taps"
        )
    flip, border = keys[0]
    sides = {k: one[keys[0]] for k, one in zip(TAPS, found, strict=True)}
    touched = any(sum(pair) for pair in sides.values())
    longer = _longer(function, flip, border)
    return Finding(flip, border if touched else "nothing", sides, _conjugates(function), longer)


def _numbers(n: int, k: int) -> tuple[np.ndarray, np.ndarray]:
    """A list and an asymmetric kernel that no wrong explanation fits by chance."""
    rng = np.random.default_rng([n, k])
    return rng.integers(1, 1000, n).astype(float), rng.permutation(10.0 ** np.arange(k))


def _windows(x: np.ndarray, w: np.ndarray, key: Key, sides: Sides) -> np.ndarray:
    """The outputs under one explanation."""
    padded = np.pad(x, sides, mode=BORDERS[key[1]])  # type: ignore[call-overload]
    return np.correlate(padded, w[::-1] if key[0] else w, "valid")


def _explanations(function: Function, k: int, n: int = 9) -> dict[Key, Sides]:
    """Every (flip, border) that gives the function's answer, with its (before, after)."""
    x, w = _numbers(n, k)
    answer = np.asarray(function(x, w))
    return {
        key: sides
        for sides in _splits(len(answer) + k - 1 - n, k)
        for key in itertools.product((False, True), BORDERS)
        if _equal(_windows(x, w, key, sides), answer)
    }


def _splits(total: int, k: int) -> Iterator[Sides]:
    """All ways to put `total` entries before and after a list, at most k on a side."""
    return ((before, total - before) for before in range(k + 1) if 0 <= total - before <= k)


def _equal(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-6))


def _conjugates(function: Function) -> str:
    """Multiply one argument by i: a function that conjugates it answers −i times as much."""
    x, w = _numbers(9, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns where an imaginary part is thrown away
        try:
            plain = np.asarray(function(x, w))
            turned = {"x": function(1j * x, w), "w": function(x, 1j * w)}
        except Exception:
            return "takes real numbers only"
    named = [name for name, y in turned.items() if _equal(np.asarray(y), -1j * plain)]
    return " and ".join(named) or "nothing"


def _longer(function: Function, flip: bool, border: str, n: int = 3, k: int = 5) -> str:
    """What becomes of a kernel that is longer than the list."""
    x, w = _numbers(n, k)
    try:
        answer, swapped = (np.asarray(function(*pair)) for pair in ((x, w), (w, x)))
    except Exception as error:
        return f"raises {type(error).__name__}"
    sides = _explanations(function, k).get((flip, border), (0, 0))
    if n + sum(sides) >= k and _equal(_windows(x, w, (flip, border), sides), answer):
        return "the same rule"
    if _equal(answer, swapped):
        return "swaps the two"
    if _equal(answer, swapped[::-1]):
        return "swaps the two and reverses"
    return f"{len(answer)} outputs by another rule"
