"""Who reads an input, and what a tap touches: the two gradients of a layer, one entry at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from convlib.teach.explore._gradients import Gradients, compute
from convlib.teach.explore._svg import Drawing, Interactive, cell, count, hatch, listed, num, text

MOST = {"x": 12, "w": 5, "g": 12}
LARGEST = 9
LIMITS = {"pl": (0, 4), "pr": (0, 4), "s": (1, 4), "d": (1, 3)}
_U = 42  # the side of a cell
_LEFT, _TOP, _GAP = 60, 24, 50  # the labels' column, the first row, the space for the lines


def draw(state: Mapping[str, Any]) -> Drawing:
    """The list on top, the windows that read the chosen entry, dy, and the gradient below."""
    grads = compute(state)
    n, k, pl = len(state["x"]), len(state["w"]), state["pl"]
    total = pl + n + state["pr"]
    columns = total if grads.starts else max(total, state["d"] * (k - 1) + 1)
    parts = [text(30, _TOP + _U // 2, "x", "lab"), *_list(state, grads)]
    if grads.starts:
        parts += [*_wires(state, grads), *_above(state, grads), *_result(state, grads)]
    height = _TOP + _U + 8
    if grads.starts:
        height = _TOP + 4 * _U + 2 * _GAP + 62
    width = max(_LEFT + columns * _U + 8, 330)
    name = "tap" if state["of"] == "tap" else "input"
    alt = (
        f"A padded row of {count(n, 'input')}, {count(len(grads.starts), 'output gradient')}, "
        f"and the gradient of every {name}, with the windows that meet the chosen one."
    )
    return Drawing(width, height, "".join(parts), alt, words(state), equations(state))


def _list(state: Mapping[str, Any], grads: Gradients) -> list[str]:
    """The padded list; what no window reads is hatched."""
    x, pl = state["x"], state["pl"]
    hot = {place for _, _, place in grads.terms}
    hot |= {pl + state["at"]} if state["of"] == "input" else set()
    parts = []
    for t in range(pl + len(x) + state["pr"]):
        left, inside, idle = _LEFT + t * _U, pl <= t < pl + len(x), t in grads.unread
        kind = "cl-pad" if not inside else "cl-idle" if idle and grads.starts else "cl-in"
        mark = f'data-x="{t - pl}"' if inside and state["of"] == "input" else ""
        kind += " cl-hot" if t in hot and grads.starts else ""
        parts.append(cell(left, _TOP, _U, _U, num(x[t - pl]) if inside else "0", kind, mark))
        parts += [hatch(left, _TOP, _U)] if idle and grads.starts else []
        parts += [text(left + _U // 2, 12, str(t - pl), "sm")] if inside else []
    return parts


def _middle(state: Mapping[str, Any], start: int) -> int:
    """Where the output of a window stands: in the middle below it."""
    return _LEFT + start * _U + state["d"] * (len(state["w"]) - 1) * _U // 2


def _wires(state: Mapping[str, Any], grads: Gradients) -> list[str]:
    """A line from each place that is read to the output that reads it."""
    foot = _TOP + _U + _GAP if state["of"] == "input" else _TOP + 2 * _U + _GAP + 16
    return [
        f'<path class="cl-arm" d="M{_LEFT + place * _U + _U // 2} {_TOP + _U}'
        f'L{_middle(state, grads.starts[i]) + _U // 2} {foot}"/>'
        for i, _, place in grads.terms
    ]


def _above(state: Mapping[str, Any], grads: Gradients) -> list[str]:
    """The gradients dy, and above those that count the tap that they are multiplied by."""
    y = _TOP + 2 * _U + _GAP + 16
    parts = [text(30, y + _U // 2, "dy", "lab")]
    hot = {i for i, _, _ in grads.terms}
    for i, start in enumerate(grads.starts):
        left = _middle(state, start)
        parts.append(cell(left, y, _U, _U, num(grads.dy[i]), "cl-out" + " cl-hot" * (i in hot)))
        parts.append(text(left + _U // 2, y + _U + 12, str(i), "sm"))
    if state["of"] == "input":
        parts.append(text(30, y - 16 - _U // 2, "w", "lab"))
        for i, j, _ in grads.terms:
            left = _middle(state, grads.starts[i])
            parts.append(cell(left, y - 16 - _U, _U, _U, num(state["w"][j]), "cl-k cl-hot"))
            parts.append(text(left + _U // 2, y - 8, "×", "sm"))
    return parts


def _result(state: Mapping[str, Any], grads: Gradients) -> list[str]:
    """The gradient of every input, or of every tap; the chosen one is marked."""
    tap = state["of"] == "tap"
    values, kind = (grads.dw, "cl-k") if tap else (grads.dx, "cl-in")
    y, first = _TOP + 3 * _U + 2 * _GAP + 16, 0 if tap else state["pl"]
    parts = [text(30, y + _U // 2, "dw" if tap else "dx", "lab")]
    order = [m for m in range(len(values)) if m != state["at"]]
    for m in [*order, state["at"]]:  # the chosen one on top
        left = _LEFT + (first + m) * _U
        hot = " cl-hot" if m == state["at"] else ""
        parts.append(cell(left, y, _U, _U, num(values[m]), kind + hot, f'data-y="{m}"'))
        parts.append(text(left + _U // 2, y + _U + 12, str(m), "sm"))
    return parts


def _factor(value: int) -> str:
    return f"({num(value)})" if value < 0 else num(value)


def equations(state: Mapping[str, Any]) -> str:
    """The chosen entry: which products it is the sum of, in letters and in numbers."""
    grads, at, tap = compute(state), state["at"], state["of"] == "tap"
    if not grads.starts:
        return ""
    name, kind = ("dw", "cl-ck") if tap else ("dx", "cl-ci")
    value = (grads.dw if tap else grads.dx)[at]
    letters, numbers = [], []
    for i, j, place in grads.terms:
        c = place - state["pl"]
        padding = not 0 <= c < len(state["x"])
        factor = (0 if padding else state["x"][c]) if tap else state["w"][j]
        first = ("0" if padding else f"x[{c}]") if tap else f"w[{j}]"
        letters.append(f'<b class="{"cl-ci" if tap else "cl-ck"}">{first}</b>·dy[{i}]')
        numbers.append(f"{_factor(factor)}·{_factor(grads.dy[i])}")
    result = f'<b class="{kind}">{num(value)}</b>'
    lines = [f"{name}[{at}] = {' + '.join(letters)}" if letters else f"{name}[{at}] = {result}"]
    lines += [f"= {' + '.join(numbers)} = {result}"] if numbers else []
    return "".join(f'<p class="cl-eq">{line}</p>' for line in lines)


def words(state: Mapping[str, Any]) -> str:
    """What the picture shows, for someone who does not see it."""
    grads, at, n = compute(state), state["at"], len(state["x"])
    if not grads.starts:
        return "The kernel is longer than the padded list: no window fits, there is no gradient."
    if state["of"] == "tap":
        places = [place - state["pl"] for _, _, place in grads.terms]
        inside = [c for c in places if 0 <= c < n]
        zeros = len(places) - len(inside)
        met = [f"input{'' if len(inside) == 1 else 's'} {listed(inside)}"] if inside else []
        met += [count(zeros, "zero") + " of the padding"] if zeros else []
        said = (
            f"Tap {at}, the weight {num(state['w'][at])}, meets {' and '.join(met)}, one for each "
            f"of {count(len(places), 'output')}; dw[{at}] = {num(grads.dw[at])}."
        )
    elif grads.terms:
        ways = listed(f"output {i} through tap {j}" for i, j, _ in grads.terms)
        said = (
            f"Input {at}, the value {num(state['x'][at])}, is read by {ways}; "
            f"dx[{at}] = {num(grads.dx[at])}."
        )
    else:
        said = f"No window reads input {at}: no output changes with it, so dx[{at}] = 0."
    return f"{said} {_rest(grads)}db, the sum of all dy, is {num(sum(grads.dy))}."


def _rest(grads: Gradients) -> str:
    if not grads.remainder:
        return ""
    lie = "1 cell lies" if grads.remainder == 1 else f"{grads.remainder} cells lie"
    return f"The last {lie} beyond the last window (r = {grads.remainder}). "


def backward(
    x: Sequence[int] = (3, 1, 4, 1, 5),
    w: Sequence[int] = (1, 2, -1),
    dy: Sequence[int] = (1, 2, 3),
    *,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
    dilation: int = 1,
    of: str = "input",
    at: int = 0,
    title: str = "One gradient, and the windows it comes from",
) -> Interactive:
    """The gradient of one input or of one tap: the windows that it meets, and their products.

    Parameters
    ----------
    x, w, dy
        1 to 12, 1 to 5 and 1 to 12 whole numbers from -9 to 9; dy is repeated if it is shorter than
        the output, and cut if it is longer.
    stride, padding, dilation
        As in `convlib.conv`; padding as (before, after).
    of
        "input" shows dx, "tap" shows dw.
    at
        The number of the input or of the tap, from 0.

    Raises
    ------
    ValueError
        If a list or a number leaves its limits.

    Examples
    --------
    >>> backward([3, 1, 4, 1], [1, 2], [1, 2, 3], at=1)  # doctest: +NORMALIZE_WHITESPACE
    One gradient, and the windows it comes from. Input 1, the value 1, is read by output 0
    through tap 1 and output 1 through tap 0; dx[1] = 4. db, the sum of all dy, is 6.
    """
    lists = {"x": [int(v) for v in x], "w": [int(v) for v in w], "g": [int(v) for v in dy]}
    for name, values in lists.items():
        if not 1 <= len(values) <= MOST[name] or max(map(abs, values)) > LARGEST:
            limits = f"1 to {MOST[name]} whole numbers from -{LARGEST} to {LARGEST}"
            raise ValueError(f"{'dy' if name == 'g' else name} must be {limits}; got {values}")
    numbers = dict(zip(LIMITS, (*padding, stride, dilation), strict=True))
    for name, (least, most) in LIMITS.items():
        if not least <= numbers[name] <= most:
            raise ValueError(f"{name} must be {least} to {most}; got {numbers[name]}")
    entries = {"input": len(lists["x"]), "tap": len(lists["w"])}
    if of not in entries:
        raise ValueError(f'of must be "input" or "tap"; got {of!r}')
    if not 0 <= at < entries[of]:
        raise ValueError(f"at must be 0 to {entries[of] - 1}; got {at}")
    state: dict[str, Any] = {**lists, **numbers, "of": of, "at": int(at)}
    return Interactive("backward", state, draw(state), title)
