"""The code that computes is the code that derives: SymPy arrays through the layers."""

import numpy as np
import pytest

import convlib as cl

sp = pytest.importorskip("sympy")


def symbols(name, *shape):
    array = np.empty(shape, object)
    for index in np.ndindex(shape):
        array[index] = sp.Symbol(name + "".join(map(str, index[-1:] if len(shape) == 1 else index)))
    return array


def check(array, expressions):
    """Both sides are the same polynomials."""
    assert array.dtype == object
    expected = np.array([sp.sympify(text) for text in expressions], object).reshape(array.shape)
    for index in np.ndindex(array.shape):
        assert sp.expand(array[index] - expected[index]) == 0, (index, array[index])


X, W, DY = symbols("x", 5)[None, None], symbols("w", 3)[None, None], symbols("g", 3)[None, None]


def test_a_layer():
    y = ["w0*x0 + w1*x1 + w2*x2", "w0*x1 + w1*x2 + w2*x3", "w0*x2 + w1*x3 + w2*x4"]
    check(cl.conv(X, W), y)
    check(cl.conv(X, W, symbols("b", 1)), [f"{text} + b0" for text in y])
    check(cl.conv(X, W, stride=2), [y[0], y[2]])
    check(cl.conv(X, W, dilation=2), ["w0*x0 + w1*x2 + w2*x4"])
    check(cl.conv(X, W, padding=((1, 0),), stride=3), ["w1*x0 + w2*x1", y[2]])


def test_its_gradients():
    grads = cl.conv_backward(DY, X, W)
    check(
        grads.dx,
        ["g0*w0", "g0*w1 + g1*w0", "g0*w2 + g1*w1 + g2*w0", "g1*w2 + g2*w1", "g2*w2"],
    )
    check(
        grads.dw,
        ["g0*x0 + g1*x1 + g2*x2", "g0*x1 + g1*x2 + g2*x3", "g0*x2 + g1*x3 + g2*x4"],
    )
    check(grads.db, ["g0 + g1 + g2"])


def test_an_unread_input_gets_zero():
    grads = cl.conv_backward(DY[..., :1], X[..., :4], W, stride=2)
    check(grads.dx, ["g0*w0", "g0*w1", "g0*w2", "0"])


def test_the_transposed_layer():
    y = cl.conv_transpose(DY, W, stride=2)
    check(y, ["g0*w0", "g0*w1", "g0*w2 + g1*w0", "g1*w1", "g1*w2 + g2*w0", "g2*w1", "g2*w2"])
    same = cl.conv_transpose(DY, W, symbols("b", 1), stride=2, padding="same")
    check(same[..., 4:], ["b0 + g1*w2 + g2*w0", "b0 + g2*w1"])


def test_columns():
    cols = cl.im2col(X[..., :3], 2)
    check(cols, ["x0", "x1", "x1", "x2"])
    check(cl.col2im(cols, (3,), 2), ["x0", "2*x1", "x2"])
    check(cl.pad(X[..., :1], 1), ["0", "x0", "0"])


@pytest.mark.parametrize("transposed", [False, True])
def test_gradients_are_derivatives(transposed):
    """SymPy's own differentiation agrees, with groups, stride, dilation and uneven padding."""
    options = {"stride": 2, "padding": ((1, 0), (0, 1)), "dilation": (1, 2), "groups": 2}
    layer, backward = cl.conv, cl.conv_backward
    if transposed:
        layer, backward = cl.conv_transpose, cl.conv_transpose_backward
        options["output_padding"] = (0, 1)
    x, w, b = symbols("x", 1, 2, 2, 3), symbols("w", 2, 1, 2, 2), symbols("b", 2)
    y = layer(x, w, b, **options)
    dy = symbols("g", *y.shape)
    loss = (y * dy).sum()
    grads = backward(dy, x, w, **options)
    for array, grad in zip((x, w, b), grads, strict=True):
        assert grad.shape == array.shape
        for index in np.ndindex(array.shape):
            assert sp.expand(sp.diff(loss, array[index]) - grad[index]) == 0


def test_fractions_stay_exact():
    third = np.array([[[sp.Rational(1, 3)] * 3]])
    assert cl.conv(third, third)[0, 0, 0] == sp.Rational(1, 3)


def test_no_products_at_all_is_zero():
    y = cl.conv(np.empty((1, 0, 3), object), np.empty((1, 0, 2), object))
    check(y, ["0", "0"])
