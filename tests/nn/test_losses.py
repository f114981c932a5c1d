"""Losses: by hand, against logarithms and differences, scores of ±1000, dtypes, texts."""

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
    rows = np.eye(2)
    nn.softmax(scores)
    nn.softmax_cross_entropy(scores, labels)
    nn.softmax_cross_entropy(scores, rows, label_smoothing=0.5, class_weights=[1, 2])
    nn.binary_cross_entropy(scores, rows, positive_weight=[2, 3])
    nn.mse(scores, scores)
    np.testing.assert_array_equal(rows, np.eye(2))
    np.testing.assert_array_equal(scores, before[0])
    np.testing.assert_array_equal(labels, before[1])


def test_one_hot_rows_are_labels(rng):
    scores, labels = rng.normal(size=(6, 5)) * 3, rng.integers(0, 5, 6)
    expected = nn.softmax_cross_entropy(scores, labels)
    for kind in (np.uint8, np.float16, np.float64):
        loss = nn.softmax_cross_entropy(scores, np.eye(5, dtype=kind)[labels])
        assert loss.value == expected.value
        np.testing.assert_array_equal(loss.grad, expected.grad)


def test_probabilities_by_hand():
    loss = nn.softmax_cross_entropy([[0, 0], [math.log(3), 0]], [[0.25, 0.75], [1, 0]])
    assert math.isclose(loss.value, (math.log(2) + math.log(4 / 3)) / 2, rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [[1 / 8, -1 / 8], [-1 / 8, 1 / 8]], rtol=1e-14)


def test_label_smoothing_by_hand():
    """ε = 1/2 over two classes: 3/4 at the label, 1/4 beside it."""
    loss = nn.softmax_cross_entropy([[math.log(3), 0]], [1], label_smoothing=0.5)
    assert math.isclose(loss.value, math.log(4) - math.log(3) / 4, rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [[1 / 2, -1 / 2]], rtol=1e-14)


def test_class_weights_by_hand():
    """Labels: a weighted mean. Probabilities: a weighted sum, divided by the number of samples."""
    scores, weights = [[0, 0], [0, 0]], [1, 3]
    loss = nn.softmax_cross_entropy(scores, [0, 1], class_weights=weights)
    assert math.isclose(loss.value, math.log(2), rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [[-1 / 8, 1 / 8], [3 / 8, -3 / 8]], rtol=1e-14)
    loss = nn.softmax_cross_entropy(scores, [[1, 0], [0, 1]], class_weights=weights)
    assert math.isclose(loss.value, 2 * math.log(2), rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [[-1 / 4, 1 / 4], [3 / 4, -3 / 4]], rtol=1e-14)


def test_equal_weights_change_nothing(rng):
    scores, labels = rng.normal(size=(6, 5)), rng.integers(0, 5, 6)
    plain = nn.softmax_cross_entropy(scores, labels)
    weighted = nn.softmax_cross_entropy(scores, labels, class_weights=np.full(5, 7.0))
    assert math.isclose(weighted.value, plain.value, rel_tol=1e-14)
    np.testing.assert_allclose(weighted.grad, plain.grad, rtol=1e-12)


def test_labels_that_weigh_nothing_cost_nothing():
    loss = nn.softmax_cross_entropy([[5, 1]], [0], class_weights=[0, 1])
    assert loss.value == 0
    np.testing.assert_array_equal(loss.grad, [[0, 0]])


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("smoothing", [0, 0.1, 1])
@pytest.mark.parametrize("weighted", [False, True])
def test_gradients_of_the_options(rows, smoothing, weighted, rng):
    scores, weights = rng.normal(size=(4, 3)), rng.uniform(0.1, 2, 3) if weighted else None
    labels = rng.dirichlet(np.ones(3), 4) if rows else rng.integers(0, 3, 4)
    options = {"label_smoothing": smoothing, "class_weights": weights}
    loss = nn.softmax_cross_entropy(scores, labels, **options)
    measured = cl.numerical_gradient(
        lambda s: nn.softmax_cross_entropy(s, labels, **options).value, scores
    )
    np.testing.assert_allclose(loss.grad, measured, atol=1e-9)
    p, t = nn.softmax(scores), labels if rows else np.eye(3)[labels]
    c = np.ones(3) if weights is None else weights
    shares = -c * ((1 - smoothing) * t + smoothing / 3) * np.log(p)
    assert math.isclose(loss.value, shares.sum() / (4 if rows else (c * t).sum()), rel_tol=1e-12)


def test_a_class_that_is_ruled_out():
    """A score of −∞ costs nothing where the target leaves its class out."""
    for labels in ([1], [[0, 1, 0]]):
        loss = nn.softmax_cross_entropy([[-np.inf, 0, 0]], labels)
        assert math.isclose(loss.value, math.log(2), rel_tol=1e-14)
        np.testing.assert_allclose(loss.grad, [[0, -0.5, 0.5]], rtol=1e-14)


def test_scores_as_far_apart_as_numbers_can_be():
    most = np.finfo(np.float64).max
    loss = nn.softmax_cross_entropy([[most, -most]], [0])
    assert loss.value == 0
    np.testing.assert_array_equal(loss.grad, [[0, 0]])
    np.testing.assert_array_equal(nn.softmax([[most, -most]]), [[1, 0]])


def test_binary_cross_entropy_by_hand():
    """p = 3/4 and 1/2: −log p, and −log(1 − p) = log 2."""
    loss = nn.binary_cross_entropy([math.log(3), 0], [1, 0])
    assert math.isclose(loss.value, (math.log(4 / 3) + math.log(2)) / 2, rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [-1 / 8, 1 / 4], rtol=1e-14)
    loss = nn.binary_cross_entropy([math.log(3), 0], [1, 0], positive_weight=3)
    assert math.isclose(loss.value, (3 * math.log(4 / 3) + math.log(2)) / 2, rel_tol=1e-14)
    np.testing.assert_allclose(loss.grad, [-3 / 8, 1 / 4], rtol=1e-14)
    assert type(loss.value) is float


def test_binary_cross_entropy_is_that_of_two_classes(rng):
    """One score s beside a score of 0: softmax gives the same p."""
    scores, answers = rng.normal(size=7) * 3, rng.integers(0, 2, 7)
    two = nn.softmax_cross_entropy(np.stack([np.zeros(7), scores], 1), answers)
    one = nn.binary_cross_entropy(scores, answers)
    assert math.isclose(one.value, two.value, rel_tol=1e-13)
    np.testing.assert_allclose(one.grad, two.grad[:, 1], rtol=1e-12)


@pytest.mark.parametrize("shape", [(5,), (4, 3), (2, 1, 3, 2), ()])
def test_binary_cross_entropy_of_any_shape(shape, rng):
    scores, targets = rng.normal(size=shape), rng.uniform(size=shape)
    weight = rng.uniform(0, 3, shape[1:] if len(shape) == 2 else ())
    loss = nn.binary_cross_entropy(scores, targets, positive_weight=weight)
    p = 1 / (1 + np.exp(-scores))
    value = np.mean(-weight * targets * np.log(p) - (1 - targets) * np.log(1 - p))
    assert math.isclose(loss.value, value, rel_tol=1e-12)
    measured = cl.numerical_gradient(
        lambda s: nn.binary_cross_entropy(s, targets, positive_weight=weight).value, scores
    )
    np.testing.assert_allclose(loss.grad, measured, atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_answers_that_are_certain(dtype):
    scores = np.array([1000, -1000, 1000, -1000], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        loss = nn.binary_cross_entropy(scores, [1, 0, 0, 1])
    assert loss.value == 500
    np.testing.assert_array_equal(loss.grad, [0, 0, 0.25, -0.25])
    assert loss.grad.dtype == dtype


def test_the_gradient_of_an_almost_certain_answer_is_not_0():
    loss = nn.binary_cross_entropy([-50, 50], [0, 1])
    np.testing.assert_allclose(loss.grad, [math.exp(-50) / 2, -math.exp(-50) / 2], rtol=1e-12)


LOSSES = {
    "cross-entropy": (nn.softmax_cross_entropy, [2, 0, 1, 1]),
    "probabilities": (nn.softmax_cross_entropy, np.full((4, 3), 1 / 3)),
    "binary": (nn.binary_cross_entropy, [[1, 0, 0.5], [0, 0, 1], [1, 1, 0], [0, 1, 0]]),
    "mse": (nn.mse, np.arange(12).reshape(4, 3)),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kind", [">f2", ">f4", ">f8", "f2", "f4", "f8", "g", ">i4", "u1"])
def test_every_byte_order_and_layout(name, kind, rng):
    """The other byte order, reversed and read-only: the numbers of a plain array."""
    loss, targets = LOSSES[name]
    array = rng.integers(0, 9, (4, 3)).astype(kind)
    plain = loss(array.astype(array.dtype.newbyteorder("=")), targets)
    view = array[::-1, ::-1].copy(order="F")[::-1, ::-1]
    view.flags.writeable = False
    for given in (array, view):
        value, grad = loss(given, targets)
        assert value == plain.value
        np.testing.assert_array_equal(grad, plain.grad)
        assert grad.dtype == plain.grad.dtype
        assert grad.dtype.isnative


@pytest.mark.parametrize("name", ["mse", "binary"])
def test_targets_in_the_other_byte_order(name):
    loss, targets = LOSSES[name]
    swapped = loss(np.ones((4, 3), ">f2"), np.array(targets, ">f2"))
    plain = loss(np.ones((4, 3), np.float16), np.array(targets, np.float16))
    assert swapped.value == plain.value
    np.testing.assert_array_equal(swapped.grad, plain.grad)


def test_half_precision_in_the_other_byte_order_is_added_up_in_single():
    """300² overflows float16, also where NumPy does not take it for np.float16."""
    assert nn.mse(np.full(8, 300, ">f2"), np.zeros(8, ">f2")).value == 90000


def test_squares_that_overflow_single_precision():
    big = np.array([3e20, 0], np.float32)
    assert math.isclose(nn.mse(big, 0 * big).value, 4.5e40, rel_tol=1e-6)


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
            "labels has shape (1,): needs (2,), one class number per row of scores, or (2, 3), a"
            " probability per score",
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
            lambda: nn.softmax_cross_entropy(np.zeros((2, 3)), [[0, 1, 0], [0, 1, 1]]),
            ValueError,
            "labels[1] adds up to 2: needs probabilities, each at least 0, that add up to 1 in"
            " every row",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((2, 2)), [[1, 0], [1.5, -0.5]]),
            ValueError,
            "labels[1] holds -0.5: needs probabilities, each at least 0, that add up to 1 in every"
            " row",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((1, 2)), [[np.nan, 1]]),
            ValueError,
            "labels[0] holds nan: needs probabilities, each at least 0, that add up to 1 in every"
            " row",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((1, 2)), [0], label_smoothing=1.5),
            ValueError,
            "label_smoothing=1.5: needs a number from 0 to 1",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((1, 2)), [0], class_weights=[1]),
            ValueError,
            "class_weights has shape (1,): needs (2,), one number per column of scores",
        ),
        (
            lambda: nn.softmax_cross_entropy(np.zeros((1, 2)), [0], class_weights=[1, -1]),
            ValueError,
            "class_weights holds -1: needs numbers of at least 0",
        ),
        (
            lambda: nn.binary_cross_entropy(np.zeros((3, 1)), [0, 1, 1]),
            ValueError,
            "targets has shape (3,): needs (3, 1), the shape of scores (nothing is broadcast);"
            " write targets[..., np.newaxis]",
        ),
        (
            lambda: nn.binary_cross_entropy(np.zeros((2, 2)), [[0, 1], [0, 2]]),
            ValueError,
            "targets[1, 1]=2.0: needs numbers from 0 (no) to 1 (yes)",
        ),
        (
            lambda: nn.binary_cross_entropy([0], [np.nan]),
            ValueError,
            "targets[0]=nan: needs numbers from 0 (no) to 1 (yes)",
        ),
        (
            lambda: nn.binary_cross_entropy([0], [1], positive_weight=[2]),
            ValueError,
            "positive_weight has shape (1,): needs one number",
        ),
        (
            lambda: nn.binary_cross_entropy([[0, 0]], [[1, 1]], positive_weight=[2]),
            ValueError,
            "positive_weight has shape (1,): needs (2,), one number per column of scores",
        ),
        (
            lambda: nn.binary_cross_entropy([0], [1], positive_weight=-1),
            ValueError,
            "positive_weight holds -1: needs numbers of at least 0",
        ),
        (
            lambda: nn.binary_cross_entropy([], []),
            ValueError,
            "scores has shape (0,): a mean needs at least one entry",
        ),
        (
            lambda: nn.mse(np.zeros((3, 1)), np.zeros(3)),
            ValueError,
            "target has shape (3,): needs (3, 1), the shape of prediction (nothing is broadcast);"
            " write target[..., np.newaxis]",
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
