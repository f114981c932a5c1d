"""The way out: a network's weights under PyTorch's names, and the network as an ONNX model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from convlib._checks import Array, per_axis
from convlib.geometry import Axis, layer_axes, transposed_axes
from convlib.nn.activations import ReLU, Sigmoid, Tanh
from convlib.nn.containers import Sequential
from convlib.nn.convolution import Conv, ConvTranspose, Kernels
from convlib.nn.dense import Dense, Flatten
from convlib.nn.dropout import Dropout
from convlib.nn.layer import Layer, Shape
from convlib.nn.norm import BatchNorm
from convlib.nn.pooling import AvgPool, GlobalAvgPool, MaxPool

OPSET = 20  # the version of ONNX's list of operators
FORMAT = 10  # of the file; older programs refuse a newer one than they know


def torch_weights(net: Layer) -> dict[str, Array]:
    """Return copies of parameters and buffers under the names that PyTorch's layers give them.

    `"0.w"` becomes `"0.weight"`, `"1.mean"` `"1.running_mean"`. No array changes its shape: this
    library and PyTorch agree on every axis. A BatchNorm also gets the counter of batches that
    PyTorch keeps, set to 0.

    Parameters
    ----------
    net
        A layer, or a `Sequential` whose layers stand in the same order in PyTorch's.

    Returns
    -------
    dict of str to Array
        What `load_state_dict` takes once every array is a tensor:
        `{name: torch.from_numpy(array) for name, array in torch_weights(net).items()}`.

    Examples
    --------
    >>> from convlib import nn
    >>> net = nn.Sequential(nn.Conv(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Dense(16, 2))
    >>> {name: array.shape for name, array in torch_weights(net).items()}
    {'0.weight': (4, 1, 3, 3), '0.bias': (4,), '3.weight': (2, 16), '3.bias': (2,)}
    """
    found: dict[str, Array] = {}
    for name, array in [*net.params.items(), *net.buffers.items()]:
        prefix, dot, last = name.rpartition(".")
        found[prefix + dot + TORCH_NAMES[last]] = array.copy()
        if last == "mean":
            found[prefix + dot + "num_batches_tracked"] = np.array(0)
    return found


def to_onnx(net: Layer, input_shape: Sequence[int]) -> Any:
    """Return the network as an ONNX model, in evaluation: y for a batch of x, of any length N.

    Parameters
    ----------
    net
        A layer of this library or a `Sequential` of such. Dropout is left out, BatchNorm uses its
        buffers, whatever mode the network is in.
    input_shape
        `(C, *spatial)`: a padding such as "same" becomes numbers, which depend on the size.

    Returns
    -------
    onnx.ModelProto
        Input `"x"`, output `"y"`, weights under PyTorch's names, all float32, the type that every
        runtime computes in. `onnx.save(model, path)` writes the file.

    Raises
    ------
    ImportError
        If the package onnx is not installed.
    ValueError, TypeError
        If a layer does not take the shape that reaches it, is none of this library's, or is an
        AvgPool that ONNX cannot express.

    Source: ONNX operator schemas, <https://onnx.ai/onnx/operators/>.
    """
    onnx = _onnx()
    shape = tuple(input_shape)
    last = net.output_shape(shape)
    graph, name = onnx.helper, "x"
    nodes, weights = [], []
    listed = list(nodes_of(net, shape)) or [Node("Identity", {}, {})]
    for number, node in enumerate(listed, 1):
        after = "y" if number == len(listed) else f"h{number}"
        nodes.append(graph.make_node(node.op, [name, *node.weights], [after], **node.options))
        weights += [
            onnx.numpy_helper.from_array(np.asarray(array, np.float32), key)
            for key, array in node.weights.items()
        ]
        name = after
    ends = [
        graph.make_tensor_value_info(end, onnx.TensorProto.FLOAT, ["N", *sizes])
        for end, sizes in (("x", shape), ("y", last))
    ]
    model = graph.make_model(
        graph.make_graph(nodes, "net", ends[:1], ends[1:], weights),
        opset_imports=[graph.make_opsetid("", OPSET)],
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
    raise TypeError(f"{where}{layer.title()}: only the layers of convlib.nn become ONNX operators")


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
        axes = layer_axes(shape[1:], layer.kernel, **options)
        return [("Conv", {**_windows(axes), "group": group})]
    axes = transposed_axes(shape[1:], layer.kernel, **options)
    # what the size has more than the painted kernels, with the padding cut off, leave of it
    extra = [a.padded - (a.out - 1) * a.stride - a.span for a in axes]
    return [("ConvTranspose", {**_windows(axes), "group": group, "output_padding": extra})]


def _pool(layer: MaxPool | AvgPool, shape: Shape) -> Operators:
    """Write the overhang that ceil_mode allows as padding: runtimes disagree about the option."""
    options = dict(layer.options)
    counted = options.pop("count_include_pad", None)
    window = per_axis("window", layer.window, len(shape) - 1, 1)
    given = layer_axes(shape[1:], window, **options)
    axes = [axis._replace(pads=(axis.pads[0], _end(axis))) for axis in given]
    if counted is None:
        return [("MaxPool", _windows(axes))]
    counts = counted and any(sum(axis.pads) for axis in given)
    if counts and axes != list(given):
        rule = "ONNX has no mean that counts the padding and not what hangs over it"
        raise ValueError(f"{layer.title()}: {rule}; use count_include_pad=False")
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
