"""The way out, as far as it goes without the package onnx; tests/frameworks goes further."""

import sys

import numpy as np
import pytest

from convlib import nn
from convlib.nn.export import WRITERS, Graph, graph_of


def network():
    return nn.Sequential(
        nn.Sequential(nn.Conv(1, 4, (3, 2), stride=2, padding="same", rng=0), nn.BatchNorm(4)),
        nn.ReLU(),
        nn.AvgPool(2, padding=1, count_include_pad=False),
        nn.Dropout(),
        nn.GlobalAvgPool(),
        nn.Dense(4, 2, bias=False, rng=1),
    )


def nodes_of(net, shape):
    return graph_of(net, shape).nodes


def wiring(net, shape):
    """Each operator as "output = op(inputs)"."""
    return [f"{node.output} = {node.op}({', '.join(node.inputs)})" for node in nodes_of(net, shape)]


# ---------------------------------------------------------------- one layer after another


def test_operators_weights_and_options():
    nodes = nodes_of(network(), (1, 8, 9))
    assert [node.op for node in nodes] == [
        "Conv", "BatchNormalization", "Relu", "AveragePool", "GlobalAveragePool", "Flatten", "Gemm",
    ]  # fmt: skip
    assert nodes[0].inputs == ("x", "0.0.weight", "0.0.bias")
    assert nodes[0].options == {
        "kernel_shape": [3, 2],
        "strides": [2, 2],
        "dilations": [1, 1],
        "pads": [0, 0, 1, 1],
        "group": 1,
    }
    assert nodes[1].inputs == (
        "0.0.Conv",
        "0.1.weight",
        "0.1.bias",
        "0.1.running_mean",
        "0.1.running_var",
    )
    assert nodes[1].options == {"epsilon": 1e-5}
    assert nodes[3].options["pads"] == [1, 1, 1, 1]
    assert nodes[3].options["count_include_pad"] == 0
    assert (len(nodes[4].inputs), len(nodes[5].inputs)) == (1, 1)
    assert nodes[6].inputs == ("4.Flatten", "5.weight")


def test_names_follow_the_paths():
    nodes = nodes_of(network(), (1, 8, 9))
    assert [node.name for node in nodes] == [
        "0.0.Conv",
        "0.1.BatchNormalization",
        "1.Relu",
        "2.AveragePool",
        "4.GlobalAveragePool",
        "4.Flatten",
        "5.Gemm",
    ]
    assert [node.output for node in nodes] == [*(node.name for node in nodes[:-1]), "y"]
    assert nodes_of(nn.Dense(1, 1), (1,))[0][:4] == ("Gemm", "Gemm", ("x", "weight", "bias"), "y")


def test_arrays_are_float32():
    net = nn.Sequential(nn.Dense(2, 3, rng=0), nn.BatchNorm(3).astype(np.float16))
    arrays = graph_of(net, (2,)).arrays
    assert list(arrays) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
    ]  # fmt: skip
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.float32)}
    np.testing.assert_array_equal(arrays["0.weight"], net.params["0.w"].astype(np.float32))


def test_a_weight_that_float32_cannot_hold():
    net = nn.Sequential(nn.Dense(1, 1))
    net.params["0.w"][...] = 1e39
    with pytest.raises(ValueError, match=r"^0\.weight holds 1e\+39, which float32 cannot$"):
        graph_of(net, (1,))


@pytest.mark.parametrize("net", [nn.Sequential(), nn.Dropout(), nn.Sequential(nn.Sequential())])
def test_no_operator_at_all(net):
    assert wiring(net, (3,)) == ["y = Identity(x)"]


# ---------------------------------------------------------------- containers


def test_a_shortcut():
    block = nn.Residual(nn.Conv(2, 2, 1), nn.ReLU())
    assert wiring(nn.Sequential(nn.ReLU(), block, nn.Tanh()), (2, 4, 4)) == [
        "0.Relu = Relu(x)",
        "1.inside.0.Conv = Conv(0.Relu, 1.inside.0.weight, 1.inside.0.bias)",
        "1.inside.1.Relu = Relu(1.inside.0.Conv)",
        "1.Add = Add(1.inside.1.Relu, 0.Relu)",
        "y = Tanh(1.Add)",
    ]
    block = nn.Residual(nn.ReLU(), shortcut=nn.Tanh())
    assert wiring(block, (3,)) == [
        "inside.0.Relu = Relu(x)",
        "shortcut.Tanh = Tanh(x)",
        "y = Add(inside.0.Relu, shortcut.Tanh)",
    ]
    assert wiring(nn.Residual(nn.Dropout()), (3,)) == ["y = Add(x, x)"]


@pytest.mark.parametrize(("join", "op"), [("sum", "Sum"), ("concatenate", "Concat")])
def test_branches(join, op):
    net = nn.Parallel(nn.Sequential(), nn.ReLU(), nn.Parallel(nn.Tanh()), join=join)
    assert wiring(net, (2, 3)) == [
        "1.Relu = Relu(x)",
        "2.0.Tanh = Tanh(x)",
        "2.Sum = Sum(2.0.Tanh)",
        f"y = {op}(x, 1.Relu, 2.Sum)",
    ]
    assert nodes_of(net, (2, 3))[-1].options == ({"axis": 1} if join == "concatenate" else {})


def test_every_name_is_there_once():
    block = nn.Residual(nn.Parallel(nn.ReLU(), nn.Sequential(nn.ReLU(), nn.ReLU())), nn.ReLU())
    graph = graph_of(nn.Sequential(block, nn.GlobalAvgPool(), nn.Flatten()), (2, 3))
    names = [*graph.arrays, "x", *(node.output for node in graph.nodes)]
    assert len(set(names)) == len(names)
    assert len({node.name for node in graph.nodes}) == len(graph.nodes)
    given = {"x", *graph.arrays}
    for node in graph.nodes:  # each reads only what is there
        assert given.issuperset(node.inputs)
        given.add(node.output)


def test_the_shape_that_reaches_a_layer_deep_inside():
    """Padding "same" depends on the size: 7 becomes 4, which a window of 2 covers exactly."""
    inner = nn.Conv(1, 1, 2, stride=2, padding="same", ndim=1)
    net = nn.Sequential(nn.Conv(1, 1, 3, stride=2, padding="same", ndim=1), nn.Residual(
        nn.Sequential(nn.ReLU()), inner, shortcut=nn.MaxPool(2)))  # fmt: skip
    pads = [node.options["pads"] for node in nodes_of(net, (1, 7)) if "pads" in node.options]
    assert pads == [[1, 1], [0, 0], [0, 0]]


def test_a_container_of_ones_own_is_its_parent_unless_it_computes_otherwise():
    class Net(nn.Sequential):
        pass

    class Other(nn.Sequential):
        def compute(self, x):
            return 2 * x, None

    assert wiring(Net(nn.ReLU(), nn.Tanh()), (3,)) == ["0.Relu = Relu(x)", "y = Tanh(0.Relu)"]
    with pytest.raises(TypeError, match=r"^Sequential of 1 layer: only the layers"):
        wiring(Other(nn.ReLU()), (3,))


# ---------------------------------------------------------------- layers of one's own


class Scale(nn.Layer):
    """y = a·x."""

    def __init__(self, name="a"):
        super().__init__()
        self.add_parameter(name, 2.0)

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        (a,) = self.params.values()
        return a * x, x

    def write_onnx(self, graph, x, shape):
        (a,) = self.params.values()
        return graph.add("Mul", x, a)


class Gated(nn.Layer):
    """y = a·f(x) + 1 + a·x."""

    def __init__(self, *layers):
        super().__init__()
        self.add_parameter("a", 0.5)
        self.inside = nn.Sequential(*layers)

    def output_shape(self, shape):
        return self.inside.output_shape(shape)

    def write_onnx(self, graph, x, shape):
        y = graph.child("inside", x, shape)
        y = graph.add("Mul", y, self.params["a"])
        y = graph.add("Add", y, 1.0)
        return graph.add("Add", y, graph.add("Mul", x, self.params["a"]))


def test_a_layer_of_ones_own_takes_part():
    net = nn.Sequential(Gated(nn.ReLU(), Scale()), Scale("w"))
    graph = graph_of(net, (3,))
    assert [f"{node.output} = {node.op}({', '.join(node.inputs)})" for node in graph.nodes] == [
        "0.inside.0.Relu = Relu(x)",
        "0.inside.1.Mul = Mul(0.inside.0.Relu, 0.inside.1.a)",
        "0.Mul = Mul(0.inside.1.Mul, 0.a)",
        "0.Add = Add(0.Mul, 0.constant)",
        "0.Mul_1 = Mul(x, 0.a)",
        "0.Add_1 = Add(0.Add, 0.Mul_1)",
        "y = Mul(0.Add_1, 1.weight)",
    ]
    assert list(graph.arrays) == ["0.inside.1.a", "0.a", "0.constant", "1.weight"]


def test_names_of_its_parameters_make_room():
    net = nn.Sequential(Scale("Mul"), Scale("constant"))
    assert wiring(net, (3,)) == ["0.Mul_1 = Mul(x, 0.Mul)", "y = Mul(0.Mul_1, 1.constant)"]
    assert wiring(Scale("x"), (3,)) == ["y = Mul(x, x_1)"]
    assert wiring(Scale("y"), (3,)) == ["y = Mul(x, y_1)"]
    layer = Scale("x")
    layer.add_parameter("x_1", 3.0)
    graph = Graph(layer)
    graph.add("Sum", *layer.params.values())
    assert {name: float(array) for name, array in graph.arrays.items()} == {"x_1": 2, "x_1_1": 3}


def test_integers_stay_integers_and_an_input_may_be_left_out():
    class Odd(nn.ReLU):
        def write_onnx(self, graph, x, shape):
            return graph.add("Clip", graph.add("Reshape", x, [0, -1]), "", 6)

    graph = graph_of(Odd(), (3,))
    assert [node.inputs for node in graph.nodes] == [
        ("x", "constant"),
        ("Reshape", "", "constant_1"),
    ]
    assert [(a.tolist(), a.dtype) for a in graph.arrays.values()] == [([0, -1], "i8"), (6, "i8")]


def write(function):
    """A layer that is written by this function."""

    class Own(nn.ReLU):
        def write_onnx(self, graph, x, shape):
            return function(graph, x, shape)

    return nn.Sequential(nn.Tanh(), Own())


@pytest.mark.parametrize(
    ("function", "kind", "text"),
    [
        (lambda graph, x, shape: None, TypeError, "write_onnx returned None, needs to return the"),
        (lambda graph, x, shape: "", TypeError, "write_onnx returned '', needs to return the name"),
        (lambda graph, x, shape: "z", ValueError, "write_onnx reads 'z', needs x, or what add or"),
        (
            lambda graph, x, shape: graph.add("Relu", "z"),
            ValueError,
            "write_onnx reads 'z', needs x, or what add or child returned",
        ),
        (
            lambda graph, x, shape: graph.child("inside", "z", shape),
            ValueError,
            "name='inside': needs one of ",
        ),
        (lambda graph, x, shape: graph.add("Mul", x, [1j]), TypeError, r"1\.constant has dtype"),
    ],
)
def test_what_a_layer_of_ones_own_gets_wrong(function, kind, text):
    with pytest.raises(kind, match=text):
        graph_of(write(function), (3,))


def test_a_class_derived_from_any_layer_is_written_like_its_parent():
    class MyConv(nn.Conv):
        def __init__(self, channels):
            super().__init__(channels, channels, 3, padding=1, rng=0)

        def title(self):
            return "MyConv"

    class MyNorm(nn.BatchNorm):
        """Nothing else."""

    class Reversed(nn.ReLU):
        def backward(self, dy, **options):
            return -super().backward(dy, **options)

    kinds = [MyConv(2), MyNorm(2), Reversed(), nn.Dropout(0.5), type("Mine", (MyConv,), {})(2)]
    parents = [nn.Conv(2, 2, 3, padding=1), nn.BatchNorm(2), nn.ReLU(), nn.Dropout(0.5)]
    parents.append(nn.Conv(2, 2, 3, padding=1))
    assert nodes_of(nn.Sequential(*kinds), (2, 5, 5)) == nodes_of(
        nn.Sequential(*parents), (2, 5, 5)
    )


def overriding(parent, **functions):
    """A layer of a class derived from this one, with these functions."""
    return type("Doubled", (parent,), functions)()


def doubled(self, x):
    return 2 * nn.Layer.forward(self, x)


def written(self, graph, x, shape):
    return graph.add("Mul", x, 2)


@pytest.mark.parametrize(
    "layer",
    [
        overriding(nn.Sequential, forward=doubled),
        overriding(nn.ReLU, forward=doubled),
        overriding(nn.Layer, forward=doubled, output_shape=lambda self, shape: shape),
        overriding(type(overriding(nn.ReLU, write_onnx=written)), forward=doubled),
        type("Doubled", (type(overriding(nn.Tanh, forward=doubled)),), {})(),
    ],
)
def test_what_is_done_around_compute_is_not_left_out_in_silence(layer):
    text = "Doubled overrides forward, which no operator stands for; define compute and write_onnx"
    with pytest.raises(TypeError, match=f": {text} instead$"):
        graph_of(layer, (3,))
    with pytest.raises(TypeError, match=f"^layer 1, .*: {text}"):
        graph_of(nn.Sequential(nn.Tanh(), layer), (3,))


def test_a_call_and_functions_of_one_layer_alone_are_seen_too():
    with pytest.raises(TypeError, match="Doubled overrides __call__"):
        graph_of(overriding(nn.ReLU, __call__=doubled), (3,))
    layer = nn.ReLU()
    layer.forward = lambda x: 2 * x
    with pytest.raises(TypeError, match="ReLU overrides forward"):
        graph_of(layer, (3,))
    layer = nn.ReLU()
    layer.compute = lambda x: (2 * x, None)
    with pytest.raises(TypeError, match="one of your own needs write_onnx"):
        graph_of(layer, (3,))


def test_who_writes_the_operators_answers_for_forward():
    layer = overriding(nn.ReLU, forward=doubled, write_onnx=written)
    assert wiring(layer, (3,)) == ["y = Mul(x, constant)"]


def test_a_foreign_layer_is_refused():
    class Double(nn.ReLU):
        def compute(self, x):
            return 2 * x, None

    rule = r"only the layers of convlib.nn become ONNX operators; one of your own needs write_onnx$"
    with pytest.raises(TypeError, match=r"^layer 1, Double\(\): " + rule):
        nodes_of(nn.Sequential(nn.ReLU(), Double()), (3,))
    with pytest.raises(TypeError, match=r"^layer 1\.inside\.0, Double\(\): " + rule):
        nodes_of(nn.Sequential(nn.ReLU(), nn.Residual(Double())), (3,))
    with pytest.raises(TypeError, match=r"^Double\(\): " + rule):
        nodes_of(Double(), (3,))


def test_what_is_no_layer_or_gets_another_shape():
    with pytest.raises(TypeError, match=r"^net is list: needs a layer or nn\.Sequential; nn\.Seq"):
        graph_of([nn.ReLU()], (3,))
    with pytest.raises(ValueError, match=r"^layer 1\.inside\.0: x has shape \(N, 3\)"):
        graph_of(nn.Sequential(nn.ReLU(), nn.Residual(nn.Dense(4, 4))), (3,))


# ---------------------------------------------------------------- transposed layers


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


def test_an_output_padding_that_runtimes_refuse_is_painted_by_zeros():
    """With stride 2, two zeros after the input paint 4 more, and 1 of them is cut off again."""
    layer = nn.ConvTranspose(2, 3, 3, ndim=1, stride=2, padding=1, output_padding=3, dilation=4)
    graph = graph_of(layer, (2, 5))
    pad, node = graph.nodes
    assert pad.inputs == ("x", "constant", "constant_1")
    assert graph.arrays["constant"].tolist() == [0, 0, 0, 0, 0, 2]
    assert (graph.arrays["constant_1"], graph.arrays["constant_1"].dtype) == (0, np.float32)
    assert (node.options["pads"], node.options["output_padding"]) == ([1, 2], [0])
    assert layer.output_shape((2, 5)) == (3, (5 + 2 - 1) * 2 + 9 - 3)


# ---------------------------------------------------------------- pooling


def test_ceil_mode_becomes_padding():
    (node,) = nodes_of(nn.MaxPool(3, stride=2, padding=1, ceil_mode=True), (2, 6, 7))
    assert node.options["pads"] == [1, 1, 2, 1]
    assert "ceil_mode" not in node.options
    (node,) = nodes_of(nn.AvgPool(3, stride=2, ceil_mode=True), (2, 6))
    assert (node.options["pads"], node.options["count_include_pad"]) == ([0, 1], 0)


def test_a_window_that_ceil_mode_drops_is_not_in_the_padding():
    """Windows start at −1, 0, 1, 2, 3; one more would fit, but start at 4, after the input."""
    layer = nn.MaxPool(2, stride=1, padding=((1, 2),), ceil_mode=True)
    assert layer.output_shape((1, 4)) == (1, 5)
    (node,) = nodes_of(layer, (1, 4))
    assert node.options["pads"] == [1, 1]
    (node,) = nodes_of(nn.MaxPool(1, stride=3, padding=((0, 2),), ceil_mode=True), (1, 5))
    assert node.options["pads"] == [0, 0]  # windows at 0 and 3: the last entry is not even read


def test_a_mean_that_counts_the_padding_and_not_what_hangs_over_it():
    layer = nn.AvgPool(3, stride=2, padding=1, ceil_mode=True)
    graph = graph_of(layer, (2, 6))
    conv, mul = graph.nodes
    assert (conv.op, mul.op) == ("Conv", "Mul")
    assert (conv.options["pads"], conv.options["group"]) == ([1, 2], 2)
    assert (graph.arrays["constant"] == np.ones((2, 1, 3))).all()
    np.testing.assert_array_equal(
        graph.arrays["constant_1"], np.float32([1 / 3, 1 / 3, 1 / 3, 1 / 2])
    )
    (node,) = nodes_of(layer, (2, 7))  # nothing hangs over
    assert node.options["count_include_pad"] == 1


def test_padding_that_runtimes_refuse():
    graph = graph_of(nn.MaxPool(2, stride=1, padding=2, dilation=3), (1, 4))
    pad, node = graph.nodes
    assert graph.arrays[pad.inputs[1]].tolist() == [0, 0, 2, 0, 0, 2]
    assert graph.arrays[pad.inputs[2]] == -np.inf
    assert (node.op, node.options["pads"]) == ("MaxPool", [0, 0])
    layer = nn.AvgPool(2, stride=1, padding=2, dilation=3, count_include_pad=False)
    graph = graph_of(layer, (1, 4))
    conv, mul = graph.nodes
    assert (conv.op, conv.options["pads"], mul.op) == ("Conv", [2, 2], "Mul")
    np.testing.assert_array_equal(graph.arrays["constant_1"], [1, 1, 1 / 2, 1, 1])


@pytest.mark.parametrize("kind", [nn.MaxPool, nn.AvgPool, nn.GlobalAvgPool])
def test_more_axes_than_runtimes_pool_over(kind):
    layer = kind() if kind is nn.GlobalAvgPool else kind(1)
    rule = "ONNX Runtime pools over at most 3 axes, not 4$"
    with pytest.raises(ValueError, match=r"^layer 0\.1, .*Pool\(1?\): " + rule):
        graph_of(nn.Sequential(nn.Sequential(nn.ReLU(), layer)), (1, 2, 2, 2, 2))


def leaves(kind=nn.Layer):
    below = [sub for sub in kind.__subclasses__() if sub.__module__.startswith("convlib.nn.")]
    return {leaf for sub in below for leaf in leaves(sub)} if below else {kind}


def test_every_layer_of_the_library_has_a_writer():
    assert leaves() == set(WRITERS)


# ---------------------------------------------------------------- the package onnx


def test_onnx_is_asked_for_by_name(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"^to_onnx needs the package onnx: pip install onnx$"):
        nn.to_onnx(nn.ReLU(), (3,))
