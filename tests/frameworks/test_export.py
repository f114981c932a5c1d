"""The way out: ONNX models of every layer in ONNX Runtime, networks in PyTorch."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn as theirs

from convlib import nn

from .compare import close, ints


def run_onnx(model, x):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(["y"], {"x": x.astype(np.float32)})[0]


def agree(net, shape, rng, batch=3):
    net.eval()
    x = rng.normal(size=(batch, *shape)).astype(np.float32)
    close(run_onnx(nn.to_onnx(net, shape), x), net(x), 1e-4)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_convolutions(axes, rng):
    for number in range(30):
        g = int(rng.integers(1, 3))
        k, s, d = (ints(rng, 1, 3, axes) for _ in range(3))
        padding = (0, "same", tuple(ints(rng, 0, 2, 2) for _ in range(axes)))[number % 3]
        options = {"stride": s, "padding": padding, "dilation": d, "groups": g}
        options["bias"] = bool(rng.integers(2))
        agree(nn.Conv(2 * g, 3 * g, k, **options, rng=number), (2 * g, *(7,) * axes), rng)


@pytest.mark.parametrize("axes", [1, 2])
def test_transposed_convolutions(axes, rng):
    for number in range(30):
        g = int(rng.integers(1, 3))
        k, s = ints(rng, 2, 4, axes), ints(rng, 1, 3, axes)
        padding = ("same", 0, 1)[number % 3]
        more = tuple(int(rng.integers(0, a)) for a in s) if padding != "same" else 0
        options = {"stride": s, "padding": padding, "output_padding": more, "groups": g}
        agree(nn.ConvTranspose(2 * g, g, k, **options, rng=number), (2 * g, *(5,) * axes), rng)


@pytest.mark.parametrize("axes", [1, 2])
def test_pooling(axes, rng):
    for number in range(60):
        k, s = ints(rng, 2, 3, axes), ints(rng, 1, 3, axes)
        options = {"stride": s, "padding": number % 2, "ceil_mode": number % 4 > 1}
        agree(nn.MaxPool(k, **options), (2, *(7,) * axes), rng)
        agree(nn.AvgPool(k, **options, count_include_pad=False), (2, *(7,) * axes), rng)
        options["ceil_mode"] &= not options["padding"]  # the mean that ONNX does not have
        agree(nn.AvgPool(k, **options), (2, *(7,) * axes), rng)


def test_the_other_layers(rng):
    norm = nn.BatchNorm(3, eps=0.01)
    for array in (*norm.params.values(), *norm.buffers.values()):
        array += rng.uniform(size=3)
    for layer in (norm, nn.GlobalAvgPool(), nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.Flatten(),
                  nn.Dropout()):  # fmt: skip
        agree(layer, (3, 4, 5), rng)
    agree(nn.Dense(4, 2, rng=0), (4,), rng)
    agree(nn.Dense(4, 2, bias=False, rng=0), (4,), rng)
    agree(nn.Sequential(), (4,), rng)


def network():
    return nn.Sequential(
        nn.Sequential(nn.Conv(1, 4, 3, stride=2, padding="same", rng=0), nn.BatchNorm(4)),
        nn.ReLU(),
        nn.MaxPool(2),
        nn.Flatten(),
        nn.Dropout(),
        nn.Dense(16, 10, rng=1),
    )


@pytest.mark.parametrize("batch", [1, 7])
def test_a_network_and_any_batch(batch, rng):
    net = network()
    for _ in range(3):
        net(rng.normal(size=(8, 1, 8, 8)))  # moves the buffers
    agree(net, (1, 8, 8), rng, batch)


def test_what_the_file_says():
    model = nn.to_onnx(network(), (1, 8, 8))
    assert [node.op_type for node in model.graph.node] == [
        "Conv", "BatchNormalization", "Relu", "MaxPool", "Flatten", "Gemm",
    ]  # fmt: skip
    assert [weight.name for weight in model.graph.initializer][:2] == ["0.0.weight", "0.0.bias"]
    assert {weight.data_type for weight in model.graph.initializer} == {onnx.TensorProto.FLOAT}
    first = {a.name: onnx.helper.get_attribute_value(a) for a in model.graph.node[0].attribute}
    assert first["pads"] == [0, 0, 1, 1]
    sizes = [d.dim_param or d.dim_value for d in model.graph.input[0].type.tensor_type.shape.dim]
    assert sizes == ["N", 1, 8, 8]


def test_weights_load_into_torch_and_share_nothing(rng):
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.BatchNorm(3), nn.Flatten(), nn.Dense(12, 2))
    twin = theirs.Sequential(
        theirs.Conv2d(2, 3, 3), theirs.BatchNorm2d(3), theirs.Flatten(), theirs.Linear(12, 2)
    ).double()
    x = rng.normal(size=(5, 2, 4, 4))
    net(x)
    weights = nn.torch_weights(net)
    twin.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    close(net.eval()(x), twin.eval()(torch.tensor(x)), 1e-12)
    weights["0.weight"] += 1
    close(net(x), net(x), 0)
    assert not np.may_share_memory(weights["0.weight"], net.params["0.w"])
