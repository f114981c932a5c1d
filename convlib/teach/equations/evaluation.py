"""One function tried on one case: what equations and exhibits share."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from convlib.teach import notation
from convlib.teach.equations.comparing import APART, distance

Function = Callable[..., Any]
Case = Mapping[str, Any] | tuple[Any, ...]
MARGIN = 1000  # a wrong version counts as caught only when it is this far outside the tolerance


class VerificationError(AssertionError):
    """An equation that does not hold, or a wrong version that no case tells apart from it."""


@dataclass(frozen=True)
class Raised:
    """What a wrong version did instead of returning a value."""

    error: str

    def __repr__(self) -> str:
        return f"raises {self.error}"


@dataclass(frozen=True)
class Counterexample:
    """A case on which a wrong version fails, with the right and the wrong value."""

    case: Case
    right: Any
    wrong: Any

    def in_words(self) -> tuple[str, str]:
        """What the wrong version does, and the right value, as they stand in a message.

        >>> Counterexample({"n": 3}, 6, 9).in_words()
        ('gives 9', '6')
        """
        right, wrong = notation.pair(self.right, self.wrong)
        return (wrong if isinstance(self.wrong, Raised) else f"gives {wrong}"), right


def bound_in_words(name: str, tol: float | None) -> str:
    """How near two sides must come: "exact", or "error below 1e-12" for a power of ten.

    Parameters
    ----------
    name
        Of the equation or exhibit, for the message.
    tol
        None, or a power of ten below 1.

    Returns
    -------
    str
        As it stands in the line that is printed.

    Raises
    ------
    ValueError
        If `tol` is another number.

    Examples
    --------
    >>> bound_in_words("eq-double", None), bound_in_words("eq-double", 1e-12)
    ('exact', 'error below 1e-12')
    """
    if tol is None:
        return "exact"
    exponent = round(math.log10(tol)) if 0 < tol < 1 else 0
    if exponent >= 0 or not math.isclose(tol, 10.0**exponent, rel_tol=1e-12):
        raise ValueError(f"{name}: tol must be a power of ten below 1, such as 1e-12, got {tol}")
    return f"error below 1e{exponent}"


def call(function: Function, case: Case) -> Any:
    """Call with inputs that cannot be changed: one side must not spoil the other's.

    >>> call(lambda n, k: n - k, {"n": 5, "k": 2})
    3
    """
    if isinstance(case, Mapping):
        return function(**{name: _protected(value) for name, value in case.items()})
    return function(*(_protected(value) for value in case))


def _protected(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    view = value.view()
    view.flags.writeable = False
    return view


def value_of(name: str, side: str, function: Function, case: Case) -> Any:
    """The value of a side that must not fail.

    Parameters
    ----------
    name, side
        Of the equation or exhibit, and which side this is, for the message.
    function, case
        What is called, with what.

    Returns
    -------
    Any
        What the function returns.

    Raises
    ------
    VerificationError
        If the function raises anything.
    """
    try:
        return call(function, case)
    except Exception as error:
        what = f"{type(error).__name__}: {error}"
        raise VerificationError(
            f"{name}: the {side} raises {what}, for {notation.arguments(case)}"
        ) from error


def disproof(function: Function, case: Case, right: Any, limit: float) -> Counterexample | None:
    """The counterexample that a case is to a function, or None where it comes near enough.

    A function that raises is as far from the right value as can be.

    Parameters
    ----------
    function, case
        What is called, with what.
    right
        The value that it should have.
    limit
        The largest `distance` that does not yet count; 0 for exact equality.

    Returns
    -------
    Counterexample or None
        With the right value and what came instead.

    Examples
    --------
    >>> disproof(lambda n: n * n, {"n": 3}, 6, 0.0)
    Counterexample(case={'n': 3}, right=6, wrong=9)
    >>> disproof(lambda n: n * n, {"n": 2}, 4, 0.0) is None
    True
    """
    try:
        with np.errstate(all="ignore"):
            value = call(function, case)
        apart = distance(value, right)
    except Exception as error:
        value, apart = Raised(type(error).__name__), APART
    return Counterexample(case, right, value) if apart > limit else None
