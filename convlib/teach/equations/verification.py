"""Equations tested like code: two independent routes, and wrong versions that must be caught."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from convlib.teach import notation
from convlib.teach.equations.comparing import distance
from convlib.teach.equations.evaluation import (
    MARGIN,
    Case,
    Counterexample,
    Function,
    VerificationError,
    bound_in_words,
    disproof,
    value_of,
)


@dataclass(frozen=True)
class Record:
    """What one `verify` established."""

    label: str
    cases: int
    bound: str
    worst: float
    caught: dict[str, Counterexample]

    def __str__(self) -> str:
        caught = ", ".join(self.caught)
        return f"✓ {self.label} · {self.cases} cases, {self.bound} · caught: {caught}"


_records: dict[str, Record] = {}


def records() -> list[Record]:
    """The records of this kernel, in the order in which their labels were first verified."""
    return list(_records.values())


def verify(
    label: str,
    lhs: Function,
    rhs: Function,
    *,
    cases: Iterable[Case],
    wrong: Mapping[str, Function],
    tol: float | None = None,
) -> None:
    """Assert lhs = rhs on every case, and that each wrong version differs from lhs on one.

    Prints one line that is the same on every machine.

    Parameters
    ----------
    label
        The equation's label in the text, `eq-` and a name.
    lhs, rhs
        Two independent routes to the same value, functions of a case.
    cases
        Dicts of named arguments, or tuples; smallest first, so that messages are short.
    wrong
        From names to functions that are popular mistakes in place of `lhs`; at least one.
    tol
        None for exactly equal; a power of ten bounds max|l - r| / max(1, max|r|).

    Raises
    ------
    VerificationError
        Naming the equation, the case and both values, if it does not hold; also if a wrong version
        passes every case, or there is none.
    ValueError
        If a label, a name or the tolerance is not of the form that it must have.

    Examples
    --------
    >>> verify("eq-double", lambda n: n + n, lambda n: 2 * n,
    ...        cases=[{"n": 0}, {"n": 2}, {"n": 3}], wrong={"squares": lambda n: n * n})
    ✓ eq-double · 3 cases, exact · caught: squares
    """
    _check_names(label, wrong)
    bound = bound_in_words(label, tol)
    listed = list(cases)
    if not listed:
        raise VerificationError(f"{label}: there is no case to try")
    rights = [value_of(label, "right side", rhs, case) for case in listed]
    lefts = [value_of(label, "left side", lhs, case) for case in listed]
    worst = _hold(label, listed, lefts, rights, tol or 0.0)
    tried = list(zip(listed, lefts, strict=True))
    limit = MARGIN * (tol or 0.0)
    caught = {name: _catch(label, name, f, tried, limit) for name, f in wrong.items()}
    _records[label] = record = Record(label, len(listed), bound, worst, caught)
    print(record)


def counterexample(label: str, name: str) -> None:
    """Print the smallest case on which that wrong version of the equation fails.

    Parameters
    ----------
    label, name
        An equation verified before, and one of its wrong versions.

    Raises
    ------
    ValueError
        If there is no such equation, or no such version of it.

    Examples
    --------
    >>> verify("eq-double", lambda n: n + n, lambda n: 2 * n,
    ...        cases=[{"n": 0}, {"n": 2}, {"n": 3}], wrong={"squares": lambda n: n * n})
    ✓ eq-double · 3 cases, exact · caught: squares
    >>> counterexample("eq-double", "squares")
    squares: for n=3 it gives 9; right is 6
    """
    if label not in _records:
        raise ValueError(f"{label!r} has not been verified yet; verified: {', '.join(_records)}")
    caught = _records[label].caught
    if name not in caught:
        raise ValueError(f"{label} has no wrong version {name!r}; it has: {', '.join(caught)}")
    wrong, right = caught[name].in_words()
    print(f"{name}: for {notation.arguments(caught[name].case)} it {wrong}; right is {right}")


def _check_names(label: str, wrong: Mapping[str, Function]) -> None:
    """The line printed is read again by `coverage`, so nothing in it may be ambiguous."""
    if not re.fullmatch(r"eq-[a-z0-9-]+", label):
        raise ValueError(f"a label is eq- and then a-z, 0-9 or hyphens, got {label!r}")
    if not wrong:
        raise VerificationError(f"{label}: name at least one wrong version in `wrong`")
    for name in wrong:
        if not name.strip() or set(name) & set(",·\n"):
            raise ValueError(f"{label}: a wrong version's name has no comma, got {name!r}")


def _hold(
    label: str, cases: list[Case], lefts: list[Any], rights: list[Any], limit: float
) -> float:
    worst = 0.0
    for case, left, right in zip(cases, lefts, rights, strict=True):
        apart = distance(left, right)
        if apart > limit:
            shown = notation.pair(left, right)
            raise VerificationError(
                f"{label} does not hold for {notation.arguments(case)}: "
                f"left {shown[0]}, right {shown[1]}" + _shapes(left, right)
            )
        worst = max(worst, apart)
    return worst


def _shapes(left: Any, right: Any) -> str:
    shapes = getattr(left, "shape", None), getattr(right, "shape", None)
    return f" (shapes {shapes[0]} and {shapes[1]})" if shapes[0] != shapes[1] else ""


def _catch(
    label: str, name: str, function: Function, tried: list[tuple[Case, Any]], limit: float
) -> Counterexample:
    for case, right in tried:
        if found := disproof(function, case, right, limit):
            return found
    raise VerificationError(
        f"{label}: the wrong version {name!r} passes all {len(tried)} cases; "
        "add a case that tells it apart, or take it out"
    )
