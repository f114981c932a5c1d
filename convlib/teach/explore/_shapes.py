"""Shape arithmetic that can be steered: every window, every unread cell, and the formula."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from convlib.teach.explore._svg import Drawing, Interactive, cell, count, hatch, listed, text

#: (least, most) of each slider, in the order of the formula.
LIMITS = {"n": (1, 24), "k": (1, 9), "pl": (0, 8), "pr": (0, 8), "s": (1, 6), "d": (1, 5)}
_LEFT = 40


@dataclass(frozen=True)
class Shape:
    """The layer, found by counting windows; only `formula` and `remainder` use the short cut."""

    total: int  # cells of the padded list
    span: int  # cells from a window's first tap to its last
    starts: list[int]
    unread: list[int]  # positions in the padded list that no tap touches
    formula: int
    remainder: int


def compute(state: Mapping[str, int]) -> Shape:
    """Put a window down wherever it fits and look which cells it touches."""
    total = state["pl"] + state["n"] + state["pr"]
    span = state["d"] * (state["k"] - 1) + 1
    starts = [t for t in range(0, total, state["s"]) if t + span <= total]
    read = {t + state["d"] * j for t in starts for j in range(state["k"])}
    unread = [t for t in range(total) if t not in read]
    slack = total - span
    return Shape(total, span, starts, unread, slack // state["s"] + 1, slack % state["s"])


def draw(state: Mapping[str, int]) -> Drawing:
    """The padded list on top, one row a window, its output at the end of the row."""
    shape = compute(state)
    columns = shape.total if shape.starts else max(shape.total, shape.span)
    u = 36 if columns <= 14 else 26 if columns <= 22 else 18
    h = 28 if len(shape.starts) <= 9 else 20 if len(shape.starts) <= 18 else 12
    parts = [text(20, 30 + u // 2, "x", "lab"), *_cells(state, shape, u)]
    end, top = _LEFT + columns * u, 30 + u + 16
    if shape.starts:
        parts.append(text(end + 44, 30 + u // 2, "y", "lab"))
        parts += [_window(state, m, t, u, h, top + m * h, end) for m, t in enumerate(shape.starts)]
    else:
        parts.append(f'<g class="cl-bad">{_arm(state, 0, u, top + 14)}</g>')
        parts.append(_taps(state, 0, u, 18, top + 5))
    height = top + max(len(shape.starts) * h, 28) + 8
    inputs, outputs = count(state["n"], "input"), count(len(shape.starts), "output")
    alt = f"A padded row of {inputs}, one row below it for every window, and {outputs}."
    return Drawing(end + 76, height, "".join(parts), alt, words(state), formula(state))


def _cells(state: Mapping[str, int], shape: Shape, u: int) -> list[str]:
    """The padded list; a bracket marks the cells that the stride leaves over."""
    parts = []
    for t in range(shape.total):
        i = t - state["pl"]
        inside = 0 <= i < state["n"]
        x = _LEFT + t * u
        idle = t in shape.unread and shape.starts
        kind = "cl-pad" if not inside else "cl-idle" if idle else "cl-in"
        parts.append(cell(x, 30, u, u, str(i) if inside else "", kind))
        if idle:
            parts.append(hatch(x, 30, u))
    if shape.remainder and shape.starts:
        right, wide = _LEFT + shape.total * u, shape.remainder * u
        bracket = f'<path d="M{right - wide + 1} 26v-6h{wide - 2}v6"/>'
        label = text(right - wide // 2, 10, f"r = {shape.remainder}")
        parts.append(f'<g class="cl-bad">{bracket}{label}</g>')
    return parts


def _arm(state: Mapping[str, int], start: int, u: int, y: int) -> str:
    reach = state["d"] * (state["k"] - 1) * u
    return f'<path class="cl-arm" d="M{_LEFT + start * u + u // 2} {y}h{reach}"/>'


def _taps(state: Mapping[str, int], start: int, u: int, side: int, y: int) -> str:
    side = min(side, u - 6)
    xs = [_LEFT + (start + state["d"] * j) * u + (u - side) // 2 for j in range(state["k"])]
    return "".join(cell(x, y, side, side, "", "cl-tap") for x in xs)


def _window(state: Mapping[str, int], m: int, start: int, u: int, h: int, y: int, end: int) -> str:
    """One row: the taps on their arm, a guide to the right, the output."""
    side, middle = h - 8 if h > 12 else 8, y + h // 2
    last = _LEFT + (start + state["d"] * (state["k"] - 1)) * u + u // 2
    guide = f'<path class="cl-guide" d="M{last} {middle}H{end + 24}"/>'
    arm, taps = _arm(state, start, u, middle), _taps(state, start, u, side, middle - side // 2)
    out = cell(end + 24, middle - h // 2 + 1, 40, h - 2, str(m) if h > 12 else "", "cl-out")
    return f'<g class="cl-row">{guide}{arm}{taps}{out}</g>'


def formula(state: Mapping[str, int]) -> str:
    """The output size with the numbers put in, and the count that it must equal."""
    shape, (n, k, pl, pr, s, d) = compute(state), (state[name] for name in LIMITS)
    top = shape.total - shape.span
    o = f'<b class="cl-co">{shape.formula}</b>'.replace(">-", ">−")
    filled = f"⌊({n} + {pl} + {pr} − {d}·({k} − 1) − 1) / {s}⌋ + 1"
    lines = ["o = ⌊(n + p<sub>l</sub> + p<sub>r</sub> − d(k − 1) − 1) / s⌋ + 1"]
    lines.append(f"&nbsp; = {filled} = ⌊{str(top).replace('-', '−')} / {s}⌋ + 1 = {o}")
    if shape.starts:
        lines.append(f"r = {top} mod {s} = {shape.remainder}")
    agree = (
        "the same" if len(shape.starts) == shape.formula else "the formula needs a fitting kernel"
    )
    lines.append(f"Counted in the picture: <b>{len(shape.starts)}</b> ({agree}).")
    return "".join(f'<p class="cl-eq">{line}</p>' for line in lines)


def words(state: Mapping[str, int]) -> str:
    """What the picture shows, for someone who does not see it."""
    shape, (n, k, pl, pr, s, d) = compute(state), (state[name] for name in LIMITS)
    zeros = f"{count(pl, 'zero')} before and {count(pr, 'zero')} after it"
    strip = f"{count(n, 'input')}, {zeros}: {count(shape.total, 'cell')}."
    apart = f", {d} cells apart, so it spans {count(shape.span, 'cell')}" if d > 1 < k else ""
    kernel = f"The kernel has {count(k, 'tap')}{apart}."
    if not shape.starts:
        return f"{strip} {kernel} It is longer than the list: no window fits, there is no output."
    o = len(shape.starts)
    moves = f"Moving {count(s, 'cell')} at a time it" if o > 1 else "It"
    places = f"{moves} fits in {count(o, 'place')}: {count(o, 'output')}."
    return f"{strip} {kernel} {places} {_unread(state, shape)}"


def _unread(state: Mapping[str, int], shape: Shape) -> str:
    inputs = [t - state["pl"] for t in shape.unread if 0 <= t - state["pl"] < state["n"]]
    noun = "input" if len(inputs) == 1 else "inputs"
    read = f"Never read: {noun} {listed(inputs)}." if inputs else "Every input is read."
    if not shape.remainder:
        return read
    lie = "1 cell lies" if shape.remainder == 1 else f"{shape.remainder} cells lie"
    return f"{read} The last {lie} beyond the last window (r = {shape.remainder})."


def shapes(
    n: int = 7,
    k: int = 3,
    p_left: int = 0,
    p_right: int = 0,
    s: int = 2,
    d: int = 1,
    *,
    title: str = "Where the windows stand",
) -> Interactive:
    """Every window of a layer: ``o = floor((n + p_left + p_right - d*(k - 1) - 1) / s) + 1``.

    Parameters
    ----------
    n, k
        Inputs, 1 to 24, and taps of the kernel, 1 to 9.
    p_left, p_right
        Zeros before and after, 0 to 8.
    s, d
        Stride, 1 to 6, and dilation, 1 to 5 (1 is an ordinary kernel).

    Raises
    ------
    ValueError
        If a number leaves its slider.

    Examples
    --------
    >>> shapes(6, 3, s=2)  # doctest: +NORMALIZE_WHITESPACE
    Where the windows stand. 6 inputs, no zeros before and no zeros after it: 6 cells. The
    kernel has 3 taps. Moving 2 cells at a time it fits in 2 places: 2 outputs. Never read:
    input 5. The last 1 cell lies beyond the last window (r = 1).
    """
    state = dict(zip(LIMITS, (n, k, p_left, p_right, s, d), strict=True))
    for name, (least, most) in LIMITS.items():
        if not least <= state[name] <= most:
            raise ValueError(f"{name} must be {least} to {most}; got {state[name]}")
    return Interactive("shapes", state, draw(state), title)
