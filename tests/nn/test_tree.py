"""One tree of layers: what is inside is trained, counted, saved, cast, switched, printed."""

import copy
import inspect
import pickle
import threading
import types
from collections import deque
from functools import partial

import numpy as np
import pytest

from convlib import nn


class Gated(nn.Layer):
    """A layer of one's own with a parameter and layers inside: y = a·f(x) + x."""

    def __init__(self, *layers):
        super().__init__()
        self.add_parameter("a", 0.5)
        self.inside = nn.Sequential(*layers)

    def output_shape(self, shape):
        return self.inside.output_shape(shape)

    def compute(self, x):
        y = self.inside(x)
        return self.params["a"] * y + x, y

    def compute_gradients(self, dy, kept):
        return self.inside.backward(self.params["a"] * dy) + dy, {"a": (dy * kept).sum()}


def gated(seed=0):
    norm, inner = nn.BatchNorm(3), nn.Conv(3, 3, 3, padding=1, rng=seed)
    block = Gated(inner, norm, nn.Dropout(0.5, rng=seed))
    return nn.Sequential(nn.Conv(1, 3, 3, padding=1, rng=seed + 1), block, nn.GlobalAvgPool())


NAMES = ["0.w", "0.b", "1.a", "1.inside.0.w", "1.inside.0.b", "1.inside.1.gamma", "1.inside.1.beta"]


def test_everything_inside_has_a_name_and_is_counted():
    net = gated()
    assert list(net.params) == NAMES
    assert list(net.buffers) == ["1.inside.1.mean", "1.inside.1.var"]
    assert net.count == (9 * 3 + 3) + 1 + (81 + 3) + 6
    paths = [path for path, _ in net.named_layers()]
    assert paths[:4] == ["", "0", "1", "1.inside"]
    assert dict(net[1].children) == {"inside": net[1].inside}
    assert len(net.params) == len(NAMES)


def test_everything_inside_is_trained(rng):
    net, x = gated(), rng.normal(size=(8, 1, 6, 6))
    before = {name: array.copy() for name, array in net.params.items()}
    net.backward(rng.normal(size=net(x).shape))
    assert set(net.grads) == set(NAMES)
    nn.SGD(net, lr=0.1).step()
    moved = [name for name, array in net.params.items() if not np.array_equal(array, before[name])]
    assert set(moved) >= set(NAMES) - {"1.inside.0.b"}  # what batch norm subtracts has no gradient


def test_everything_inside_is_checked(rng):
    """A wrong gradient deep inside is found under its own name."""

    class Wrong(nn.Tanh):
        def compute_gradients(self, dy, kept):
            return 2 * super().compute_gradients(dy, kept)[0], {}

    x = rng.normal(size=(3, 1, 4, 4))
    right = nn.check_gradients(gated(), x, rng=0)
    assert set(right) == {"x", *NAMES}
    assert max(right.values()) < 1e-6
    wrong = nn.Sequential(nn.Conv(1, 3, 1, rng=0), Gated(nn.Conv(3, 3, 1, rng=1), Wrong()))
    errors = nn.check_gradients(wrong, x, rng=0)
    assert min(errors["1.inside.0.w"], errors["0.w"]) > 0.01
    assert errors["1.a"] < 1e-6


def test_everything_inside_is_saved_and_loaded(rng, tmp_path):
    one, two, x = gated(1), gated(2), rng.normal(size=(4, 1, 5, 5))
    one(x)  # moves the buffers
    nn.save(one, tmp_path / "net.npz")
    assert not np.array_equal(nn.predict(one, x), nn.predict(two, x))
    nn.load(two, tmp_path / "net.npz")
    np.testing.assert_array_equal(nn.predict(one, x), nn.predict(two, x))


def test_everything_inside_is_cast():
    net = gated().astype(np.float32)
    assert {array.dtype for array in (*net.params.values(), *net.buffers.values())} == {
        np.dtype(np.float32)
    }
    half = gated().astype(np.float16)
    assert {array.dtype for array in half.params.values()} == {np.dtype(np.float16)}
    assert {array.dtype for array in half.buffers.values()} == {np.dtype(np.float32)}


def test_everything_inside_is_switched(rng):
    net, x = gated(), rng.normal(size=(4, 1, 5, 5))
    net.eval()
    assert not any(layer.training for _, layer in net.named_layers())
    np.testing.assert_array_equal(net(x), net(x))
    assert net.train().training
    assert not np.array_equal(net(x), net(x))


def test_everything_inside_is_printed(rng):
    net = gated()
    assert "1.inside.1  BatchNorm(3)" in repr(net)
    lines = net.summary((1, 6, 6)).splitlines()
    assert lines[4].split() == ["1", "Gated()", "(3,", "6,", "6)", "1"]
    assert lines[5].split()[0] == "1.inside.0"  # its shape is not known: no input_shapes
    assert lines[-1].split() == ["total", f"{net.count}"]


# ---------------------------------------------------------------- what cannot be seen is refused


def test_a_hidden_layer_is_refused_at_construction():
    class Hiding(nn.Layer):
        def __init__(self, where):
            super().__init__()
            self.blocks = where(nn.Dense(2, 2))

    for where in (lambda d: [d], lambda d: (nn.ReLU(), d), lambda d: {"a": [d]}):
        with pytest.raises(TypeError, match=r"^Hiding\.blocks holds (Dense|ReLU).*hides it; use s"):
            Hiding(where)


def test_a_list_beside_the_tree_is_no_hiding():
    class Listed(nn.Layer):
        def __init__(self):
            super().__init__()
            self.blocks = [nn.Dense(2, 2), nn.ReLU()]
            for number, block in enumerate(self.blocks):
                self.add_child(f"block{number}", block)

    assert list(Listed().params) == ["block0.w", "block0.b"]


def test_a_layer_before_super_is_refused():
    class Early(nn.Layer):
        def __init__(self):
            self.inside = nn.ReLU()
            super().__init__()

    with pytest.raises(RuntimeError, match=r"^Early\.inside is a layer: call super\(\).__init__"):
        Early()


def test_an_attribute_that_changes_changes_the_tree():
    block = Gated(nn.Dense(2, 2, rng=0))
    block.inside = nn.Sequential(nn.Dense(2, 2, bias=False, rng=1))
    assert list(block.params) == ["a", "inside.0.w"]
    block.inside = None
    assert list(block.params) == ["a"]
    block.inside = nn.ReLU()
    del block.inside
    assert not block.children


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda b: b.add_child("b", 3), TypeError, "b is int: needs a layer"),
        (lambda b: b.add_child("a", nn.ReLU()), ValueError, "name='a': needs a name without a dot"),
        (lambda b: b.add_child("x.y", nn.ReLU()), ValueError, "name='x.y': needs a name without"),
        (lambda b: b.add_child("again", b.inside), ValueError, "layers: Sequential of 1 layer is"),
        (lambda b: b.add_child("self", b), ValueError, "layers: Gated() would contain itself"),
        (lambda b: b.add_parameter("a", 1.0), ValueError, "name='a': needs a name without a dot"),
        (lambda b: b.add_parameter("inside", 1.0), ValueError, "that is not taken yet"),
        (
            lambda b: b.add_buffer("c", [1j]),
            TypeError,
            "c has dtype complex128: needs integers or floats",
        ),
    ],
)
def test_what_does_not_belong_into_the_tree(call, error, text):
    with pytest.raises(error) as raised:
        call(Gated(nn.ReLU()))
    assert text in str(raised.value)


# ---------------------------------------------------------------- parameters that are put there


def test_integers_do_not_truncate():
    dense = nn.Dense(2, 1, bias=False)
    dense.params["w"] = np.array([[1, -1]])
    np.testing.assert_array_equal(nn.predict(dense, [[0.5, 0.25]]), [[0.25]])
    conv = nn.Conv(1, 1, 3, bias=False)
    conv.params["w"] = np.array([[[[1, 0, -1], [2, 0, -2], [1, 0, -1]]]])
    assert nn.predict(conv, np.tri(3)[None, None] / 4).item() == 0.75
    assert conv.dtype == np.float64


def test_a_scalar_that_numpy_returns_still_learns():
    block = Gated(nn.Tanh())
    block.params["a"] = block.params["a"] * 2  # a NumPy scalar: `-=` on it would change a copy
    optimizer = nn.SGD(block, lr=1.0)
    block.backward(np.ones_like(block(np.ones((1, 2)))))
    optimizer.step()
    assert block.params["a"] == 1 - 2 * np.tanh(1)


@pytest.mark.parametrize("dtype", ["f2", ">f8", "i8", "u1"])
def test_a_parameter_keeps_its_dtype(dtype):
    layer = nn.Dense(2, 2, dtype=np.float32, rng=0)
    layer.params["w"] = np.ones((2, 2), dtype)
    assert layer.params["w"].dtype == np.dtype(np.float32)


def test_a_parameter_that_cannot_be_written_is_copied():
    layer = nn.Dense(3, 2, rng=0)
    layer.params["w"] = np.broadcast_to(np.arange(3.0), (2, 3))
    layer.params["w"][0, 0] = 7
    np.testing.assert_array_equal(layer.params["w"], [[7, 1, 2], [0, 1, 2]])
    with pytest.raises(ValueError, match=r"^w has shape \(3,\): needs \(2, 3\), the shape of what"):
        layer.params["w"] = np.ones(3)


# ---------------------------------------------------------------- evaluation, copies


def test_predict_writes_nothing(rng):
    net, x = gated(), rng.normal(size=(4, 1, 5, 5))
    y = net(x)
    kept, buffers = net._last, {name: array.copy() for name, array in net.buffers.items()}
    nn.predict(net, x + 1)
    assert net._last is kept
    assert all(layer.training for _, layer in net.named_layers())
    for name, array in net.buffers.items():
        np.testing.assert_array_equal(array, buffers[name])
    assert net.backward(np.ones_like(y)).shape == x.shape


def test_one_thread_predicts_while_another_trains(rng):
    """Mode and memory are those of the call: nobody sees the other's."""
    net, x = gated(), rng.normal(size=(6, 1, 8, 8))
    still, stop, modes = nn.predict(net, x), threading.Event(), []

    def predicts():
        while not stop.is_set():
            nn.predict(net, x, batch_size=2)

    thread = threading.Thread(target=predicts)
    thread.start()
    try:
        for _ in range(200):
            modes.append(net[1].inside[1].training)
    finally:
        stop.set()
        thread.join()
    assert all(modes)
    np.testing.assert_array_equal(nn.predict(net, x), still)


def test_a_pickle_carries_no_batch(rng):
    net, x = gated(), rng.normal(size=(50, 1, 30, 30))
    net.backward(np.ones_like(net(x)))
    assert len(pickle.dumps(net)) < 10_000
    again = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(nn.predict(again, x), nn.predict(net, x))
    with pytest.raises(RuntimeError, match="backward needs a forward before it"):
        copy.deepcopy(net).backward(np.ones((50, 3)))


# ---------------------------------------------------------------- without the input's gradient


def test_without_the_input_gradient_the_others_are_the_same(rng):
    net, x = gated(), rng.normal(size=(4, 1, 5, 5))
    dy = rng.normal(size=net(x).shape)
    net.backward(dy)
    wanted = {name: grad.copy() for name, grad in net.grads.items()}
    net.grads.clear()
    assert net.backward(dy, input_gradient=False) is None
    assert set(net.grads) == set(wanted)
    for name, grad in wanted.items():
        np.testing.assert_allclose(net.grads[name], grad, atol=1e-12)


def test_a_net_without_parameters_has_nothing_to_do(rng):
    net = nn.Sequential(nn.ReLU(), nn.Flatten())
    net(rng.normal(size=(2, 3)))
    assert net.backward(np.ones((2, 3)), input_gradient=False) is None
    with pytest.raises(TypeError, match="input_gradient=0: needs True or False"):
        net.backward(np.ones((2, 3)), input_gradient=0)


# ---------------------------------------------------------------- hidden in other ways


def hidden_in(value):
    class Hiding(nn.Layer):
        def __init__(self):
            super().__init__()
            self.there = value

    return Hiding


def closure(layer):
    return lambda x: layer(x)


HIDINGS = {
    "a namespace": lambda d: types.SimpleNamespace(l=d),
    "a closure": closure,
    "a bound method": lambda d: d.forward,
    "a partial": lambda d: partial(nn.Layer.forward, d),
    "a deque": lambda d: deque([d]),
    "an object array": lambda d: np.array([d, None], dtype=object),
    "keys": lambda d: {d: 1},
    "deep lists": lambda d: [[[[[[d]]]]]],
}


@pytest.mark.parametrize("where", HIDINGS)
def test_a_layer_hidden_anywhere_is_refused(where):
    with pytest.raises(TypeError, match=r"^Hiding\.there holds Dense\(2 → 2\), but hides it; use"):
        hidden_in(HIDINGS[where](nn.Dense(2, 2)))()


def test_what_is_hidden_later_is_refused_then():
    block = Gated(nn.Tanh())
    with pytest.raises(TypeError, match=r"^Gated\.more holds Dense.*hides it"):
        block.more = [nn.Dense(2, 2)]


class Calls(nn.Layer):
    """A layer that calls what it is given, whether that is in its tree or not."""

    def __init__(self, *calls):
        super().__init__()
        self.calls = [*calls] if all(callable(c) for c in calls) else None

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        for call in self.calls:
            x = call(x)
        return x, None

    def compute_gradients(self, dy, kept):
        return dy, {}


def test_a_layer_that_is_called_must_be_in_the_tree():
    """The last resort: what no attribute shows is found when it runs."""
    net = nn.Sequential(Calls(), nn.Dense(2, 2, rng=0))
    net[0].calls.append(nn.Dense(2, 2, rng=1))
    for call in (net, lambda x: nn.predict(net, x)):
        with pytest.raises(
            TypeError, match=r"Dense\(2 → 2\) is called by Sequential of 2 layers, wh"
        ):
            call(np.ones((1, 2)))
    net[0].calls.clear()
    assert net(np.ones((1, 2))).shape == (1, 2)


def test_a_layer_is_called_once_in_a_forward():
    class Twice(Gated):
        def compute(self, x):
            return self.inside(self.inside(x)), None

    block = Twice(nn.Tanh())
    with pytest.raises(ValueError, match="is called twice in one forward, but remembers only one"):
        block([[1.0]])
    np.testing.assert_allclose(nn.predict(block, [[1.0]]), np.tanh(np.tanh(1)))


def test_a_twin_that_came_in_later_is_found():
    shared = nn.Dense(2, 2)
    late = nn.Sequential(nn.ReLU())
    net = nn.Sequential(shared, late)
    late.append(shared)
    with pytest.raises(ValueError, match=r"Dense\(2 → 2\) is there twice"):
        net(np.ones((1, 2)))


# ---------------------------------------------------------------- changing the tree


def test_a_child_is_replaced_in_its_place():
    net = nn.Sequential(nn.Dense(2, 3), nn.ReLU(), nn.Dense(3, 2))
    net[0] = nn.Dense(2, 3, bias=False)
    assert [type(layer).__name__ for layer in net] == ["Dense", "ReLU", "Dense"]
    assert list(net.params) == ["0.w", "2.w", "2.b"]
    net[-1] = nn.Tanh()
    assert list(net.params) == ["0.w"]
    assert net.append(nn.Dense(3, 1)).output_shape((2,)) == (1,)
    with pytest.raises(IndexError):
        net[7] = nn.ReLU()


def test_a_child_that_cannot_come_in_changes_nothing():
    net = nn.Sequential(nn.Dense(2, 2), nn.ReLU())
    with pytest.raises(ValueError, match="is there twice"):
        net[1] = net[0]
    assert [type(layer).__name__ for layer in net] == ["Dense", "ReLU"]


def test_a_child_and_its_attribute_stay_one():
    block = nn.Residual(nn.Dense(2, 2))
    block.add_child("inside", nn.Sequential(nn.Dense(2, 2, bias=False)))
    assert block.inside is block.children["inside"]


@pytest.mark.parametrize("name", ["forward", "params", 3, ""])
def test_a_name_that_is_taken_or_none(name):
    with pytest.raises(ValueError, match="needs a name without a dot"):
        nn.Sequential().add_child(name, nn.ReLU())


def test_a_further_child_of_a_chain_is_no_stage():
    class WithMore(nn.Sequential):
        def __init__(self, *layers):
            super().__init__(*layers)
            self.more = nn.Dense(5, 5)

    net = WithMore(nn.Dense(2, 2))
    assert len(net) == 1
    assert net([[1, 2]]).shape == (1, 2)
    assert "more.w" in net.params


def test_a_part_taken_in_evaluation_keeps_its_mode():
    from convlib.nn.layer import evaluation

    net = gated()
    with evaluation():
        part = net[1:]
        assert not part.training
    assert part.training


# ---------------------------------------------------------------- what a layer's methods promise


def own(shape=tuple, compute=lambda x: (x, None), back=lambda dy: (dy, {})):
    class Own(nn.Layer):
        def output_shape(self, given):
            return shape(given)

        def compute(self, x):
            return compute(x)

        def compute_gradients(self, dy, kept):
            return back(dy)

    return Own()


@pytest.mark.parametrize(
    ("options", "error", "text"),
    [
        ({"compute": lambda x: 2 * x}, TypeError, "Own.compute returns ndarray: needs (y, kept)"),
        ({"compute": lambda x: None}, TypeError, "Own.compute returns None: needs (y, kept)"),
        ({"compute": lambda x: (x.sum(1), 0)}, ValueError, "y from Own.compute has shape (2,)"),
        ({"shape": list}, TypeError, "Own.output_shape returns list: needs a tuple of sizes"),
        ({"shape": lambda s: None}, TypeError, "Own.output_shape returns None: needs"),
        ({"back": lambda dy: dy}, TypeError, "Own.compute_gradients returns ndarray: needs (dx, g"),
        ({"back": lambda dy: (dy[:, :1], {})}, ValueError, "dx from Own.compute_gradients has sha"),
        ({"back": lambda dy: (dy, None)}, TypeError, "needs a dict of the gradients"),
        ({"back": lambda dy: (dy, {"w": 1})}, ValueError, "a gradient for 'w', which is no param"),
    ],
)
def test_what_a_layer_of_ones_own_breaks(options, error, text):
    layer = own(**options)
    with pytest.raises(error) as raised:
        layer.backward(np.ones_like(layer(np.ones((2, 3)))))
    assert text in str(raised.value)


def test_a_forgotten_super_is_named():
    class Forgetful(nn.Layer):
        def __init__(self):
            pass

    class Early(nn.Layer):
        def __init__(self):
            self.add_parameter("w", 1.0)

    with pytest.raises(
        RuntimeError, match=r"^Forgetful.__init__ does not call super\(\).__init__\(\)"
    ):
        Forgetful()
    with pytest.raises(RuntimeError, match=r"^Early.__init__: call super\(\).__init__\(\) before"):
        Early()
    with pytest.raises(AttributeError, match="'ReLU' object has no attribute 'p'"):
        _ = nn.ReLU().p


def test_gradients_of_before_are_gone():
    """A gradient that backward does not write this time must not be stepped again."""

    class Forgets(Gated):
        def compute_gradients(self, dy, kept):
            return dy, {"a": (dy * kept).sum()}

    block = Forgets(nn.Dense(2, 2, rng=0))
    block.inside[0].grads["w"] = np.ones((2, 2))
    block.backward(block(np.ones((1, 2))))
    assert list(block.grads) == ["a"]
    with pytest.raises(RuntimeError, match=r"inside\.0\.w"):
        nn.SGD(block).step()


# ---------------------------------------------------------------- arrays once more


def test_one_array_does_not_stand_under_two_names():
    net = nn.Sequential(nn.Dense(2, 2), nn.Dense(2, 2))
    net.params["1.w"] = net.params["0.w"]
    assert not np.may_share_memory(net.params["0.w"], net.params["1.w"])


def test_what_does_not_fit_the_dtype_is_refused():
    layer = nn.Dense(2, 1, dtype=np.float32)
    with pytest.raises(ValueError, match=r"^w holds 1e\+300, which float32 cannot$"):
        layer.params["w"] = np.full((1, 2), 1e300)


def test_gradients_put_there_by_hand_are_numbers_that_can_be_written():
    layer = nn.Dense(2, 1)
    layer.grads["w"] = np.broadcast_to([1, 2], (1, 2))
    assert (layer.grads["w"].dtype, layer.grads["w"].flags.writeable) == (np.float64, True)
    with pytest.raises(TypeError, match="w has dtype complex128"):
        layer.grads["w"] = np.ones((1, 2), complex)


def test_nets_are_in_the_byte_order_of_the_machine(tmp_path):
    net = nn.Dense(2, 2, dtype=">f4")
    assert net.params["w"].dtype.isnative
    assert nn.Dense(2, 2).astype(">f8").params["w"].dtype.isnative
    nn.save(net, tmp_path / "net.npz")
    nn.load(net, tmp_path / "net.npz")


def test_a_copy_shares_nothing():
    net = nn.Sequential(nn.Dense(2, 2))
    other = copy.copy(net)
    other.astype(np.float32)
    other.append(nn.ReLU())
    assert (net.dtype, len(net)) == (np.float64, 1)


def test_help_shows_the_options_of_a_layer():
    assert list(inspect.signature(nn.MaxPool).parameters)[:3] == ["window", "stride", "padding"]
    assert list(inspect.signature(nn.ReLU).parameters) == []


def test_the_gradients_of_a_tree_are_cleared_once_and_by_the_outermost_backward(monkeypatch):
    walks = []
    real = nn.Layer.named_layers

    def named_layers(self, prefix=""):
        walks.append(self)
        return real(self, prefix)

    net = nn.Sequential(nn.Residual(nn.Sequential(nn.Dense(3, 3, rng=0))), nn.Dense(3, 2, rng=1))
    y = net.forward(np.ones((4, 3)))
    monkeypatch.setattr(nn.Layer, "named_layers", named_layers)
    net.backward(np.ones_like(y))
    # every layer is walked over once, as a part of the one walk that begins at the root
    assert len(walks) == len({id(layer) for layer in walks})
    assert walks[0] is net


def test_a_layer_that_the_next_backward_leaves_out_has_no_old_gradients():
    class Detour(nn.Layer):
        def __init__(self):
            super().__init__()
            self.used, self.left = nn.Dense(2, 2, rng=0), nn.Dense(2, 2, rng=1)
            self.turn = "used"

        def output_shape(self, shape):
            return tuple(shape)

        def compute(self, x):
            return getattr(self, self.turn)(x), self.turn

        def compute_gradients(self, dy, kept):
            return getattr(self, kept).backward(dy), {}

    net = nn.Sequential(Detour())
    for turn in ("used", "left"):
        net[0].turn = turn
        net.backward(np.ones_like(net.forward(np.ones((1, 2)))))
    assert sorted(net.grads) == ["0.left.b", "0.left.w"]


def test_after_a_backward_that_fails_the_next_one_clears_again():
    class Fails(nn.ReLU):
        fails = False

        def compute_gradients(self, dy, kept):
            if self.fails:
                raise ArithmeticError
            return super().compute_gradients(dy, kept)

    net = nn.Sequential(Fails(), nn.Dense(2, 2, rng=0))
    net.forward(np.ones((1, 2)))
    net.backward(np.ones((1, 2)))
    net[0].fails = True
    with pytest.raises(ArithmeticError):
        net.backward(np.ones((1, 2)))
    net[0].fails = False
    net.grads["1.w"] = np.full((2, 2), 7.0)
    net[1].compute_gradients = lambda dy, kept: (dy, {})
    net.backward(np.ones((1, 2)))
    assert not net.grads


def test_a_second_turn_in_one_backward_keeps_nothing_of_the_first():
    class Moody(nn.Dense):
        turns = 0

        def compute_gradients(self, dy, kept):
            dx, grads = super().compute_gradients(dy, kept)
            self.turns += 1
            return dx, grads if self.turns == 1 else {"b": grads["b"]}

    class Twice(nn.Layer):
        def __init__(self):
            super().__init__()
            self.inside = nn.Sequential(nn.Dense(2, 2, rng=0), Moody(2, 2, rng=1))

        def output_shape(self, shape):
            return tuple(shape)

        def compute(self, x):
            return self.inside(x), None

        def compute_gradients(self, dy, kept):
            self.inside.backward(dy)
            return self.inside.backward(2 * dy), {}

    net = nn.Sequential(Twice())
    net.backward(np.ones_like(net.forward(np.ones((1, 2)))))
    assert sorted(net.grads) == ["0.inside.0.b", "0.inside.0.w", "0.inside.1.b"]
    np.testing.assert_array_equal(net.grads["0.inside.1.b"], [2, 2])


def test_a_backward_that_is_refused_keeps_the_gradients():
    net = nn.Sequential(nn.Dense(2, 2, rng=0), nn.ReLU())
    net.backward(np.ones_like(net.forward(np.ones((1, 2)))))
    with pytest.raises(TypeError, match="input_gradient"):
        net.backward(np.ones((1, 2)), input_gradient="no")
    assert sorted(net.grads) == ["0.b", "0.w"]
