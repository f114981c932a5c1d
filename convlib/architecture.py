"""What a network costs and what it sees, by arithmetic alone: counts, ledgers, receptive fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

from convlib import _checks
from convlib._checks import AxisPadding, Padding, PerAxis
from convlib.geometry import axis_pads, layer_axes


def parameter_count(
    c_in: int, c_out: int, window: Sequence[int], *, groups: int = 1, bias: bool = True
) -> int:
    """Return the number of parameters of a layer: C_out · (C_in/groups) · prod(window) + C_out.

    Parameters
    ----------
    c_in, c_out
        Channels before and after; both divisible by groups.
    window
        Kernel size, a tuple with one entry per spatial axis.
    groups
        Number of groups of channels.
    bias
        Whether to count the C_out biases.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range or groups does not divide the channels.

    Examples
    --------
    >>> parameter_count(3, 64, (3, 3)), parameter_count(64, 64, (3, 3), groups=64, bias=False)
    (1792, 576)
    """
    return c_out * _taps_per_output(c_in, c_out, window, groups) + (c_out if bias else 0)


def multiply_adds(
    c_in: int,
    c_out: int,
    window: Sequence[int],
    out: Sequence[int],
    *,
    groups: int = 1,
    batch: int = 1,
) -> int:
    """Return the multiply-adds of a layer: N · C_out · prod(out) · (C_in/groups) · prod(window).

    The bias is not counted, products with padding are. Each of the two gradients, dx and dw, costs
    the same number again.

    Parameters
    ----------
    c_in, c_out, window, groups
        As in `parameter_count`.
    out
        Spatial size of the output, a tuple.
    batch
        Number of samples N, at least 0.

    Examples
    --------
    >>> multiply_adds(3, 64, (3, 3), (224, 224))
    86704128
    """
    outputs = activation_count(c_out, out, batch=batch)
    return outputs * _taps_per_output(c_in, c_out, window, groups)


def activation_count(c_out: int, out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of outputs of a layer: N · C_out · prod(out); float32 takes 4 bytes each.

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> activation_count(64, (224, 224))
    3211264
    """
    batch = _checks.integer("batch", batch, 0)
    return batch * _checks.integer("c_out", c_out, 1) * prod(_checks.sizes("out", out))


def im2col_count(c_in: int, window: Sequence[int], out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of entries of `im2col`: N · C_in · prod(window) · prod(out).

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> im2col_count(64, (3, 3), (56, 56))
    1806336
    """
    return activation_count(c_in, out, batch=batch) * prod(_checks.sizes("window", window))


def _taps_per_output(c_in: int, c_out: int, window: Sequence[int], groups: int) -> int:
    """Return the number of weights that one output uses: (C_in/groups) · prod(window)."""
    g = _checks.integer("groups", groups, 1)
    c_in, c_out = _checks.integer("c_in", c_in, 1), _checks.integer("c_out", c_out, 1)
    _checks.divides(f"c_in is {c_in}", c_in, g, c_out)
    _checks.divides(f"c_out is {c_out}", c_out, g, c_in)
    return c_in // g * prod(_checks.sizes("window", window))


class Stage(NamedTuple):
    """One stage: a convolution; without `c_out` a pooling; without `window` a dense layer.

    `stride=None` is 1 for a convolution and the window itself for a pooling.
    """

    c_out: int | None = None
    window: PerAxis | None = None
    stride: PerAxis | None = None
    padding: Padding = 0
    groups: int = 1


class Entry(NamedTuple):
    """One line of a ledger: a stage's output `(C, *spatial)`, and what it costs per sample."""

    name: str
    size: tuple[int, ...]
    weights: int
    biases: int
    multiply_adds: int

    @property
    def parameters(self) -> int:
        """Weights and biases together."""
        return self.weights + self.biases

    @property
    def activations(self) -> int:
        """Numbers in the output; float32 takes 4 bytes each."""
        return prod(self.size)


def ledger(size: Sequence[int], stages: Mapping[str, Stage]) -> list[Entry]:
    """Follow one sample through a network and write down what each stage costs.

    Parameters
    ----------
    size
        Shape of the input, `(C, *spatial)`.
    stages
        Name → `Stage`, first stage first. A dense layer reads the whole map before it, as a
        convolution with a window of that size does; its output is `(c_out, 1, ...)`.

    Returns
    -------
    list of Entry
        One for each stage; the input is not among them. A pooling has neither weights nor
        multiply-adds. The bias is not counted in the multiply-adds, products with padding are.

    Raises
    ------
    ValueError, TypeError
        If a stage does not fit its input, or has neither `c_out` nor `window`; the message names
        the stage.

    Examples
    --------
    >>> lines = ledger((1, 32, 32), {"C1": Stage(6, 5), "S2": Stage(window=2), "F": Stage(10)})
    >>> [(line.name, line.size, line.parameters) for line in lines]
    [('C1', (6, 28, 28), 156), ('S2', (6, 14, 14), 0), ('F', (10, 1, 1), 11770)]
    """
    here = _checks.sizes("size", tuple(size))
    entries = []
    for name, stage in stages.items():
        try:
            entry = _entry(name, stage, here)
        except (TypeError, ValueError) as error:
            raise type(error)(f"stage {name!r} on a map of {here}: {error}") from None
        entries.append(entry)
        here = entry.size
    return entries


def _entry(name: str, stage: Stage, size: tuple[int, ...]) -> Entry:
    """Return the line of one stage on a map of this size."""
    c_in, spatial = size[0], size[1:]
    window = _window(stage, spatial)
    default = window if stage.c_out is None else 1
    stride = default if stage.stride is None else stage.stride
    axes = layer_axes(spatial, window, stride=stride, padding=stage.padding, dilation=1)
    out = tuple(axis.out for axis in axes)
    if stage.c_out is None:
        return Entry(name, (c_in, *out), 0, 0, 0)
    weights = parameter_count(c_in, stage.c_out, window, groups=stage.groups, bias=False)
    work = multiply_adds(c_in, stage.c_out, window, out, groups=stage.groups)
    return Entry(name, (stage.c_out, *out), weights, stage.c_out, work)


def _window(stage: Stage, spatial: tuple[int, ...]) -> tuple[int, ...]:
    """Return the window of a stage; a dense layer's is the whole map."""
    if stage.c_out is None and stage.groups != 1:
        raise ValueError("a pooling works on each channel by itself; leave groups=1")
    if stage.window is not None:
        return _checks.per_axis("window", stage.window, len(spatial), 1)
    if stage.c_out is None:
        raise ValueError("needs c_out (dense), window (pooling) or both (convolution)")
    if stage.stride is not None or stage.padding != 0:
        raise ValueError("a dense layer, without a window, takes neither stride nor padding")
    return spatial


class Layer(NamedTuple):
    """One layer of a stack, along one axis: convolution or pooling."""

    kernel: int
    stride: int = 1
    padding: AxisPadding = 0
    dilation: int = 1


class ReceptiveField(NamedTuple):
    """Output i sees the inputs start + i·jump, ..., start + i·jump + size − 1."""

    size: int
    jump: int
    start: int

    @property
    def centre(self) -> float:
        """Middle of the inputs that output 0 sees; a whole number where the size is odd."""
        return self.start + (self.size - 1) / 2


def receptive_field(layers: Iterable[Layer | tuple[Any, ...]]) -> ReceptiveField:
    """Return what an output sees: size = 1 + Σ d(k − 1)·jump over the layers, jump = Π s before it.

    Parameters
    ----------
    layers
        First layer first, each a `Layer` or a tuple `(kernel, stride, padding, dilation)` that may
        be cut short. Integers, except that padding is also a pair, `"valid"`, `"full"`, or, at
        stride 1, `"same"`. Call once per axis where the axes differ.

    Returns
    -------
    ReceptiveField(size, jump, start)
        In inputs. `start` is negative where output 0 begins in the padding.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range, or a layer is not one to four entries.

    Examples
    --------
    >>> receptive_field([(3,), (3,), (3,)])
    ReceptiveField(size=7, jump=1, start=0)
    >>> receptive_field([(7, 2, 3), (3, 2, 1)])
    ReceptiveField(size=11, jump=4, start=-5)

    Source: Araujo, Norris and Sim (2019), "Computing Receptive Fields of Convolutional Neural
    Networks", Distill.
    """
    size, jump, start = 1, 1, 0
    for number, entry in enumerate(layers):
        try:
            k, s, before, d = _layer(entry)
        except (TypeError, ValueError) as error:
            raise type(error)(f"layers[{number}]={entry!r}: {error}") from None
        size += d * (k - 1) * jump
        start -= before * jump
        jump *= s
    return ReceptiveField(size, jump, start)


def _layer(entry: Layer | tuple[Any, ...]) -> tuple[int, int, int, int]:
    """Return kernel, stride, padding before and dilation of a layer, checked."""
    if not isinstance(entry, (tuple, list)) or not 1 <= len(entry) <= 4:
        raise ValueError("needs a tuple (kernel, stride, padding, dilation), maybe cut short")
    layer = Layer(*entry)
    k, s = _checks.integer("kernel", layer.kernel, 1), _checks.integer("stride", layer.stride, 1)
    d = _checks.integer("dilation", layer.dilation, 1)
    if layer.padding == "same" and s > 1:
        raise ValueError("'same' depends on the input's size at this stride; give (before, after)")
    return k, s, axis_pads(1, k, s, layer.padding, d)[0], d
