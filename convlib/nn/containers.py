"""Layers that hold layers: one after another, around a shortcut, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array
from convlib._table import Row
from convlib.nn._arguments import checked_net
from convlib.nn.layer import Layer, Shape


class Sequential(Layer):
    """Layers one after another: y = f_k(… f_1(f_0(x))). Backward runs through them in reverse.

    Parameters
    ----------
    layers
        Any layers, also other containers, but none of them twice: a layer remembers one forward.

    Attributes
    ----------
    layers
        The layers, a tuple; as children they are called `"0"`, `"1"` …, so their parameters are
        `"0.w"`, `"0.b"`, `"2.gamma"` … `net[0]`, `net[1:3]` (which shares them), `len(net)` and
        loops work,
        and so do `net[0] = layer` and `net.append(layer)`.

    Raises
    ------
    TypeError, ValueError
        If something is no layer, or a layer is there twice.

    Examples
    --------
    >>> from convlib import nn
    >>> net = Sequential(nn.Conv(1, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Dense(144, 10))
    >>> print(net.summary((1, 6, 6)))
    layer                                  output     parameters
    ------------------------------------------------------------
       input                               (1, 6, 6)
    0  Conv(1 → 4, kernel 3×3, padding 1)  (4, 6, 6)          40
    1  ReLU()                              (4, 6, 6)
    2  Flatten()                           (144,)
    3  Dense(144 → 10)                     (10,)           1,450
    ------------------------------------------------------------
       total                                               1,490
    >>> list(net.params)
    ['0.w', '0.b', '3.w', '3.b']
    """

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        _add_all(self, layers)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, first one first; a subclass may have other children, with names of theirs."""
        return tuple(layer for name, layer in self._children.items() if name.isdecimal())

    def append(self, layer: Layer) -> Self:
        """Put a layer behind the last one; return the chain itself."""
        self.add_child(str(len(self)), layer)
        return self

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape after the last layer; see `Layer.output_shape`."""
        shape = _checks.as_tuple("shape", shape)
        for number, layer in enumerate(self.layers):
            shape = _shape_after(str(number), layer, shape)
        return shape

    def input_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape before every layer; see `Layer.input_shapes`."""
        shapes = {}
        for number, layer in enumerate(self.layers):
            shapes[str(number)] = shape
            shape = _shape_after(str(number), layer, shape)
        return shapes

    def compute(self, x: Array) -> tuple[Array, None]:
        """Run through the layers; see `Layer.compute`."""
        for number, layer in enumerate(self.layers):
            x = _called(str(number), layer, x)
        return x, None

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, dict[str, Array]]:
        """Run back through the layers; see `Layer.compute_gradients`."""
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy, {}

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> dict[str, Array]:
        """Run back as far as there are parameters; see `Layer.compute_parameter_gradients`."""
        layers = self.layers
        first = next((i for i, layer in enumerate(layers) if layer.count), len(layers))
        for layer in reversed(layers[first + 1 :]):
            dy = layer.backward(dy)
        for layer in layers[first : first + 1]:
            layer.backward(dy, input_gradient=False)
        return {}

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    @overload
    def __getitem__(self, number: int) -> Layer: ...
    @overload
    def __getitem__(self, number: slice) -> Sequential: ...
    def __getitem__(self, number: int | slice) -> Layer:
        if isinstance(number, slice):
            part = Sequential(*self.layers[number])
            part.training = self._training
            return part
        return self.layers[number]

    def __setitem__(self, number: int, layer: Layer) -> None:
        """Put a layer in the place of another one."""
        place = range(len(self))[number]
        self.add_child(str(place), layer)

    def title(self) -> str:
        """Return the number of layers in words."""
        return f"Sequential of {_counted(len(self), 'layer')}"

    def __repr__(self) -> str:
        """Return the table, also of no layers; see `Layer.__repr__`."""
        return self._table(self._last.input_shape if self._last else None)

    def _rows(self, shape: Shape | None, name: str) -> Iterator[Row]:
        """Leave out the row of the chain: those of its layers say everything."""
        return self._rows_of_children(shape, name)


class Residual(Layer):
    """A chain of layers and a shortcut around it: y = f(x) + x, or y = f(x) + g(x).

    The gradient divides in two and adds up again: dx is that of the chain plus that of the
    shortcut, which is dy itself where the shortcut is the identity.

    Parameters
    ----------
    layers
        Of the chain f, first one first. They form a `Sequential`, the child `"inside"`.
    shortcut
        g, a layer that gives the shape that f gives, the child `"shortcut"`; None is the identity,
        and then f has to keep the shape.

    Raises
    ------
    TypeError, ValueError
        If something is no layer, or a layer is there twice; `output_shape` and `forward` also if
        the two summands differ in shape.

    Examples
    --------
    >>> from convlib import nn
    >>> block = Residual(nn.Conv(4, 4, 3, padding=1), nn.ReLU(), nn.Conv(4, 4, 3, padding=1))
    >>> print(block.summary((4, 8, 8)))
    layer                                         output     parameters
    -------------------------------------------------------------------
              input                               (4, 8, 8)
              Residual: inside + identity         (4, 8, 8)
    inside.0  Conv(4 → 4, kernel 3×3, padding 1)  (4, 8, 8)         148
    inside.1  ReLU()                              (4, 8, 8)
    inside.2  Conv(4 → 4, kernel 3×3, padding 1)  (4, 8, 8)         148
    -------------------------------------------------------------------
              total                                                 296

    Source: He, Zhang, Ren and Sun (2016), "Deep Residual Learning for Image Recognition",
    equations 1 and 2.
    """

    inside: Sequential
    shortcut: Layer | None

    def __init__(self, *layers: Layer, shortcut: Layer | None = None) -> None:
        super().__init__()
        self.inside = Sequential(*layers)
        self.shortcut = None if shortcut is None else checked_net(shortcut, "shortcut")

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of both summands; see `Layer.output_shape`."""
        shape = _checks.as_tuple("shape", shape)
        after = _shape_after("inside", self.inside, shape)
        beside = shape
        if self.shortcut is not None:
            beside = _shape_after("shortcut", self.shortcut, shape)
        if after != beside:
            advice = "" if self.shortcut else "; a shortcut=nn.Conv(...) may change it"
            rule = f"two summands of one shape, not {after} inside and {beside} beside"
            raise self.refusal(shape, rule + advice)
        return after

    def input_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape before both ways; see `Layer.input_shapes`."""
        return dict.fromkeys(self._children, shape)

    def compute(self, x: Array) -> tuple[Array, None]:
        """Add what both ways give; see `Layer.compute`."""
        y = _called("inside", self.inside, x)
        return y + (x if self.shortcut is None else _called("shortcut", self.shortcut, x)), None

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, dict[str, Array]]:
        """Add what comes back on both ways; see `Layer.compute_gradients`."""
        dx = self.inside.backward(dy)
        return dx + (dy if self.shortcut is None else self.shortcut.backward(dy)), {}

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> dict[str, Array]:
        """Leave dx out on both ways; see `Layer.compute_parameter_gradients`."""
        for layer in self._children.values():
            layer.backward(dy, input_gradient=False)
        return {}

    def title(self) -> str:
        """Return which two ways there are."""
        return f"Residual: inside + {'identity' if self.shortcut is None else 'shortcut'}"


class Parallel(Layer):
    """Layers side by side, each of which gets x: y is the sum of what they give, or all of it.

    Parameters
    ----------
    branches
        Any layers, at least one; as children they are called `"0"`, `"1"` …
    join
        `"sum"`: the branches give one shape, and y = f_0(x) + f_1(x) + … `"concatenate"`: they may
        differ in their channels, and y holds those of the first, then those of the second, …

    Raises
    ------
    TypeError, ValueError
        If something is no layer, there is none, a layer is there twice, or join is another word;
        `output_shape` and `forward` also if the shapes do not match.

    Examples
    --------
    >>> from convlib import nn
    >>> block = Parallel(nn.Conv(3, 4, 1), nn.Conv(3, 2, 3, padding=1), join="concatenate")
    >>> block.output_shape((3, 8, 8)), block(np.ones((1, 3, 8, 8))).shape
    ((6, 8, 8), (1, 6, 8, 8))

    Source: Szegedy et al. (2015), "Going Deeper with Convolutions", figure 2.
    """

    join: str

    def __init__(self, *branches: Layer, join: str = "sum") -> None:
        super().__init__()
        if not branches:
            raise ValueError("branches: needs at least one layer")
        _add_all(self, branches)
        _checks.word("join", join, ("sum", "concatenate"))
        self.join = join

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape of the sum, or with all channels; see `Layer.output_shape`."""
        shape = _checks.as_tuple("shape", shape)
        shapes = [_shape_after(name, layer, shape) for name, layer in self._children.items()]
        compared = shapes if self.join == "sum" else [after[1:] for after in shapes]
        if len(set(compared)) > 1 or () in shapes:
            alike = "one shape" if self.join == "sum" else "the same size behind the channels"
            raise self.refusal(shape, f"branches of {alike}, not {', '.join(map(str, shapes))}")
        if self.join == "sum":
            return shapes[0]
        return sum(after[0] for after in shapes), *shapes[0][1:]

    def input_shapes(self, shape: Shape) -> dict[str, Shape]:
        """Return the shape before every branch; see `Layer.input_shapes`."""
        return dict.fromkeys(self._children, shape)

    def compute(self, x: Array) -> tuple[Array, list[int]]:
        """Sum up or line up what the branches give; see `Layer.compute`."""
        parts = [_called(name, layer, x) for name, layer in self._children.items()]
        if self.join == "sum":
            return np.sum(parts, axis=0, dtype=_checks.result_dtype(*parts)), []
        ends = np.cumsum([part.shape[1] for part in parts])[:-1]
        return np.concatenate(parts, axis=1), ends.tolist()

    def compute_gradients(self, dy: Array, kept: Any) -> tuple[Array, dict[str, Array]]:
        """Add what comes back from every branch; see `Layer.compute_gradients`."""
        pairs = zip(self._children.values(), self._shares(dy, kept), strict=True)
        parts = [layer.backward(share) for layer, share in pairs]
        return np.sum(parts, axis=0, dtype=_checks.result_dtype(*parts)), {}

    def compute_parameter_gradients(self, dy: Array, kept: Any) -> dict[str, Array]:
        """Leave dx out in every branch; see `Layer.compute_parameter_gradients`."""
        for layer, share in zip(self._children.values(), self._shares(dy, kept), strict=True):
            layer.backward(share, input_gradient=False)
        return {}

    def _shares(self, dy: Array, ends: list[int]) -> list[Array]:
        """Return what of dy belongs to each branch: all of it, or its channels."""
        return [dy] * len(self._children) if self.join == "sum" else np.split(dy, ends, axis=1)

    def title(self) -> str:
        """Return the number of branches, and what becomes of them."""
        number = _counted(len(self._children), "branch", "branches")
        return f"Parallel of {number}: {self.join}"


def _add_all(container: Layer, layers: Sequence[Layer]) -> None:
    """Make numbered children of all layers."""
    for number, layer in enumerate(layers):
        container.add_child(str(number), checked_net(layer, f"layers[{number}]"))


def _called(name: str, layer: Layer, x: ArrayLike) -> Array:
    """Return what a child makes of x; an error says in which child it happened."""
    try:
        return layer.forward(x)
    except Exception as error:
        error.add_note(f"This happened in layer {name}, {layer.title()}.")
        raise


def _shape_after(name: str, layer: Layer, shape: Sequence[int]) -> Shape:
    """Return the shape that a child makes of this one; an error says in which child it happened."""
    try:
        return layer.output_shape(shape)
    except ValueError as error:
        inner = str(error).removeprefix("layer ")
        nested = inner != str(error)
        raise ValueError(f"layer {name}{'.' if nested else ': '}{inner}") from None


def _counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"
