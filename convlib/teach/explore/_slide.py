"""The sliding strip: a kernel under a list, its products, their sum, and the outputs so far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from convlib.teach.explore._svg import Drawing, Interactive, cell, count, listed, num, text

MOST = {"x": 12, "w": 6}
LARGEST = 99
_U, _LEFT = 44, 60  # the side of a cell and the width of the labels' column


@dataclass(frozen=True)
class Strip:
    """Everything the picture needs, counted window by window."""

    kernel: list[int]  # in the order in which it lies under x
    starts: list[int]  # where each window begins; negative: in the zeros before x
    products: list[list[int]]
    y: list[int]


def compute(state: Mapping[str, Any]) -> Strip:
    """Slide the kernel: ``y[m] = sum_j kernel[j] * x[starts[m] + j]``, zero outside x."""
    x, w = state["x"], state["w"]
    kernel = list(reversed(w)) if state["flip"] else list(w)
    reach = len(w) - 1 if state["mode"] == "full" else 0
    starts = list(range(-reach, len(x) + reach - len(w) + 1))
    products = [[kernel[j] * _at(x, start + j) for j in range(len(kernel))] for start in starts]
    return Strip(kernel, starts, products, [sum(row) for row in products])


def _at(x: Sequence[int], i: int) -> int:
    return x[i] if 0 <= i < len(x) else 0


def draw(state: Mapping[str, Any]) -> Drawing:
    """The picture with window ``state["at"]`` open and the outputs before it filled in."""
    x, strip, at = state["x"], compute(state), state["at"]
    n, k = len(x), len(strip.kernel)
    first = min(strip.starts[0], 0) if strip.starts else 0
    last = strip.starts[-1] + k if strip.starts else max(n, k)
    left = {c: _LEFT + (c - first) * _U for c in range(first, max(last, n) + 1)}
    window = range(0)
    if strip.starts:
        window = range(strip.starts[at], strip.starts[at] + k)
    parts = [text(30, 46, "x", "lab")]
    for c in sorted(range(first, max(last, n)), key=lambda c: c in window):  # open ones on top
        if strip.starts or c < n:
            kind = "cl-in" if 0 <= c < n else "cl-pad"
            hot = " cl-hot" if c in window else ""
            parts.append(cell(left[c], 24, _U, _U, num(_at(x, c)), kind + hot))
    parts += [text(left[c] + 22, 12, str(c), "sm") for c in range(n)]
    parts.append(_kernel(state, strip, left[window.start] if strip.starts else _LEFT))
    if strip.starts:
        parts += [_products(strip, at, left[window.start]), _outputs(strip, at, left)]
    width = left[max(last, n)] + 8
    height = 304 if strip.starts else 136
    return Drawing(width, height, "".join(parts), _alt(state, strip), words(state), equation(state))


def _kernel(state: Mapping[str, Any], strip: Strip, x: int) -> str:
    """The kernel's row, under the window that it reads."""
    label = text(30, 98, "w", "lab") + text(30, 116, "flipped", "sm")
    if not state["flip"]:
        label = text(30, 106, "w", "lab")
    row = "".join(
        text(x + j * _U + 22, 76, "×", "sm") + cell(x + j * _U, 84, _U, _U, num(v), "cl-k cl-hot")
        for j, v in enumerate(strip.kernel)
    )
    return f'{label}<g class="cl-move">{row}</g>'


def _products(strip: Strip, at: int, x: int) -> str:
    """The row of products, and the funnel that adds them into one output."""
    k = len(strip.kernel)
    row = "".join(
        text(x + j * _U + 22, 136, "=", "sm") + cell(x + j * _U, 144, _U, _U, num(v), "cl-pr")
        for j, v in enumerate(strip.products[at])
    )
    out = x + (k - 1) * _U // 2
    fan = f"M{x} 188L{x + k * _U} 188L{out + _U} 232L{out} 232Z"
    funnel = f'<path class="cl-fan" d="{fan}"/>{text(out + 22, 210, "sum", "sm")}'
    return f'{text(30, 166, "x · w", "lab")}<g class="cl-move">{row}{funnel}</g>'


def _outputs(strip: Strip, at: int, left: Mapping[int, int]) -> str:
    """The outputs: filled up to the open window, empty after it."""
    parts = [text(30, 254, "y", "lab")]
    for m in [*range(at), *range(at + 1, len(strip.y)), at]:  # the open one on top
        start = strip.starts[m]
        x = left[start] + (len(strip.kernel) - 1) * _U // 2
        kind = "cl-out cl-hot" if m == at else "cl-out" if m < at else "cl-off"
        parts.append(
            cell(x, 232, _U, _U, num(strip.y[m]) if m <= at else "", kind, f'data-y="{m}"')
        )
        parts.append(text(x + 22, 290, str(m), "sm"))
    return "".join(parts)


def _alt(state: Mapping[str, Any], strip: Strip) -> str:
    inputs, outputs = count(len(state["x"]), "input"), count(len(strip.y), "output")
    return f"A row of {inputs}, the kernel under one window, their products, and {outputs}."


def equation(state: Mapping[str, Any]) -> str:
    """The open window's sum, as one coloured line."""
    strip, at = compute(state), state["at"]
    if not strip.starts:
        return ""
    terms = " + ".join(
        f'<b class="cl-ci">{_bracketed(_at(state["x"], strip.starts[at] + j))}</b>·'
        f'<b class="cl-ck">{_bracketed(v)}</b>'
        for j, v in enumerate(strip.kernel)
    )
    return f'<p class="cl-eq">y[{at}] = {terms} = <b class="cl-co">{num(strip.y[at])}</b></p>'


def _bracketed(value: int) -> str:
    return f"({num(value)})" if value < 0 else num(value)


def words(state: Mapping[str, Any]) -> str:
    """What the picture shows, for someone who does not see it."""
    strip, at, x = compute(state), state["at"], state["x"]
    k = len(strip.kernel)
    if not strip.starts:
        return f"The kernel has {count(k, 'number')} and x has only {len(x)}: no window fits."
    cut = strip.starts[at] < 0 or strip.starts[at] + k > len(x)
    reads = listed(_at(x, strip.starts[at] + j) for j in range(k))
    name = "flipped kernel" if state["flip"] else "kernel"
    return (
        f"Window {at + 1} of {len(strip.y)} reads {reads}"
        f"{' (outside the list there are zeros)' if cut else ''}. "
        f"Times the {name} {listed(strip.kernel)} this gives {listed(strip.products[at])}; "
        f"the sum is y[{at}] = {num(strip.y[at])}."
    )


def slide(
    x: Sequence[int] = (3, 1, 4, 1, 5, 9, 2),
    w: Sequence[int] = (1, 0, -1),
    *,
    flip: bool = False,
    mode: str = "valid",
    at: int = 0,
    play: bool = False,
    title: str = "A kernel slides along a list",
) -> Interactive:
    """A kernel sliding along a list, one window open: its products, their sum, the outputs so far.

    Parameters
    ----------
    x, w
        1 to 12 and 1 to 6 whole numbers from -99 to 99.
    flip
        False slides `w` as it is (correlation), True reverses it first (convolution).
    mode
        "valid" (inside the list) or "full" (wherever they overlap, zeros outside).
    at
        The number of the open window, from 0.
    play
        Let the published page start by itself, unless its reader asked for less motion.

    Raises
    ------
    ValueError
        If a list is empty, too long, or has a number that does not fit into a cell.

    Examples
    --------
    >>> slide([3, 1, 4, 1, 5], [1, 2, 1], title="Three at a time")  # doctest: +NORMALIZE_WHITESPACE
    Three at a time. Window 1 of 3 reads 3, 1 and 4. Times the kernel 1, 2 and 1 this gives
    3, 2 and 4; the sum is y[0] = 9.
    """
    lists = {"x": [int(v) for v in x], "w": [int(v) for v in w]}
    for name, values in lists.items():
        if not 1 <= len(values) <= MOST[name] or max(map(abs, values)) > LARGEST:
            limits = f"1 to {MOST[name]} whole numbers from -{LARGEST} to {LARGEST}"
            raise ValueError(f"{name} must be {limits}; got {values}")
    if mode not in ("valid", "full"):
        raise ValueError(f'mode must be "valid" or "full"; got {mode!r}')
    state: dict[str, Any] = {**lists, "flip": bool(flip), "mode": mode, "at": int(at)}
    if not 0 <= at < max(1, len(compute(state).y)):
        raise ValueError(f"at must be a window, 0 to {len(compute(state).y) - 1}; got {at}")
    drawing = draw(state)
    return Interactive("slide", state | ({"play": True} if play else {}), drawing, title)
