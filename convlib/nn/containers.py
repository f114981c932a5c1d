"""Layers one after another: the output of each is the input of the next."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from typing import Any, Self, overload

from numpy.typing import DTypeLike

from convlib._checks import Array, as_tuple, sizes
from convlib._table import Row, table
from convlib.nn._keyed import Keyed
from convlib.nn.layer import Grads, Layer, Shape


class Sequential(Layer):
    """Layers one after another: y = f_k(… f_1(f_0(x))). Backward runs through them in reverse.

    Parameters
    ----------
    layers
        Any layers, also other `Sequential`s, but none of them twice: a layer remembers one forward.

    Attributes
    ----------
    params, grads, buffers
        The very arrays of the layers, under `"0.w"`, `"0.b"`, `"2.gamma"` …; changing them in place
        changes the layer.
    layers
        The layers, a tuple. `net[0]`, `net[1:3]` (which shares them), `len(net)` and loops work.

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
        for number, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise TypeError(_no_layer(number, layer))
        _refuse_twins([leaf for layer in layers for leaf in _leaves(layer)])
        self.layers = layers

    @property
    def params(self) -> MutableMapping[str, Array]:
        """The parameters of all layers, by number and name."""
        return Keyed([layer.params for layer in self.layers])

    @property
    def grads(self) -> MutableMapping[str, Array]:
        """The gradients of all layers, under the names of `params`."""
        return Keyed([layer.grads for layer in self.layers])

    @property
    def buffers(self) -> MutableMapping[str, Array]:
        """The buffers of all layers, by number and name."""
        return Keyed([layer.buffers for layer in self.layers])

    def output_shape(self, shape: Sequence[int]) -> Shape:
        """Return the shape after the last layer; see `Layer.output_shape`."""
        shape = as_tuple("shape", shape)
        for number, layer in enumerate(self.layers):
            shape = _shape_after(number, layer, shape)
        return shape

    def summary(self, input_shape: Sequence[int]) -> str:
        """Return a table: every layer, the shape of its output, the number of its parameters.

        Parameters
        ----------
        input_shape
            Without the batch axis: `(C, *spatial)`.

        Raises
        ------
        ValueError, TypeError
            If it is no tuple, or a layer does not take the shape that reaches it.
        """
        return table(self._rows(sizes("input_shape", input_shape)), self.count)

    def train(self, mode: bool = True) -> Self:
        """Switch every layer to training, or with `mode=False` to evaluation; return itself."""
        for layer in self.layers:
            layer.train(mode)
        return super().train(mode)

    def astype(self, dtype: DTypeLike) -> Self:
        """Convert every layer; see `Layer.astype`."""
        for layer in self.layers:
            layer.astype(dtype)
        return super().astype(dtype)

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
            part.training = self.training
            return part
        return self.layers[number]

    def __repr__(self) -> str:
        """Return the table; with the shapes of the outputs once a batch went through."""
        return table(self._rows(self._last.saved if self._last else None), self.count)

    def _title(self) -> str:
        return f"Sequential of {len(self.layers)} layer{'' if len(self.layers) == 1 else 's'}"

    def _rows(self, shape: Shape | None, prefix: str = "") -> list[Row]:
        """Return the rows of the table; shapes where the shape of the input is known."""
        rows = [] if prefix else [Row("", "input", shape, 0)]
        for number, layer in enumerate(self.layers):
            name = f"{prefix}{number}"
            before = shape
            shape = None if shape is None else _shape_after(number, layer, shape)
            if isinstance(layer, Sequential):
                rows += layer._rows(before, f"{name}.")
            else:
                rows.append(Row(name, layer._title(), shape, layer.count))
        return rows

    def _forward(self, x: Array) -> tuple[Array, Any]:
        shape = x.shape[1:]
        for number, layer in enumerate(self.layers):
            try:
                x = layer.forward(x)
            except Exception as error:
                error.add_note(f"This happened in layer {number}, {layer._title()}.")
                raise
        return x, shape

    def _backward(self, dy: Array, saved: Any) -> tuple[Array, Grads]:
        for layer in reversed(self.layers):
            dy = layer.backward(dy)
        return dy, {}


def _shape_after(number: int, layer: Layer, shape: Sequence[int]) -> Shape:
    """Return the shape that a layer makes of this one; an error says in which layer it happened."""
    try:
        return layer.output_shape(shape)
    except ValueError as error:
        inner = str(error).removeprefix("layer ")
        nested = inner != str(error)
        raise ValueError(f"layer {number}{'.' if nested else ': '}{inner}") from None


def _leaves(layer: Layer) -> list[Layer]:
    """Return the layer, or all layers inside a `Sequential`."""
    if not isinstance(layer, Sequential):
        return [layer]
    return [leaf for inner in layer.layers for leaf in _leaves(inner)]


def _refuse_twins(leaves: list[Layer]) -> None:
    """Refuse one layer in two places: its second forward would replace what the first remembers."""
    for number, layer in enumerate(leaves):
        if any(layer is other for other in leaves[:number]):
            rule = "is there twice, but remembers only one forward; make a second layer"
            raise ValueError(f"layers: {layer._title()} {rule}")


def _no_layer(number: int, value: object) -> str:
    """Return the message for something that is no layer."""
    advice = ""
    if isinstance(value, (list, tuple)):
        advice = "; without the brackets, or Sequential(*layers)"
    elif isinstance(value, type) and issubclass(value, Layer):
        advice = f"; write {value.__name__}(...), with parentheses"
    shown = value.__name__ if isinstance(value, type) else type(value).__name__
    return f"layers[{number}] is {shown}: needs a layer{advice}"
