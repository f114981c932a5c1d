"""Where windows are: found by sliding them along a line and looking, without any size formula."""

from __future__ import annotations

from collections.abc import Sequence

from convlib import _checks
from convlib._checks import Padding, Pair, PerAxis

Places = list[list[int]]


def slide(n: int, k: int, s: int, d: int, pads: Pair) -> Places:
    """Slide a window of k taps along n entries with padding; list what each position reads.

    A position is the list of indices that its taps read. Index 0 is the first true entry, so
    an index below 0, or n and above, lies in the padding.

    >>> slide(4, 3, 1, 1, (1, 0))
    [[-1, 0, 1], [0, 1, 2], [1, 2, 3]]
    """
    before, after = pads
    taps = [j * d for j in range(k)]
    positions = []
    start = -before
    while start + taps[-1] < n + after:
        positions.append([start + tap for tap in taps])
        start += s
    return positions


def pads_of(padding: str | Pair, n: int, k: int, s: int, d: int) -> Pair:
    """Find what a padding word means, by trying; a pair means itself.

    "full": pad until the first window rests on the input with its last tap alone; so at the end.
    "same": pad, after first and then before, until there are as many windows as steps of s in n.

    >>> pads_of("same", 5, 4, 1, 1), pads_of("full", 5, 3, 1, 2)
    ((1, 2), (4, 4))
    """
    if not isinstance(padding, str):
        return padding
    before = after = 0
    if padding == "full":
        while max(j * d - before for j in range(k)) > 0:
            before += 1
        return before, before
    wanted = len(range(0, n, s)) if padding == "same" else 0
    while len(slide(n, k, s, d, (before, after))) < wanted:
        before, after = (before, after + 1) if before == after else (before + 1, after)
    return before, after


def slide_all(
    size: Sequence[int],
    window: Sequence[int],
    stride: PerAxis,
    padding: Padding,
    dilation: PerAxis,
    name: str = "k",
) -> list[Places]:
    """Slide along every axis: one list of positions per axis; `name` is that of the window."""
    axes = len(size)
    strides = _checks.per_axis("stride", stride, axes, 1)
    dilations = _checks.per_axis("dilation", dilation, axes, 1)
    pads = _checks.padding(padding, axes)
    lines = zip(size, window, strides, dilations, pads, strict=True)
    return [_checks.on_axis(i, slide_axis, *line, name) for i, line in enumerate(lines)]


def slide_axis(n: int, k: int, s: int, d: int, padding: str | Pair, name: str = "k") -> Places:
    """Slide along one axis, where at least one window must fit.

    >>> slide_axis(3, 2, 1, 1, "same")
    [[0, 1], [1, 2], [2, 3]]
    """
    pads = pads_of(padding, n, k, s, d)
    positions = slide(n, k, s, d, pads)
    if not positions:
        raise _checks.no_window(n, k, d, pads, name=name)
    return positions


def paint(n: int, k: int, s: int, d: int, padding: str | Pair, extra: int) -> tuple[Places, int]:
    """Paint k taps at every s-th place of an empty line, then crop; list what was painted where.

    Returns one list of indices for each of the n inputs, and the length of the line that is left:
    all that was painted, `extra` more at the end, less the padding.

    >>> paint(3, 3, 2, 1, (0, 0), 0)
    ([[0, 1, 2], [2, 3, 4], [4, 5, 6]], 7)
    """
    extra = _checks.output_padding(extra, s, d, padding)
    before, after = pads_of(padding, n * s, k, s, d)
    painted = [[i * s + j * d - before for j in range(k)] for i in range(n)]
    length = max(painted[-1]) + 1 + extra - after
    if padding == "same":  # n·s by definition, also where the last kernels end before that
        return painted, n * s
    if length < 1:
        raise _checks.nothing_left((before, after), length + before + after)
    return painted, length
