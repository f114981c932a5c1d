"""Checks at the door, of all rooms: every public function calls these before it computes.

Each message has one shape, `name=value: needs rule; advice`: the argument, the value received, the
rule, and where it helps the nearest right value. For an array its shape or dtype stands for the
value. A wrong *kind* of thing is a `TypeError`, a wrong *value* a `ValueError`.

The loops of `convlib.reference` share these checks, so both routes refuse in the same words.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable, Sequence
from math import gcd, prod
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from convlib import _checks

Result = TypeVar("Result")
Array = NDArray[Any]
Pair = tuple[int, int]
PerAxis = int | Sequence[int]
Padding = int | str | Sequence[int | Pair]
AxisPadding = int | str | Pair

# More than any array holds, and few enough to be counted in bytes without an overflow.
MOST = 2**56
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


def integer(name: str, value: object, least: int, shown: object = None, *, most: int = MOST) -> int:
    """Return `value` as an int from `least` to `most`; a message may show the whole argument.

    >>> integer("stride", 0, 1)
    Traceback (most recent call last):
    ValueError: stride=0: needs an integer of at least 1; stride=1 visits every position
    """
    received = f"{name}={value!r}" if shown is None else f"{name}={shown!r}"
    rule = f"{received}: needs an integer of at least {least}"
    if _is_truth_value(value):
        raise TypeError(f"{rule}, not a truth value")
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{rule}, not {type(value).__name__}{_nearest(value, least)}") from None
    if number < least:
        raise ValueError(rule + (f"; {ADVICE[name]}" if name in ADVICE else ""))
    if number > most:
        bound = "2**56, more than an array holds" if most == MOST else str(most)
        raise ValueError(f"{received}: needs an integer of at most {bound}")
    return number


def _is_truth_value(value: object) -> bool:
    """Return whether this is True or False, of Python or NumPy, or an array of such."""
    return isinstance(value, (bool, np.bool_)) or (
        isinstance(value, np.ndarray) and value.dtype.kind == "b"
    )


def _nearest(value: object, least: int) -> str:
    """Return advice for a number that is whole (`2.0`) or written as text (`"2"`)."""
    try:
        whole = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return ""
    exact = isinstance(value, str) or whole == value
    return f"; write {max(whole, least)}" if exact else ""


def per_axis(name: str, value: object, axes: int, least: int) -> tuple[int, ...]:
    """Return one integer per spatial axis: an int serves every axis, a sequence gives one to each.

    >>> per_axis("stride", 2, 3, 1), per_axis("stride", (1, 2), 2, 1)
    ((2, 2, 2), (1, 2))
    """
    entries = listed(value)
    if entries is None:
        return (integer(name, value, least),) * axes
    same_length(name, value, len(entries), axes)
    return tuple(integer(name, entry, least, value) for entry in entries)


def listed(value: object) -> tuple[Any, ...] | None:
    """Return the entries of any sequence of options, None for one option; text is one option.

    >>> listed((1, 2)), listed(np.array([1, 2])), listed(2), listed("same")
    ((1, 2), (1, 2), None, None)
    """
    if isinstance(value, (int, str, bytes, bytearray)):
        return None
    if isinstance(value, np.ndarray):
        return tuple(value.tolist()) if value.ndim else None
    return tuple(value) if isinstance(value, (tuple, list, Sequence)) else None


def same_length(name: str, value: Any, count: int, axes: int) -> None:
    """Refuse a sequence of `count` entries where that is not the number of spatial axes."""
    if count == axes:
        return
    message = f"{name}={value!r}: needs one entry per spatial axis ({axes}), not {count}"
    entries = listed(value) or ()
    if name == "padding" and axes == 1 and count == 2 and not any(map(listed, entries)):
        message += f"; a (before, after) pair is written padding=({entries!r},)"
    raise ValueError(message)


def padding_word(value: str, shown: object = None) -> str:
    """Return a known padding word, or say which one is nearest.

    >>> padding_word("smae")
    Traceback (most recent call last):
    ValueError: padding='smae': needs one of 'valid', 'same', 'full'; did you mean 'same'?
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
        rule = "needs an int or a pair (before, after) on each axis"
        raise ValueError(f"padding={shown!r}: {rule}, not {value!r}")
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


def on_axis(number: int, make: Callable[..., Result], *arguments: object) -> Result:
    """Return `make(*arguments)`; an error says on which spatial axis it happened."""
    try:
        return make(*arguments)
    except ValueError as error:
        raise ValueError(f"spatial axis {number}: {error}") from None


def no_window(n: int, k: int, d: int, pads: Pair, beyond: int = 0, name: str = "k") -> ValueError:
    """Return the error for k taps that do not fit into n entries with padding, and some `beyond`.

    `name` is that of the argument that gave k: where a kernel is counted in weights, k itself.

    >>> str(no_window(5, 3, 4, (1, 0)))
    'k=3: needs a span of at most 6, the padded input (n=5, padding=(1, 0)), not 9 (dilation=4); \
add at least 3 to the padding, both sides together'
    """
    span, room = d * (k - 1) + 1, n + sum(pads) + beyond
    rule = f"at most {room}" if d == 1 else f"a span of at most {room}"
    where = f"the padded input (n={n}, padding={pads})"
    where += f" and {beyond} beyond it" if beyond else ""
    instead = "" if d == 1 else f", not {span} (dilation={d})"
    advice = f"add at least {span - room} to the padding, both sides together"
    return ValueError(f"{name}={k}: needs {rule}, {where}{instead}; {advice}")


def nothing_left(pads: Pair, whole: int) -> ValueError:
    """Return the error for a transposed layer whose padding crops all of its `whole` output.

    >>> str(nothing_left((2, 2), 3))
    'padding=(2, 2): needs at most 2, both sides together, to leave something of 3'
    """
    rule = f"needs at most {whole - 1}, both sides together, to leave something of {whole}"
    return ValueError(f"padding={pads}: {rule}")


def only_padding(pads: Pair, size: int, span: int, window: int) -> ValueError:
    """Return the error for a pooling window with no element to take the maximum or the mean of."""
    half = span // 2
    rule = f"window {window} along the axis of size {size} reads nothing but padding"
    advice = f"at most {half} per side" if max(pads) > half else "a smaller dilation"
    return ValueError(f"padding={pads}: {rule}; use {advice}")


def output_padding(value: object, s: int, d: int, padding: object) -> int:
    """Return the output padding of one axis: below the stride or the dilation, none with "same".

    >>> output_padding(2, 2, 1, 0)
    Traceback (most recent call last):
    ValueError: output_padding=2: needs fewer than max(stride, dilation) = 2; at most 1
    """
    extra = integer("output_padding", value, 0)
    if extra >= max(s, d):
        rule = f"needs fewer than max(stride, dilation) = {max(s, d)}; at most {max(s, d) - 1}"
        raise ValueError(f"output_padding={extra}: {rule}")
    if extra and padding == "same":
        rule = "needs 0 with padding='same', which settles the size by itself (n times stride)"
        raise ValueError(f"output_padding={extra}: {rule}")
    return extra


def numeric(name: str, value: ArrayLike) -> Array:
    """Return `value` as an array of integers, floats, complex numbers or objects, in native bytes.

    >>> numeric("x", [True, False])
    Traceback (most recent call last):
    TypeError: x has dtype bool: needs numbers; convert it first, for example x.astype(int)
    """
    if type(value) is not np.ndarray:
        _has_no_mask(name, value)
    try:
        array = np.asarray(value)
    except ValueError:
        rule = "needs a rectangular array"
        raise ValueError(f"{name} has rows of different lengths: {rule}") from None
    kind = array.dtype.kind
    if kind == "b":
        advice = f"convert it first, for example {name}.astype(int)"
        raise TypeError(f"{name} has dtype bool: needs numbers; {advice}")
    if kind not in "iufcO":
        raise TypeError(f"{name} has dtype {array.dtype}: needs numbers")
    if kind == "O":
        _holds_numbers(name, array)
    # What was read from a file may have the bytes of each number in the other order.
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _has_no_mask(name: str, value: object) -> None:
    """Refuse masked arrays, also in a list: as plain arrays they show what the mask hides."""
    # There is none before its module is loaded, which NumPy leaves to whoever asks for one.
    module = sys.modules.get("numpy.ma")
    if isinstance(value, getattr(module, "MaskedArray", ())):
        advice = f"its mask would be lost; fill it first: {name}.filled(0)"
        raise TypeError(f"{name} is a masked array: needs a number in every place; {advice}")
    # The entries of a list are alike: where the first is a number, none needs to be looked at.
    if isinstance(value, (list, tuple)) and value and hasattr(value[0], "__len__"):
        for entry in value:
            _has_no_mask(name, entry)


def _holds_numbers(name: str, objects: Array) -> None:
    """Refuse objects that no arithmetic can be done with: None, text, containers, functions.

    NumPy makes an object of what it cannot read, such as a sparse matrix or a generator.
    """
    for entry in objects.flat:
        kind = type(entry)
        if objects.ndim == 0 and (hasattr(kind, "toarray") or hasattr(kind, "__next__")):
            advice = f"{name}.toarray()" if hasattr(kind, "toarray") else f"list({name})"
            raise TypeError(f"{name} is a {kind.__name__}: needs an array; write {advice}")
        if entry is None or _is_truth_value(entry) or hasattr(kind, "__len__"):
            raise TypeError(f"{name} holds {brief(entry)}: needs numbers")
        if not hasattr(kind, "__add__"):  # functions, modules, classes: repr shows an address
            raise TypeError(f"{name} holds a {kind.__name__}: needs numbers")


def brief(entry: object) -> str:
    """Return what a message shows of an entry: a long one by its kind alone."""
    text = repr(entry)
    return text if len(text) <= 40 else f"a {type(entry).__name__}"


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
        rule = "needs at least one entry on every spatial axis"
        raise ValueError(f"{name} has shape {array.shape}: {rule}")
    return array


def weights(value: ArrayLike, axes: int) -> Array:
    """Return weights with `axes` kernel axes, none of them empty."""
    w = numeric("w", value)
    if w.ndim != axes + 2:
        rule = f"needs {axes + 2} axes (two for channels, {axes} for the kernel), as x has"
        raise ValueError(f"w has shape {w.shape}: {rule}")
    if 0 in w.shape[2:]:
        raise ValueError(f"w has shape {w.shape}: needs at least one tap on every kernel axis")
    return w


def channels(x: Array, w: Array, groups: object) -> int:
    """Return `groups` after checking that w is `(C_out, C_in/groups, *kernel)` for this x."""
    g = integer("groups", groups, 1)
    c_in, c_out = x.shape[1], w.shape[0]
    _positive_outputs(w, 0)
    divides(f"x has {c_in} channels", c_in, g, c_out)
    divides(f"w has {c_out} output channels, on axis 0", c_out, g, c_in)
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
        rule = f"needs C_in = {x.shape[1]}, the channels of x, on axis 0"
        raise ValueError(f"w has shape {w.shape}: {rule}; a transposed layer has it there")
    divides(f"x has {x.shape[1]} channels", x.shape[1], g)
    _positive_outputs(w, 1)
    return g


def divides(what: str, count: int, groups: int, partner: int = 0) -> None:
    """Refuse a number of channels that the groups do not share out evenly.

    The advice also fits the `partner`, the number of channels on the other side of the layer.

    >>> divides("x has 4 channels", 4, 3)
    Traceback (most recent call last):
    ValueError: groups=3: needs a divisor of 4 (x has 4 channels); try groups=2
    """
    if count % groups:
        common = gcd(count, partner)
        fits = [g for g in range(1, common + 1) if common % g == 0]
        nearest = min(fits, key=lambda g: abs(g - groups))
        rule = f"needs a divisor of {count} ({what})"
        raise ValueError(f"groups={groups}: {rule}; try groups={nearest}")


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


def column_channels(cols: Array, taps: int, windows: int) -> int:
    """Return the number of channels of columns `(N, C·taps, windows)`."""
    if cols.ndim != 3 or cols.shape[1] % taps or cols.shape[2] != windows:
        rule = f"needs (N, C·{taps}, {windows}): {taps} taps a channel and {windows} windows"
        raise ValueError(f"cols has shape {cols.shape}: {rule}")
    return cols.shape[1] // taps


def channels_of_blocks(r: object, factors: Sequence[int], channels: int) -> int:
    """Return how many channels are left when `factors` of them fill each block.

    >>> channels_of_blocks(2, (2, 2), 6)
    Traceback (most recent call last):
    ValueError: r=2: needs a multiple of 4 channels, one for each place of a block, and x has 6; \
8 channels would fit
    """
    block = prod(factors)
    left, over = divmod(channels, block)
    if over:
        fitting = max(round(channels / block), 1) * block
        rule = f"needs a multiple of {block} channels, one for each place of a block"
        raise ValueError(f"r={r!r}: {rule}, and x has {channels}; {fitting} channels would fit")
    return left


def sizes_in_blocks(r: object, factors: Sequence[int], size: Sequence[int]) -> tuple[int, ...]:
    """Return the size of a grid of blocks that holds `size` entries.

    >>> sizes_in_blocks(2, (2, 2), (4, 5))
    Traceback (most recent call last):
    ValueError: r=2: needs to divide every spatial size, and x has (4, 5); crop or pad x first
    """
    if any(n % f for n, f in zip(size, factors, strict=True)):
        rule = f"needs to divide every spatial size, and x has {tuple(size)}"
        raise ValueError(f"r={r!r}: {rule}; crop or pad x first")
    return tuple(n // f for n, f in zip(size, factors, strict=True))


def fill_value(value: Any, dtype: np.dtype[Any]) -> Any:
    """Return a number as an array of this dtype would hold it, if that is the same number.

    A float may be rounded to the nearest of the dtype; it may not overflow or vanish.

    >>> fill_value(-1, np.dtype(np.uint8))
    Traceback (most recent call last):
    ValueError: value=-1: needs a number that uint8, the dtype of x, can hold; convert x first, \
for example x.astype('int64')
    """
    given = numeric("value", value)
    if given.ndim:
        raise TypeError(f"value={value!r}: needs one number, not shape {given.shape}")
    if dtype.kind == "O":
        return value
    if given.dtype == object:
        given = np.asarray(number("value", value, "needs a number", lambda _: True))
    with np.errstate(all="ignore"):  # what overflows is told below
        held = (given if dtype.kind == "c" else given.real).astype(dtype)
    if not _same_number(held, given):
        larger = np.result_type(given, dtype).name
        rule = f"needs a number that {dtype}, the dtype of x, can hold"
        raise ValueError(
            f"value={value!r}: {rule}; convert x first, for example x.astype({larger!r})"
        )
    return held[()]


def _same_number(held: Array, given: Array) -> bool:
    """Return whether both are the same number, up to the rounding of a float's last place."""
    eps = float(np.finfo(held.dtype).eps) if held.dtype.kind in "fc" else 0
    mine, theirs = held.item(), given.item()
    pairs = ((mine.real, theirs.real), (mine.imag, theirs.imag))
    return all(a == b or abs(a - b) <= eps * abs(b) or (a != a and b != b) for a, b in pairs)


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
    TypeError: x has dtype complex128: needs integers or floats; layers compute with real numbers
    """
    array = _checks.numeric(name, value)
    if array.dtype.kind not in "iuf":
        rule = "needs integers or floats; layers compute with real numbers"
        raise TypeError(f"{name} has dtype {array.dtype}: {rule}")
    return array


def floating(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the dtype of parameters, a floating type.

    >>> floating(int)
    Traceback (most recent call last):
    TypeError: dtype=int64: parameters need a floating type, for example np.float32
    """
    rule = "parameters need a floating type, for example np.float32"
    try:
        chosen = np.dtype(dtype).newbyteorder("=")
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
        if any(map(_is_truth_value, (rng, *(listed(rng) or ())))):
            raise TypeError  # NumPy would take True for the seed 1
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
    try:
        kind = getattr(getattr(value, "dtype", None), "kind", "f")
        if isinstance(value, (str, bytes, bytearray, bool)) or kind not in "iufO":
            raise TypeError  # float would read all of these, and cut off an imaginary part
        found = float(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"{name}={value!r}: {rule}, not {type(value).__name__}") from None
    if not fits(found):
        raise ValueError(f"{name}={value!r}: {rule}")
    return found


def word(name: str, value: object, known: Sequence[str], *, shown: object = None) -> None:
    """Refuse a word that is not known, and say which one is nearest.

    >>> word("mode", "avrage", ("average", "fan_in"))
    Traceback (most recent call last):
    ValueError: mode='avrage': needs one of 'average', 'fan_in'; did you mean 'average'?
    """
    if isinstance(value, str) and value in known:
        return
    from difflib import get_close_matches  # only who mistypes a word waits for this import

    spelt = {entry.lower(): entry for entry in known}
    close = get_close_matches(str(value).lower(), spelt, cutoff=0.5)
    guess = f"; did you mean {spelt[close[0]]!r}?" if close else ""
    received = value if shown is None else shown
    raise ValueError(f"{name}={received!r}: needs one of {', '.join(map(repr, known))}{guess}")


def flag(name: str, value: object) -> bool:
    """Return a truth value, and refuse anything else.

    >>> flag("bias", [0.5])
    Traceback (most recent call last):
    TypeError: bias=[0.5]: needs True or False
    """
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name}={value!r}: needs True or False")
    return bool(value)


def function(name: str, value: object, example: str) -> None:
    """Refuse what cannot be called.

    >>> function("f", 3, "lambda x: (x**2).sum()")
    Traceback (most recent call last):
    TypeError: f=3: needs a function, for example lambda x: (x**2).sum()
    """
    if not callable(value):
        received = f"{name}={value!r}" if len(repr(value)) <= 40 else f"{name} is {brief(value)}"
        raise TypeError(f"{received}: needs a function, for example {example}")


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


def kind(value: object) -> str:
    """Return what something is, for a message.

    >>> kind(None), kind(0.1), kind(float)
    ('None', 'float', 'the class float')
    """
    if value is None:
        return "None"
    return f"the class {value.__name__}" if isinstance(value, type) else type(value).__name__


def counted(count: int) -> str:
    """Return a number of parameters in words: '1 parameter', '7,850 parameters'."""
    return f"{count:,} parameter{'' if count == 1 else 's'}"
