"""Checks at the door: every public function calls these before it computes.

Each message has one shape: the argument, the value received, the rule, and where it helps the
nearest right value. A wrong *kind* of thing is a `TypeError`, a wrong *value* a `ValueError`.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[int, int]
PerAxis = int | Sequence[int]
Padding = int | str | Sequence[int | Pair]
AxisPadding = int | str | Pair

PADDING_WORDS = ("valid", "same", "full")
ADVICE = {
    "stride": "stride=1 visits every position",
    "dilation": "an ordinary kernel has dilation=1 (some texts count from 0: add 1)",
    "padding": "padding=0 adds nothing; to crop, slice the array first",
    "output_padding": "output_padding=0 adds nothing",
    "groups": "groups=1 is the ordinary layer",
    "window": "the smallest window is 1",
    "k": "the smallest kernel is 1",
}


def integer(name: str, value: object, least: int, shown: object = None) -> int:
    """Return `value` as an int of at least `least`; `shown` is the whole argument for the message.

    >>> integer("stride", 0, 1)
    Traceback (most recent call last):
    ValueError: stride=0: needs an integer of at least 1; stride=1 visits every position
    """
    received = f"{name}={value!r}" if shown is None else f"{name}={shown!r}"
    rule = f"{received}: needs an integer of at least {least}"
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{rule}, not a truth value")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{rule}, not {type(value).__name__}{_nearest(value, least)}") from None
    if number < least:
        raise ValueError(rule + (f"; {ADVICE[name]}" if name in ADVICE else ""))
    return number


def _nearest(value: object, least: int) -> str:
    """Return advice for a number that is whole (`2.0`) or written as text (`"2"`)."""
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return ""
    exact = isinstance(value, str) or whole == value
    return f"; write {max(whole, least)}" if exact else ""


def per_axis(name: str, value: object, axes: int, least: int) -> tuple[int, ...]:
    """Return one integer per spatial axis: an int serves every axis, a tuple gives one to each.

    >>> per_axis("stride", 2, 3, 1), per_axis("stride", (1, 2), 2, 1)
    ((2, 2, 2), (1, 2))
    """
    if not isinstance(value, (tuple, list)):
        return (integer(name, value, least),) * axes
    same_length(name, value, axes)
    return tuple(integer(name, entry, least, value) for entry in value)


def same_length(name: str, value: Sequence[object], axes: int) -> None:
    """Refuse a tuple whose length is not the number of spatial axes."""
    if len(value) == axes:
        return
    message = f"{name}={value!r}: needs one entry per spatial axis ({axes}), not {len(value)}"
    pair = len(value) == 2 and not any(isinstance(entry, (tuple, list)) for entry in value)
    if name == "padding" and axes == 1 and pair:
        message += f"; a (before, after) pair is written padding=({tuple(value)!r},)"
    raise ValueError(message)


def sizes(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return a tuple of sizes, one per spatial axis, each at least 1.

    >>> sizes("size", 5)
    Traceback (most recent call last):
    TypeError: size=5: needs a tuple, one entry per spatial axis; write size=(5,)
    """
    if not isinstance(value, (tuple, list)):
        rule = "needs a tuple, one entry per spatial axis"
        raise TypeError(f"{name}={value!r}: {rule}; write {name}=({value!r},)")
    return per_axis(name, value, len(value), 1)


def padding_word(value: str, shown: object = None) -> str:
    """Return a known padding word, or say which one is nearest.

    >>> padding_word("smae")
    Traceback (most recent call last):
    ValueError: padding='smae': unknown word; did you mean 'same'? Known: 'valid', 'same', 'full'
    """
    if value in PADDING_WORDS:
        return value
    close = get_close_matches(value.lower(), PADDING_WORDS, cutoff=0.5)
    guess = f" did you mean {close[0]!r}?" if close else ""
    known = ", ".join(map(repr, PADDING_WORDS))
    received = value if shown is None else shown
    raise ValueError(f"padding={received!r}: unknown word;{guess} Known: {known}")


def axis_padding(value: object, shown: object = None) -> str | Pair:
    """Return the padding of one axis: a word as it is, an int or a pair as `(before, after)`.

    >>> axis_padding(1), axis_padding((0, 2)), axis_padding("same")
    ((1, 1), (0, 2), 'same')
    """
    shown = value if shown is None else shown
    if isinstance(value, str):
        return padding_word(value, shown)
    if not isinstance(value, (tuple, list)):
        return (integer("padding", value, 0, shown),) * 2
    if len(value) != 2:
        rule = f"an axis needs an int or a pair (before, after), not {len(value)} entries"
        raise ValueError(f"padding={shown!r}: {rule}")
    before, after = (integer("padding", side, 0, shown) for side in value)
    return before, after


def padding(value: object, axes: int) -> tuple[str | Pair, ...]:
    """Return the padding of every axis: a word or a `(before, after)` pair each.

    Words are left as words, because their numbers depend on sizes: `shapes` turns them into pairs.

    >>> padding(1, 2), padding(((0, 1),), 1), padding("full", 1)
    (((1, 1), (1, 1)), ((0, 1),), ('full',))
    """
    if not isinstance(value, (tuple, list)):
        return (axis_padding(value),) * axes
    same_length("padding", value, axes)
    return tuple(axis_padding(entry, value) for entry in value)
