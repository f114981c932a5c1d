"""Scores of a trained net: predictions in batches, loss and accuracy, the confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, real
from convlib.nn._arguments import checked_net
from convlib.nn.layer import Layer, evaluation
from convlib.nn.losses import Loss, softmax_cross_entropy

LossFunction = Callable[[Array, Array], Loss]


class Score(NamedTuple):
    """Mean loss, and the share of right classes (NaN where there are no classes)."""

    loss: float
    accuracy: float


def predict(net: Layer, x: ArrayLike, *, batch_size: int = 256) -> Array:
    """Return what the net makes of x in evaluation, computed in batches, to save memory.

    Parameters
    ----------
    net
        A layer or a network. Nothing in it is written, so another thread may use or train it.
    x
        `(N, *shape)`, at least one sample; converted to the dtype of the net, batch by batch.
    batch_size
        At least 1.

    Returns
    -------
    (N, *output_shape(shape))
        For a classifier, scores `(N, K)`; the classes are `predict(net, x).argmax(axis=1)`.

    Raises
    ------
    ValueError, TypeError
        If net is no layer, x is empty or refused by the net, or batch_size is out of range.

    Examples
    --------
    >>> from convlib import nn
    >>> nn.predict(nn.Sequential(nn.Dropout(0.5), nn.ReLU()), [[-1, 2]])
    array([[0., 2.]])
    """
    net = checked_net(net)
    x, size = samples("x", x), _checks.integer("batch_size", batch_size, 1)
    with evaluation():
        parts = [net(x[start : start + size].astype(net.dtype)) for start in range(0, len(x), size)]
    return np.concatenate(parts)


def evaluate(
    net: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: LossFunction = softmax_cross_entropy,
    batch_size: int = 256,
) -> Score:
    """Return the mean loss and the accuracy of the net on x, in evaluation.

    Parameters
    ----------
    net, x, batch_size
        As in `predict`.
    y
        `(N,)` labels, or the targets of the loss, `(N, ...)`.
    loss
        Function of outputs and targets that returns a `Loss`, a mean over samples.

    Returns
    -------
    Score(loss, accuracy)
        The accuracy is NaN unless y is `(N,)` integers and the outputs are `(N, K)`.

    Raises
    ------
    ValueError, TypeError
        As `predict` and the loss, if y has not as many samples as x, and if loss is no function
        that returns a `Loss`.

    Examples
    --------
    >>> from convlib import nn
    >>> score = nn.evaluate(nn.ReLU(), [[3, 0], [0, 5], [2, 1]], [0, 1, 1])
    >>> round(score.loss, 3), round(score.accuracy, 3)
    (0.456, 0.667)
    """
    net, function = checked_net(net), checked_loss(loss)
    x, y = paired(x, y)
    scores = predict(net, x, batch_size=batch_size)
    return Score(loss_of(function, scores, y).value, accuracy(scores, y))


def confusion_matrix(labels: ArrayLike, predicted: ArrayLike, classes: int | None = None) -> Array:
    """Count every pair of classes: M[t, p] = number of samples of class t that were taken for p.

    Parameters
    ----------
    labels, predicted
        `(N,)`, integers from 0 to classes − 1: the true class, the row, and the predicted one, the
        column.
    classes
        K, at least 1. None takes the largest label or prediction plus 1.

    Returns
    -------
    (K, K)
        Integers. The diagonal holds the right ones: the accuracy is trace / sum.

    Raises
    ------
    ValueError, TypeError
        If the lengths differ, or something is no integer or out of range.

    Examples
    --------
    >>> confusion_matrix([0, 0, 1, 2], [0, 1, 1, 1])
    array([[1, 1, 0],
           [0, 1, 0],
           [0, 1, 0]])
    """
    true, guess = _classes("labels", labels), _classes("predicted", predicted)
    _checks.matches("predicted", guess, true.shape, "the shape of labels")
    largest = max((int(array.max()) for array in (true, guess) if array.size), default=0)
    k = largest + 1 if classes is None else _checks.integer("classes", classes, 1)
    if largest >= k:
        raise ValueError(
            f"classes={k}: there is a class {largest}, so needs at least {largest + 1}"
        )
    return np.bincount(true * k + guess, minlength=k * k).reshape(k, k)


def accuracy(scores: Array, y: Array) -> float:
    """Return the share of rows whose largest score is that of the label; NaN without classes."""
    if scores.ndim != 2 or y.shape != scores.shape[:1] or y.dtype.kind not in "iu":
        return float("nan")
    return float((scores.argmax(axis=1) == y).mean())


@contextmanager
def modes_kept(net: Layer) -> Iterator[None]:
    """Give every layer of a net the mode back that it had before."""
    before = [(layer, layer.training) for _, layer in net.named_layers()]
    try:
        yield
    finally:
        for layer, training in before:
            layer.training = training


def checked_loss(value: object) -> LossFunction:
    """Return a loss, and refuse what cannot be called, such as its name.

    >>> checked_loss("mse")
    Traceback (most recent call last):
    TypeError: loss='mse': needs a function that returns a Loss, for example nn.mse
    """
    if not callable(value):
        rule = "needs a function that returns a Loss, for example nn.mse"
        raise TypeError(f"loss={value!r}: {rule}")
    return value


def loss_of(loss: LossFunction, outputs: Array, targets: Array) -> Loss:
    """Return what a loss says of a batch, with its value as a float; refuse all but a `Loss`.

    >>> loss_of(lambda y, t: (0.5, y), np.ones(1), np.ones(1))
    Traceback (most recent call last):
    TypeError: loss(outputs, targets) returned tuple: needs nn.Loss(value, grad)
    """
    found: object = loss(outputs, targets)
    if not isinstance(found, Loss):
        rule = "needs nn.Loss(value, grad)"
        raise TypeError(f"loss(outputs, targets) returned {type(found).__name__}: {rule}")
    name, rule = "loss(outputs, targets).value", "needs one number"
    return found._replace(value=_checks.number(name, found.value, rule, lambda value: True))


def samples(name: str, value: ArrayLike) -> Array:
    """Return real numbers with at least one sample on axis 0."""
    x = real(name, value)
    if x.ndim < 1 or not len(x):
        raise ValueError(f"{name} has shape {x.shape}: needs at least one sample, (N, ...)")
    return x


def paired(x: ArrayLike, y: ArrayLike, names: tuple[str, str] = ("x", "y")) -> tuple[Array, Array]:
    """Return samples and targets, as many of one as of the other."""
    inputs, targets = samples(names[0], x), samples(names[1], y)
    if len(inputs) != len(targets):
        have = f"{names[1]} has {len(targets)} entries, {names[0]} has {len(inputs)} samples"
        raise ValueError(f"{have}: needs one target for every sample")
    return inputs, targets


def _classes(name: str, value: ArrayLike) -> Array:
    """Return numbers of classes `(N,)`."""
    array = real(name, value)
    if array.ndim != 1:
        advice = "; of scores, scores.argmax(axis=1)" if array.ndim == 2 else ""
        raise ValueError(f"{name} has shape {array.shape}: needs (N,), numbers of classes{advice}")
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(f"{name} has dtype {array.dtype}: needs integers, numbers of classes")
    if array.size and array.min() < 0:
        raise ValueError(f"{name} holds {int(array.min())}: numbers of classes start at 0")
    return array.astype(np.int64)
