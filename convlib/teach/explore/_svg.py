"""What the three pictures share: SVG made of text, and the figure that carries it.

``explore.js`` draws the same pictures in the page, letter by letter; a browser test compares
the two. All coordinates are whole numbers, so that the output is the same on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from convlib.teach.drawing.colors import COLORS

_TINTED = {"in": "input", "k": "kernel", "pr": "product", "out": "output"}


def _style() -> str:
    """The picture's own colours, for a notebook. ``:where`` lets the book's style sheet win."""
    rules = {
        "svg": "background:#fff;font:15px system-ui,sans-serif;text-anchor:middle",
        "svg text": f"fill:{COLORS['ink']};dominant-baseline:central",
        "svg rect": "stroke-width:1",
        ".cl-sm,.cl-pad text": "font-size:12px;opacity:.75",
        ".cl-xs": "font-size:11px",
        ".cl-lab": "font-weight:600",
        ".cl-hot rect": "stroke-width:2.5",
        ".cl-hot text": "font-weight:700",
        ".cl-pad rect,.cl-off rect": f"fill:none;stroke:{COLORS['muted']};stroke-dasharray:3 3",
        ".cl-idle rect": f"fill:none;stroke:{COLORS['muted']}",
        ".cl-hatch,.cl-guide": f"fill:none;stroke:{COLORS['muted']}",
        ".cl-fan": f"fill:{COLORS['product']}14",
        ".cl-arm": f"fill:none;stroke:{COLORS['kernel']};stroke-width:1.5",
        ".cl-tap rect": f"fill:{COLORS['kernel']}",
        ".cl-bad rect,.cl-bad path": f"fill:none;stroke:{COLORS['wrong']};stroke-width:2",
        "svg .cl-bad text": f"fill:{COLORS['wrong']}",
    }
    for name, color in _TINTED.items():
        rules[f".cl-{name} rect"] = f"fill:{COLORS[color]}1a;stroke:{COLORS[color]}"
        rules[f".cl-{name}.cl-hot rect"] = f"fill:{COLORS[color]}44"
    where = (
        f":where({','.join('.cl-explore ' + part for part in selector.split(','))}){{{body}}}"
        for selector, body in rules.items()
    )
    return "".join(where)


STYLE = _style()


def num(value: int) -> str:
    """A whole number with a real minus sign."""
    return str(value).replace("-", "−")


def listed(values: Iterable[object]) -> str:
    """Numbers in words: ``3, 1 and 4``."""
    texts = [num(v) if isinstance(v, int) else str(v) for v in values]
    return texts[0] if len(texts) == 1 else ", ".join(texts[:-1]) + " and " + texts[-1]


def count(number: int, noun: str) -> str:
    """A number with its noun: ``1 output``, ``2 outputs``, ``no outputs``."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def text(x: int, y: int, content: str, kind: str = "") -> str:
    """One text centred on (x, y)."""
    named = f' class="cl-{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{content}</text>'


def cell(x: int, y: int, w: int, h: int, content: str, kind: str, mark: str = "") -> str:
    """A box with a number in it; `mark` is one more attribute, such as ``data-y="0"``."""
    small = "xs" if len(content) > 4 or w < 24 else ""
    inside = text(x + w // 2, y + h // 2, content, small) if content else ""
    box = f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="3"/>'
    return f'<g class="{kind}"{" " + mark if mark else ""}>{box}{inside}</g>'


def hatch(x: int, y: int, w: int) -> str:
    """Three strokes across a square box: this cell is never read."""
    half = w // 2
    strokes = (
        f"M{x} {y + half}l{half} -{half}M{x} {y + w}l{w} -{w}M{x + half} {y + w}l{half} -{half}"
    )
    return f'<path class="cl-hatch" d="{strokes}"/>'


@dataclass(frozen=True)
class Drawing:
    """A picture (`width`, `height`, `body`), what it shows in words, and HTML to stand below it."""

    width: int
    height: int
    body: str
    alt: str
    words: str
    below: str

    @property
    def least(self) -> int:
        """The narrowest width in pixels at which the numbers can still be read."""
        return self.width * 6 // 10


class Interactive:
    """A figure that shows itself as a picture here and can be worked in the published page."""

    def __init__(self, name: str, state: Mapping[str, Any], drawing: Drawing, title: str) -> None:
        self.name, self.state, self.drawing, self.title = name, dict(state), drawing, title

    def __repr__(self) -> str:
        return f"{self.title}. {self.drawing.words}"

    def _repr_html_(self) -> str:
        d = self.drawing
        state = escape(json.dumps(self.state, sort_keys=True, separators=(",", ":")), quote=True)
        wide = ' tabindex="0" role="group" aria-label="Picture, scrolls sideways"'
        return (
            f'<figure class="cl-explore" data-explore="{self.name}" data-state="{state}">'
            f'<p class="cl-title">{escape(self.title)}</p>'
            f'<div class="cl-pic" style="overflow-x:auto"{wide if d.least > 330 else ""}>'
            f'<svg role="img" aria-label="{escape(d.alt)}" viewBox="0 0 {d.width} {d.height}" '
            f'width="{d.width}" height="{d.height}" '
            f'style="max-width:100%;min-width:{d.least}px;height:auto">'
            f"<style>{STYLE}</style>{d.body}</svg></div>"
            f'<div class="cl-below">{d.below}</div>'
            f'<figcaption class="cl-words">{escape(d.words)}</figcaption></figure>'
        )
