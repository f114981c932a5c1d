"""Losses: a number that says how wrong a batch of outputs is, and its gradient.

Every loss computes in the precision of its first argument, but never below float32, and adds up in
float64: half-precision scores of a large batch neither overflow nor lose their last digits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, number, real

SUM_OFF = 1e-3  # what the rounding of float16 may add to a sum of probabilities
FROM_ZERO_TO_ONE = "needs a number from 0 to 1"


class Loss(NamedTuple):
    """A loss and its gradient with respect to the first argument, in that argument's shape."""

    value: float
    grad: Array


def softmax(scores: ArrayLike) -> Array:
    """Return probabilities: p[n, k] = exp(s[n, k]) / Σ_j exp(s[n, j]).

    The largest score of each row is subtracted first, which changes nothing, and keeps exp from
    overflowing.

    Parameters
    ----------
    scores
        `(N, K)`, real numbers.

    Returns
    -------
    (N, K)
        Rows that add up to 1. float32 stays float32, integers give float64.

    Raises
    ------
    ValueError, TypeError
        If scores is not `(N, K)` with K at least 1.

    Examples
    --------
    >>> softmax([[0, 0], [1000, -1000]])
    array([[0.5, 0.5],
           [1. , 0. ]])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, equation 6.29.
    """
    s = _scores(scores)
    exponentials = np.exp(_shifted(s))
    return (exponentials / exponentials.sum(axis=1, keepdims=True)).astype(s.dtype, copy=False)


def softmax_cross_entropy(
    scores: ArrayLike,
    labels: ArrayLike,
    *,
    label_smoothing: float = 0.0,
    class_weights: ArrayLike | None = None,
) -> Loss:
    """Return the mean of −log p of the right classes, p = softmax(scores): L = −1/N Σ log p_t.

    In general L = −1/D Σ_n Σ_k c_k·t'_nk·log p_nk. Here t is 1 at the label and 0 elsewhere, or the
    probabilities given; t' = (1 − ε)·t + ε/K is t smoothed; c are the weights of the classes. For
    labels D is the sum of their weights, so that L is a weighted mean; for probabilities it is N,
    as in PyTorch. The gradient is (p·Σ_k c_k·t'_k − c·t')/D, in the plain case (p − t)/N.

    log p is computed from the scores, not from p, so that no probability that rounds to 0 makes the
    loss infinite.

    Parameters
    ----------
    scores
        `(N, K)`, real numbers; N at least 1.
    labels
        `(N,)`, integers from 0 to K − 1; or `(N, K)`, a row of probabilities for every sample, of
        which one-hot rows are the simplest.
    label_smoothing
        ε, from 0 to 1: this share of the target is spread evenly over all K classes.
    class_weights
        `(K,)`, each at least 0, or None for 1 everywhere. A batch in which every label has weight 0
        costs nothing. (PyTorch returns NaN.)

    Returns
    -------
    Loss(value, grad)
        grad `(N, K)` in the dtype of the scores (float64 for integers).

    Raises
    ------
    ValueError, TypeError
        If shapes do not match, N is 0, a label is no integer or out of range, a row of
        probabilities does not add up to 1, or an option is out of range.

    Examples
    --------
    >>> loss = softmax_cross_entropy([[0, 0], [1000, -1000]], [1, 0])
    >>> round(loss.value, 4), loss.grad
    (0.3466, array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]]))

    The second of two classes counts three times as much, and is right with p = 1/2:

    >>> softmax_cross_entropy([[0, 0]], [[0, 1]], class_weights=[1, 3]).grad
    array([[ 1.5, -1.5]])

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.2.2.3; Szegedy et
    al. (2016), "Rethinking the Inception Architecture for Computer Vision", section 7, for ε.
    """
    s = _scores(scores)
    if not len(s):
        raise ValueError(f"scores has shape {s.shape}: a mean needs at least one sample")
    z = _shifted(s)
    target, divisor = _target(labels, z, label_smoothing, class_weights)
    exponentials = np.exp(z)
    total = exponentials.sum(axis=1, keepdims=True)
    # A class that the target leaves out costs nothing, even where its score is −∞.
    cost = np.multiply(target, np.log(total) - z, out=np.zeros_like(z), where=target != 0)
    value = cost.sum(axis=1, dtype=np.float64).sum() / divisor
    grad = exponentials / total * target.sum(axis=1, keepdims=True) - target
    return Loss(float(value), (grad / divisor).astype(s.dtype, copy=False))


def binary_cross_entropy(
    scores: ArrayLike, targets: ArrayLike, *, positive_weight: ArrayLike | None = None
) -> Loss:
    """Return the mean of −c·t·log p − (1 − t)·log(1 − p), with p = 1/(1 + exp(−score)).

    For questions that are answered yes or no, each for itself: one score per sample, or K per
    sample of which any number may be right. The scores are what a `Dense` returns, without a
    `Sigmoid` after it: −log p = log(1 + exp(−score)) is computed from the score, so that no p that
    rounds to 0 or 1 makes the loss infinite. With σ for p the gradient is
    ((1 − t)·σ(score) − c·t·σ(−score))/M, where M is the number of entries.

    Parameters
    ----------
    scores
        `(N,)`, `(N, K)` or any other shape; at least one entry.
    targets
        In the shape of the scores, each from 0 (no) to 1 (yes). Nothing is broadcast.
    positive_weight
        c, at least 0: one number, or for scores `(N, K)` also `(K,)`. Above 1 it makes a missed yes
        worse than a wrong one. None is 1.

    Returns
    -------
    Loss(value, grad)
        grad in the shape and dtype of the scores (float64 for integers).

    Raises
    ------
    ValueError, TypeError
        If the shapes differ, there is no entry, or a number is out of range.

    Examples
    --------
    >>> loss = binary_cross_entropy([0, 1000, 1000], [1, 1, 0])
    >>> round(loss.value, 3), loss.grad.round(3)
    (333.564, array([-0.167,  0.   ,  0.333]))

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.2.2.2.
    """
    s, t = _paired(("scores", scores), ("targets", targets))
    outside = ~((t >= 0) & (t <= 1))
    if outside.any():
        at = tuple(int(axis[0]) for axis in outside.nonzero())
        place = f"[{', '.join(map(str, at))}]" if at else ""
        raise ValueError(f"targets{place}={t[at]}: needs numbers from 0 (no) to 1 (yes)")
    x = _working(s)
    t = t.astype(x.dtype, copy=False)
    yes, no = t * _positive_weight(positive_weight, s.shape).astype(x.dtype), 1 - t
    small = np.exp(-np.abs(x))  # at most 1: neither exp nor log can overflow
    cost = yes * (np.log1p(small) + np.maximum(-x, 0)) + no * (np.log1p(small) + np.maximum(x, 0))
    sigma, opposite = (np.where(side, 1, small) / (1 + small) for side in (x >= 0, x < 0))
    grad = no * sigma - yes * opposite
    return Loss(float(cost.mean(dtype=np.float64)), (grad / s.size).astype(s.dtype, copy=False))


def mse(prediction: ArrayLike, target: ArrayLike) -> Loss:
    """Return the mean squared error: L = 1/M Σ (prediction − target)², over all M entries.

    Parameters
    ----------
    prediction, target
        Real numbers of one shape, at least one entry. Nothing is broadcast.

    Returns
    -------
    Loss(value, grad)
        grad = 2(prediction − target)/M in the shape and dtype of the prediction (float64 for
        integers).

    Raises
    ------
    ValueError, TypeError
        If the shapes differ or there is no entry.

    Examples
    --------
    >>> mse([[1, 2]], [[0, 4]])
    Loss(value=2.5, grad=array([[ 1., -2.]]))
    """
    y, t = _paired(("prediction", prediction), ("target", target))
    difference = _working(y) - t
    value = np.square(difference, dtype=np.result_type(difference, np.float64)).mean()
    return Loss(float(value), (difference * (2 / y.size)).astype(y.dtype, copy=False))


def _floats(name: str, value: ArrayLike) -> Array:
    """Return real numbers, integers as float64."""
    array = real(name, value)
    return array.astype(_checks.float_dtype(array), copy=False)


def _working(array: Array) -> Array:
    """Return the numbers in the dtype to compute in, at least float32."""
    return array.astype(_checks.working_dtype(array.dtype), copy=False)


def _paired(first: tuple[str, ArrayLike], second: tuple[str, ArrayLike]) -> tuple[Array, Array]:
    """Return outputs and targets of one shape, with at least one entry."""
    name, y = first[0], _floats(*first)
    other, t = second[0], _floats(*second)
    advice = ""
    if y.ndim == t.ndim + 1 and y.shape == (*t.shape, 1):
        advice = f"; write {other}[..., np.newaxis]"
    _checks.matches(other, t, y.shape, f"the shape of {name} (nothing is broadcast){advice}")
    if not y.size:
        raise ValueError(f"{name} has shape {y.shape}: a mean needs at least one entry")
    return y, _working(t)


def _scores(value: ArrayLike) -> Array:
    """Return scores `(N, K)` as floats."""
    s = _floats("scores", value)
    if s.ndim != 2 or s.shape[1] == 0:
        advice = "; one sample alone is scores[np.newaxis]" if s.ndim == 1 else ""
        raise ValueError(f"scores has shape {s.shape}: needs (N, K), one score per class{advice}")
    return s


def _shifted(s: Array) -> Array:
    """Return the scores less the largest of their row."""
    work = _working(s)
    with np.errstate(over="ignore"):  # further down than any number is −∞, and exp of it is 0
        return work - work.max(axis=1, keepdims=True)


def _target(
    labels: ArrayLike, z: Array, label_smoothing: float, class_weights: ArrayLike | None
) -> tuple[Array, float]:
    """Return the smoothed and weighted target c·t' `(N, K)` in the dtype of z, and the divisor D.

    Where all weights are 0 the divisor is 1: 0 divided by it is the 0 that is wanted.
    """
    n, k = z.shape
    spread = number("label_smoothing", label_smoothing, FROM_ZERO_TO_ONE, lambda e: 0 <= e <= 1)
    given = _checks.numeric("labels", labels)
    hot = None if given.shape == (n, k) else _labels(given, n, k)
    target = np.zeros(z.shape, z.dtype) if hot is not None else _probabilities(given, z.dtype)
    if hot is not None:
        target[np.arange(n), hot] = 1
    if spread:
        target = (1 - spread) * target + spread / k
    if class_weights is None:
        return target, float(n)
    weights = _weights("class_weights", class_weights)
    _checks.matches("class_weights", weights, (k,), "one number per column of scores")
    total = float(n) if hot is None else float(weights[hot].sum(dtype=np.float64))
    return target * weights.astype(z.dtype), total or 1.0


def _labels(labels: Array, n: int, k: int) -> Array:
    """Return checked labels `(N,)`, integers from 0 to K − 1."""
    meaning = f"one class number per row of scores, or {(n, k)}, a probability per score"
    _checks.matches("labels", labels, (n,), meaning)
    if labels.dtype.kind not in "iu":
        rule = "needs integers, the number of the class; write labels.astype(int)"
        raise TypeError(f"labels has dtype {labels.dtype}: {rule}")
    wrong = np.flatnonzero((labels < 0) | (labels >= k))
    if wrong.size:
        first = int(wrong[0])
        rule = f"needs 0 to {k - 1}, as scores has {k} columns"
        from_one = labels.min() == 1 and labels.max() == k
        advice = "; these seem to count from 1: labels - 1" if from_one else ""
        raise ValueError(f"labels[{first}]={int(labels[first])}: {rule}{advice}")
    return labels


def _probabilities(labels: Array, dtype: np.dtype[np.generic]) -> Array:
    """Return checked rows `(N, K)` of probabilities, as a new array."""
    rows = real("labels", labels).astype(np.float64)
    rule = "needs probabilities, each at least 0, that add up to 1 in every row"
    below = np.flatnonzero(~(rows >= 0).all(axis=1))
    if below.size:
        raise ValueError(f"labels[{below[0]}] holds {rows[below[0]].min():g}: {rule}")
    sums = rows.sum(axis=1)
    off = np.flatnonzero(~(np.abs(sums - 1) <= SUM_OFF))
    if off.size:
        raise ValueError(f"labels[{off[0]}] adds up to {sums[off[0]]:g}: {rule}")
    return rows.astype(dtype)


def _positive_weight(value: ArrayLike | None, shape: tuple[int, ...]) -> Array:
    """Return the weight of a yes: one number, or one for every column of scores `(N, K)`."""
    weight = _weights("positive_weight", 1.0 if value is None else value)
    if weight.ndim and len(shape) != 2:
        raise ValueError(f"positive_weight has shape {weight.shape}: needs one number")
    if weight.ndim:
        _checks.matches("positive_weight", weight, shape[1:], "one number per column of scores")
    return weight


def _weights(name: str, value: ArrayLike) -> Array:
    """Return finite numbers of at least 0."""
    weights = _floats(name, value)
    wrong = weights[~((weights >= 0) & (weights < np.inf))]
    if wrong.size:
        raise ValueError(f"{name} holds {wrong[0]:g}: needs numbers of at least 0")
    return weights
