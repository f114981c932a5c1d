"""The gradients of a layer counted from their definition, and where each entry comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Gradients:
    """The layer and its gradients, each from its definition: one product for a window and a tap."""

    starts: list[int]  # where each window begins in the padded list
    dy: list[int]
    dx: list[int]
    dw: list[int]
    terms: list[tuple[int, int, int]]  # (output i, tap j, padded place) of the chosen entry
    unread: list[int]  # places of the padded list that no tap touches
    remainder: int


def compute(state: Mapping[str, Any]) -> Gradients:
    """Visit every window and every tap, and give each its share of the gradient."""
    x, w, g, pl = (state[name] for name in ("x", "w", "g", "pl"))
    padded = [0] * pl + list(x) + [0] * state["pr"]
    span = state["d"] * (len(w) - 1) + 1
    starts = [t for t in range(0, len(padded), state["s"]) if t + span <= len(padded)]
    dy = [g[i % len(g)] for i in range(len(starts))]
    visits = [(i, j, t + state["d"] * j) for i, t in enumerate(starts) for j in range(len(w))]
    read = {place for _, _, place in visits}
    dpad, dw = [0] * len(padded), [0] * len(w)
    for i, j, place in visits:
        dpad[place] += w[j] * dy[i]
        dw[j] += padded[place] * dy[i]
    tap = state["of"] == "tap"
    terms = [v for v in visits if (v[1] if tap else v[2] - pl) == state["at"]]
    unread = [t for t in range(len(padded)) if t not in read]
    remainder = (len(padded) - span) % state["s"] if starts else 0
    return Gradients(starts, dy, dpad[pl : pl + len(x)], dw, terms, unread, remainder)
