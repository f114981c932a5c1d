"""Sentences for the reader: what differs between the answer given and the answer expected."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np

from convlib.teach import notation
from convlib.teach.equations.cases import Case
from convlib.teach.equations.comparing import distance
from convlib.teach.exercises.engine.definition import Exercise
from convlib.teach.exercises.engine.outcomes import Opaque, Outcome

TOLERANCE = 1e-9
_WORDS = {"b": "True or False", "i": "whole numbers", "u": "whole numbers", "f": "floats",
          "c": "complex numbers", "U": "texts"}  # fmt: skip
_ADVICE = {
    "a generator": "Give the values back with `return`, not with `yield`.",
    "a coroutine": "Write `def`, without `async`.",
    "a function": "Is a pair of brackets missing, so that a function is given back uncalled?",
    "a map": "Wrap it in list(...).",
    "a filter": "Wrap it in list(...).",
    "a zip": "Wrap it in list(...).",
}
_ERRORS = {
    "KeyboardInterrupt": "It interrupts the notebook; a function ends with `return`.",
    "SystemExit": "It ends the whole program, as exit() does; a function ends with `return`.",
    "RecursionError": "It calls itself without end. Is the smallest case answered first?",
    "MemoryError": "It needs too much memory. Does something grow that should not?",
}


def not_a_function(exercise: Exercise, answer: Any) -> str | None:
    """Why the answer cannot be called as the exercise says, as far as can be seen from outside."""
    kind = type(answer)
    if issubclass(kind, type):
        return "this is a class. Write a function, with def."
    if not callable(answer):
        shown = kind.__name__ if kind.__module__ == "builtins" else "something else"
        return (
            f"this is not a function ({shown}). Give the function itself, without brackets "
            f'after its name: check("{exercise.name}", {exercise.call}).'
        )
    if inspect.iscoroutinefunction(answer):
        return "this is an async function. Write def, without async."
    return _wrong_parameters(exercise, answer) if kind is types.FunctionType else None


def _wrong_parameters(exercise: Exercise, answer: Any) -> str | None:
    assert exercise.cases is not None
    wanted = list(exercise.cases()[0])
    theirs = inspect.signature(answer)
    try:
        theirs.bind(*wanted)
    except TypeError:
        count = f"{len(wanted)} value{'s' * (len(wanted) != 1)}"
        return f"it is called with {count}, ({', '.join(wanted)}), but yours takes {theirs}."
    return None


def difference(
    exercise: Exercise, got: Outcome, expected: Outcome, case: Case
) -> tuple[str, ...] | None:
    """What is wrong with one result, or None where it is right; its form is not looked at."""
    if got.kinds:
        return _raised(got, expected)
    if expected.kinds:
        return (f"expected {expected.kinds[0]} to be raised, got {notation.text(got.value)}",)
    if _equal(exercise, got.value, expected.value, case):
        return None
    first, second = notation.pair(expected.value, got.value)
    return f"expected {first}, got {second}", *_advice(got.value, expected.value)


def form(exercise: Exercise, got: Outcome, expected: Outcome, case: Case) -> tuple[str, ...] | None:
    """What is wrong with a result of the right value: its type, or an input that was changed."""
    if got.changed is not None:
        name = list(case)[got.changed]
        return (f"It changes its argument {name}. Work on a copy: {name} = {name}.copy().",)
    if isinstance(expected.value, np.ndarray) and isinstance(got.value, (list, tuple)):
        kind = type(got.value).__name__
        return (f"The values are right, but returned a {kind}; expected an array: np.array(...).",)
    kinds = _kind(got.value), _kind(expected.value)
    if exercise.dtype and kinds[0] != kinds[1]:
        return (f"The values are right, but got {kinds[0]}; expected {kinds[1]}.",)
    return None


def alike(got: Outcome, wrong: Outcome, *, strict: bool) -> bool:
    """Whether an answer does the same as a known mistake; `strict` also compares the form."""
    if got.kinds or wrong.kinds:
        return bool(got.kinds) == bool(wrong.kinds)
    if strict and (got.changed, _outer(got.value)) != (wrong.changed, _outer(wrong.value)):
        return False
    return same(_marked(got.value), _marked(wrong.value))


def _marked(value: Any) -> Any:
    """The value with i for every NaN: two wrong answers with NaN in the same places are alike."""
    if isinstance(value, (list, tuple)):
        return [_marked(item) for item in value]
    if isinstance(value, (float, np.ndarray)) and np.asarray(value).dtype.kind == "f":
        return np.where(np.isnan(value), 1j, value) if np.isnan(value).any() else value
    return value


def same(got: Any, wanted: Any) -> bool:
    """Whether two values are equal, up to rounding; a list of distinct items will do for a set.

    Parameters
    ----------
    got, wanted
        As `freeze` gives them.

    Returns
    -------
    bool

    Examples
    --------
    >>> same([2, 1], {1, 2}), same(2.0, 2), same([1, 2], (1, 2)), same("a", 1)
    (True, True, True, False)
    """
    if isinstance(wanted, (set, frozenset)) and isinstance(got, (list, tuple, np.ndarray)):
        items = np.asarray(got).ravel().tolist()
        return len(items) == len(wanted) and all(item in wanted for item in items)
    return distance(got, wanted) <= TOLERANCE


def _equal(exercise: Exercise, got: Any, expected: Any, case: Case) -> bool:
    if exercise.equal is None:
        return same(got, expected)
    try:
        return bool(exercise.equal(got, expected, case))
    except Exception:  # a result of the wrong kind, which `equal` need not be prepared for
        return False


def _raised(got: Outcome, expected: Outcome) -> tuple[str, ...] | None:
    if expected.kinds and expected.kinds[0] in got.kinds:
        return None
    if expected.kinds:
        return (f"expected {expected.kinds[0]} to be raised, got {got.error}",)
    known = [_ERRORS[kind] for kind in got.kinds if kind in _ERRORS]
    return f"expected {notation.text(expected.value)}, but it raised {got.error}", *known[:1]


def _advice(got: Any, expected: Any) -> tuple[str, ...]:
    if got is None:
        return ("Is a `return` missing?",)
    if isinstance(got, Opaque):
        return (_ADVICE[got.description],) if got.description in _ADVICE else ()
    if "nan" in notation.text(got) and not isinstance(got, str):
        return ("nan comes from something undefined, such as 0/0.",)
    shapes = _shape(got), _shape(expected)
    if None not in shapes and shapes[0] != shapes[1]:
        return (f"expected {_shape_words(shapes[1])}, got {_shape_words(shapes[0])}",)
    return ()


def _shape(value: Any) -> tuple[int, ...] | None:
    if isinstance(value, np.ndarray):
        return value.shape
    return () if isinstance(value, (int, float, complex)) else None


def _shape_words(shape: Any) -> str:
    return f"an array of shape {shape}" if shape else "a single number"


def _outer(value: Any) -> tuple[str, str]:
    return "array" if isinstance(value, np.ndarray) and value.ndim else "other", _kind(value)


def _kind(value: Any) -> str:
    """What the entries are, in words."""
    try:
        return _WORDS.get(np.asarray(value).dtype.kind, "something else")
    except ValueError:  # ragged lists
        return "something else"
