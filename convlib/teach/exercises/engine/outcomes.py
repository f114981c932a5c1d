"""One call of a reader's function, its result frozen into plain data that is safe to handle."""

from __future__ import annotations

import copy
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

MOST_ITEMS = 1_000_000
LONGEST_ERROR = 200
_PLAIN = (type(None), bool, int, float, complex, Fraction, type(...))
_CONTAINERS: dict[type, Callable[[list[Any]], Any]] = {
    list: list, tuple: tuple, set: set, frozenset: frozenset, range: list
}  # fmt: skip
_end_process = os._exit  # the guard hides os._exit from the reader's code


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
        """True for an error that would come again, slowly, on every further case."""
        endless = {"MemoryError", "RecursionError"} & set(self.kinds)
        return bool(endless) or bool(self.kinds and "Exception" not in self.kinds)


def observe(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Outcome:
    """Call with copies of the arguments; nothing that the function raises gets out.

    Parameters
    ----------
    function, arguments
        What is called, with what.

    Returns
    -------
    Outcome
        The value as `freeze` gives it, or the error; and which argument was changed.

    Examples
    --------
    >>> observe(lambda x: x.sort(), (np.array([2, 1]),)).changed
    0
    """
    given = copy.deepcopy(arguments)
    process = os.getpid()
    try:
        outcome = Outcome(freeze(function(*given)))
    except BaseException as error:  # also exit() and KeyboardInterrupt
        outcome = Outcome(kinds=_names(error), error=_describe(error, function))
    if os.getpid() != process:  # the function forked, and this is the copy
        _end_process(0)
    changed = [i for i, old in enumerate(arguments) if not _same(old, given[i])]
    return replace(outcome, changed=changed[0]) if changed else outcome


def freeze(value: Any, depth: int = 20) -> Any:
    """The value as plain data (numbers, texts, lists, arrays); anything else becomes `Opaque`.

    No method of a reader's own class is ever run: types are looked at exactly, except that a
    kind of tuple or list (a named tuple, a `torch.Size`) is read as the tuple or list that it is,
    by the methods of those.

    >>> freeze([1, (2.5, "a")]), freeze(x for x in [1])
    ([1, (2.5, 'a')], a generator)
    """
    value = _unclothed(value)
    kind = type(value)
    if kind in _PLAIN or _is_sympy(kind):
        return value
    if kind is np.ndarray or (issubclass(kind, np.generic) and kind.__module__ == "numpy"):
        return _freeze_array(value, depth)
    if kind in (str, bytes, dict, *_CONTAINERS) and len(value) > MOST_ITEMS:
        return Opaque(f"{_article(kind)} of {len(value)} items")
    if kind in (str, bytes):
        return value
    if kind in _CONTAINERS and depth:
        return _CONTAINERS[kind]([freeze(item, depth - 1) for item in value])
    if kind is dict and depth:
        return {freeze(key, depth - 1): freeze(item, depth - 1) for key, item in value.items()}
    return Opaque(_article(kind))


def _unclothed(value: Any) -> Any:
    """A subclass of tuple or list as a plain one; anything else as it is."""
    kind = type(value)
    for plain in (tuple, list):
        if kind is not plain and issubclass(kind, plain):
            return plain(plain.__iter__(value))
    return value


def _freeze_array(value: Any, depth: int) -> Any:
    if value.size > 10 * MOST_ITEMS:
        return Opaque(f"an array of shape {value.shape}")
    if value.dtype.kind in "biufcUS":
        return value.copy()
    if value.dtype.kind != "O" or not depth:
        return Opaque(f"an array of {value.dtype}")
    frozen = np.empty(value.shape, dtype=object)
    for place in np.ndindex(value.shape):
        frozen[place] = freeze(value[place], depth - 1)
    return frozen


def _is_sympy(kind: type) -> bool:
    """True for SymPy's own expressions; a reader's subclass of them is not trusted."""
    sympy = sys.modules.get("sympy")
    home = type.__dict__["__dict__"].__get__(kind).get("__module__")
    own = type(home) is str and home.startswith("sympy.")
    return own and sympy is not None and issubclass(kind, sympy.Basic)


def _name(kind: type) -> str:
    """The true name of a class, even where its metaclass tells another."""
    return str(type.__dict__["__name__"].__get__(kind))


def _article(kind: type) -> str:
    name = _name(kind)[:60]
    known = {"type": "a class", "str": "a text", "ndarray": "an array"}
    return known.get(name, f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}")


def _same(old: Any, new: Any) -> bool:
    """Whether an argument is what it was before the call."""
    if isinstance(old, np.ndarray):
        alike = old.shape == new.shape and old.dtype == new.dtype
        return alike and bool(np.array_equal(old, new, equal_nan=old.dtype.kind in "fc"))
    if isinstance(old, (list, tuple)):
        return len(old) == len(new) and all(map(_same, old, new))
    return not isinstance(old, (dict, set)) or bool(old == new)


def _names(error: BaseException) -> tuple[str, ...]:
    return tuple(_name(kind) for kind in type(error).__mro__)


def _describe(error: BaseException, function: Callable[..., Any]) -> str:
    """The error in one line: `ZeroDivisionError: division by zero, in line 2: return n // 0`."""
    try:
        message = " ".join(str(error).split())
    except BaseException:
        message = ""
    name = _names(error)[0]
    text = f"{name}: {message}" if message else name
    own = getattr(getattr(function, "__code__", None), "co_filename", None)
    lines = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == own]
    where = f", in line {lines[-1].lineno}: {lines[-1].line}" if lines and lines[-1].line else ""
    return text[:LONGEST_ERROR] + where[:LONGEST_ERROR]
