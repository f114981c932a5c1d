"""Weights by name: out under PyTorch's names, in from anywhere, all of them or none."""

import re

import numpy as np
import pytest

from convlib import nn
from convlib.nn.weights import arrays_of, torch_names


def network(seed=0, dtype=np.float64):
    block = nn.Residual(nn.Conv(2, 2, 3, padding=1, rng=seed), nn.BatchNorm(2))
    net = nn.Sequential(nn.Conv(1, 2, 3, bias=False, rng=seed), block, nn.Flatten())
    net.add_child("3", nn.Dense(8, 3, rng=seed))
    net.astype(dtype)(np.random.default_rng(seed).normal(size=(5, 1, 4, 4)).astype(dtype))
    return net


class Scale(nn.Layer):
    def __init__(self, **params):
        super().__init__()
        for name, value in params.items():
            self.add_parameter(name, value)


def copies(net):
    return {name: array.copy() for name, array in arrays_of(net).items()}


def same(net, arrays):
    for name, array in arrays_of(net).items():
        np.testing.assert_array_equal(array, arrays[name])


# ---------------------------------------------------------------- out


def test_names_in_torch():
    net = network()
    weights = nn.torch_weights(net)
    assert {name: array.shape for name, array in weights.items()} == {
        "0.weight": (2, 1, 3, 3),
        "1.inside.0.weight": (2, 2, 3, 3),
        "1.inside.0.bias": (2,),
        "1.inside.1.weight": (2,),
        "1.inside.1.bias": (2,),
        "3.weight": (3, 8),
        "3.bias": (3,),
        "1.inside.1.running_var": (2,),
        "1.inside.1.running_mean": (2,),
        "1.inside.1.num_batches_tracked": (),
    }
    np.testing.assert_array_equal(weights["1.inside.1.running_var"], net.buffers["1.inside.1.var"])
    weights["3.weight"] += 1
    assert not np.array_equal(weights["3.weight"], net.params["3.w"])


def test_names_of_a_layer_of_ones_own():
    assert torch_names(Scale(a=1, w=2)) == {"a": "a", "w": "weight"}
    # one name for two arrays would lose one of them
    net = nn.Sequential(Scale(w=1, gamma=2), nn.BatchNorm(1))
    assert list(nn.torch_weights(net))[:4] == ["0.w", "0.gamma", "1.weight", "1.bias"]
    assert list(nn.torch_weights(Scale(mean=1))) == ["running_mean"]  # no BatchNorm, no counter


# ---------------------------------------------------------------- in


def test_by_hand():
    layer = nn.Dense(2, 1)
    held = layer.params["w"]
    nn.set_weights(layer, [[[1, -1]], [3]])
    np.testing.assert_array_equal(layer([[0.5, 0.25]]), [[3.25]])
    assert layer.params["w"] is held
    nn.set_weights(layer, {"weight": ((2, 0),), "b": np.array([1], np.int8)})  # any name, any kind
    np.testing.assert_array_equal(layer([[0.5, 0.25]]), [[2]])


@pytest.mark.parametrize("names", [nn.torch_weights, arrays_of])
def test_the_inverse_of_the_way_out(names):
    one, two = network(1), network(2)
    nn.set_weights(two, names(one))
    same(two, copies(one))
    nn.set_weights(one, names(one))  # its own arrays
    same(one, copies(two))


def test_a_list_in_the_order_of_params_and_buffers():
    one, two = network(1), network(2)
    before = copies(two)
    nn.set_weights(two, list(one.params.values()))
    same(two, {**before, **one.params})
    nn.set_weights(two, tuple(a.tolist() for a in [*one.params.values(), *one.buffers.values()]))
    same(two, copies(one))


def test_what_comes_from_the_same_net_is_read_before_it_is_written():
    net = nn.Sequential(nn.Dense(1, 1), nn.Dense(1, 1))
    a, b = net.params["0.w"], net.params["1.w"]
    a[...], b[...] = 1, 2
    nn.set_weights(net, [b, [0], a, [0]])
    assert (a.item(), b.item()) == (2, 1)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_the_dtype_of_the_net_stays(dtype):
    layer = nn.Dense(2, 1, dtype=dtype)
    nn.set_weights(layer, [np.array([[1.5, np.inf]], ">f8"), np.ones(5, np.float32)[::-5]])
    assert {array.dtype for array in layer.params.values()} == {np.dtype(dtype)}
    np.testing.assert_array_equal(layer.params["w"], [[1.5, np.inf]])


class Tensor:
    """What a framework's tensor has: gradients, a device, and a method that makes an array."""

    def __init__(self, array, steps=("detach", "cpu"), dtype="torch.float32"):
        self.array, self.steps, self.dtype = array, steps, dtype

    def without(self, done):
        return Tensor(self.array, tuple(step for step in self.steps if step != done), self.dtype)

    def detach(self):
        return self.without("detach")

    def cpu(self):
        return self.without("cpu")

    def numpy(self):
        if self.steps:
            raise RuntimeError(f"call {self.steps[0]} first")
        if self.array is None:
            raise TypeError("unsupported ScalarType BFloat16")
        return self.array


class ArrayLike:
    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.array, dtype)


def test_tensors():
    layer = nn.Dense(2, 1)
    nn.set_weights(layer, {"weight": Tensor(np.array([[1.0, 2]])), "bias": ArrayLike([3])})
    np.testing.assert_array_equal(layer([[1, 1]]), [[6]])


@pytest.mark.parametrize(
    ("dtype", "advice"),
    [
        ("torch.bfloat16", "; write .float() behind the tensor, which makes it float32"),
        ("torch.float8_e5m2", "; write .float() behind the tensor, which makes it float32"),
        ("torch.complex32", ""),
    ],
)
def test_a_tensor_that_numpy_does_not_know(dtype, advice):
    layer = nn.Dense(2, 1)
    text = "weight cannot be read as an array: unsupported ScalarType BFloat16" + advice
    with pytest.raises(ValueError, match=f"{re.escape(text)}$"):
        nn.set_weights(layer, {"weight": Tensor(None, dtype=dtype), "bias": [1]})


def test_a_scalar_parameter():
    layer = Scale(a=2.0)
    nn.set_weights(layer, {"a": 5})
    assert layer.params["a"] == 5
    nn.set_weights(layer, [np.float32(7)])
    assert layer.params["a"] == 7


def test_nothing_to_set():
    nn.set_weights(nn.ReLU(), {})
    nn.set_weights(nn.ReLU(), [])


# ---------------------------------------------------------------- what does not fit


def changed(**changes):
    """The weights of a network, with some changed or left out (None)."""
    weights = {**nn.torch_weights(network(7)), **changes}
    return {name: value for name, value in weights.items() if value is not None}


FAULTS = {
    "missing": (changed(**{"0.weight": None}), "0.w is missing"),
    "several": (
        changed(**{"0.weight": None, "3.bias": np.ones((1, 3)), "conv1.weight": np.ones(1)}),
        "0.w is missing; conv1.weight is not in the net; "
        "3.bias has shape (1, 3), the net (3,)",
    ),
    "twice": (changed(**{"3.b": [1, 2, 3]}), "3.b is there twice, also as 3.bias"),
    "another counter": (
        changed(**{"0.num_batches_tracked": 1}),
        "0.num_batches_tracked is not in the net",
    ),
    "no numbers": (changed(**{"3.bias": ["a", "b", "c"]}), "3.bias has dtype <U1: needs numbers"),
    "truth values": (changed(**{"3.bias": [True, False, True]}), "3.bias has dtype bool"),
    "complex": (changed(**{"3.bias": [1j, 2, 3]}), "3.bias has dtype complex128"),
    "ragged": (changed(**{"3.bias": [[1], [2, 3]]}), "3.bias has rows of different"),
    "nothing": (changed(**{"3.bias": {}}), "3.bias holds {}: needs numbers"),
    "a name that is no string": (changed(**{"3.bias": [1, 2, 3]}) | {3: 1}, "3 is not in the net"),
    "too few": ([[1]], "weights is a list of 1: needs 7, one for each of net.params, or 9 with"),
    "the shape in a list": (
        [*list(network().params.values())[:-1], [1]],
        "3.b (weights[6]) has shape (1,), the net (3,)",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("weights", "text"), FAULTS.values(), ids=FAULTS)
def test_what_does_not_fit_is_named_and_the_net_left_alone(weights, text):
    net = network()
    before = copies(net)
    with pytest.raises(ValueError, match=re.escape(text)):
        nn.set_weights(net, weights)
    same(net, before)


def test_every_fault_in_one_message():
    with pytest.raises(ValueError, match="fit") as raised:
        nn.set_weights(nn.Dense(2, 1), {"weight": [[1, 2, 3]], "bias": [1j], "c": 0})
    assert str(raised.value) == (
        "weights do not fit this net: c is not in the net; "
        "weight has shape (1, 3), the net (1, 2); "
        "bias has dtype complex128: needs integers or floats; layers compute with real numbers"
    )


def test_a_number_that_the_dtype_cannot_hold():
    layer = nn.Dense(2, 1, dtype=np.float16)
    with pytest.raises(ValueError, match=r"weight holds 1e\+06, which float16 cannot$"):
        nn.set_weights(layer, {"weight": [[1, 1e6]], "bias": [0]})


@pytest.mark.parametrize("weights", [np.ones((2, 2)), "weights.npz", 3, None, iter([])])
def test_neither_a_mapping_nor_a_list(weights):
    kind = type(weights).__name__
    with pytest.raises(TypeError, match=rf"^weights is {kind}: needs a mapping of names to arrays"):
        nn.set_weights(nn.Dense(1, 1), weights)
