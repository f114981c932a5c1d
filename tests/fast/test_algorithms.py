"""The registry of algorithms: every function that needs the three products reaches them."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import fast, nn, reference
from convlib.geometry import layer_axes

X, W, DY = np.array([[[3, 1, 4, 1, 5]]]), np.array([[[1, 2, 1]]]), np.array([[[1, 2, 3]]])
IM2COL = fast.algorithm_named("im2col")
LISTED = cl.algorithms()
AXES = layer_axes((5, 4), (2, 3), stride=(2, 1), padding=1, dilation=(1, 2))


def times(factor, product):
    return lambda *arguments: factor * product(*arguments)


@pytest.fixture
def scaled(monkeypatch):
    """An algorithm whose three products are known by their factors; forgotten after the test."""
    monkeypatch.setattr(fast, "_algorithms", dict(fast._algorithms))
    products = (times(factor, product) for factor, product in zip((2, 3, 5), IM2COL, strict=True))
    cl.register_algorithm("scaled", cl.Algorithm(*products))
    return "scaled"


def test_it_is_listed_and_auto_stays_what_it_was(scaled):
    assert cl.algorithms() == ("auto", *sorted({*LISTED, "scaled"} - {"auto"}))
    np.testing.assert_array_equal(cl.conv(X, W, algorithm=scaled), 2 * cl.conv(X, W))
    np.testing.assert_array_equal(cl.conv(X, W, algorithm="auto"), cl.conv(X, W))


def test_the_bias_is_added_behind_it(scaled):
    np.testing.assert_array_equal(cl.conv(X, W, [100], algorithm=scaled), [[[118, 120, 122]]])


def test_both_gradients_come_from_it(scaled):
    plain, found = cl.conv_backward(DY, X, W), cl.conv_backward(DY, X, W, algorithm=scaled)
    np.testing.assert_array_equal(found.dw, 3 * plain.dw)
    np.testing.assert_array_equal(found.dx, 5 * plain.dx)
    np.testing.assert_array_equal(found.db, plain.db)


def test_a_transposed_layer_takes_the_input_gradient_for_its_output(scaled):
    plain = cl.conv_transpose(DY, W)
    np.testing.assert_array_equal(cl.conv_transpose(DY, W, algorithm=scaled), 5 * plain)
    back = cl.conv_transpose_backward(X, DY, W)
    found = cl.conv_transpose_backward(X, DY, W, algorithm=scaled)
    np.testing.assert_array_equal(found.dx, 2 * back.dx)
    np.testing.assert_array_equal(found.dw, 3 * back.dw)


@pytest.mark.parametrize("kind", [nn.Conv, nn.ConvTranspose])
def test_the_layers_reach_it(scaled, kind):
    plain, layer = (kind(1, 1, 3, ndim=1, rng=0, algorithm=name) for name in ("auto", scaled))
    products = (2, 5) if kind is nn.Conv else (5, 2)
    x = X.astype(float)
    np.testing.assert_allclose(layer(x), products[0] * plain(x))
    dy = np.ones_like(plain(x))
    np.testing.assert_allclose(layer.backward(dy), products[1] * plain.backward(dy))
    np.testing.assert_allclose(layer.grads["w"], 3 * plain.grads["w"])
    assert "algorithm scaled" in repr(layer)
    assert "algorithm" not in repr(plain)


@pytest.mark.parametrize(
    "call",
    [
        lambda name: nn.Conv(1, 1, 3, algorithm=name),
        lambda name: cl.conv(X, W, algorithm=name),
        lambda name: cl.conv_backward(DY, X, W, algorithm=name),
        lambda name: cl.conv_transpose(DY, W, algorithm=name),
        lambda name: cl.conv_transpose_backward(X, DY, W, algorithm=name),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(call):
    known = ", ".join(map(repr, LISTED))
    message = f"algorithm='im2kol': needs one of {known}; did you mean 'im2col'?"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call("im2kol")


@pytest.mark.parametrize(
    ("name", "algorithm", "kind", "message"),
    [
        ("auto", IM2COL, ValueError, "name='auto': this word leaves the choice to the library"),
        ("", IM2COL, TypeError, "name='': needs a text"),
        (3, IM2COL, TypeError, "name=3: needs a text"),
        ("mine", IM2COL.output, TypeError, "needs an Algorithm(output, weight_gradient, "),
        ("mine", cl.Algorithm(IM2COL.output, None, None), TypeError, "of three functions"),
    ],
)
def test_what_cannot_be_registered(name, algorithm, kind, message):
    with pytest.raises(kind, match=re.escape(message)):
        cl.register_algorithm(name, algorithm)
    assert cl.algorithms() == LISTED


# ---------------------------------------------------------------- every algorithm of the library


@pytest.mark.parametrize("name", LISTED)
@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64, complex])
def test_every_algorithm_agrees_with_the_loops(name, dtype, rng):
    x, w = (rng.integers(-9, 9, shape).astype(dtype) for shape in ((2, 4, 7, 6), (6, 2, 2, 3)))
    options = {"stride": (2, 1), "padding": ((1, 0), (2, 1)), "dilation": (1, 2), "groups": 2}
    y = cl.conv(x, w, algorithm=name, **options)
    np.testing.assert_array_equal(y, reference.conv(x, w, **options))
    found = cl.conv_backward(y, x, w, algorithm=name, **options)
    for gradient, expected in zip(found, reference.conv_backward(y, x, w, **options), strict=True):
        np.testing.assert_array_equal(gradient, expected)
    assert cl.conv(x[:0], w, algorithm=name, **options).shape == (0, *y.shape[1:])


# ---------------------------------------------------------------- what a registered one may not do


def calls(name):
    """One call for each product; x has 4 channels and w 6 filters, in 2 groups."""
    x, w = np.ones((2, 4, 5, 4), "f4"), np.ones((6, 2, 2, 3), "f4")
    dy = np.ones((2, 6, *(axis.out for axis in AXES)), "f4")
    options = {"stride": (2, 1), "padding": 1, "dilation": (1, 2), "groups": 2, "algorithm": name}
    back = lambda: cl.conv_backward(dy, x, w, **options)  # noqa: E731
    return {
        "output": (lambda: cl.conv(x, w, **options), (2, 6, 3, 2)),
        "weight_gradient": (back, (6, 2, 2, 3)),
        "input_gradient": (back, (2, 4, 5, 4)),
    }


@pytest.fixture
def register(monkeypatch):
    """Registers im2col as 'mine' with one product changed, for one test."""
    monkeypatch.setattr(fast, "_algorithms", dict(fast._algorithms))

    def change(kind, changed):
        product = getattr(IM2COL, kind)
        mine = IM2COL._replace(**{kind: lambda *given: changed(product(*given))})
        cl.register_algorithm("mine", mine)
        return calls("mine")[kind]

    return change


@pytest.mark.parametrize("kind", cl.Algorithm._fields)
def test_a_right_result_passes_the_guard(register, kind):
    call, _ = register(kind, lambda result: result)
    plain = calls("im2col")[kind][0]()
    np.testing.assert_array_equal(call()[0], plain[0])


@pytest.mark.parametrize("kind", cl.Algorithm._fields)
@pytest.mark.parametrize("axis", range(4))
def test_a_result_of_a_wrong_shape_is_refused(register, kind, axis):
    call, shape = register(kind, lambda result: np.delete(result, 0, axis))
    short = tuple(length - (number == axis) for number, length in enumerate(shape))
    message = f"algorithm 'mine': {kind} gives shape {short}: needs {shape}"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("kind", cl.Algorithm._fields)
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (lambda y: y.astype(float), "dtype float64: needs float32, that of its arguments"),
        (lambda y: y.tolist(), "list: needs a NumPy array"),
        (lambda y: None, "NoneType: needs a NumPy array"),
        (lambda y: np.ma.array(y), "MaskedArray: needs a NumPy array"),
    ],
)
def test_a_result_of_a_wrong_kind_is_refused(register, kind, changed, message):
    call, _ = register(kind, changed)
    message = f"algorithm 'mine': {kind} gives {message}"
    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize("kind", cl.Algorithm._fields)
@pytest.mark.parametrize("which", [0, 1])
def test_the_arguments_cannot_be_written_into(monkeypatch, kind, which):
    monkeypatch.setattr(fast, "_algorithms", dict(fast._algorithms))

    def spoil(*given):
        given[which][...] = 0
        return getattr(IM2COL, kind)(*given)

    cl.register_algorithm("mine", IM2COL._replace(**{kind: spoil}))
    with pytest.raises(ValueError, match="read-only"):
        calls("mine")[kind][0]()


def test_a_bias_does_not_reach_what_an_algorithm_returned_a_view_of(monkeypatch):
    monkeypatch.setattr(fast, "_algorithms", dict(fast._algorithms))
    cl.register_algorithm("same", IM2COL._replace(output=lambda x, w, axes, groups: x))
    x = np.array([[[3.0, 1, 4]]])
    np.testing.assert_array_equal(cl.conv(x, [[[1.0]]], [10], algorithm="same"), [[[13, 11, 14]]])
    np.testing.assert_array_equal(x, [[[3, 1, 4]]])


def test_the_library_does_not_guard_its_own():
    assert IM2COL.output is fast.im2col.output
