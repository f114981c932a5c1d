"""The way out, as far as it goes without the package onnx; tests/frameworks goes further."""

import sys

import numpy as np
import pytest

from convlib import nn
from convlib.nn.export import nodes_of


def network():
    return nn.Sequential(
        nn.Sequential(nn.Conv(1, 4, (3, 2), stride=2, padding="same", rng=0), nn.BatchNorm(4)),
        nn.ReLU(),
        nn.AvgPool(2, padding=1, count_include_pad=False),
        nn.Dropout(),
        nn.GlobalAvgPool(),
        nn.Dense(4, 2, bias=False, rng=1),
    )


def test_operators_weights_and_options():
    nodes = nodes_of(network(), (1, 8, 9))
    assert [node.op for node in nodes] == [
        "Conv", "BatchNormalization", "Relu", "AveragePool", "GlobalAveragePool", "Flatten", "Gemm",
    ]  # fmt: skip
    assert list(nodes[0].weights) == ["0.0.weight", "0.0.bias"]
    assert nodes[0].options == {
        "kernel_shape": [3, 2],
        "strides": [2, 2],
        "dilations": [1, 1],
        "pads": [0, 0, 1, 1],
        "group": 1,
    }
    assert list(nodes[1].weights) == [
        "0.1.weight",
        "0.1.bias",
        "0.1.running_mean",
        "0.1.running_var",
    ]
    assert nodes[1].options == {"epsilon": 1e-5}
    assert nodes[3].options["pads"] == [1, 1, 1, 1]
    assert nodes[3].options["count_include_pad"] == 0
    assert (nodes[4].weights, nodes[5].weights) == ({}, {})
    assert list(nodes[6].weights) == ["5.weight"]


@pytest.mark.parametrize(
    ("options", "extra"),
    [
        ({"stride": 2, "padding": 1, "output_padding": 1}, [1]),
        ({"stride": 2, "padding": 1}, [0]),
        ({"stride": 4, "padding": "same"}, [1]),
    ],
)
def test_the_output_padding_of_a_transposed_layer(options, extra):
    layer = nn.ConvTranspose(2, 3, 3, ndim=1, rng=0, **options)
    (node,) = nodes_of(layer, (2, 5))
    assert node.options["output_padding"] == extra
    (n,) = layer(np.ones((1, 2, 5))).shape[2:]
    stride, pads = node.options["strides"][0], sum(node.options["pads"])
    assert n == 4 * stride + 3 - pads + extra[0]


def test_names_in_torch():
    net = network()
    weights = nn.torch_weights(net)
    assert set(weights) == {
        "0.0.weight",
        "0.0.bias",
        "0.1.weight",
        "0.1.bias",
        "5.weight",
        "0.1.running_mean",
        "0.1.num_batches_tracked",
        "0.1.running_var",
    }
    np.testing.assert_array_equal(weights["0.1.running_var"], net.buffers["0.1.var"])
    weights["5.weight"] += 1
    assert not np.array_equal(weights["5.weight"], net.params["5.w"])


def test_a_foreign_layer_is_refused():
    class Double(nn.ReLU):
        pass

    text = r"^layer 1, Double\(\): only the layers of convlib.nn become ONNX operators$"
    with pytest.raises(TypeError, match=text):
        nodes_of(nn.Sequential(nn.ReLU(), Double()), (3,))


def test_ceil_mode_becomes_padding():
    (node,) = nodes_of(nn.MaxPool(3, stride=2, padding=1, ceil_mode=True), (2, 6, 7))
    assert node.options["pads"] == [1, 1, 2, 1]
    assert "ceil_mode" not in node.options
    (node,) = nodes_of(nn.AvgPool(3, stride=2, ceil_mode=True), (2, 6))
    assert (node.options["pads"], node.options["count_include_pad"]) == ([0, 1], 0)


def test_a_mean_that_onnx_does_not_have():
    layer = nn.AvgPool(3, stride=2, padding=1, ceil_mode=True)
    text = r"^AvgPool\(3, .*\): ONNX has no mean that counts the padding and not what hangs over it"
    with pytest.raises(ValueError, match=text):
        nodes_of(layer, (2, 6))
    (node,) = nodes_of(layer, (2, 7))  # nothing hangs over
    assert node.options["count_include_pad"] == 1


def test_onnx_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"^to_onnx needs the package onnx: pip install onnx$"):
        nn.to_onnx(nn.ReLU(), (3,))
