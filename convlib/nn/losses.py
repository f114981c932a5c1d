"""Losses: a number that says how wrong a batch of outputs is, and its gradient."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, real


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


def softmax_cross_entropy(scores: ArrayLike, labels: ArrayLike) -> Loss:
    """Return the mean of −log p of the right classes, p = softmax(scores): L = −1/N Σ log p_t.

    The gradient is (p − t)/N, with t = 1 at the label and 0 elsewhere. log p is computed from the
    scores, not from p, so that no probability that rounds to 0 makes the loss infinite.

    Parameters
    ----------
    scores
        `(N, K)`, real numbers; N at least 1.
    labels
        `(N,)`, integers from 0 to K − 1.

    Returns
    -------
    Loss(value, grad)
        grad `(N, K)` in the dtype of the scores (float64 for integers).

    Raises
    ------
    ValueError, TypeError
        If shapes do not match, N is 0, or a label is no integer or out of range.

    Examples
    --------
    >>> loss = softmax_cross_entropy([[0, 0], [1000, -1000]], [1, 0])
    >>> round(loss.value, 4), loss.grad
    (0.3466, array([[ 0.25, -0.25],
           [ 0.  ,  0.  ]]))

    Source: Goodfellow, Bengio and Courville (2016), *Deep Learning*, section 6.2.2.3.
    """
    s = _scores(scores)
    if not len(s):
        raise ValueError(f"scores has shape {s.shape}: a mean needs at least one sample")
    t = _labels(labels, *s.shape)
    z, rows = _shifted(s), np.arange(len(s))
    total = np.exp(z).sum(axis=1, keepdims=True)
    value = (np.log(total)[:, 0] - z[rows, t]).mean(dtype=np.float64)
    grad = np.exp(z) / total
    grad[rows, t] -= 1
    return Loss(float(value), (grad / len(s)).astype(s.dtype, copy=False))


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
    y, t = _floats("prediction", prediction), _floats("target", target)
    _checks.matches("target", t, y.shape, "the shape of prediction (nothing is broadcast)")
    if not y.size:
        raise ValueError(f"prediction has shape {y.shape}: a mean needs at least one entry")
    difference = y.astype(_checks.working_dtype(y.dtype), copy=False) - t
    value = np.square(difference).mean(dtype=np.float64)
    return Loss(float(value), (difference * (2 / y.size)).astype(y.dtype, copy=False))


def _floats(name: str, value: ArrayLike) -> Array:
    """Return real numbers, integers as float64."""
    array = real(name, value)
    return array.astype(np.float64) if array.dtype.kind in "iu" else array


def _scores(value: ArrayLike) -> Array:
    """Return scores `(N, K)` as floats."""
    s = _floats("scores", value)
    if s.ndim != 2 or s.shape[1] == 0:
        advice = "; one sample alone is scores[np.newaxis]" if s.ndim == 1 else ""
        raise ValueError(f"scores has shape {s.shape}: needs (N, K), one score per class{advice}")
    return s


def _shifted(s: Array) -> Array:
    """Return the scores less the largest of their row."""
    work = s.astype(_checks.working_dtype(s.dtype), copy=False)
    return work - work.max(axis=1, keepdims=True)


def _labels(value: ArrayLike, n: int, k: int) -> Array:
    """Return checked labels `(N,)`, integers from 0 to K − 1."""
    labels = _checks.numeric("labels", value)
    if labels.shape == (n, k) and k > 1:
        rule = f"needs ({n},), the number of the class; of one-hot rows, labels.argmax(axis=1)"
        raise ValueError(f"labels has shape {labels.shape}: {rule}")
    _checks.matches("labels", labels, (n,), "one class number per row of scores")
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
