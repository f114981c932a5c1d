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
    with pytest.raises(TypeError, match=r"'0.b' belongs to its layer"):
        del params["0.b"]
    with pytest.raises(KeyError, match=r"'0.v': there is no such array; there are 0.w, 0.b, 1.0.w"):
        params["0.v"] = zeros


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
            "layers[0] is list: needs a layer or nn.Sequential; nn.Sequential(*layers) makes one "
            "of a list",
        ),
        (
            lambda: nn.Sequential(nn.Flatten(), nn.ReLU),
            TypeError,
            "layers[1] is the class ReLU: needs a layer or nn.Sequential; write ReLU(...), with "
            "parentheses",
        ),
        (
            lambda: nn.Sequential(np.tanh),
            TypeError,
            "layers[0] is ufunc: needs a layer or nn.Sequential",
        ),
        (
            lambda: nn.Sequential(int),
            TypeError,
            "layers[0] is the class int: needs a layer or nn.Sequential",
        ),
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


# ---------------------------------------------------------------- around and side by side


def conv(c_in, c_out, kernel=3, seed=0, **options):
    return nn.Conv(c_in, c_out, kernel, padding=kernel // 2, rng=seed, **options)


def test_residual_by_hand():
    block = nn.Residual(nn.Dense(2, 2, bias=False, init=lambda shape, rng: 3 * np.eye(2)))
    np.testing.assert_array_equal(block([[1, 2]]), [[4, 8]])
    np.testing.assert_array_equal(block.backward([[1, 10]]), [[4, 40]])
    np.testing.assert_array_equal(block.grads["inside.0.w"], [[1, 2], [10, 20]])


def test_parallel_by_hand():
    def times(factor):
        return nn.Dense(2, 2, bias=False, init=lambda shape, rng: factor * np.eye(2))

    both = nn.Parallel(times(2), times(3))
    np.testing.assert_array_equal(both([[1, 2]]), [[5, 10]])
    np.testing.assert_array_equal(both.backward([[1, 10]]), [[5, 50]])
    beside = nn.Parallel(times(2), times(3), join="concatenate")
    np.testing.assert_array_equal(beside([[1, 2]]), [[2, 4, 3, 6]])
    np.testing.assert_array_equal(beside.backward([[1, 1, 10, 10]]), [[32, 32]])


def resnet(seed=0):
    first = nn.Residual(
        conv(4, 4, seed=seed), nn.BatchNorm(4), nn.Tanh(), conv(4, 4, seed=seed + 1)
    )
    wider = nn.Residual(
        conv(4, 6, stride=2, seed=seed + 2),
        nn.Tanh(),
        conv(6, 6, seed=seed + 3),
        shortcut=nn.Conv(4, 6, 1, stride=2, rng=seed + 4),
    )
    end = [nn.GlobalAvgPool(), nn.Dense(6, 3, rng=seed)]
    return nn.Sequential(conv(1, 4, seed=seed + 5), first, nn.Tanh(), wider, nn.Tanh(), *end)


def inception(seed=0):
    branches = [
        conv(4, 3, 1, seed),
        nn.Sequential(conv(4, 2, 1, seed + 1), nn.Tanh(), conv(2, 3, 3, seed + 2)),
        nn.Sequential(nn.AvgPool(3, stride=1, padding=1), conv(4, 2, 1, seed + 3)),
    ]
    block = nn.Parallel(*branches, join="concatenate")
    end = [nn.GlobalAvgPool(), nn.Dense(8, 3, rng=seed)]
    return nn.Sequential(conv(1, 4, seed=seed + 4), nn.Tanh(), block, nn.Tanh(), *end)


@pytest.mark.parametrize("make", [resnet, inception])
def test_small_nets_of_the_two_kinds(make, rng, tmp_path):
    """Gradients, training, files: nothing is special about a net with branches."""
    net, x = make(), rng.normal(size=(40, 1, 8, 8))
    assert max(nn.check_gradients(net, x[:3], rng=0).values()) < 1e-6
    labels = (x.mean(axis=(1, 2, 3)) > 0).astype(int) + (x[:, 0, 0, 0] > 1)
    optimizer = nn.Adam(net, lr=0.02)
    history = nn.fit(net, x, labels, optimizer=optimizer, epochs=30, rng=0, progress=False)
    assert history.loss[-1] < 0.5 * history.loss[0]
    other = make(7)
    nn.save(net, tmp_path / "net.npz")
    nn.load(other, tmp_path / "net.npz")
    np.testing.assert_array_equal(nn.predict(net, x), nn.predict(other, x))


def test_the_table_of_a_net_with_branches():
    lines = inception().summary((1, 8, 8)).splitlines()
    assert [line.split()[0] for line in lines[3:-2]] == [
        "0", "1", "2", "2.0", "2.1.0", "2.1.1", "2.1.2", "2.2.0", "2.2.1", "3", "4", "5",
    ]  # fmt: skip
    assert "Parallel of 3 branches: concatenate" in lines[5]
    assert "(8, 8, 8)" in lines[5]
    assert lines[-1].split() == ["total", f"{inception().count}"]


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: nn.Residual(3), TypeError, "layers[0] is int: needs a layer or nn.Sequential"),
        (
            lambda: nn.Residual(shortcut="same"),
            TypeError,
            "shortcut is str: needs a layer or nn.Sequential",
        ),
        (lambda: nn.Parallel(), ValueError, "branches: needs at least one layer"),
        (
            lambda: nn.Parallel(nn.ReLU(), join="add"),
            ValueError,
            "join='add': needs one of 'sum', 'concatenate'",
        ),
        (
            lambda: nn.Residual(nn.Dense(3, 2)).output_shape((3,)),
            ValueError,
            "x has shape (N, 3): Residual: inside + identity needs two summands of one shape, not "
            "(2,) inside and (3,) beside; a shortcut=nn.Conv(...) may change it",
        ),
        (
            lambda: nn.Parallel(nn.Dense(3, 2), nn.ReLU())([[1, 2, 3]]),
            ValueError,
            "Parallel of 2 branches: sum needs branches of one shape, not (2,), (3,)",
        ),
        (
            lambda: nn.Sequential(nn.Residual(nn.ReLU(), nn.Dense(3, 2))).output_shape((4,)),
            ValueError,
            "layer 0.inside.1: x has shape (N, 4): Dense(3 → 2) needs (N, 3)",
        ),
    ],
)
def test_what_cannot_stand_side_by_side(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert text in str(raised.value)
