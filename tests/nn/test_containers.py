"""Sequential: order, shared arrays, names, tables, copies, texts."""

from copy import deepcopy

import numpy as np
import pytest

from convlib import nn


def lenet():
    return nn.Sequential(
        nn.Conv(1, 4, 3, stride=2, padding=1, rng=0),
        nn.BatchNorm(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dense(64, 10, rng=1),
    )


def nested():
    inner = nn.Sequential(nn.Dense(3, 3, rng=1), nn.Sequential(nn.Dropout(0.5, rng=0)))
    return nn.Sequential(nn.Dense(2, 3, rng=0), inner, nn.BatchNorm(3))


def test_forward_and_backward_one_after_another(rng):
    net = lenet()
    layers = deepcopy(net.layers)
    x = rng.normal(size=(5, 1, 8, 8))
    y = x
    for layer in layers:
        y = layer(y)
    np.testing.assert_array_equal(net(x), y)
    dy = gradient = rng.normal(size=y.shape)
    for layer in reversed(layers):
        gradient = layer.backward(gradient)
    np.testing.assert_array_equal(net.backward(dy), gradient)
    for number, layer in enumerate(layers):
        for name, grad in layer.grads.items():
            np.testing.assert_array_equal(net.grads[f"{number}.{name}"], grad)


def test_a_list_of_layers():
    net = lenet()
    assert len(net) == 5
    assert [type(layer).__name__ for layer in net] == [
        "Conv",
        "BatchNorm",
        "ReLU",
        "Flatten",
        "Dense",
    ]
    assert net[0] is net.layers[0]
    assert net[-1] is net.layers[-1]
    part = net.eval()[1:3]
    assert (type(part), len(part), part[0] is net[1]) == (nn.Sequential, 2, True)
    assert part.training is False
    with pytest.raises(IndexError):
        net[5]


def test_names():
    net = lenet()
    params = ["0.w", "0.b", "1.gamma", "1.beta", "4.w", "4.b"]
    assert sorted(net.params) == sorted(params)
    assert sorted(net.buffers) == ["1.mean", "1.var"]
    assert sorted(nested().params) == ["0.b", "0.w", "1.0.b", "1.0.w", "2.beta", "2.gamma"]
    assert len(net.params) == 6
    assert net.count == 40 + 8 + 650
    assert "0.w" in net.params
    assert "2.w" not in net.params


def test_the_dicts_hold_the_very_arrays():
    net = nested()
    assert net.params["0.w"] is net[0].params["w"]
    assert net.params["1.0.w"] is net[1][0].params["w"]
    assert net.buffers["2.var"] is net[2].buffers["var"]
    before = net[1][0].params["w"].copy()
    net.params["1.0.w"] += 1
    np.testing.assert_array_equal(net[1][0].params["w"], before + 1)


def test_a_new_array_reaches_its_layer():
    net, zeros = nested(), np.zeros((3, 3))
    params = net.params
    params["1.0.w"] = zeros
    assert net[1][0].params["w"] is zeros
    assert params["1.0.w"] is net.params["1.0.w"]
    del params["0.b"]
    assert list(net[0].params) == ["w"]


def test_gradients_taken_once_stay_current(rng):
    net, x = lenet(), rng.normal(size=(3, 1, 8, 8))
    grads = net.grads
    assert dict(grads) == {}
    y = net(x)
    net.backward(y)
    first = grads["0.w"]
    net.backward(2 * y)
    np.testing.assert_allclose(grads["0.w"], 2 * first, rtol=1e-12)
    assert sorted(grads) == sorted(net.params)


def test_a_step_downhill_makes_the_loss_smaller(rng):
    net, x, labels = lenet(), rng.normal(size=(20, 1, 8, 8)), rng.integers(0, 10, 20)
    before = nn.softmax_cross_entropy(net(x), labels)
    net.backward(before.grad)
    for name, param in net.params.items():
        param -= 0.1 * net.grads[name]
    assert nn.softmax_cross_entropy(net(x), labels).value < before.value


def test_modes_reach_every_layer():
    net = nested().eval()
    assert [net.training, net[1].training, net[1][1][0].training, net[2].training] == [False] * 4
    assert net.train()[1][1][0].training is True


def test_conversion_reaches_every_layer(rng):
    net = nested()
    x = rng.normal(size=(4, 2)).astype(np.float32)
    net(x)
    assert net.astype(np.float32) is net
    assert {a.dtype for a in (*net.params.values(), *net.buffers.values())} == {
        np.dtype(np.float32)
    }
    assert net(x).dtype == np.float32
    assert net.dtype == np.float32


def test_a_copy_shares_nothing_and_keeps_its_names(rng):
    net, x = lenet(), rng.normal(size=(3, 1, 8, 8))
    twin = deepcopy(net)
    np.testing.assert_array_equal(twin(x), net(x))
    twin.params["0.w"] += 1
    assert twin.params["0.w"] is twin[0].params["w"]
    assert not np.array_equal(twin.params["0.w"], net.params["0.w"])


def test_nothing_is_the_identity():
    net = nn.Sequential()
    x = np.array([[1.0, 2]])
    np.testing.assert_array_equal(net(x), x)
    np.testing.assert_array_equal(net.backward(x), x)
    assert (net.output_shape((2,)), net.count, dict(net.params)) == ((2,), 0, {})


# ---------------------------------------------------------------- tables

KNOWN = """\
layer                                            output     parameters
----------------------------------------------------------------------
   input                                         (1, 8, 8)
0  Conv(1 → 4, kernel 3×3, stride 2, padding 1)  (4, 4, 4)          40
1  BatchNorm(4)                                  (4, 4, 4)           8
2  ReLU()                                        (4, 4, 4)
3  Flatten()                                     (64,)
4  Dense(64 → 10)                                (10,)             650
----------------------------------------------------------------------
   total                                                           698"""

UNKNOWN = """\
layer                parameters
-------------------------------
0      Dense(2 → 3)           9
1.0    Dense(3 → 3)          12
1.1.0  Dropout(0.5)
2      BatchNorm(3)           6
-------------------------------
       total                 27"""


def test_the_table_with_shapes():
    summary = lenet().summary((1, 8, 8))
    assert summary == repr(summary) == KNOWN  # a notebook shows the repr


def test_the_table_without_shapes_until_a_batch_went_through():
    net = lenet()
    assert "output" not in repr(net)
    net(np.zeros((2, 1, 8, 8)))
    assert repr(net) == KNOWN


def test_the_table_of_layers_in_layers():
    assert repr(nested()) == UNKNOWN
    assert "1.1.0  Dropout(0.5)  (3,)" in nested().summary((2,))


def test_the_table_of_nothing():
    assert repr(nn.Sequential()).splitlines()[-1] == "total           0"


def test_a_summary_changes_nothing():
    net = lenet()
    net.summary((1, 8, 8))
    np.testing.assert_array_equal(net.buffers["1.mean"], 0)
    with pytest.raises(RuntimeError, match=r"^Sequential of 5 layers: backward needs a forward"):
        net.backward([1])


# ---------------------------------------------------------------- texts

TWICE = nn.ReLU()


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: nn.Sequential([nn.ReLU()]),
            TypeError,
            "layers[0] is list: needs a layer; without the brackets, or Sequential(*layers)",
        ),
        (
            lambda: nn.Sequential(nn.Flatten(), nn.ReLU),
            TypeError,
            "layers[1] is ReLU: needs a layer; write ReLU(...), with parentheses",
        ),
        (lambda: nn.Sequential(np.tanh), TypeError, "layers[0] is ufunc: needs a layer"),
        (lambda: nn.Sequential(int), TypeError, "layers[0] is int: needs a layer"),
        (
            lambda: nn.Sequential(TWICE, nn.Sequential(TWICE)),
            ValueError,
            "layers: ReLU() is there twice, but remembers only one forward; make a second layer",
        ),
        (
            lambda: lenet()(np.zeros((1, 3, 8, 8))),
            ValueError,
            "layer 0: x has shape (N, 3, 8, 8): Conv(1 → 4, kernel 3×3, stride 2, padding 1)"
            " needs (N, 1, *spatial) with 2 spatial axes",
        ),
        (
            lambda: lenet().summary((1, 9, 9)),
            ValueError,
            "layer 4: x has shape (N, 100): Dense(64 → 10) needs (N, 64)",
        ),
        (
            lambda: lenet()(np.zeros((1, 1, 2, 2)).repeat(4, axis=2)),
            ValueError,
            "layer 4: x has shape (N, 16): Dense(64 → 10) needs (N, 64)",
        ),
        (
            lambda: nn.Sequential(nn.Sequential(nn.Flatten(), nn.Dense(3, 1))).summary((2, 2)),
            ValueError,
            "layer 0.1: x has shape (N, 4): Dense(3 → 1) needs (N, 3)",
        ),
        (
            lambda: lenet().summary(784),
            TypeError,
            "input_shape=784: needs a tuple of sizes; write input_shape=(784,)",
        ),
    ],
)
def test_what_is_refused(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == text


def test_an_error_about_values_says_where():
    text = r"^x has shape \(1, 3\), one value per channel: training needs at least 2; use a larger"
    with pytest.raises(ValueError, match=text) as raised:
        nested()(np.zeros((1, 2)))
    assert raised.value.__notes__ == ["This happened in layer 2, BatchNorm(3)."]


@pytest.mark.parametrize("name", ["w", "9.w", "0.x", "00.w", "-1.w", "1.0.x", ""])
def test_unknown_names(name):
    with pytest.raises(KeyError) as raised:
        nested().params[name]
    assert raised.value.args == (name,)


def test_the_names_show_what_they_hold():
    net = nn.Sequential(nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.ones(shape)))
    assert repr(net.params) == "{'0.w': array([[1.]])}"
