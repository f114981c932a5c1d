"""How a value or a call is written in one line of a message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

LONGEST_LIST = 12
LONGEST_TEXT = 160


def text(value: Any, *, digits: int | None = 6) -> str:
    """The value in one short line: arrays as nested lists, long ones abbreviated.

    `digits` is the number of significant digits of a float; None writes all of them.

    >>> text(np.array([[1, 2], [3, 4]])), text(np.float64(0.1 + 0.2)), text("same")
    ('[[1, 2], [3, 4]]', '0.3', "'same'")
    """
    written = _write(value, digits)
    return written if len(written) <= LONGEST_TEXT else written[: LONGEST_TEXT - 1] + "…"


def pair(first: Any, second: Any) -> tuple[str, str]:
    """Two different values, written with as many digits as it takes to see the difference.

    >>> pair(0.1 + 0.2, 0.3)
    ('0.30000000000000004', '0.3')
    """
    short = text(first), text(second)
    return short if short[0] != short[1] else (text(first, digits=None), text(second, digits=None))


def call(name: str, case: Mapping[str, Any] | tuple[Any, ...]) -> str:
    """A call with the values of a case, as it would be typed.

    >>> call("out_len", {"n": 2, "k": 1})
    'out_len(n=2, k=1)'
    """
    return f"{name}({arguments(case)})"


def arguments(case: Mapping[str, Any] | tuple[Any, ...]) -> str:
    """The values of a case, with their names when it has names.

    >>> arguments({"x": np.array([1, 2]), "s": 3}), arguments((1, 2))
    ('x=[1, 2], s=3', '1, 2')
    """
    if isinstance(case, Mapping):
        return ", ".join(f"{name}={text(value)}" for name, value in case.items())
    return ", ".join(text(value) for value in case)


def _write(value: Any, digits: int | None) -> str:
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return _write(value.item(), digits)
    if isinstance(value, (np.ndarray, list)):
        empty = isinstance(value, np.ndarray) and value.size == 0 and value.ndim > 1
        return f"[] of shape {value.shape}" if empty else f"[{_items(value, digits)}]"  # type: ignore[union-attr]
    if isinstance(value, tuple):
        return f"({_items(value, digits)}{',' if len(value) == 1 else ''})"
    if isinstance(value, (float, complex)) and digits is not None:
        return f"{value:.{digits}g}"
    if isinstance(value, int) and abs(value) >= 10**40:  # Python refuses to write very long ones
        return f"a number of about {int(value.bit_length() * 0.30103) + 1} digits"
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(_write(item, digits) for item in value))}}}"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_write(v, digits)}' for key, v in value.items())}}}"
    if callable(value) and hasattr(value, "__name__"):  # its repr holds an address
        return str(value.__name__)
    return repr(value)


def _items(values: Any, digits: int | None) -> str:
    if len(values) <= LONGEST_LIST:
        return ", ".join(_write(value, digits) for value in values)
    first, last = values[: LONGEST_LIST // 2], values[-2:]
    return f"{_items(first, digits)}, …, {_items(last, digits)}"
