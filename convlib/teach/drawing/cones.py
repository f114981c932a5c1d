"""A stack of layers along one axis, drawn: who depends on whom, and who sees what."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from convlib import Layer, output_size, receptive_field
from convlib.teach.drawing.colors import COLORS

Stack = Sequence[tuple[Any, ...]]


def links(layers: Stack, output: int) -> Iterator[list[tuple[int, int]]]:
    """Follow all paths down from one output: per layer, last one first, the pairs (number, below).

    Parameters
    ----------
    layers
        First layer first, each a `Layer` or a tuple that begins like one, with whole-number
        padding.
    output
        Which number of the last layer.

    Returns
    -------
    Iterator
        For each layer a list of pairs. A number below 0, or too large, stands in the padding; paths
        are followed through it as if the list went on.

    Examples
    --------
    >>> list(links([(2,), (2, 2)], 1))
    [[(1, 2), (1, 3)], [(2, 2), (2, 3), (3, 3), (3, 4)]]
    """
    found = {output}
    for entry in reversed(layers):
        layer = Layer(*entry)
        step, before = layer.stride, int(layer.padding)  # type: ignore[arg-type]
        taps = range(0, layer.dilation * layer.kernel, layer.dilation)
        pairs = [(t, step * t + tap - before) for t in sorted(found) for tap in taps]
        found = {below for _, below in pairs}
        yield pairs


def cone(
    ax: Axes,
    layers: Stack,
    n: int,
    *,
    output: int = 0,
    bars: Collection[int] = (),
) -> None:
    """Draw a stack, its n inputs at height 0 and its outputs on top, and all paths from one output.

    Every number stands above the middle of what it sees. Filled dots have a path to the output,
    hollow ones have none; squares are padding.

    Parameters
    ----------
    ax
        The axes; its horizontal axis becomes the place in the input.
    layers
        As in `links`.
    n
        Number of inputs.
    output
        Whose paths are drawn.
    bars
        Outputs whose receptive fields are drawn as bars below the inputs.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> cone(ax, [(3,), (3, 2)], 9, bars=[0, 1])
    >>> plt.close(fig)
    """
    fields = [receptive_field(layers[:depth]) for depth in range(len(layers) + 1)]
    counts = _counts(layers, n)
    seen = {output}
    for depth, pairs in zip(range(len(layers), -1, -1), [*links(layers, output), []], strict=True):
        _dots(ax, fields[depth], depth, range(counts[depth]), seen)
        inside = [(t, below) for t, below in pairs if 0 <= t < counts[depth]]
        for t, below in inside:
            ends = [_middle(fields[depth], t), _middle(fields[depth - 1], below)]
            ax.plot(ends, [depth, depth - 1], color=COLORS["kernel"], linewidth=0.9, zorder=1)
        seen = {below for _, below in inside}
    for row, i in enumerate(bars):
        first = fields[-1].start + i * fields[-1].jump
        ends, height = [first - 0.4, first + fields[-1].size - 0.6], -0.5 - 0.28 * row
        ax.plot(ends, [height] * 2, color=COLORS["output"], linewidth=5, solid_capstyle="butt")
        ax.text(ends[1] + 0.2, height, f"output {i}", va="center", fontsize=9)
    _frame(ax, len(layers))


def _counts(layers: Stack, n: int) -> list[int]:
    """How many numbers there are after 0, 1, 2, … layers."""
    counts = [n]
    for k, s, p, d in (Layer(*entry) for entry in layers):
        counts.append(output_size(counts[-1], k, stride=s, padding=p, dilation=d))
    return counts


def _middle(field: Any, t: int) -> float:
    """Where number t stands: above the middle of the inputs that it sees."""
    return float(field.centre + field.jump * t)


def _dots(ax: Axes, field: Any, depth: int, numbers: range, seen: set[int]) -> None:
    shade = COLORS["output"] if depth else COLORS["input"]
    for t in sorted({*numbers, *seen}):
        face = shade if t in seen else "white"
        edge, marker = (shade, "o") if t in numbers else (COLORS["muted"], "s")
        fill = face if marker == "o" else "white"
        ax.plot(_middle(field, t), depth, marker, mfc=fill, mec=edge, markersize=7, zorder=2)


def _frame(ax: Axes, depth: int) -> None:
    """No frame, whole-number places, one name per row."""
    names = ["input", *(f"layer {layer}" for layer in range(1, depth + 1))]
    ax.set_yticks(range(depth + 1), names)
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=False)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("place in the input")
