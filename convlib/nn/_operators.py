"""The layers as operators of ONNX: names, weights, options. Needs no package but NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from convlib._check import Array, per_axis
from convlib._geometry import Axis, geometry, transposed_geometry
from convlib.nn.activations import ReLU, Sigmoid, Tanh
from convlib.nn.convolution import Conv, Kernels
from convlib.nn.dense import Dense, Flatten
from convlib.nn.dropout import Dropout
from convlib.nn.layer import Layer, Shape
from convlib.nn.norm import BatchNorm
from convlib.nn.pooling import AvgPool, GlobalAvgPool, MaxPool
from convlib.nn.sequential import Sequential
from convlib.nn.transposed import ConvTranspose

TORCH_NAMES = {  # in the order in which ONNX takes them
    "w": "weight",
    "b": "bias",
    "gamma": "weight",
    "beta": "bias",
    "mean": "running_mean",
    "var": "running_var",
}


class Node(NamedTuple):
    """One operator of an ONNX graph: its name, its weights in the order it takes them, options."""

    op: str
    weights: dict[str, Array]
    options: dict[str, Any]


def nodes_of(net: Layer, shape: Shape, prefix: str = "") -> list[Node]:
    """Return the operators of a network one after another, without needing onnx.

    >>> from convlib import nn
    >>> net = nn.Sequential(nn.Conv(1, 2, 3, stride=2, padding="same"), nn.Dropout(), nn.ReLU())
    >>> for node in nodes_of(net, (1, 8, 8)):
    ...     print(node.op, list(node.weights), node.options.get("pads"))
    Conv ['0.weight', '0.bias'] [0, 0, 1, 1]
    Relu [] None
    """
    if not isinstance(net, Sequential):
        return _nodes(net, shape, prefix)
    found = []
    for number, layer in enumerate(net):
        found += nodes_of(layer, shape, f"{prefix}{number}.")
        shape = layer.output_shape(shape)
    return found


def _nodes(layer: Layer, shape: Shape, prefix: str) -> list[Node]:
    """Return the operators of one layer."""
    for kind, translate in TRANSLATORS.items():
        if type(layer) is kind:
            arrays = {**layer.params, **layer.buffers}
            weights = {prefix + TORCH_NAMES[n]: arrays[n] for n in TORCH_NAMES if n in arrays}
            return [
                Node(op, weights if number == 0 else {}, options)
                for number, (op, options) in enumerate(translate(layer, shape))
            ]
    where = f"layer {prefix.rstrip('.')}, " if prefix else ""
    raise TypeError(f"{where}{layer._title()}: only the layers of convlib.nn become ONNX operators")


Operators = list[tuple[str, dict[str, Any]]]


def _windows(axes: Sequence[Axis]) -> dict[str, Any]:
    """Return what ONNX calls the options of a window; its pads: all beginnings, then all ends."""
    return {
        "kernel_shape": [axis.taps for axis in axes],
        "strides": [axis.stride for axis in axes],
        "dilations": [axis.dilation for axis in axes],
        "pads": [axis.pads[side] for side in (0, 1) for axis in axes],
    }


def _conv(layer: Kernels, shape: Shape) -> Operators:
    options = dict(layer.options)
    group = options.pop("groups")
    if isinstance(layer, Conv):
        axes = geometry(shape[1:], layer.kernel, **options)
        return [("Conv", {**_windows(axes), "group": group})]
    axes = transposed_geometry(shape[1:], layer.kernel, **options)
    # what the size has more than the painted kernels, with the padding cut off, leave of it
    extra = [a.padded - (a.out - 1) * a.stride - a.span for a in axes]
    return [("ConvTranspose", {**_windows(axes), "group": group, "output_padding": extra})]


def _pool(layer: MaxPool | AvgPool, shape: Shape) -> Operators:
    """Write the overhang that ceil_mode allows as padding: runtimes disagree about the option."""
    options = dict(layer.options)
    counted = options.pop("count_include_pad", None)
    window = per_axis("window", layer.window, len(shape) - 1, 1)
    given = geometry(shape[1:], window, **options)
    axes = [axis._replace(pads=(axis.pads[0], _end(axis))) for axis in given]
    if counted is None:
        return [("MaxPool", _windows(axes))]
    counts = counted and any(sum(axis.pads) for axis in given)
    if counts and axes != list(given):
        rule = "ONNX has no mean that counts the padding and not what hangs over it"
        raise ValueError(f"{layer._title()}: {rule}; use count_include_pad=False")
    return [("AveragePool", {**_windows(axes), "count_include_pad": int(counts)})]


def _end(axis: Axis) -> int:
    """Return how much the last window needs after the input, at least the padding there."""
    return max(axis.pads[1], (axis.out - 1) * axis.stride + axis.span - axis.size - axis.pads[0])


TRANSLATORS: dict[type[Layer], Callable[[Any, Shape], Operators]] = {
    Conv: _conv,
    ConvTranspose: _conv,
    MaxPool: _pool,
    AvgPool: _pool,
    GlobalAvgPool: lambda layer, shape: [("GlobalAveragePool", {}), ("Flatten", {"axis": 1})],
    BatchNorm: lambda layer, shape: [("BatchNormalization", {"epsilon": layer.eps})],
    Dense: lambda layer, shape: [("Gemm", {"transB": 1})],
    Flatten: lambda layer, shape: [("Flatten", {"axis": 1})],
    Dropout: lambda layer, shape: [],
    ReLU: lambda layer, shape: [("Relu", {})],
    Sigmoid: lambda layer, shape: [("Sigmoid", {})],
    Tanh: lambda layer, shape: [("Tanh", {})],
}
