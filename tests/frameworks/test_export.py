"""The way out: ONNX models of every layer and of whole networks in ONNX Runtime."""

import numpy as np
import onnx
import onnxruntime
import pytest

import convlib as cl
from convlib import nn
from convlib.nn.export import graph_of

from .compare import close, ints
from .networks import small_inception, small_resnet


def run_onnx(model, x):
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return session.run(["y"], {"x": x.astype(np.float32)})[0]


def agree(net, shape, rng, batch=3):
    net.eval()
    x = rng.normal(size=(batch, *shape)).astype(np.float32)
    close(run_onnx(nn.to_onnx(net, shape), x), net(x), 1e-4)


def random_parameters(layer, rng):
    for array in layer.params.values():
        array[...] = rng.normal(size=array.shape)
    return layer


def test_the_newer_activations_and_norms(rng):
    for layer in (nn.GELU(), nn.SiLU()):
        agree(layer, (3, 5), rng)
    for shape, norm in (((4, 6), (6,)), ((4, 6), (4, 6)), ((2, 4, 5), (4, 5))):
        agree(random_parameters(nn.LayerNorm(norm), rng), shape, rng)
    for shape in ((6,), (6, 5), (6, 4, 3), (6, 2, 3, 2)):
        for groups in (1, 2, 6):
            if shape != (6,) or groups < 6:  # one number alone has no spread
                agree(random_parameters(nn.GroupNorm(groups, 6), rng), shape, rng)


def test_they_stand_in_networks(rng):
    inside = [nn.GroupNorm(2, 4), nn.SiLU(), nn.Conv(4, 4, 3, padding=1, rng=1)]
    net = nn.Sequential(nn.Conv(1, 4, 3, rng=0), nn.Residual(*inside), nn.GELU(), nn.Flatten())
    agree(nn.Sequential(net, nn.LayerNorm(4 * 36), nn.Dense(4 * 36, 3, rng=2)), (1, 8, 8), rng)


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
        agree(nn.AvgPool(k, **options), (2, *(7,) * axes), rng)


# ---------------------------------------------------------------- any option that is accepted here


def any_padding(rng, axes):
    pairs = tuple(ints(rng, 0, 5, 2) for _ in range(axes))
    return (0, "same", "full", pairs)[int(rng.integers(4))]


def any_windows(rng, axes):
    """The options that all layers with windows share."""
    k, s, d = (ints(rng, 1, high, axes) for high in (4, 4, 3))
    return k, {"stride": s, "padding": any_padding(rng, axes), "dilation": d}


def fits(net, shape):
    """Whether our own layer takes this shape."""
    try:
        net.output_shape(shape)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_any_convolution(axes, rng):
    compared = 0
    while compared < 100:
        g, size = int(rng.integers(1, 3)), ints(rng, 1, 6, axes)
        k, options = any_windows(rng, axes)
        net = nn.Conv(2 * g, g, k, **options, groups=g, rng=compared)
        if fits(net, (2 * g, *size)):
            agree(net, (2 * g, *size), rng, batch=2)
            compared += 1


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_any_transposed_convolution(axes, rng):
    """Also an output padding of a stride and more, which ONNX Runtime refuses as it stands."""
    compared, painted = 0, 0
    while compared < 100:
        g, size = int(rng.integers(1, 3)), ints(rng, 1, 5, axes)
        k, options = any_windows(rng, axes)
        most = zip(options["stride"], options["dilation"], strict=True)
        more = tuple(int(rng.integers(0, max(pair))) for pair in most)
        more = 0 if options["padding"] == "same" else more
        bias = bool(rng.integers(2))
        net = nn.ConvTranspose(
            2 * g, g, k, **options, output_padding=more, groups=g, bias=bias, rng=compared
        )
        if fits(net, (2 * g, *size)):
            for param in net.params.values():
                param += rng.normal(size=param.shape)
            agree(net, (2 * g, *size), rng, batch=2)
            compared += 1
            painted += len(graph_of(net, (2 * g, *size)).nodes) - 1
    assert painted > 3


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_any_pooling(axes, rng):
    """Also padding of a window and more, which ONNX Runtime refuses as it stands."""
    found = {}
    while sum(found.values()) < 180:
        size = ints(rng, 1, 8, axes)
        k, options = any_windows(rng, axes)
        options["ceil_mode"] = bool(rng.integers(2))
        if options["padding"] == "full" or not fits(nn.MaxPool(k, **options), (2, *size)):
            continue
        for net in (
            nn.MaxPool(k, **options),
            nn.AvgPool(k, **options),
            nn.AvgPool(k, **options, count_include_pad=False),
        ):
            agree(net, (2, *size), rng, batch=2)
            ops = tuple(node.op for node in graph_of(net, (2, *size)).nodes)
            found[ops] = found.get(ops, 0) + 1
    assert set(found) == {("MaxPool",), ("Pad", "MaxPool"), ("AveragePool",), ("Conv", "Mul")}
    assert min(found.values()) > 5


def test_nan_and_infinity_in_a_maximum(rng):
    """Where `to_onnx` says that the two differ. If these assertions fail, it says too much."""
    layer = nn.MaxPool(3, stride=1, padding=1)
    model = nn.to_onnx(layer, (2, 9, 9))
    x = rng.normal(size=(4, 2, 9, 9)).astype(np.float32)
    x[rng.random(x.shape) < 0.05] = np.nan
    ours, there = layer(x), run_onnx(model, x)
    touched = cl.max_pool(np.isnan(x).astype(int), 3, stride=1, padding=1) > 0
    np.testing.assert_array_equal(np.isnan(ours), touched)
    np.testing.assert_array_equal(there[~touched], ours[~touched])
    assert not np.isnan(there[touched]).all()
    nothing = np.full((1, 1, 3), -np.inf, np.float32)
    assert nn.MaxPool(3)(nothing) == -np.inf
    assert run_onnx(nn.to_onnx(nn.MaxPool(3), (1, 3)), nothing) == np.finfo(np.float32).min


def test_a_mean_keeps_nan_and_infinity(rng):
    for options in ({"padding": 1}, {"padding": 1, "ceil_mode": True}, {"padding": 2}):
        if options["padding"] == 2:
            options |= {"dilation": 3, "count_include_pad": False}
        layer = nn.AvgPool(2, stride=1, **options)
        x = rng.normal(size=(3, 2, 6, 6)).astype(np.float32)
        x[0, 0, 2, 3], x[1, 1, 4, 1], x[2, 0, 0, 0] = np.nan, np.inf, -np.inf
        there = run_onnx(nn.to_onnx(layer, (2, 6, 6)), x)
        np.testing.assert_allclose(there, layer(x), atol=1e-6)


# ---------------------------------------------------------------- the other layers


def test_the_other_layers(rng):
    norm = nn.BatchNorm(3, eps=0.01)
    for array in (*norm.params.values(), *norm.buffers.values()):
        array += rng.uniform(size=3)
    for layer in (norm, nn.GlobalAvgPool(), nn.ReLU(), nn.Sigmoid(), nn.Tanh(), nn.Flatten(),
                  nn.Dropout()):  # fmt: skip
        agree(layer, (3, 4, 5), rng)
    for shape in ((3,), (3, 5), (3, 2, 3, 4)):
        agree(norm, shape, rng)
        agree(norm, shape, rng, batch=0)
    agree(nn.Dense(4, 2, rng=0), (4,), rng)
    agree(nn.Dense(4, 2, bias=False, rng=0), (4,), rng)
    agree(nn.Sequential(), (4,), rng)


# ---------------------------------------------------------------- networks


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


@pytest.mark.parametrize("make", [small_resnet, small_inception])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_networks_with_branches(make, dtype, rng):
    net = make().astype(dtype)
    for _ in range(3):
        net(rng.normal(size=(6, 2, 8, 8)).astype(dtype))  # moves the buffers
    agree(net, (2, 8, 8), rng)
    names = [weight.name for weight in nn.to_onnx(net, (2, 8, 8)).graph.initializer]
    assert set(names) == {name for name in nn.torch_weights(net) if "num_batches" not in name}


def test_a_layer_of_ones_own(rng):
    class Swish(nn.Layer):
        """y = x · σ(a·x), from three operators."""

        def __init__(self, a):
            super().__init__()
            self.add_parameter("a", a)

        def output_shape(self, shape):
            return tuple(shape)

        def compute(self, x):
            return x / (1 + np.exp(-self.params["a"] * x)), x

        def write_onnx(self, graph, x, shape):
            gate = graph.add("Sigmoid", graph.add("Mul", x, self.params["a"]))
            return graph.add("Mul", x, gate)

    net = nn.Sequential(nn.Residual(nn.Dense(3, 3, rng=0), Swish(1.5)), Swish([1.0, 2, 3]))
    agree(net, (3,), rng)
