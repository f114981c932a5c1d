"""One layer, eight ways to write it down: who counts padding, dilation and borders how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from convlib.teach.explore import _shapes
from convlib.teach.explore._dialects import DIALECTS, Layer, read, write
from convlib.teach.explore._svg import Drawing, Interactive, count, num, text

LIMITS = {"n": (1, 9999), "k": (1, 999), "p": (0, 999), "p2": (0, 999), "s": (1, 999), "d": (0, 99)}
KINDS = {
    "number": "a number",
    "valid": "“valid”",
    "same": "“same”",
    "same_lower": "“same, lower”",
    "full": "“full”",
    "causal": "“causal”",
}


_MARKS = {"yes": "✓", "no": "✗", "none": "–", "may": "→"}


@dataclass(frozen=True)
class Row:
    """One line of the table: how to write the layer there, what the same numbers mean there."""

    dialect: str
    code: str
    verdict: str
    kind: str  # "yes" the same layer, "no" another one, "none" refused, "may" nothing to compare


def compute(state: Mapping[str, Any]) -> tuple[Layer | str, list[Row]]:
    """Read the numbers as `state["from"]` means them, then as everybody else would."""
    layer = read(state, state["from"])
    return layer, [_row(state, layer, name) for name in DIALECTS]


def _row(state: Mapping[str, Any], layer: Layer | str, name: str) -> Row:
    """What `name` writes for the layer, and what it understands by the numbers."""
    other = read(state, name)
    code = "" if isinstance(layer, str) else write(layer, name)
    if isinstance(other, str):
        return Row(name, code, other, "none")
    if isinstance(layer, str):
        return Row(
            name, code, f"{count(other.o, 'output')}: pads ({other.left}, {other.right})", "may"
        )
    change = _compare(layer, other)
    mine = "your numbers" if name == state["from"] else "the same layer"
    verdict = change or f"{count(layer.o, 'output')}: {mine}"
    return Row(name, code, verdict, "no" if change else "yes")


def _compare(mine: Layer, other: Layer) -> str:
    """What changes when `other` is what the numbers are taken for; "" when nothing does."""
    why = []
    if (other.left, other.right) != (mine.left, mine.right):
        why.append(f"pads ({other.left}, {other.right})")
    if other.d != mine.d:
        why.append("taps side by side" if other.d == 1 else f"taps {other.d} apart")
    if other.flip != mine.flip:
        why.append("kernel reversed" if other.flip else "kernel not reversed")
    if not why:
        return ""
    size = f"{count(other.o, 'output')}, not {mine.o}"
    return (
        f"{size if other.o != mine.o else count(other.o, 'output') + ' too, but'}: {', '.join(why)}"
    )


def draw(state: Mapping[str, Any]) -> Drawing:
    """The layer's windows, when they are few enough to be seen, above the table."""
    layer, rows = compute(state)
    picture = Drawing(360, 60, text(180, 30, "No picture of this layer."), "No picture.", "", "")
    if isinstance(layer, Layer) and layer.left + layer.n + layer.right <= 40 >= layer.span:
        sides = {"pl": layer.left, "pr": layer.right}
        numbers = {"n": layer.n, "k": layer.k, "s": layer.s, "d": layer.d}
        picture = _shapes.draw(sides | numbers)
    elif isinstance(layer, Layer):
        picture = Drawing(360, 60, text(180, 30, "Too wide to draw."), "Too wide to draw.", "", "")
    said = words(state)
    return Drawing(picture.width, picture.height, picture.body, picture.alt, said, table(rows))


def table(rows: list[Row]) -> str:
    """The rows as an HTML table."""
    body = "".join(
        f'<tr class="cl-{row.kind}"><th scope="row">{DIALECTS[row.dialect].name}</th>'
        f"<td><code>{escape(row.code, quote=False)}</code></td>"
        f"<td>{_MARKS[row.kind]} {row.verdict}</td></tr>"
        for row in rows
    )
    head = "<th>Who</th><th>This layer, written there</th><th>Your numbers, copied there</th>"
    return f'<table class="cl-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def words(state: Mapping[str, Any]) -> str:
    """The layer in plain numbers: padding, span, outputs, remainder, both index bases."""
    layer, rows = compute(state)
    name = DIALECTS[state["from"]].name
    if isinstance(layer, str):
        return f"No layer to translate: {name} {layer}. The table shows what the others make of it."
    apart = "side by side" if layer.d == 1 or layer.k == 1 else f"{layer.d} cells apart"
    parts = [
        f"Read as in {name}: {count(layer.left, 'zero')} before and "
        f"{count(layer.right, 'zero')} after the list, {count(layer.k, 'tap')} {apart}, "
        f"{'the kernel reversed' if layer.flip else 'the kernel as it is'}: "
        f"{count(layer.o, 'output')}.",
        f"Counting from 0, output i reads {_index(layer, layer.left)} for tap j; "
        f"counting from 1 it is {_index(layer, layer.left + layer.s + layer.d - 1)}.",
    ]
    if layer.rest:
        parts.append(
            f"The stride leaves r = {layer.rest} over: floor (the frameworks) gives {layer.o}, "
            f"ceil would give {layer.o + 1}, and CS231n’s notes refuse the layer."
        )
    other, refused = (sum(row.kind == kind for row in rows) for kind in ("no", "none"))
    parts.append(
        f"Copied unchanged into the {len(rows) - 1} others, the numbers give another layer "
        f"{other} times and are refused {refused} times."
    )
    return " ".join(parts)


def _index(layer: Layer, shift: int) -> str:
    stride, taps = ("" if v == 1 else str(v) for v in (layer.s, layer.d))
    return f"x[{stride}i + {taps}j{f' − {shift}' if shift else ''}]"


def conventions(
    n: int = 8,
    k: int = 3,
    p: int = 1,
    s: int = 2,
    d: int = 1,
    *,
    written: str = "pytorch",
    pad: str = "number",
    p2: int | None = None,
    title: str = "The same numbers, read by others",
) -> Interactive:
    """A layer written in one convention, translated into the others.

    Parameters
    ----------
    n, k, p, s, d
        The numbers as they stand in the source.
    written
        Whose meaning they have: "book", "pytorch", "keras", "onnx", "numpy", "cs231n", "d2l" or
        "flux".
    pad
        "number" (then `p` counts), "valid", "same", "same_lower", "full" or "causal".
    p2
        ONNX's second number, the zeros after the list; None repeats `p`.

    Raises
    ------
    ValueError
        If a number or a name is not one of these.

    Examples
    --------
    >>> print(str(conventions(8, 3, 1, 2))[34:94])
    Read as in PyTorch: 1 zero before and 1 zero after the list,
    """
    if written not in DIALECTS or pad not in KINDS:
        raise ValueError(f"written must be one of {list(DIALECTS)} and pad of {list(KINDS)}")
    numbers = {"n": n, "k": k, "p": p, "p2": p if p2 is None else p2, "s": s, "d": d}
    for name, (least, most) in LIMITS.items():
        if not least <= numbers[name] <= most:
            raise ValueError(f"{name} must be {num(least)} to {most}; got {numbers[name]}")
    state: dict[str, Any] = {"from": written, "pad": pad, **numbers}
    return Interactive("conventions", state, draw(state), title)
