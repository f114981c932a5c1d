"""Receptive fields: which inputs an output of a stack of layers can see."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from convlib import _check
from convlib._check import AxisPadding
from convlib._geometry import axis_pads


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
    k, s = _check.integer("kernel", layer.kernel, 1), _check.integer("stride", layer.stride, 1)
    d = _check.integer("dilation", layer.dilation, 1)
    if layer.padding == "same" and s > 1:
        raise ValueError("'same' depends on the input's size at this stride; give (before, after)")
    return k, s, axis_pads(1, k, s, layer.padding, d)[0], d
