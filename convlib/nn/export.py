"""The way out: a network's weights under PyTorch's names, and the network as an ONNX model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from convlib._check import Array
from convlib.nn._operators import TORCH_NAMES, Node, nodes_of
from convlib.nn.layer import Layer

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
