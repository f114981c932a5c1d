"""Losses: by hand, against logarithms and differences, scores of ±1000, texts."""

import math

import numpy as np
import pytest

import convlib as cl
from convlib import nn


def test_softmax_by_hand():
    p = nn.softmax([[math.log(1), math.log(2), math.log(5)], [7, 7, 7]])
    np.testing.assert_allclose(p, [[1 / 8, 2 / 8, 5 / 8], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-15)


def test_softmax_does_not_see_a_shift(rng):
    s = rng.normal(size=(5, 4))
    np.testing.assert_allclose(nn.softmax(s + 1000), nn.softmax(s), rtol=1e-12)
    np.testing.assert_allclose(nn.softmax(s).sum(axis=1), 1, rtol=1e-15)


def test_cross_entropy_by_hand():
    scores = [[math.log(1), math.log(2), math.log(5)], [0, 0, 0]]
    loss = nn.softmax_cross_entropy(scores, [2, 0])
    assert math.isclose(loss.value, (math.log(8 / 5) + math.log(3)) / 2, rel_tol=1e-14)
    expected = [[1 / 16, 2 / 16, -3 / 16], [-2 / 6, 1 / 6, 1 / 6]]
    np.testing.assert_allclose(loss.grad, expected, rtol=1e-14)
    assert type(loss.value) is float


def test_cross_entropy_against_its_definition(rng):
    scores, labels = rng.normal(size=(6, 5)) * 3, rng.integers(0, 5, 6)
    p = nn.softmax(scores)
    value = -np.mean([math.log(p[n, t]) for n, t in enumerate(labels)])
    loss = nn.softmax_cross_entropy(scores, labels)
    assert math.isclose(loss.value, value, rel_tol=1e-13)
    np.testing.assert_allclose(loss.grad, (p - np.eye(5)[labels]) / 6, atol=1e-15)
    measured = cl.numerical_gradient(lambda s: nn.softmax_cross_entropy(s, labels).value, scores)
    np.testing.assert_allclose(loss.grad, measured, atol=1e-9)
    np.testing.assert_allclose(loss.grad.sum(axis=1), 0, atol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_a_thousand(dtype):
    scores = np.array([[1000, -1000, 0], [-1000, 1000, 999]], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        right, wrong = (nn.softmax_cross_entropy(scores, t) for t in ([0, 1], [1, 0]))
    assert math.isclose(right.value, math.log(1 + math.exp(-1)) / 2, rel_tol=1e-6)
    assert math.isclose(wrong.value, 2000 + math.log(1 + math.exp(-1)) / 2, rel_tol=1e-6)
    np.testing.assert_array_equal(wrong.grad[0], [0.5, -0.5, 0])
    assert np.isfinite(right.grad).all()
    assert {right.grad.dtype, nn.softmax(scores).dtype} == {np.dtype(dtype)}


@pytest.mark.parametrize("labels", [[2], [-1], [3, 0]])
def test_nan_scores_give_nan(labels):
    if labels == [2]:
        loss = nn.softmax_cross_entropy([[1, np.nan, 0]], labels)
        assert math.isnan(loss.value)
        assert np.isnan(loss.grad).all()
    else:
        with pytest.raises(ValueError, match="labels"):
            nn.softmax_cross_entropy([[1, np.nan, 0]] * len(labels), labels)


def test_one_class_costs_nothing():
    loss = nn.softmax_cross_entropy([[3.0], [5.0]], [0, 0])
    assert loss.value == 0
    np.testing.assert_array_equal(loss.grad, [[0], [0]])


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64])
def test_labels_of_every_integer_type(kind):
    scores = np.zeros((2, 10))
    loss = nn.softmax_cross_entropy(scores, np.array([9, 0], kind))
    assert math.isclose(loss.value, math.log(10))
    assert loss.grad[0, 9] < 0 < loss.grad[0, 0]


def test_inputs_stay():
    scores, labels = np.array([[1.0, 2], [3, 4]]), np.array([0, 1])
    before = scores.copy(), labels.copy()
    nn.softmax(scores)
    nn.softmax_cross_entropy(scores, labels)
    nn.mse(scores, scores)
    np.testing.assert_array_equal(scores, before[0])
    np.testing.assert_array_equal(labels, before[1])


def test_mean_squared_error_by_hand():
    loss = nn.mse([[1, 2], [3, 4]], [[1, 0], [0, 8]])
    assert loss.value == (0 + 4 + 9 + 16) / 4
    np.testing.assert_array_equal(loss.grad, [[0, 1], [1.5, -2]])
    assert type(loss.value) is float


@pytest.mark.parametrize("shape", [(), (3,), (2, 3, 4)])
def test_mean_squared_error_of_any_shape(shape, rng):
    y, t = rng.normal(size=(2, *shape))
    loss = nn.mse(y, t)
    measured = cl.numerical_gradient(lambda a: nn.mse(a, t).value, y, h=1)
    np.testing.assert_allclose(loss.grad, measured, atol=1e-12)
    single = nn.mse(y.astype(np.float32), t)
    assert single.grad.dtype == np.float32
    assert math.isclose(single.value, loss.value, rel_tol=1e-5)


def test_half_precision_is_added_up_in_single():
    loss = nn.mse(np.full(3000, 200, np.float16), np.zeros(3000, np.float16))
    assert loss.value == 40000
    assert loss.grad.dtype == np.float16
    assert nn.softmax(np.zeros((1, 4), np.float16)).dtype == np.float16


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (
            lambda: nn.softmax([1, 2]),
            ValueError,
            "scores has shape (2,): needs (N, K), one score per class; one sample alone is"
            " scores[np.newaxis]",
        ),
        (
            lambda: nn.softmax(np.zeros((2, 0))),
            ValueError,
            "scores has shape (2, 0): needs (N, K), one score per class",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((0, 3)), []),
            ValueError,
            "scores has shape (0, 3): a mean needs at least one sample",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [0]),
            ValueError,
            "labels has shape (1,): needs (2,), one class number per row of scores",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [0, 3]),
            ValueError,
            "labels[1]=3: needs 0 to 2, as scores has 3 columns",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [1, 3]),
            ValueError,
            "labels[1]=3: needs 0 to 2, as scores has 3 columns; these seem to count from 1:"
            " labels - 1",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [-1, 0]),
            ValueError,
            "labels[0]=-1: needs 0 to 2, as scores has 3 columns",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [0.0, 1.0]),
            TypeError,
            "labels has dtype float64: needs integers, the number of the class; write"
            " labels.astype(int)",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), np.eye(3)[:2]),
            ValueError,
            "labels has shape (2, 3): needs (2,), the number of the class; of one-hot rows,"
            " labels.argmax(axis=1)",
        ),
        (
            lambda: nn.mse(np.zeros((3, 1)), np.zeros(3)),
            ValueError,
            "target has shape (3,): needs (3, 1), the shape of prediction (nothing is broadcast)",
        ),
        (
            lambda: nn.mse([], []),
            ValueError,
            "prediction has shape (0,): a mean needs at least one entry",
        ),
        (
            lambda: nn.mse([1j], [0]),
            TypeError,
            "prediction has dtype complex128: needs integers or floats; layers compute with real"
            " numbers",
        ),
    ],
)
def test_what_is_refused(call, error, text):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == text
