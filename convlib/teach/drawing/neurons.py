"""A layer of neurons over a picture, drawn: who is connected with which pixels, and who shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from convlib._checks import word
from convlib.teach.drawing.colors import COLORS

Place = tuple[int, int]

_LEAN, _DEPTH, _RISE = 0.42, 0.5, 4.4  # a row further back: to the right, up; the upper plane
_DASHES: dict[str, Any] = {"kernel": "-", "product": (0, (4, 2))}  # told apart without colours, too


def connected(neuron: Place, pixels: Place, window: int | None = None) -> list[Place]:
    """List the pixels that a neuron has a weight for: all of them, or those of its own window.

    Parameters
    ----------
    neuron
        (row, column) of the neuron; with a window, also where its window begins.
    pixels
        (rows, columns) of the picture.
    window
        Rows and columns of the window; without one the neuron sees everything.

    Returns
    -------
    list of (row, column)

    Examples
    --------
    >>> connected((0, 1), (3, 3), window=2)
    [(0, 1), (0, 2), (1, 1), (1, 2)]
    >>> len(connected((0, 1), (3, 3)))
    9
    """
    if window is None:
        (top, left), (height, width) = (0, 0), pixels
    else:
        (top, left), height, width = neuron, window, window
    return [(top + g, left + h) for g in range(height) for h in range(width)]


def layer(
    ax: Axes,
    pixels: Place,
    neurons: Place,
    *,
    window: int | None = None,
    lit: Mapping[Place, str],
) -> None:
    """Draw a picture as a plane of cells, neurons as dots above it, weights of some as lines.

    Parameters
    ----------
    ax
        The axes; its frame is removed and its scales are made equal.
    pixels, neurons
        (rows, columns) of the picture and of the layer; the layer floats above the middle.
    window
        As in `connected`.
    lit
        For some neurons the colour of their lines, "kernel" (solid) or "product" (dashed): one
        colour stands for one set of weights.

    Raises
    ------
    ValueError
        If such a neuron is not there, its window leaves the picture, or the colour is another.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> layer(ax, (6, 6), (4, 4), window=3, lit={(0, 0): "kernel"})
    >>> len(ax.lines), len(ax.patches)  # nine weights and sixteen neurons, thirty-six pixels
    (25, 36)
    >>> plt.close(fig)
    """
    for at, look in lit.items():
        if not all(0 <= place < count for place, count in zip(at, neurons, strict=True)):
            raise ValueError(f"lit={dict(lit)!r}: needs places of the {neurons} neurons")
        word("lit", look, tuple(_DASHES))
    seen = {pixel: look for at, look in lit.items() for pixel in connected(at, pixels, window)}
    if not all(row < pixels[0] and column < pixels[1] for row, column in seen):
        raise ValueError(f"window={window!r}: needs to stay inside the {pixels} pixels")
    for row in range(pixels[0]):
        for column in range(pixels[1]):
            _cell(ax, (row, column), pixels, seen.get((row, column)))
    shift = ((pixels[0] - neurons[0]) / 2, (pixels[1] - neurons[1]) / 2)
    for row in range(neurons[0]):
        for column in range(neurons[1]):
            _neuron(ax, (row, column), shift, pixels, window, lit.get((row, column)))
    across, back = pixels[1] / 2 + _LEAN * pixels[0] / 2 + 0.3, _DEPTH * pixels[0] / 2 + 0.3
    ax.set(xlim=(-across, across), ylim=(-back, _RISE + back))  # the same for any number of neurons
    ax.set_aspect("equal")
    ax.axis("off")


def _at(row: float, column: float, pixels: Place, level: float) -> tuple[float, float]:
    """Where a place of a plane stands on the paper: rows further down come towards the reader."""
    back = (pixels[0] - 1) / 2 - row
    return column - (pixels[1] - 1) / 2 + _LEAN * back, level + _DEPTH * back


def _cell(ax: Axes, place: Place, pixels: Place, look: str | None) -> None:
    """One pixel, strongly tinted where a weight leads to it."""
    row, column = place
    ends = [(-0.5, -0.5), (-0.5, 0.5), (0.5, 0.5), (0.5, -0.5)]
    corners = [_at(row + down, column + right, pixels, 0) for down, right in ends]
    face = (COLORS["input"], 0.42 if look else 0.08)
    ax.add_patch(Polygon(corners, facecolor=face, edgecolor=COLORS["input"], lw=0.8, zorder=1))


def _neuron(
    ax: Axes,
    place: Place,
    shift: tuple[float, float],
    pixels: Place,
    window: int | None,
    look: str | None,
) -> None:
    """One dot; if it is lit, filled and tied to its pixels."""
    x, y = _at(place[0] + shift[0], place[1] + shift[1], pixels, _RISE)
    shade = COLORS["output"]
    if look:
        for row, column in connected(place, pixels, window):
            end = _at(row, column, pixels, 0)
            (line,) = ax.plot([x, end[0]], [y, end[1]], color=COLORS[look], lw=0.8, zorder=2)
            line.set_linestyle(_DASHES[look])
    ax.plot(x, y, "o", mfc=shade if look else "white", mec=shade, markersize=8, zorder=3)
