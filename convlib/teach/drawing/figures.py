"""The house style of every figure, and the few shapes that the book draws over and over.

Each function draws on axes that it is given and returns nothing, so that a notebook cell may end
with any of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from convlib.teach.drawing.colors import COLORS
from convlib.teach.drawing.style import STYLE, number, use

__all__ = ["COLORS", "STYLE", "cells", "frame", "grid", "number", "stem", "strip", "use"]


def _shade(color: str | None) -> str:
    """A name in `COLORS` becomes its colour; anything else is matplotlib's business."""
    return COLORS.get(color or "input", color or "")


def _bare(ax: Axes) -> None:
    """Square cells need no axis: equal scales, no frame, everything in view."""
    ax.set_aspect("equal")
    ax.axis("off")
    ax.autoscale_view()


def _cell(ax: Axes, at: tuple[float, float], text: str, color: str, hot: bool, idle: bool) -> None:
    """One square centred on `at`: tinted, strongly when `hot`, hatched and grey when `idle`."""
    left, bottom = at[0] - 0.5, at[1] - 0.5
    if idle:
        looks: dict[str, Any] = {"facecolor": "none", "hatch": "////", "edgecolor": COLORS["muted"]}
    else:
        looks = {"facecolor": (color, 0.34 if hot else 0.1), "edgecolor": color}
    width = 2.2 if hot else 1.0
    ax.add_patch(Rectangle((left, bottom), 1, 1, linewidth=width, zorder=3 if hot else 2, **looks))
    weight = "bold" if hot else "normal"
    halo = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if idle and text else None
    size = 11 if len(text) < 5 else 9  # a long number must not leave its cell
    ax.text(*at, text, ha="center", va="center", weight=weight, size=size, bbox=halo, zorder=4)


def cells(
    ax: Axes,
    values: Sequence[Any] | np.ndarray,
    *,
    y: float = 0,
    x: float = 0,
    color: str | None = None,
    highlight: Collection[int] = (),
    hatch: Collection[int] = (),
    labels: Sequence[Any] | None = None,
    name: str = "",
) -> None:
    """Draw a row of number cells: cell i is the unit square centred on ``(x + i, y)``.

    Parameters
    ----------
    ax
        The axes; its frame is removed and its scales are made equal.
    values
        `(n,)` numbers, symbols or texts; ``""`` leaves a cell empty.
    y, x
        Where the first cell's centre lies.
    color
        A name in `COLORS` or any matplotlib colour; the default is "input".
    highlight, hatch
        Indices of cells drawn strongly, or hatched in grey (never read).
    labels
        `(n,)` small texts above the cells, usually their indices.
    name
        Text to the left of the row.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> cells(ax, [3, 1, 4], highlight=[1], labels=range(3), name="x")
    >>> len(ax.patches)
    3
    >>> plt.close(fig)
    """
    shade = _shade(color)
    for i, value in enumerate(values):
        _cell(ax, (x + i, y), number(value), shade, i in highlight, i in hatch)
    for i, label in enumerate(labels if labels is not None else ()):
        ax.text(x + i, y + 0.62, number(label), ha="center", va="bottom", fontsize=9)
    if name:
        ax.text(x - 0.75, y, name, ha="right", va="center", color=shade, weight="bold")
    _bare(ax)


def grid(
    ax: Axes,
    array: ArrayLike,
    *,
    x: float = 0,
    y: float = 0,
    color: str | None = None,
    window: tuple[int, int, int, int] | None = None,
    highlight: Collection[tuple[int, int]] = (),
    hatch: Collection[tuple[int, int]] = (),
    rows: Sequence[Any] = (),
    columns: Sequence[Any] = (),
    name: str = "",
) -> None:
    """Draw a 2-D table of numbers: entry (row, column) is centred on ``(x + column, y - row)``.

    Parameters
    ----------
    array
        `(h, w)` numbers or symbols.
    window
        `(row, column, height, width)` of a block drawn strongly inside a kernel-coloured frame.
    highlight, hatch
        `(row, column)` pairs drawn strongly, or hatched in grey (never read).
    rows, columns
        Labels to the left of the rows and above the columns.
    ax, x, y, color, name
        As in `cells`; the name stands above the table.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> grid(ax, [[1, 2], [3, 4]], window=(0, 0, 1, 2))
    >>> len(ax.patches)  # four cells and the frame
    5
    >>> plt.close(fig)
    """
    table = np.asarray(array)
    row, column, height, width = window or (0, 0, 0, 0)
    shade = _shade(color)
    for (i, j), value in np.ndenumerate(table):
        inside = row <= i < row + height and column <= j < column + width
        hot = inside or (i, j) in highlight
        _cell(ax, (x + j, y - i), number(value), shade, hot, (i, j) in hatch)
    if window:
        frame(ax, x + column - 0.5, y - row - height + 0.5, width, height)
    for i, label in enumerate(rows):
        ax.text(x - 0.75, y - i, number(label), ha="right", va="center", weight="bold")
    for j, label in enumerate(columns):
        ax.text(x + j, y + 0.65, number(label), ha="center", va="bottom", weight="bold")
    if name:
        above = y + (1.15 if len(columns) else 0.65)
        ax.text(x - 0.5, above, name, ha="left", va="bottom", color=shade, weight="bold")
    _bare(ax)


def frame(
    ax: Axes,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    color: str | None = None,
    linewidth: float = 3,
) -> None:
    """Draw an empty rectangle around what lies in it: a window of a picture, a field in a list.

    Parameters
    ----------
    ax
        The axes.
    x, y
        One corner: the left one, at the smaller y.
    width, height
        Towards larger x and y, in the units of the axes.
    color
        As in `cells`; the default is "kernel".
    linewidth
        In points.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> frame(ax, 2, 0, 3, 1)
    >>> len(ax.patches)
    1
    >>> plt.close(fig)
    """
    shade = _shade(color or "kernel")
    ax.add_patch(Rectangle((x, y), width, height, fill=False, ec=shade, lw=linewidth, zorder=5))


def stem(
    ax: Axes,
    values: ArrayLike,
    *,
    start: int = 0,
    color: str | None = None,
    label: str | None = None,
    marker: str = "o",
) -> None:
    """Draw a discrete sequence: value i is a dot above ``start + i``, tied to the zero line.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> stem(ax, [1, -2, 3], label="x")
    >>> plt.close(fig)
    """
    heights = np.asarray(values, dtype=float)
    shade = _shade(color)
    at = start + np.arange(len(heights))
    ax.axhline(0, color=COLORS["muted"], linewidth=0.8, zorder=1)
    ax.vlines(at, 0, heights, color=shade, linewidth=1.6)
    ax.plot(at, heights, marker, color=shade, label=label)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.grid(visible=False, axis="x")


def strip(
    ax: Axes,
    n: int,
    k: int,
    *,
    stride: int = 1,
    padding: tuple[int, int] = (0, 0),
    dilation: int = 1,
) -> None:
    """Draw where a kernel stands as it slides: the padded list on top, one row for each window.

    Inputs that no window reads are hatched. Padding cells are empty.

    Parameters
    ----------
    n, k
        Length of the list and of the kernel, 1 or more.
    stride, dilation
        1 or more.
    padding
        (before, after), 0 or more.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> fig, ax = plt.subplots()
    >>> strip(ax, 6, 3, stride=2)  # the last input is never read
    >>> plt.close(fig)
    """
    before, after = padding
    total, span = before + n + after, dilation * (k - 1) + 1
    starts = range(0, total - span + 1, stride)
    read = {start + dilation * j for start in starts for j in range(k)}
    cells(ax, [""] * before, x=-before, color="muted")
    cells(ax, range(n), hatch=set(range(n)) - {t - before for t in read})
    cells(ax, [""] * after, x=n, color="muted")
    ax.text(-before - 0.75, 0, "x", ha="right", va="center", color=COLORS["input"], weight="bold")
    for row, start in enumerate(starts):
        taps = [start - before + dilation * j for j in range(k)]
        y = -1.3 - 0.75 * row
        ax.plot([taps[0], taps[-1]], [y, y], color=COLORS["kernel"], linewidth=1, zorder=2)
        ax.plot(taps, [y] * k, "s", color=COLORS["kernel"], markersize=9, zorder=3)
        ax.text(n + after, y, f"y[{row}]", va="center", color=COLORS["output"], weight="bold")
    _bare(ax)
