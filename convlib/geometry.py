"""The geometry of a layer, checked: one `Axis` per spatial axis. `shapes` is its public face.

Everything is counted in the *padded* input, where the first window starts at 0: window i starts at
s·i, and its tap j reads s·i + d·j. Only `Axis.true` knows where the input itself begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from convlib import _checks
from convlib._checks import AxisPadding, Padding, Pair, PerAxis


def span(k: int, d: int) -> int:
    """Return the effective kernel size of k taps at distance d."""
    return d * (k - 1) + 1


def same_pads(n: int, k: int, s: int, d: int) -> Pair:
    """Return the padding that gives ceil(n/s) outputs, the odd element after."""
    outputs = -(-n // s)  # ⌈n/s⌉: the quotient of −n is rounded down
    # The last of these windows ends here. A stride longer than the kernel may need no padding.
    total = max((outputs - 1) * s + span(k, d) - n, 0)
    return total // 2, total - total // 2


class Axis(NamedTuple):
    """One axis of a layer: `out` windows of `taps` taps over an input of `size` entries."""

    size: int
    taps: int
    stride: int
    dilation: int
    pads: Pair
    out: int

    @property
    def span(self) -> int:
        """Effective kernel size."""
        return span(self.taps, self.dilation)

    @property
    def padded(self) -> int:
        """Size of the padded input."""
        return self.size + sum(self.pads)

    @property
    def true(self) -> slice:
        """Where the input lies in the padded input."""
        return slice(self.pads[0], self.pads[0] + self.size)

    def reach(self, tap: int, windows: range | None = None) -> slice:
        """Positions in the padded input that one tap reads, one for each of the windows."""
        chosen = range(self.out) if windows is None else windows
        # The end is one behind the last position, not a whole stride: that might lie outside.
        first = tap * self.dilation + chosen[0] * self.stride
        return slice(first, first + (len(chosen) - 1) * self.stride + 1, self.stride)


def axis_pads(n: int, k: int, s: int, padding: AxisPadding, d: int) -> Pair:
    """Return `(before, after)` for checked sizes and any form of padding."""
    checked = _checks.axis_padding(padding)
    if not isinstance(checked, str):
        return checked
    if checked == "same":
        return same_pads(n, k, s, d)
    side = span(k, d) - 1 if checked == "full" else 0
    return side, side


def axis_geometry(
    n: int,
    k: int,
    stride: int,
    padding: AxisPadding,
    dilation: int,
    ceil_mode: bool = False,
    name: str = "k",
) -> Axis:
    """Check one axis of a layer and count its windows; see `output_size` for the arguments.

    `name` is what the caller calls k.
    """
    n, k = _checks.integer("n", n, 1), _checks.integer(name, k, 1)
    s, d = _checks.integer("stride", stride, 1), _checks.integer("dilation", dilation, 1)
    ceil_mode = _checks.flag("ceil_mode", ceil_mode)
    before, after = axis_pads(n, k, s, padding, d)
    # How far the first window can move; ⌈room/s⌉ is ⌊(room + s − 1)/s⌋.
    room = n + before + after - span(k, d) + (s - 1 if ceil_mode else 0)
    out = room // s + 1
    # Rounded up, the last window may start in the padding after the input: PyTorch drops it.
    if ceil_mode and (out - 1) * s >= n + before:
        out -= 1
    if out < 1:
        raise _checks.no_window(n, k, d, (before, after), s - 1 if ceil_mode else 0, name)
    return Axis(n, k, s, d, (before, after), out)


def axis_transposed(
    n: int, k: int, stride: int, padding: AxisPadding, output_padding: int, dilation: int
) -> Axis:
    """Check one axis of a transposed layer: `size` is its *output*, `out` its input n."""
    n, k = _checks.integer("n", n, 1), _checks.integer("k", k, 1)
    s, d = _checks.integer("stride", stride, 1), _checks.integer("dilation", dilation, 1)
    checked = _checks.axis_padding(padding)
    extra = _checks.output_padding(output_padding, s, d, checked)
    # "same" is that of the layer from n·s to n. Where its windows leave gaps, it needs no padding
    # and reads nothing after the last window: those places are added here, and stay 0.
    if checked == "same":
        extra = max(s - span(k, d), 0)
    pads = axis_pads(n * s, k, s, checked, d)
    whole = (n - 1) * s + span(k, d) + extra
    size = whole - sum(pads)
    if size < 1:
        raise _checks.nothing_left(pads, whole)
    return Axis(size, k, s, d, pads, n)


def layer_axes(
    size: Sequence[int],
    window: Sequence[int],
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    dilation: PerAxis = 1,
    ceil_mode: bool = False,
    name: str = "k",
) -> tuple[Axis, ...]:
    """Return the checked `Axis` of every spatial axis of a layer; `name` is that of its window.

    >>> layer_axes((5, 5), (3, 2), padding="same")[1]
    Axis(size=5, taps=2, stride=1, dilation=1, pads=(0, 1), out=5)
    """
    options = _options(len(size), stride, padding, dilation)
    return tuple(
        _checks.on_axis(i, axis_geometry, n, k, s, p, d, ceil_mode, name)
        for i, (n, k, (s, p, d)) in enumerate(zip(size, window, options, strict=True))
    )


def transposed_axes(
    size: Sequence[int],
    window: Sequence[int],
    *,
    stride: PerAxis = 1,
    padding: Padding = 0,
    output_padding: PerAxis = 0,
    dilation: PerAxis = 1,
) -> tuple[Axis, ...]:
    """Return the checked `Axis` of every spatial axis of a transposed layer; `out` is its input.

    >>> transposed_axes((14,), (3,), stride=2, padding=1, output_padding=1)
    (Axis(size=28, taps=3, stride=2, dilation=1, pads=(1, 1), out=14),)
    """
    options = _options(len(size), stride, padding, dilation)
    extras = _checks.per_axis("output_padding", output_padding, len(size), 0)
    return tuple(
        _checks.on_axis(i, axis_transposed, n, k, s, p, extra, d)
        for i, (n, k, (s, p, d), extra) in enumerate(
            zip(size, window, options, extras, strict=True)
        )
    )


def _options(
    axes: int, stride: PerAxis, padding: Padding, dilation: PerAxis
) -> list[tuple[int, str | Pair, int]]:
    """Return (stride, padding, dilation) of each axis."""
    strides = _checks.per_axis("stride", stride, axes, 1)
    dilations = _checks.per_axis("dilation", dilation, axes, 1)
    return list(zip(strides, _checks.padding(padding, axes), dilations, strict=True))
