"""The gradient check finds what is wrong, forgives what is right, and leaves the layer alone."""

import numpy as np
import pytest

from convlib import nn


class Scale(nn.Layer):
    """y = a·x with a gradient that can be told to be wrong."""

    def __init__(self, wrong_x=1.0, wrong_a=1.0):
        super().__init__()
        self.add_parameter("a", [1.5])
        self.wrong = wrong_x, wrong_a

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        return self.params["a"] * x, x

    def compute_gradients(self, dy, saved):
        grads = {"a": np.array([(dy * saved).sum()]) * self.wrong[1]}
        return dy * self.params["a"] * self.wrong[0], grads


def test_a_right_layer(rng):
    errors = nn.check_gradients(Scale(), rng.normal(size=(4, 5)), rng=0)
    assert list(errors) == ["x", "a"]
    assert max(errors.values()) < 1e-9


@pytest.mark.parametrize(
    ("factor", "error"), [(2, 0.5), (0.5, 0.5), (-1, 2), (1.001, 0.001), (0, 1)]
)
def test_a_wrong_gradient_has_the_error_that_it_has(factor, error, rng):
    x = rng.normal(size=(4, 5))
    errors = nn.check_gradients(Scale(wrong_x=factor), x, rng=0)
    np.testing.assert_allclose(errors["x"], error, rtol=0.01)
    assert errors["a"] < 1e-9
    errors = nn.check_gradients(Scale(wrong_a=factor), x, rng=0)
    np.testing.assert_allclose(errors["a"], error, rtol=0.01)
    assert errors["x"] < 1e-9


def test_one_wrong_entry_among_many_is_seen(rng):
    class OneOff(nn.ReLU):
        def compute_gradients(self, dy, saved):
            dx, grads = super().compute_gradients(dy, saved)
            dx[0, 0] += 1
            return dx, grads

    x = rng.normal(size=(10, 50))
    assert nn.check_gradients(OneOff(), x, rng=0)["x"] > 0.01


def test_a_gradient_that_is_forgotten_is_seen(rng):
    class Forgetful(Scale):
        def compute_gradients(self, dy, saved):
            return super().compute_gradients(dy, saved)[0], {}

    net = nn.Sequential(Forgetful(), nn.Tanh())
    net[0].grads["a"] = np.array([3.0])
    errors = nn.check_gradients(net, rng.normal(size=(4, 5)), rng=0)
    assert (errors["x"] < 1e-8, errors["0.a"]) == (True, 1)
    assert dict(net.grads) == {"0.a": 3}


def test_a_step_too_large_is_no_slope(rng):
    x = rng.normal(size=(4, 5))
    assert nn.check_gradients(nn.Tanh(), x, rng=0)["x"] < 1e-8
    assert nn.check_gradients(nn.Tanh(), x, rng=0, h=1)["x"] > 1e-3


def test_a_gradient_that_is_zero_is_no_error(rng):
    """BatchNorm takes out what a bias before it adds, so that bias has gradient 0."""
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.BatchNorm(3))
    assert nn.check_gradients(net, rng.normal(size=(4, 2, 6, 6)), rng=0)["0.b"] < 1e-7
    none = nn.Sequential(nn.Dense(2, 2, init=lambda shape, rng: np.zeros(shape)), nn.ReLU())
    assert nn.check_gradients(none.eval(), np.zeros((2, 2)) - 1, rng=0)["x"] == 0


def test_the_layer_stays_as_it_was(rng):
    net = nn.Sequential(nn.Dense(3, 4, rng=0), nn.BatchNorm(4), nn.Dropout(0.5, rng=0))
    x = rng.normal(size=(6, 3))
    before = {name: array.copy() for name, array in [*net.params.items(), *net.buffers.items()]}
    state = net[2].rng.bit_generator.state
    given = x.copy()
    nn.check_gradients(net, x, rng=0)
    after = {**net.params, **net.buffers}
    assert all(np.array_equal(after[name], array) for name, array in before.items())
    assert net[2].rng.bit_generator.state == state
    assert dict(net.grads) == {}
    np.testing.assert_array_equal(x, given)
    with pytest.raises(RuntimeError):
        net.backward(np.ones((6, 4)))


def test_seeds(rng):
    x = rng.normal(size=(4, 5))
    one, two = (nn.check_gradients(nn.Tanh(), x, rng=3) for _ in range(2))
    assert one == two
    assert nn.check_gradients(nn.Tanh(), x) != one


def test_single_precision_has_the_error_of_single_precision(rng):
    layer = nn.Dense(50, 20, rng=0, dtype=np.float32)
    errors = nn.check_gradients(layer, rng.normal(size=(30, 50)).astype(np.float32), rng=0)
    assert 1e-9 < max(errors.values()) < 1e-5


def test_half_precision_has_the_error_of_half_precision(rng):
    layer = nn.Sequential(nn.Dense(20, 10, rng=0), nn.LayerNorm(10), nn.Tanh()).astype(np.float16)
    errors = nn.check_gradients(layer, rng.normal(size=(30, 20)).astype(np.float16), rng=0)
    assert 1e-5 < max(errors.values()) < 1e-2


# ---------------------------------------------------------------- any tree, any parameter


@pytest.mark.parametrize("wrong", [1, 2])
def test_any_tree(wrong, rng):
    """A mistake is seen in a branch, in a shortcut, and in a layer inside a layer of one's own."""

    class Own(nn.Layer):
        def __init__(self):
            super().__init__()
            self.inside = nn.Residual(Scale(wrong_a=wrong), shortcut=Scale(wrong_a=wrong))

        def output_shape(self, shape):
            return tuple(shape)

        def compute(self, x):
            return self.inside(x), None

        def compute_gradients(self, dy, kept):
            return self.inside.backward(dy), {}

    net = nn.Sequential(nn.Parallel(Own(), Scale(wrong_a=wrong)), nn.Tanh())
    errors = nn.check_gradients(net, rng.normal(size=(4, 5)), rng=0)
    names = ["0.0.inside.inside.0.a", "0.0.inside.shortcut.a", "0.1.a"]
    assert list(errors) == ["x", *names]
    assert errors["x"] < 1e-8
    for name in names:
        np.testing.assert_allclose(errors[name], 0 if wrong == 1 else 0.5, atol=1e-8)


class Single(nn.Layer):
    """y = a·x with a parameter of no axis, read anew or, wrongly, once for all."""

    def __init__(self, stale=False):
        super().__init__()
        self.add_parameter("a", 2)
        self.stale = self.params["a"] if stale else None

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        return (self.params["a"] if self.stale is None else self.stale) * x, x

    def compute_gradients(self, dy, kept):
        return self.params["a"] * dy, {"a": (dy * kept).sum()}


def test_a_parameter_without_axes_goes_on_learning_after_it_was_replaced(rng):
    layer, x = Single(), rng.normal(size=(4, 5))
    layer.params["a"] = layer.params["a"] * 1.5  # NumPy makes a number of it, not an array
    assert max(nn.check_gradients(layer, x, rng=0).values()) < 1e-9
    layer(x)
    layer.backward(np.ones((4, 5)))
    nn.SGD(layer, lr=0.5).step()
    np.testing.assert_allclose(layer.params["a"], 3 - 0.5 * x.sum())
    np.testing.assert_allclose(layer(x), layer.params["a"] * x)


def test_a_parameter_that_forward_does_not_read_is_seen(rng):
    layer, x = Single(stale=True), rng.normal(size=(4, 5))
    np.testing.assert_allclose(nn.check_gradients(layer, x, rng=0)["a"], 1)
    layer.params["a"] = layer.params["a"] * 1.5
    assert nn.check_gradients(layer, x, rng=0)["x"] > 0.1


def test_parameters_that_were_integers(rng):
    sobel = np.array([[[[1, 0, -1], [2, 0, -2], [1, 0, -1]]]])
    layer = nn.Conv(1, 1, 3, init=lambda shape, rng: sobel)
    x = rng.integers(0, 255, (2, 1, 6, 6))
    assert max(nn.check_gradients(layer, x, rng=0).values()) < 1e-7
    layer.params["w"] = sobel
    assert max(nn.check_gradients(layer, x, rng=0).values()) < 1e-7
    assert max(nn.check_gradients(Single(), [[1, 2], [3, 4]], rng=0).values()) < 1e-9


def test_a_parameter_called_x_is_refused():
    layer = nn.Tanh()
    layer.add_parameter("x", 1.0)
    with pytest.raises(ValueError, match="a parameter is called 'x': needs another name"):
        nn.check_gradients(layer, [[1.0]])


# ---------------------------------------------------------------- magnitudes


class Times(nn.Layer):
    """The gradient of another layer times a factor."""

    def __init__(self, layer, factor):
        super().__init__()
        self.layer, self.factor = layer, factor

    def output_shape(self, shape):
        return self.layer.output_shape(shape)

    def compute(self, x):
        return self.layer(x), None

    def compute_gradients(self, dy, kept):
        return self.factor * self.layer.backward(dy), {}


def in_the_linear_part(x):
    """Small values, where Sigmoid and Tanh have a slope."""
    return np.abs(x).max() < 1


@pytest.mark.parametrize("exponent", [-200, -100, -30, -5, 0, 4, 8, 30, 100, 200])
def test_magnitudes(exponent, rng):
    values = rng.permutation(np.linspace(-2, 2, 432))  # no two alike, none near 0: no kinks
    x = values.reshape(4, 3, 6, 6) * 10.0**exponent
    kinds = [
        lambda: nn.Conv(3, 2, 3, rng=0),
        lambda: nn.MaxPool(2),
        lambda: nn.BatchNorm(3),
        lambda: nn.Sequential(nn.GroupNorm(1, 3), nn.Flatten(), nn.Dense(108, 2, rng=0)),
        nn.GlobalAvgPool,
        nn.ReLU,
        nn.GELU,
        *([nn.Sigmoid, nn.Tanh] if in_the_linear_part(x) else []),
    ]
    for make in kinds:
        assert max(nn.check_gradients(make(), x, rng=0).values()) < 1e-6, make()
        for factor, error in ((0.5, 0.5), (1.001, 0.001), (0, 1)):
            found = nn.check_gradients(Times(make(), factor), x, rng=0)["x"]
            np.testing.assert_allclose(found, error, rtol=0.02, err_msg=f"{make()}")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_slope_that_is_no_number_is_infinitely_wrong(value, rng):
    x = rng.normal(size=(4, 5))
    assert nn.check_gradients(Scale(wrong_x=value), x, rng=0)["x"] == np.inf


def test_integers_are_taken_for_floats():
    assert nn.check_gradients(nn.Sigmoid(), np.arange(6).reshape(2, 3), rng=0)["x"] < 1e-8


def test_a_class_is_no_layer():
    with pytest.raises(
        TypeError,
        match=r"^layer is the class Tanh: needs a layer .*write Tanh\(\.\.\.\), with paren",
    ):
        nn.check_gradients(nn.Tanh, np.ones((2, 2)))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"x": [[1.0]], "h": 0}, "h=0: needs a step above 0, for example h=1e-5"),
        ({"x": np.zeros((0, 3))}, r"x has shape \(0, 3\): needs at least one entry"),
    ],
)
def test_what_is_refused(options, text):
    with pytest.raises(ValueError, match=text):
        nn.check_gradients(nn.Tanh(), **options)
