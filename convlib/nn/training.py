"""Training: epochs of shuffled batches, with validation, early stopping and a guard against NaN."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from convlib import _check
from convlib._check import Array
from convlib.nn import _bar
from convlib.nn._door import Rng
from convlib.nn._door import generator as seeded
from convlib.nn._fitting import (
    Augment,
    Data,
    Validation,
    augmented,
    fits_together,
    no_number,
    refuse,
    shared_out,
)
from convlib.nn._options import flag
from convlib.nn._state import Kept, damage
from convlib.nn.history import History, Rows, Score
from convlib.nn.layer import Layer
from convlib.nn.losses import softmax_cross_entropy
from convlib.nn.metrics import LossFunction, accuracy, evaluate, modes_kept
from convlib.nn.optimizers import Optimizer
from convlib.nn.schedules import Schedule


def fit(
    net: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    optimizer: Optimizer,
    loss: LossFunction = softmax_cross_entropy,
    epochs: int = 10,
    batch_size: int = 32,
    validation: Validation = None,
    patience: int | None = None,
    schedule: Schedule | None = None,
    augment: Augment | None = None,
    rng: Rng = None,
    progress: bool = True,
) -> History:
    """Train a net: in every epoch each sample is in one batch, and each batch gives one step.

    The same rng gives the same result bit for bit on one machine, if `Dropout` layers are seeded.
    The matrices of a small network are too small for the threads of NumPy's BLAS, which then mostly
    wait for each other: `with threadpoolctl.threadpool_limits(1):` around it is often faster.

    Parameters
    ----------
    net
        A layer or a `Sequential`, changed in place. It is put into training, unless it is there
        already: then layers that you put into evaluation stay so. Afterwards all modes are as
        before.
    x, y
        `(N, *shape)`, converted to the dtype of the net batch by batch, and `(N,)` labels or the
        targets of the loss. Finite.
    optimizer
        Made for this net, or for some of its layers, `net[4:]`, to train no others. Its rate at the
        call is the one to which the schedule's factors refer; afterwards it has that rate again.
    loss
        Function of outputs and targets that returns a `Loss`, a mean over samples.
    epochs, batch_size
        At least 1. The last batch of an epoch holds what is left.
    validation
        None; a share of x above 0 and below 1, set aside as `split` does; or `(x, y)`.
    patience
        Stop after so many epochs in a row without a smaller validation loss. With it, in any case,
        the net ends with the weights and buffers of the best epoch.
    schedule
        Function of the epoch (0, 1, …) that returns the factor of the rate; see `cosine`.
    augment
        Function of a batch and a generator that returns a changed batch; see `shift`.
    rng
        A seed, a generator, or None: for the split, the order of the samples, and augment.
    progress
        Show a bar on stderr, in a terminal and in a notebook in front of a person.

    Returns
    -------
    History
        Loss and accuracy, without and with validation, and the rate of every epoch.

    Raises
    ------
    ValueError, TypeError
        If options or data do not fit together.
    FloatingPointError
        If the loss or a weight becomes NaN or infinite. Net and optimiser are then as they were at
        the start of that epoch.

    Examples
    --------
    >>> from convlib import nn
    >>> x = np.random.default_rng(0).normal(size=(64, 2))
    >>> y = (x[:, 0] > x[:, 1]).astype(int)
    >>> net = nn.Dense(2, 2, rng=0)
    >>> history = nn.fit(net, x, y, optimizer=nn.SGD(net, lr=1.0), rng=0, progress=False)
    >>> len(history.loss), bool(history.accuracy[-1] > 0.95)
    (10, True)
    """
    fits_together(net, optimizer, schedule=schedule, augment=augment)
    generator = seeded(rng)
    train, held = shared_out(x, y, validation, generator)
    if patience is not None and held is None:
        raise ValueError(f"patience={patience!r}: needs validation, to know when to stop")
    wait = None if patience is None else _check.integer("patience", patience, 1)
    size = _check.integer("batch_size", batch_size, 1)
    run = _Run(net, optimizer, loss, augment, train, size, generator)
    number = _check.integer("epochs", epochs, 1)
    batches = -(-len(train.x) // size) * number
    with modes_kept(net), _bar.bar(batches, flag("progress", progress)) as bar:
        if not net.training:
            net.train()
        return _epochs(run, held, number, wait, schedule or (lambda epoch: 1.0), bar)


class _Run(NamedTuple):
    """Everything that all epochs share."""

    net: Layer
    optimizer: Optimizer
    loss: LossFunction
    augment: Augment | None
    data: Data
    size: int
    rng: np.random.Generator


def _epochs(
    run: _Run, held: Data | None, epochs: int, wait: int | None, schedule: Schedule, bar: Any
) -> History:
    """Return the history of all epochs; the rate is put back whatever happens."""
    rows, rate, best = Rows(), run.optimizer.lr, None
    try:
        for epoch in range(epochs):
            run.optimizer.lr = rate * schedule(epoch)
            train, validation = _guarded(run, held, epoch, epochs, bar)
            if rows.add(train, validation, run.optimizer.lr) and wait:
                best = Kept.of(run.net)
            if wait and epoch - rows.best >= wait:
                break
    finally:
        run.optimizer.lr = rate
        if best is not None:
            best.put_back(run.net)
    return rows.history()


def _guarded(
    run: _Run, held: Data | None, epoch: int, epochs: int, bar: Any
) -> tuple[Score, Score | None]:
    """Return the scores of one epoch, or leave net and optimiser as they were before it."""
    before = Kept.of(run.net, run.optimizer)
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            train = _epoch(run, epoch, epochs, bar)
            refuse(damage(run.net), f"epoch {epoch + 1}, after its last step", run.optimizer.lr)
            validation = None if held is None else evaluate(run.net, *held, loss=run.loss)
        if validation:
            where = f"epoch {epoch + 1}, on the validation data"
            refuse(no_number(validation.loss), where, run.optimizer.lr)
    except BaseException as error:
        before.put_back(run.net, run.optimizer)
        if not isinstance(error, FloatingPointError):
            error.add_note(f"This happened in epoch {epoch + 1} of {epochs}; its steps are undone.")
        raise
    return train, validation


def _epoch(run: _Run, epoch: int, epochs: int, bar: Any) -> Score:
    """Make one step for every batch, and return the means over the samples."""
    total, seen = np.zeros(2), 0
    for number, chosen in enumerate(_batches(run), start=1):
        x, y = run.data.x[chosen].astype(run.net.dtype), run.data.y[chosen]
        x = x if run.augment is None else augmented(run.augment, x, run.rng)
        scores = run.net(x)
        value, grad = run.loss(scores, y)
        refuse(no_number(value), f"epoch {epoch + 1}, batch {number}", run.optimizer.lr)
        run.net.backward(grad)
        run.optimizer.step()
        total += len(chosen) * np.array([value, accuracy(scores, y)])
        seen += len(chosen)
        _bar.show(bar, epoch, epochs, Score(*(total / seen)))
    return Score(*map(float, total / seen))


def _batches(run: _Run) -> Iterator[Array]:
    """Return the numbers of the samples in a new order, batch by batch."""
    order = run.rng.permutation(len(run.data.x))
    return (order[start : start + run.size] for start in range(0, len(order), run.size))
