"""What a whole network costs: the counts of `convlib.counts`, stage after stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

from convlib import _check
from convlib._check import Padding, PerAxis
from convlib._geometry import geometry
from convlib.counts import multiply_adds, parameter_count


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
    here = _check.sizes("size", tuple(size))
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
    axes = geometry(spatial, window, stride=stride, padding=stage.padding, dilation=1)
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
        return _check.per_axis("window", stage.window, len(spatial), 1)
    if stage.c_out is None:
        raise ValueError("needs c_out (dense), window (pooling) or both (convolution)")
    if stage.stride is not None or stage.padding != 0:
        raise ValueError("a dense layer, without a window, takes neither stride nor padding")
    return spatial
