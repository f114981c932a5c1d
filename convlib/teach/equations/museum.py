"""Exhibits of the museum: a wrong claim, the truth, and the smallest case that tells them apart."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from convlib.teach import notation
from convlib.teach.equations.cases import size
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
class Exhibit:
    """A claim that was shown to be wrong: on how many cases, and on which smallest one."""

    name: str
    cases: int
    wrong: int
    smallest: Counterexample
    note: str | None = None

    def __str__(self) -> str:
        wrong, right = self.smallest.in_words()
        parts = [
            self.name,
            f"{notation.arguments(self.smallest.case)}: the claim {wrong}, right is {right}",
            f"wrong in {self.share}",
        ]
        return " · ".join([*parts, self.note] if self.note else parts)

    @property
    def share(self) -> str:
        """How many of the cases the claim gets wrong, in words."""
        if self.wrong < self.cases:
            return f"{self.wrong} of {self.cases} cases"
        return f"all {self.cases} cases" if self.cases > 1 else "the one case tried"


_exhibits: dict[str, Exhibit] = {}


def exhibits() -> list[Exhibit]:
    """The exhibits of this kernel, in the order in which they were first put up."""
    return list(_exhibits.values())


def exhibit(
    name: str,
    *,
    claim: Function,
    truth: Function,
    cases: Iterable[Case],
    tol: float | None = None,
    note: str | None = None,
) -> None:
    """Show that a claim is wrong: print the smallest case on which it differs from the truth.

    Either may compute a formula or measure what really happens. A claim that raises is wrong there,
    too. The line printed is the same on every machine.

    Parameters
    ----------
    name
        Of the exhibit, like E0.2, R3.1 or A1.
    claim, truth
        Functions of a case.
    cases
        Dicts of named arguments, or tuples.
    tol
        None, if any difference counts; with a power of ten it must exceed 1000 tol.
    note
        One line to stand at the end.

    Raises
    ------
    VerificationError
        If the claim never fails, or the truth itself raises or is not a number.
    ValueError
        If name, note or tolerance is not of the form that it must have.

    Examples
    --------
    >>> exhibit("E0.1", claim=lambda n, p: n + p, truth=lambda n, p: n + 2 * p,
    ...         cases=[{"n": 3, "p": 0}, {"n": 3, "p": 1}, {"n": 4, "p": 1}])
    E0.1 · n=3, p=1: the claim gives 4, right is 5 · wrong in 2 of 3 cases
    """
    _check_line(name, note)
    bound_in_words(name, tol)
    listed = list(cases)
    rights = [_truth(name, truth, case) for case in listed]
    limit = MARGIN * (tol or 0.0)
    tried = (disproof(claim, *pair, limit) for pair in zip(listed, rights, strict=True))
    found = [one for one in tried if one is not None]
    if not found:
        raise VerificationError(f"{name}: the claim never fails on its {len(listed)} cases")
    smallest = min(found, key=lambda one: size(one.case))
    _exhibits[name] = shown = Exhibit(name, len(listed), len(found), smallest, note)
    print(shown)


def _check_line(name: str, note: str | None) -> None:
    """The line printed is read again by a test, so its parts must be told apart."""
    if not re.fullmatch(r"[A-Z]\d+(\.\d+)?", name):
        raise ValueError(f"an exhibit is named like E0.2, R3.1 or A1, got {name!r}")
    if note is not None and (not note.strip() or set(note) & set("·\n")):
        raise ValueError(f"{name}: a note is one line without ·, got {note!r}")


def _truth(name: str, truth: Function, case: Case) -> Any:
    right = value_of(name, "truth", truth, case)
    if distance(right, right) != 0.0:
        raise VerificationError(
            f"{name}: the truth is not equal to itself, for {notation.arguments(case)}"
        )
    return right
