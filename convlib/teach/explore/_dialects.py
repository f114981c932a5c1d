"""How eight well-known sources read and write the numbers of a one-dimensional layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from convlib import same_padding


@dataclass(frozen=True)
class Layer:
    """A layer without any convention left in it; `d` is 1 for an ordinary kernel."""

    n: int
    k: int
    left: int
    right: int
    s: int
    d: int
    flip: bool

    @property
    def span(self) -> int:
        """Cells from the first tap to the last."""
        return self.d * (self.k - 1) + 1

    @property
    def o(self) -> int:
        """Outputs, counted: one for each place where the kernel fits."""
        return len(range(0, self.left + self.n + self.right - self.span + 1, self.s))

    @property
    def rest(self) -> int:
        """Cells at the end that no window reaches."""
        return (self.left + self.n + self.right - self.span) % self.s


@dataclass(frozen=True)
class Dialect:
    """Who writes so, which paddings they have, and whether their function reverses the kernel."""

    name: str
    pads: tuple[str, ...]
    flip: bool = False


DIALECTS = {
    "book": Dialect("this book", ("number", "valid", "same", "full")),
    "pytorch": Dialect("PyTorch", ("number", "valid", "same")),
    "keras": Dialect("Keras", ("valid", "same", "causal")),
    "onnx": Dialect("ONNX", ("number", "valid", "same", "same_lower")),
    "numpy": Dialect("np.convolve", ("full", "valid", "same"), flip=True),
    "cs231n": Dialect("CS231n", ("number",)),
    "d2l": Dialect("d2l’s formula", ("number",)),
    "flux": Dialect("Flux (Julia)", ("number", "same"), flip=True),
}
_WORDS = {"number": "number", "same_lower": "word “same, lower”"}


def read(state: Mapping[str, Any], who: str) -> Layer | str:
    """The layer that `who` understands by these numbers, or why there is none."""
    dialect, (n, k, s) = DIALECTS[who], (state[name] for name in "nks")
    if state["pad"] not in dialect.pads:
        return f"has no {_WORDS.get(state['pad'], 'word “' + state['pad'] + '”')} for the padding"
    d = state["d"] + (who == "cs231n")  # these notes count the holes between the taps
    refusal = _refusal(who, state["pad"], n, k, s, d)
    if refusal:
        return refusal
    sides = _sides(state, who, d * (k - 1) + 1)
    if isinstance(sides, str):
        return sides
    layer = Layer(n, k, *sides, s, d, dialect.flip)
    if layer.o < 1:
        return f"finds no room: {layer.span} cells for the kernel, {n + sum(sides)} in all"
    if who == "cs231n" and layer.rest:
        return f"refuses it: stride {s} leaves {layer.rest} over, the size is not whole"
    return layer


def _refusal(who: str, pad: str, n: int, k: int, s: int, d: int) -> str:
    """The combinations that a source has no room for."""
    if d < 1:
        return "refuses dilation 0: there 1 is the ordinary kernel"
    if who == "numpy" and (s > 1 or d > 1):
        return f"has no {'stride' if s > 1 else 'dilation'}"
    if who == "numpy" and k > n and pad != "full":
        return "swaps x and w when w is the longer one"
    if who == "d2l" and d > 1:
        return "has no dilation"
    if who == "keras" and s > 1 and d > 1:
        return "refuses a stride and a dilation together"
    if who == "pytorch" and pad == "same" and s > 1:
        return "refuses “same” with a stride"
    return ""


def _sides(state: Mapping[str, Any], who: str, span: int) -> tuple[int, int] | str:
    """The zeros before and after the list."""
    n, s, p, p2, pad = (state[name] for name in ("n", "s", "p", "p2", "pad"))
    if pad == "number":
        pair = state["from"] == "onnx" and p != p2
        if who == "onnx" or (pair and who in ("book", "flux")):
            return p, p2
        if pair:
            return "has one number for both sides"
        return (-(-p // 2), p // 2) if who == "d2l" else (p, p)
    if pad in ("valid", "full", "causal"):
        return {"valid": (0, 0), "full": (span - 1, span - 1), "causal": (span - 1, 0)}[pad]
    by_size = who not in ("pytorch", "numpy", "flux")  # these three look at the kernel alone
    total = sum(same_padding(n, span, stride=s)) if by_size else span - 1
    less, more = total // 2, total - total // 2
    return (more, less) if pad == "same_lower" or who in ("numpy", "flux") else (less, more)


def write(layer: Layer, who: str) -> str:
    """The same layer as `who` would write it."""
    turn = layer.flip != DIALECTS[who].flip
    return _WRITERS[who](layer, turn)


def _book(c: Layer, turn: bool) -> str:
    pad = c.left if c.left == c.right else f"(({c.left}, {c.right}),)"
    w = "w[..., ::-1]" if turn else "w"
    return f"cl.conv(x, {w}, stride={c.s}, padding={pad}, dilation={c.d})"


def _pytorch(c: Layer, turn: bool) -> str:
    w = "w.flip(-1)" if turn else "w"
    if c.left == c.right:
        return f"F.conv1d(x, {w}, stride={c.s}, padding={c.left}, dilation={c.d})"
    return f"F.conv1d(F.pad(x, ({c.left}, {c.right})), {w}, stride={c.s}, dilation={c.d})"


def _keras(c: Layer, turn: bool) -> str:
    both = c.s > 1 < c.d
    words = {(c.span - 1, 0): "causal", (0, 0): "valid"}
    if not both:  # “same” would pad for stride 1 when the stride is taken by slicing
        words = {same_padding(c.n, c.span, stride=c.s): "same"} | words
    pad = words.get((c.left, c.right))
    before = "" if pad else f"ZeroPadding1D(({c.left}, {c.right})), then "
    steps = f", strides={c.s}" if c.s > 1 and not both else ""
    holes = f", dilation_rate={c.d}" if c.d > 1 else ""
    after = f", then y[:, ::{c.s}]" if both else ""
    reverse = ", kernel reversed" if turn else ""
    return f'{before}Conv1D(f, {c.k}{steps}, padding="{pad or "valid"}"{holes}){after}{reverse}'


def _onnx(c: Layer, turn: bool) -> str:
    numbers = f"strides=[{c.s}], pads=[{c.left}, {c.right}], dilations=[{c.d}]"
    return f"Conv(kernel_shape=[{c.k}], {numbers}){', W reversed' if turn else ''}"


def _numpy(c: Layer, turn: bool) -> str:
    spread = f"v = np.zeros({c.span}); v[::{c.d}] = w; " if c.d > 1 < c.k else ""
    w = ("v" if spread else "w") + ("[::-1]" if turn else "")
    x = f"np.pad(x, ({c.left}, {c.right}))" if c.left or c.right else "x"
    return f'{spread}np.convolve({x}, {w}, "valid"){f"[::{c.s}]" if c.s > 1 else ""}'


def _cs231n(c: Layer, turn: bool) -> str:
    if c.left != c.right:
        return f"no single P: it pads ({c.left}, {c.right})"
    if c.rest:
        return "refused: (W − F + 2P)/S is not whole"
    holes = f", dilation {c.d - 1}" if c.d > 1 else ""
    return f"W = {c.n}, F = {c.k}, P = {c.left}, S = {c.s}{holes}{', kernel reversed' * turn}"


def _d2l(c: Layer, turn: bool) -> str:
    spread = f" (= {c.d}·({c.k} − 1) + 1)" if c.d > 1 < c.k else ""
    total = c.left + c.right
    return f"n = {c.n}, k = {c.span}{spread}, p = {total}, s = {c.s}{', kernel reversed' * turn}"


def _flux(c: Layer, turn: bool) -> str:
    pad = c.left if c.left == c.right else f"({c.left}, {c.right})"
    flipped = ", flipped=true" if turn else ""
    return f"conv(x, w; stride={c.s}, pad={pad}, dilation={c.d}{flipped})"


_WRITERS = {
    "book": _book,
    "pytorch": _pytorch,
    "keras": _keras,
    "onnx": _onnx,
    "numpy": _numpy,
    "cs231n": _cs231n,
    "d2l": _d2l,
    "flux": _flux,
}
