"""The way out: a network as an ONNX model, written by one walk along its tree of layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks, _pooling
from convlib._checks import Array
from convlib.geometry import Axis, layer_axes, transposed_axes
from convlib.nn._arguments import checked_net
from convlib.nn.activations import GELU, ReLU, Sigmoid, SiLU, Tanh
from convlib.nn.containers import Parallel, Residual, Sequential
from convlib.nn.convolution import Conv, ConvTranspose
from convlib.nn.dense import Dense, Flatten
from convlib.nn.dropout import Dropout
from convlib.nn.layer import Layer, Shape, converted
from convlib.nn.norm import BatchNorm, GroupNorm, LayerNorm
from convlib.nn.pooling import AvgPool, GlobalAvgPool, MaxPool
from convlib.nn.weights import joined, torch_names

OPSET = 20  # the version of ONNX's list of operators
FORMAT = 10  # of the file; older programs refuse a newer one than they know
AROUND = ("__call__", "forward")  # what calls `compute`: no operator knows what else these do


def to_onnx(net: Layer, input_shape: Sequence[int]) -> Any:
    """Return the network as an ONNX model, in evaluation: y for a batch of x, of any length N.

    Parameters
    ----------
    net
        A layer of this library, or one with such layers inside. Dropout is left out, BatchNorm uses
        its buffers, whatever mode the network is in. A class derived from one of these layers is
        written like its parent; what it does on the way back is not in the file.
    input_shape
        `(C, *spatial)`: a padding such as "same" becomes numbers, which depend on the size.

    Returns
    -------
    onnx.ModelProto
        Input `"x"`, output `"y"`, weights under PyTorch's names (`"2.inside.0.weight"`), operators
        named after the layer that they come from (`"2.inside.0.Conv"`), all float32, the type that
        every runtime computes in. `onnx.save(model, path)` writes the file.

    Raises
    ------
    ImportError
        If the package onnx is not installed.
    TypeError
        If net is no layer; if a layer in it is neither of this library, nor derived from one
        without another `compute`, nor defines `write_onnx`; or if its class overrides `forward`.
    ValueError
        If a layer does not take the shape that reaches it, pools over more than three axes, which
        ONNX Runtime does not, or if a weight is too large for float32.

    Notes
    -----
    A layer of your own takes part with a method `write_onnx(graph, x, shape)`. It calls methods of
    the `Graph` and returns the name of its output; x is the name of its input, shape that of one
    sample. See `graph_of` for an example.

    Max pooling differs in two cases. The maximum of a window with NaN is NaN in this library; ONNX
    Runtime passes over most NaN, and may lose the numbers that it read before one. And of a window
    that holds nothing but −∞ it makes the lowest float32, unless the window is dilated.

    Source: ONNX operator schemas, <https://onnx.ai/onnx/operators/>.
    """
    net, onnx = checked_net(net), _onnx()
    make, shape = onnx.helper, _checks.sizes("input_shape", input_shape)
    graph = graph_of(net, shape)
    nodes = [
        make.make_node(node.op, list(node.inputs), [node.output], node.name, **node.options)
        for node in graph.nodes
    ]
    arrays = [onnx.numpy_helper.from_array(array, name) for name, array in graph.arrays.items()]
    ends = [
        [make.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", *sizes])]
        for name, sizes in (("x", shape), ("y", net.output_shape(shape)))
    ]
    model = make.make_model(
        make.make_graph(nodes, "net", *ends, arrays),
        opset_imports=[make.make_opsetid("", OPSET)],
        ir_version=FORMAT,
    )
    onnx.checker.check_model(model, full_check=True)
    return model


def _onnx() -> Any:
    """Return the package onnx, or say what is missing."""
    try:
        import onnx
    except ImportError:
        raise ImportError("to_onnx needs the package onnx: pip install onnx") from None
    return onnx


# ---------------------------------------------------------------- the graph and the walk


class Node(NamedTuple):
    """One operator: its name and kind, the tensors that it reads and gives, its options."""

    name: str
    op: str
    inputs: tuple[str, ...]
    output: str
    options: dict[str, Any]


class Graph:
    """Operators in the order in which they run, and the arrays that they read.

    The methods are for the layer that is being written just now: what it adds is named after its
    path in the tree.

    Attributes
    ----------
    nodes
        The operators so far.
    arrays
        The arrays by name, float32 or, where they were integers, int64.
    """

    def __init__(self, net: Layer) -> None:
        self.nodes: list[Node] = []
        self.arrays: dict[str, Array] = {}
        self._layer, self._path = net, ""  # whose turn it is
        self._given = {"x"}
        self._taken = {"x", "y"}  # the model's ends; a parameter of this name makes room for them
        self._names = {ours: self._unique(name) for ours, name in torch_names(net).items()}

    def add(self, op: str, *inputs: str | ArrayLike, **options: Any) -> str:
        """Add an operator, and return the name of its output.

        Parameters
        ----------
        op
            Name of an ONNX operator with one output.
        inputs
            Names of tensors, and arrays: a parameter or buffer of the layer goes into the file
            under its name, anything else as a constant. Integers stay integers (shapes and axes),
            all else becomes float32. `""` leaves out an input that may be left out.
        options
            The operator's attributes.

        Raises
        ------
        ValueError, TypeError
            If there is no tensor of this name, an array holds no real numbers, or one that is too
            large for float32.
        """
        read = tuple(self._tensor(i) if isinstance(i, str) else self._array(i) for i in inputs)
        name = self._unique(op)
        self.nodes.append(Node(name, op, read, name, options))
        self._given.add(name)
        return name

    def child(self, name: str, x: str, shape: Sequence[int]) -> str:
        """Add all of a layer inside this one, and return the name of its output.

        Parameters
        ----------
        name
            Of the child.
        x
            Name of its input.
        shape
            Of that input, without the batch axis.

        Raises
        ------
        ValueError, TypeError
            If there is no such child or tensor, or the child cannot be written.
        """
        _checks.word("name", name, list(self._layer.children))
        outer = self._layer, self._path
        self._layer, self._path = self._layer.children[name], joined(self._path, name)
        after = self._write(self._tensor(x), tuple(shape))
        self._layer, self._path = outer
        return after

    def _write(self, x: str, shape: Shape) -> str:
        """Let the layer whose turn it is write itself."""
        after: object = self._writer()(self._layer, self, x, shape)
        if not isinstance(after, str) or not after:
            rule = "needs to return the name of its output"
            raise TypeError(f"{self._shown()}: write_onnx returned {after!r}, {rule}")
        return self._tensor(after)

    def _writer(self) -> Writer:
        """Return the function that writes the layer whose turn it is, or that of its parent class.

        A writer stands for `compute` of its class: what is changed around or instead of that in a
        class further down would be missing in the file.
        """
        layer, kind = self._layer, type(self._layer)
        for place in (layer, *kind.__mro__):  # the layer itself, too: functions can be put there
            if place in WRITERS or place is Layer or "write_onnx" in vars(place):
                break
            for name in AROUND:
                if name in vars(place):
                    rule = f"{kind.__name__} overrides {name}, which no operator stands for"
                    advice = "define compute and write_onnx instead"
                    raise TypeError(f"{self._shown()}: {rule}; {advice}")
        if hasattr(kind, "write_onnx"):
            return kind.write_onnx
        parent = next((ancestor for ancestor in kind.__mro__ if ancestor in WRITERS), None)
        if parent and getattr(layer.compute, "__func__", None) is parent.compute:
            return WRITERS[parent]
        rule = "only the layers of convlib.nn become ONNX operators"
        raise TypeError(f"{self._shown()}: {rule}; one of your own needs write_onnx")

    def _shown(self) -> str:
        return (f"layer {self._path}, " if self._path else "") + self._layer.title()

    def _tensor(self, name: str) -> str:
        """Return the name of a tensor, or `""` for none, after checking that something gives it."""
        if name and name not in self._given:
            rule = "needs x, or what add or child returned"
            raise ValueError(f"{self._shown()}: write_onnx reads {name!r}, {rule}")
        return name

    def _unique(self, name: str) -> str:
        """Return a new name in the layer whose turn it is."""
        wanted = name = joined(self._path, name)
        number = 1
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name

    def _array(self, value: ArrayLike) -> str:
        """Return the name of an array, after taking it in unless it is there already."""
        own = {**self._layer.params, **self._layer.buffers}
        key = next((key for key, array in own.items() if array is value), None)
        name = self._unique("constant") if key is None else self._names[joined(self._path, key)]
        if name not in self.arrays:
            array = _checks.real(name, value)
            kind = np.int64 if array.dtype.kind in "iu" else np.float32
            self.arrays[name] = converted(name, array, np.dtype(kind))
        return name


def graph_of(net: Layer, shape: Shape) -> Graph:
    """Return the operators of a network, from `"x"` to `"y"`, without needing onnx.

    Parameters
    ----------
    net, shape
        As in `to_onnx`.

    Raises
    ------
    TypeError, ValueError
        As in `to_onnx`.

    Examples
    --------
    >>> from convlib import nn
    >>> class Scale(nn.Layer):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.add_parameter("a", 2.0)
    ...     def output_shape(self, shape):
    ...         return tuple(shape)
    ...     def write_onnx(self, graph, x, shape):
    ...         return graph.add("Mul", x, self.params["a"])
    >>> net = nn.Sequential(nn.Residual(Scale(), nn.ReLU()), nn.Dropout())
    >>> for node in graph_of(net, (3,)).nodes:
    ...     print(node.name, node.inputs, "→", node.output)
    0.inside.0.Mul ('x', '0.inside.0.a') → 0.inside.0.Mul
    0.inside.1.Relu ('0.inside.0.Mul',) → 0.inside.1.Relu
    0.Add ('0.inside.1.Relu', 'x') → y
    """
    # refuses a shape that does not fit, with the path of the layer
    checked_net(net).output_shape(shape)
    graph = Graph(net)
    last = graph._write("x", tuple(shape))
    last = graph.add("Identity", last) if last == "x" else last
    # the model's output is y, whatever the last operator is called
    graph.nodes = [
        node._replace(
            inputs=tuple("y" if name == last else name for name in node.inputs),
            output="y" if node.output == last else node.output,
        )
        for node in graph.nodes
    ]
    return graph


Writer = Callable[[Any, Graph, str, Shape], str]


# ---------------------------------------------------------------- how each layer is written


def _sequential(layer: Sequential, graph: Graph, x: str, shape: Shape) -> str:
    for name, child in layer.children.items():
        x = graph.child(name, x, shape)
        shape = child.output_shape(shape)
    return x


def _residual(layer: Residual, graph: Graph, x: str, shape: Shape) -> str:
    inside = graph.child("inside", x, shape)
    beside = x if layer.shortcut is None else graph.child("shortcut", x, shape)
    return graph.add("Add", inside, beside)


def _parallel(layer: Parallel, graph: Graph, x: str, shape: Shape) -> str:
    parts = [graph.child(name, x, shape) for name in layer.children]
    return graph.add("Sum", *parts) if layer.join == "sum" else graph.add("Concat", *parts, axis=1)


def _own(layer: Layer, *names: str) -> list[Array]:
    """Return those of these arrays that the layer has."""
    arrays = {**layer.params, **layer.buffers}
    return [arrays[name] for name in names if name in arrays]


def _windows(axes: Sequence[Axis]) -> dict[str, Any]:
    """Return what ONNX calls the options of a window; its pads: all beginnings, then all ends."""
    return {
        "kernel_shape": [axis.taps for axis in axes],
        "strides": [axis.stride for axis in axes],
        "dilations": [axis.dilation for axis in axes],
        "pads": [axis.pads[side] for side in (0, 1) for axis in axes],
    }


def _padded(graph: Graph, x: str, pads: Sequence[tuple[int, int]], value: float) -> str:
    """Put a value around the spatial axes of x."""
    sides = [(0, 0), (0, 0), *pads]
    return graph.add("Pad", x, [side[end] for end in (0, 1) for side in sides], float(value))


def _conv(layer: Conv, graph: Graph, x: str, shape: Shape) -> str:
    options = dict(layer.options)
    group = options.pop("groups")
    axes = layer_axes(shape[1:], layer.kernel, **options)
    return graph.add("Conv", x, *_own(layer, "w", "b"), **_windows(axes), group=group)


def _transposed(layer: ConvTranspose, graph: Graph, x: str, shape: Shape) -> str:
    options = dict(layer.options)
    group = options.pop("groups")
    axes = transposed_axes(shape[1:], layer.kernel, **options)
    # what the size has more than the painted kernels, with the padding cut off, leave of it
    extra = [a.padded - (a.out - 1) * a.stride - a.span for a in axes]
    if any(more >= axis.stride for more, axis in zip(extra, axes, strict=True)):
        # ONNX Runtime refuses that: zeros after the input paint it, and what is too much is cut off
        zeros = [-(-more // axis.stride) for more, axis in zip(extra, axes, strict=True)]
        x = _padded(graph, x, [(0, count) for count in zeros], 0)
        axes = tuple(
            axis._replace(pads=(axis.pads[0], axis.pads[1] + count * axis.stride - more))
            for axis, count, more in zip(axes, zeros, extra, strict=True)
        )
        extra = [0] * len(axes)
    options = {**_windows(axes), "group": group, "output_padding": extra}
    return graph.add("ConvTranspose", x, *_own(layer, "w", "b"), **options)


def _pool_axes(layer: MaxPool | AvgPool, graph: Graph, shape: Shape) -> tuple[Axis, ...]:
    """Return the axes of a pooling layer, at most three."""
    _at_most_three_axes(graph, shape)
    options = {key: v for key, v in layer.options.items() if key != "count_include_pad"}
    window = _checks.per_axis("window", layer.window, len(shape) - 1, 1)
    return layer_axes(shape[1:], window, **options)


def _at_most_three_axes(graph: Graph, shape: Shape) -> None:
    """Refuse to pool over more axes than runtimes do."""
    if len(shape) > 4:
        rule = f"ONNX Runtime pools over at most 3 axes, not {len(shape) - 1}"
        raise ValueError(f"{graph._shown()}: {rule}")


def _rounded_down(axis: Axis) -> Axis:
    """Return the axis with a padding at the end that gives its windows without ceil_mode.

    >>> (axis,) = layer_axes((6,), (3,), stride=2, ceil_mode=True)
    >>> _rounded_down(axis).pads
    (0, 1)
    """
    if (axis.padded - axis.span) // axis.stride + 1 == axis.out:
        return axis
    # the last window hangs over, or one was dropped because it starts in the padding
    end = (axis.out - 1) * axis.stride + axis.span - axis.size - axis.pads[0]
    return axis._replace(pads=(axis.pads[0], max(end, 0)))


def _too_wide(axes: Sequence[Axis]) -> bool:
    """Return whether ONNX Runtime refuses this padding: a side has to be below the taps."""
    return any(max(axis.pads) >= axis.taps for axis in axes)


def _max_pool(layer: MaxPool, graph: Graph, x: str, shape: Shape) -> str:
    axes = [_rounded_down(axis) for axis in _pool_axes(layer, graph, shape)]
    if _too_wide(axes):
        x = _padded(graph, x, [axis.pads for axis in axes], -inf)
        axes = [axis._replace(pads=(0, 0)) for axis in axes]
    return graph.add("MaxPool", x, **_windows(axes))


def _avg_pool(layer: AvgPool, graph: Graph, x: str, shape: Shape) -> str:
    given = _pool_axes(layer, graph, shape)
    axes = [_rounded_down(axis) for axis in given]
    counts = layer.options["count_include_pad"] and any(sum(axis.pads) for axis in given)
    if _too_wide(axes) or (counts and axes != list(given)):
        # A sum over the taps is a convolution, which takes any padding. (Zeros put around x would
        # not help: ONNX Runtime makes them the padding of the operator behind, and refuses that.)
        taps = np.ones((shape[0], 1, *(axis.taps for axis in axes)))
        total = graph.add("Conv", x, taps, **_windows(axes), group=shape[0])
        return graph.add("Mul", total, 1 / _pooling.divisors(given, counts))
    return graph.add("AveragePool", x, **_windows(axes), count_include_pad=int(counts))


def _global_avg_pool(layer: GlobalAvgPool, graph: Graph, x: str, shape: Shape) -> str:
    _at_most_three_axes(graph, shape)
    return graph.add("Flatten", graph.add("GlobalAveragePool", x), axis=1)


def _batch_norm(layer: BatchNorm, graph: Graph, x: str, shape: Shape) -> str:
    arrays = _own(layer, "gamma", "beta", "mean", "var")
    return graph.add("BatchNormalization", x, *arrays, epsilon=layer.eps)


def _simple(op: str, **options: Any) -> Writer:
    """Return the writer of a layer that is one operator on x and the layer's weights."""

    def write(layer: Layer, graph: Graph, x: str, shape: Shape) -> str:
        return graph.add(op, x, *_own(layer, "w", "b"), **options)

    return write


# One entry for each kind of layer. A writer gets the layer, the graph, the name of its input and
# the shape of one sample, and returns the name of its output, as `write_onnx` does.
def _layer_norm(layer: LayerNorm, graph: Graph, x: str, shape: Shape) -> str:
    arrays = _own(layer, "gamma", "beta")
    return graph.add("LayerNormalization", x, *arrays, axis=-len(layer.shape), epsilon=layer.eps)


def _group_norm(layer: GroupNorm, graph: Graph, x: str, shape: Shape) -> str:
    """Normalise every group as one channel: before opset 21 the operator has γ per group only."""
    ones, zeros = np.ones(layer.groups), np.zeros(layer.groups)
    y = graph.add("Reshape", x, [0, layer.groups, -1])
    y = graph.add("InstanceNormalization", y, ones, zeros, epsilon=layer.eps)
    y = graph.add("Reshape", y, [0, *shape])
    wide = [layer.channels, *(1,) * (len(shape) - 1)]  # one number for each channel
    gamma, beta = (graph.add("Reshape", array, wide) for array in _own(layer, "gamma", "beta"))
    return graph.add("Add", graph.add("Mul", y, gamma), beta)


def _silu(layer: SiLU, graph: Graph, x: str, shape: Shape) -> str:
    return graph.add("Mul", x, graph.add("Sigmoid", x))


WRITERS: dict[type[Layer], Writer] = {
    Sequential: _sequential,
    Residual: _residual,
    Parallel: _parallel,
    Conv: _conv,
    ConvTranspose: _transposed,
    MaxPool: _max_pool,
    AvgPool: _avg_pool,
    GlobalAvgPool: _global_avg_pool,
    BatchNorm: _batch_norm,
    Dense: _simple("Gemm", transB=1),
    Flatten: _simple("Flatten", axis=1),
    Dropout: lambda layer, graph, x, shape: x,
    ReLU: _simple("Relu"),
    Sigmoid: _simple("Sigmoid"),
    Tanh: _simple("Tanh"),
    SiLU: _silu,
    GELU: _simple("Gelu"),
    LayerNorm: _layer_norm,
    GroupNorm: _group_norm,
}
