"""The registry of algorithms: every function that needs the three products reaches them."""

import re

import numpy as np
import pytest

import convlib as cl
from convlib import fast, nn

X, W, DY = np.array([[[3, 1, 4, 1, 5]]]), np.array([[[1, 2, 1]]]), np.array([[[1, 2, 3]]])
IM2COL = fast.algorithm_named("im2col")


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
    assert cl.algorithms() == ("auto", "im2col", "scaled")
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
    message = "algorithm='im2kol': needs one of 'auto', 'im2col'; did you mean 'im2col'?"
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
    assert cl.algorithms() == ("auto", "im2col")
