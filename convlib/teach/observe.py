"""One call of a reader's function: what came back, frozen into plain data that is safe to handle."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

MOST_ITEMS = 1_000_000
_PLAIN = (type(None), bool, int, float, complex, Fraction, type(...))
_SEQUENCES: dict[type, Callable[[list[Any]], Any]] = {
    list: list, tuple: tuple, set: set, frozenset: frozenset, range: list
}  # fmt: skip


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that cannot be compared: only its description is kept."""

    description: str

    def __repr__(self) -> str:
        return self.description


@dataclass(frozen=True)
class Outcome:
    """What one call did: a value, or the error raised (`kinds`: its class and their parents)."""

    value: Any = None
    kinds: tuple[str, ...] = ()
    error: str = ""
    changed: int | None = None  # which argument was modified

    @property
    def fatal(self) -> bool:
        """True for what would go the same way on every further case."""
        return bool(set(self.kinds) & {"MemoryError", "RecursionError"}) or (
            bool(self.kinds) and "Exception" not in self.kinds
        )


def observe(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    """Call with copies of the arguments; nothing that the function raises gets out.

    >>> observe(lambda x: x.sort(), (np.array([2, 1]),)).changed
    0
    """
    given = copy.deepcopy(arguments)
    try:
        outcome = Outcome(freeze(function(*given)))
    except BaseException as error:
        kinds = tuple(kind.__name__ for kind in type(error).__mro__)
        outcome = Outcome(kinds=kinds, error=_describe(error, function))
    changed = [i for i, old in enumerate(arguments) if not _same(old, given[i])]
    return Outcome(outcome.value, outcome.kinds, outcome.error, changed[0] if changed else None)


def freeze(value: Any, depth: int = 20) -> Any:
    """The value as plain data (numbers, strings, lists, arrays); anything else becomes `Opaque`.

    Looks at exact types only, so that no method of a reader's own class is ever run.

    >>> freeze([1, (2.5, "a")]), freeze(x for x in [1])
    ([1, (2.5, 'a')], a generator)
    """
    kind = type(value)
    if kind in _PLAIN or kind.__module__.partition(".")[0] == "sympy":
        return value
    if issubclass(kind, np.generic) or kind is np.ndarray:
        return _freeze_array(value, depth)
    if kind in (str, bytes):
        return value if len(value) <= MOST_ITEMS else Opaque(f"a text of {len(value)} characters")
    if kind in _SEQUENCES and len(value) > MOST_ITEMS:
        return Opaque(f"a {kind.__name__} of {len(value)} items")
    if kind in _SEQUENCES and depth:
        return _SEQUENCES[kind]([freeze(item, depth - 1) for item in value])
    if kind is dict and depth and len(value) <= MOST_ITEMS:
        return {freeze(key, 1): freeze(item, depth - 1) for key, item in value.items()}
    return Opaque(_article(str(type.__getattribute__(kind, "__name__"))))


def _freeze_array(value: Any, depth: int) -> Any:
    if value.size > MOST_ITEMS * 10:
        return Opaque(f"an array of shape {value.shape}")
    if value.dtype.kind in "biufcUS":
        return value.copy()
    if value.dtype.kind != "O" or not depth:
        return Opaque(f"an array of {value.dtype}")
    frozen = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        frozen[place] = freeze(value[place], depth - 1)
    return frozen


def _article(name: str) -> str:
    known = {"function": "a function", "type": "a class", "module": "a module"}
    return known.get(name, f"{'an' if name[:1] in 'aeiouAEIOU' else 'a'} {name}"[:80])


def _same(old: Any, new: Any) -> bool:
    """Whether an argument is what it was before the call."""
    if isinstance(old, np.ndarray):
        alike = old.shape == new.shape and old.dtype == new.dtype
        return alike and bool(np.array_equal(old, new, equal_nan=old.dtype.kind in "fc"))
    if isinstance(old, (list, tuple)):
        return len(old) == len(new) and all(map(_same, old, new))
    return not isinstance(old, (dict, set)) or old == new


def _describe(error: BaseException, function: Callable[..., Any]) -> str:
    """`ZeroDivisionError: division by zero, in line 2: return n // 0`."""
    try:
        message = str(error)
    except BaseException:
        message = ""
    name = type(error).__name__
    text = f"{name}: {message}" if message else name
    code = getattr(function, "__code__", None)
    own = getattr(code, "co_filename", None)
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    where = f", in line {lines[-1].lineno}: {lines[-1].line}" if lines and lines[-1].line else ""
    return text[:200] + where[:120]
