"""The matplotlib settings of every figure, and how a number is written in one."""

from __future__ import annotations

from typing import Any

import matplotlib.pyplot as plt
from cycler import cycler

from convlib.teach.drawing.colors import COLORS

_CYCLE = ("input", "kernel", "output", "wrong", "product", "muted")

STYLE: dict[Any, Any] = {  # Any: matplotlib types its keys as a closed list
    "figure.figsize": (6.4, 2.6),
    "figure.dpi": 144,
    "savefig.dpi": 144,
    "figure.facecolor": "white",
    "figure.constrained_layout.use": True,
    "font.family": "DejaVu Sans",  # ships with matplotlib: the same picture on every machine
    "font.size": 11,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 11,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "legend.fontsize": 10,
    "legend.frameon": False,
    "axes.prop_cycle": cycler(color=[COLORS[name] for name in _CYCLE]),
    "axes.edgecolor": COLORS["muted"],
    "axes.labelcolor": COLORS["ink"],
    "axes.titlecolor": COLORS["ink"],
    "text.color": COLORS["ink"],
    "xtick.color": COLORS["ink"],
    "ytick.color": COLORS["ink"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": COLORS["muted"],
    "grid.alpha": 0.35,
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "hatch.linewidth": 0.8,
    "image.cmap": "cividis",  # one lightness ramp, readable without any colour at all
    "image.interpolation": "nearest",
    "svg.hashsalt": "convlib",
}


def use() -> None:
    """Switch matplotlib to the house style, whatever was set before.

    Examples
    --------
    >>> use()
    >>> float(plt.rcParams["font.size"])
    11.0
    """
    plt.rcParams.update(STYLE)


def number(value: Any) -> str:
    """The text of a number: a real minus sign, no empty decimals, three digits at most.

    Examples
    --------
    >>> [number(v) for v in (3, -2.0, 1 / 3, "w")]
    ['3', '−2', '0.333', 'w']
    """
    if isinstance(value, str):
        return value
    try:
        text = f"{float(value):.3g}" if float(value) != int(value) else str(int(value))
    except (TypeError, ValueError, OverflowError):  # a symbol, infinity or not a number
        text = str(value)
    return text.replace("-", "−")
