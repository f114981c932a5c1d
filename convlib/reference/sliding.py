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
) -> list[Places]:
    """Slide along every axis: one list of positions per axis."""
    axes = len(size)
    strides = _checks.per_axis("stride", stride, axes, 1)
    dilations = _checks.per_axis("dilation", dilation, axes, 1)
    result = []
    for n, k, s, d, pads in zip(
        size, window, strides, dilations, _checks.padding(padding, axes), strict=True
    ):
        pair = pads_of(pads, n, k, s, d)
        positions = slide(n, k, s, d, pair)
        if not positions:
            raise ValueError(f"a window of {k} fits nowhere: n={n}, padding={pair}, dilation={d}")
        result.append(positions)
    return result


def paint(n: int, k: int, s: int, d: int, padding: str | Pair, extra: int) -> tuple[Places, int]:
    """Paint k taps at every s-th place of an empty line, then crop; list what was painted where.

    Returns one list of indices for each of the n inputs, and the length of the line that is left:
    all that was painted, `extra` more at the end, less the padding.

    >>> paint(3, 3, 2, 1, (0, 0), 0)
    ([[0, 1, 2], [2, 3, 4], [4, 5, 6]], 7)
    """
    if extra and (extra >= max(s, d) or padding == "same"):
        rule = "needs fewer than max(stride, dilation), and none with padding='same'"
        raise ValueError(f"output_padding={extra}: {rule}")
    before, after = pads_of(padding, n * s, k, s, d)
    painted = [[i * s + j * d - before for j in range(k)] for i in range(n)]
    length = max(painted[-1]) + 1 + extra - after
    if length < 1:
        raise ValueError(f"padding={(before, after)} crops everything away")
    return painted, n * s if padding == "same" else length
