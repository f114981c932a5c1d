"""The colours of every figure and every interactive; `figures` re-exports them.

They are told apart by readers with any of the three kinds of colour blindness, and stay so when the
dark theme inverts a figure: ``tests/teach/drawing/test_figures.py`` measures both.
"""

from __future__ import annotations

#: One colour, one meaning, on every page: input, sliding kernel, their products, output.
COLORS: dict[str, str] = {
    "ink": "#1c2530",
    "muted": "#7a8694",
    "input": "#2170be",
    "kernel": "#b05f10",
    "product": "#4a2377",
    "output": "#0c5a3c",
    "wrong": "#da2c7b",
}
