"""Checks at the door, of all rooms: every public function calls these before it computes.

Each message has one shape: the argument, the value received, the rule, and where it helps the
nearest right value. A wrong *kind* of thing is a `TypeError`, a wrong *value* a `ValueError`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from math import gcd
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from convlib import _checks

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
    entries = listed(value)
    if entries is None:
        return (integer(name, value, least),) * axes
    same_length(name, value, len(entries), axes)
    return tuple(integer(name, entry, least, value) for entry in entries)


def listed(value: object) -> tuple[Any, ...] | None:
    """Return the entries of a sequence of options (tuple, list, range, array), None for one option.

    >>> listed((1, 2)), listed(np.array([1, 2])), listed(2), listed("same")
    ((1, 2), (1, 2), None, None)
    """
    if isinstance(value, np.ndarray) and value.ndim:
        return tuple(value.tolist())
    return tuple(value) if isinstance(value, (tuple, list, range)) else None


def same_length(name: str, value: Any, count: int, axes: int) -> None:
    """Refuse a sequence of `count` entries where that is not the number of spatial axes."""
    if count == axes:
        return
    message = f"{name}={value!r}: needs one entry per spatial axis ({axes}), not {count}"
    if name == "padding" and axes == 1 and count == 2 and not any(map(listed, value)):
        message += f"; a (before, after) pair is written padding=({tuple(value)!r},)"
    raise ValueError(message)


def padding_word(value: str, shown: object = None) -> str:
    """Return a known padding word, or say which one is nearest.

    >>> padding_word("smae")
    Traceback (most recent call last):
    ValueError: padding='smae': unknown word; did you mean 'same'? Known: 'valid', 'same', 'full'
    """
    word("padding", value, PADDING_WORDS, shown=shown)
    return value


def axis_padding(value: object, shown: object = None) -> str | Pair:
    """Return the padding of one axis: a word as it is, an int or a pair as `(before, after)`.

    >>> axis_padding(1), axis_padding((0, 2)), axis_padding("same")
    ((1, 1), (0, 2), 'same')
    """
    shown = value if shown is None else shown
    if isinstance(value, str):
        return padding_word(value, shown)
    sides = listed(value)
    if sides is None:
        return (integer("padding", value, 0, shown),) * 2
    if len(sides) != 2:
        rule = f"an axis needs an int or a pair (before, after), not {len(sides)} entries"
        raise ValueError(f"padding={shown!r}: {rule}")
    before, after = (integer("padding", side, 0, shown) for side in sides)
    return before, after


def padding(value: object, axes: int) -> tuple[str | Pair, ...]:
    """Return the padding of every axis: a word or a `(before, after)` pair each.

    Words are left as words, because their numbers depend on sizes: `shapes` turns them into pairs.

    >>> padding(1, 2), padding(((0, 1),), 1), padding("full", 1)
    (((1, 1), (1, 1)), ((0, 1),), ('full',))
    """
    entries = listed(value)
    if entries is None:
        return (axis_padding(value),) * axes
    same_length("padding", value, len(entries), axes)
    return tuple(axis_padding(entry, value) for entry in entries)


def numeric(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of numbers: integers, floats, complex or objects (SymPy).

    >>> numeric("x", [True, False])
    Traceback (most recent call last):
    TypeError: x has dtype bool: needs numbers; convert it first, for example x.astype(int)
    """
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(f"{name}: needs a rectangular array; its rows differ in length") from None
    if array.dtype.kind == "b":
        advice = f"needs numbers; convert it first, for example {name}.astype(int)"
        raise TypeError(f"{name} has dtype bool: {advice}")
    if array.dtype.kind not in "iufcO":
        raise TypeError(f"{name} has dtype {array.dtype}: needs numbers")
    return array


def batch(name: str, value: ArrayLike) -> Array:
    """Return a batch `(N, C, *spatial)` of numbers with at least one spatial axis, none empty.

    >>> batch("x", [[1, 2, 3]])
    Traceback (most recent call last):
    ValueError: x has shape (1, 3): needs (N, C, *spatial), at least 3 axes; add the missing \
axes of length 1: x[np.newaxis]
    """
    array = numeric(name, value)
    if array.ndim < 3:
        missing = ", ".join(["np.newaxis"] * (3 - array.ndim))
        advice = f"add the missing axes of length 1: {name}[{missing}]"
        rule = "needs (N, C, *spatial), at least 3 axes"
        raise ValueError(f"{name} has shape {array.shape}: {rule}; {advice}")
    if 0 in array.shape[2:]:
        raise ValueError(f"{name} has shape {array.shape}: a spatial axis may not be empty")
    return array


def weights(value: ArrayLike, axes: int) -> Array:
    """Return weights with `axes` kernel axes, none of them empty."""
    w = numeric("w", value)
    if w.ndim != axes + 2:
        rule = f"needs {axes + 2} axes (two for channels, {axes} for the kernel), as x has"
        raise ValueError(f"w has shape {w.shape}: {rule}")
    if 0 in w.shape[2:]:
        raise ValueError(f"w has shape {w.shape}: a kernel axis may not be empty")
    return w


def channels(x: Array, w: Array, groups: object) -> int:
    """Return `groups` after checking that w is `(C_out, C_in/groups, *kernel)` for this x."""
    g = integer("groups", groups, 1)
    c_in, c_out = x.shape[1], w.shape[0]
    _positive_outputs(w, 0)
    divides(f"x has {c_in} channels", c_in, g, c_out)
    divides(f"w has {c_out} output channels (its axis 0)", c_out, g, c_in)
    if w.shape[1] != c_in // g:
        rule = f"needs C_in/groups = {c_in}/{g} = {c_in // g} on axis 1, as x has {c_in} channels"
        raise ValueError(f"w has shape {w.shape}: {rule}{_fitting_groups(c_in, c_out, w.shape[1])}")
    return g


def _fitting_groups(c_in: int, c_out: int, per_group: int) -> str:
    """Return advice where another number of groups would make the weights fit."""
    g = c_in // max(per_group, 1)
    fits = g > 0 and g * per_group == c_in and c_out % g == 0
    return f"; groups={g} would fit" if fits else ""


def channels_transposed(x: Array, w: Array, groups: object) -> int:
    """Return `groups` after checking that w is `(C_in, C_out/groups, *kernel)` for this x."""
    g = integer("groups", groups, 1)
    if w.shape[0] != x.shape[1]:
        rule = f"a transposed layer needs C_in = {x.shape[1]}, the channels of x, on axis 0"
        raise ValueError(f"w has shape {w.shape}: {rule}")
    divides(f"x has {x.shape[1]} channels", x.shape[1], g)
    _positive_outputs(w, 1)
    return g


def divides(what: str, count: int, groups: int, partner: int = 0) -> None:
    """Refuse a number of channels that the groups do not share out evenly.

    The advice also fits the `partner`, the number of channels on the other side of the layer.
    """
    if count % groups:
        common = gcd(count, partner)
        fits = [g for g in range(1, common + 1) if common % g == 0]
        nearest = min(fits, key=lambda g: abs(g - groups))
        raise ValueError(f"groups={groups}: {what}, which groups must divide; try groups={nearest}")


def _positive_outputs(w: Array, axis: int) -> None:
    """Refuse weights that make no output channel."""
    if w.shape[axis] == 0:
        raise ValueError(f"w has shape {w.shape}: needs at least one output channel (axis {axis})")


def bias(value: ArrayLike | None, c_out: int) -> Array | None:
    """Return the bias `(C_out,)`, or None where there is none."""
    if value is None:
        return None
    b = numeric("b", value)
    if b.shape != (c_out,):
        raise ValueError(f"b has shape {b.shape}: needs one number per output channel, ({c_out},)")
    return b


def matches(name: str, array: Array, shape: tuple[int, ...], meaning: str) -> None:
    """Refuse an array that has not exactly the shape that the other arguments imply."""
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}: needs {shape}, {meaning}")


def result_dtype(*arrays: Array | None) -> np.dtype[Any]:
    """Return the dtype of a result: NumPy's promotion of the arguments (float32 stays float32).

    >>> result_dtype(np.ones(1, np.float32), np.ones(1, np.int8), None)
    dtype('float32')
    """
    return np.result_type(*(array.dtype for array in arrays if array is not None))


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the dtype to add up in: float16 sums are kept in float32, all others as they are."""
    return np.dtype(np.float32) if dtype == np.float16 else dtype


Rng = int | np.random.Generator | None


def real(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of integers or floats.

    >>> real("x", [1j])
    Traceback (most recent call last):
    TypeError: x has dtype complex128: layers compute with real numbers
    """
    array = _checks.numeric(name, value)
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


def word(
    name: str, value: object, known: Sequence[str], *, kind: str = "word", shown: object = None
) -> None:
    """Refuse a word that is not known, and say which one is nearest.

    >>> word("mode", "avrage", ("average", "fan_in"))
    Traceback (most recent call last):
    ValueError: mode='avrage': unknown word; did you mean 'average'? Known: 'average', 'fan_in'
    """
    if isinstance(value, str) and value in known:
        return
    from difflib import get_close_matches  # only who mistypes a word waits for this import

    spelt = {entry.lower(): entry for entry in known}
    close = get_close_matches(str(value).lower(), spelt, cutoff=0.5)
    guess = f" did you mean {spelt[close[0]]!r}?" if close else ""
    received = value if shown is None else shown
    listed = ", ".join(map(repr, known))
    raise ValueError(f"{name}={received!r}: unknown {kind};{guess} Known: {listed}")


def flag(name: str, value: object) -> bool:
    """Return a truth value, and refuse anything else.

    >>> flag("bias", [0.5])
    Traceback (most recent call last):
    TypeError: bias=[0.5]: needs True or False
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}={value!r}: needs True or False")
    return bool(value)


def float_dtype(x: Array) -> np.dtype[np.floating]:
    """Return the dtype of a result: floats keep theirs, all else gives float64."""
    return x.dtype if x.dtype.kind == "f" else np.dtype(np.float64)


def sizes(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return the shape of an array as a tuple of sizes, each at least 1.

    >>> sizes("shape", 784)
    Traceback (most recent call last):
    TypeError: shape=784: needs a tuple of sizes; write shape=(784,)
    """
    return tuple(_checks.integer(name, size, 1, value) for size in as_tuple(name, value))


def as_tuple(name: str, value: Sequence[int]) -> tuple[int, ...]:
    """Return a shape as a tuple, and refuse a lone number."""
    entries = listed(value)
    if entries is None:
        raise TypeError(f"{name}={value!r}: needs a tuple of sizes; write {name}=({value!r},)")
    return entries


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
