"""Training: epochs of shuffled batches, with validation, early stopping and a guard against NaN."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Rng, real
from convlib._checks import generator as seeded
from convlib.nn.data import split
from convlib.nn.layer import Layer
from convlib.nn.losses import softmax_cross_entropy
from convlib.nn.metrics import LossFunction, Score, accuracy, evaluate, modes_kept, paired
from convlib.nn.optimizers import Optimizer, Schedule, a_net


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
    wait = None if patience is None else _checks.integer("patience", patience, 1)
    size = _checks.integer("batch_size", batch_size, 1)
    run = _Run(net, optimizer, loss, augment, train, size, generator)
    number = _checks.integer("epochs", epochs, 1)
    batches = -(-len(train.x) // size) * number
    with modes_kept(net), progress_bar(batches, _checks.flag("progress", progress)) as bar:
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
        show_progress(bar, epoch, epochs, Score(*(total / seen)))
    return Score(*map(float, total / seen))


def _batches(run: _Run) -> Iterator[Array]:
    """Return the numbers of the samples in a new order, batch by batch."""
    order = run.rng.permutation(len(run.data.x))
    return (order[start : start + run.size] for start in range(0, len(order), run.size))


CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "lr")


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """The course of a training: arrays with one entry per epoch, NaN where there is no number.

    Attributes
    ----------
    loss, accuracy
        On the training data, means over the batches while the net was still changing.
    val_loss, val_accuracy
        On the validation data at the end of the epoch.
    lr
        Learning rate.
    best
        Number of the epoch, from 0, with the smallest validation loss; without validation, with the
        smallest loss.
    """

    loss: Array
    accuracy: Array
    val_loss: Array
    val_accuracy: Array
    lr: Array
    best: int

    def __repr__(self) -> str:
        """Return one line: the last epoch, and the best."""
        text = f"{_numbers(self.loss, self.accuracy)}"
        if not np.isnan(self.val_loss).all():
            text += f"; validation {_numbers(self.val_loss, self.val_accuracy)}"
        epochs = f"{len(self.loss)} epoch{'' if len(self.loss) == 1 else 's'}"
        return f"History of {epochs}: {text}; best epoch {self.best}"


def _numbers(loss: Array, accuracy: Array) -> str:
    """Return the last loss, and the accuracy if there is one."""
    right = "" if np.isnan(accuracy[-1]) else f", accuracy {accuracy[-1]:.3f}"
    return f"loss {loss[-1]:.4g}{right}"


@dataclass
class Rows:
    """The numbers of the epochs so far."""

    values: list[tuple[float, ...]] = field(default_factory=list)

    def add(self, train: Score, validation: Score | None, lr: float) -> bool:
        """Add an epoch, and say whether it is the best so far; the first of equals counts."""
        self.values.append((*train, *(validation or (np.nan, np.nan)), lr))
        return self.best == len(self.values) - 1

    @property
    def best(self) -> int:
        """The epoch with the smallest loss that decides."""
        losses = np.array(self.values)[:, [2, 0]]
        return int(np.argmin(np.where(np.isnan(losses[:, 0]), losses[:, 1], losses[:, 0])))

    def history(self) -> History:
        """Return the numbers as arrays."""
        columns = (column.copy() for column in np.array(self.values, float).T)
        return History(**dict(zip(CURVES, columns, strict=True)), best=self.best)


Augment = Callable[[Array, np.random.Generator], ArrayLike]
Validation = float | tuple[ArrayLike, ArrayLike] | None


class Data(NamedTuple):
    """Samples and targets."""

    x: Array
    y: Array


def shared_out(
    x: ArrayLike, y: ArrayLike, validation: Validation, rng: np.random.Generator
) -> tuple[Data, Data | None]:
    """Return checked data for training and for validation."""
    train = _finite_data(x, y, ("x", "y"))
    if validation is None:
        return train, None
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(f"validation has {len(validation)} entries: needs (x, y)")
        return train, _finite_data(*validation, ("validation[0]", "validation[1]"))
    first, second = split(*train, validation, rng=rng, name="validation")
    return Data(*first), Data(*second)


def _finite_data(x: ArrayLike, y: ArrayLike, names: tuple[str, str]) -> Data:
    """Return samples and targets without NaN and infinity."""
    data = Data(*paired(x, y, names))
    for name, array in zip(names, data, strict=True):
        bad = 0 if array.dtype.kind in "iu" else int((~np.isfinite(array)).sum())
        if bad:
            raise ValueError(f"{name} holds {bad} entries that are NaN or infinite")
    return data


def fits_together(net: Layer, optimizer: object, **functions: object) -> None:
    """Refuse an optimiser of another net, and functions that cannot be called."""
    own = {id(param) for param in a_net(net).params.values()}
    if not isinstance(optimizer, Optimizer):
        rule = "needs an optimiser made for the net, for example nn.Adam(net)"
        raise TypeError(f"optimizer={optimizer!r}: {rule}")
    if not own >= {id(param) for param in optimizer.net.params.values()}:
        rule = "is for other parameters than this net's; make it anew, for example nn.Adam(net)"
        raise ValueError(f"optimizer {optimizer!r} {rule}")
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name}={function!r}: needs a function")


def augmented(augment: Augment, x: Array, rng: np.random.Generator) -> Array:
    """Return the changed batch, of as many samples, in the dtype of the batch."""
    y = real("augment(batch, rng)", augment(x, rng))
    if len(y) != len(x):
        rule = f"needs the {len(x)} samples of the batch"
        raise ValueError(f"augment(batch, rng) has shape {y.shape}: {rule}")
    return y.astype(x.dtype, copy=False)


def no_number(value: float) -> str:
    """Return what is wrong with a loss: "the loss" if it is no finite number, else nothing."""
    return "" if np.isfinite(value) else "the loss"


def refuse(what: str, where: str, lr: float) -> None:
    """Stop a training in which something, if it has a name, is no longer a finite number."""
    if what:
        cause = f"most likely the learning rate lr={lr:g} is too large"
        raise FloatingPointError(
            f"{what} became NaN or infinite in {where}: {cause}; "
            "net and optimiser are as they were at the start of this epoch"
        )


Copies = dict[str, Array]


class Kept(NamedTuple):
    """Copies of parameters and buffers, and if asked for of an optimiser's state."""

    params: Copies
    buffers: Copies
    state: dict[str, Copies]
    steps: int

    @classmethod
    def of(cls, net: Layer, optimizer: Optimizer | None = None) -> Self:
        """Return copies of how things are now."""
        state = {} if optimizer is None else optimizer.state
        copies = {name: _copied(arrays) for name, arrays in state.items()}
        steps = 0 if optimizer is None else optimizer.steps
        return cls(_copied(net.params), _copied(net.buffers), copies, steps)

    def put_back(self, net: Layer, optimizer: Optimizer | None = None) -> None:
        """Write the copies into the very arrays of net and optimiser."""
        _written(self.params, net.params)
        _written(self.buffers, net.buffers)
        if optimizer is not None:
            optimizer.steps = self.steps
            for name, arrays in self.state.items():
                _written(arrays, optimizer.state[name])


def damage(net: Layer) -> str:
    """Return the name of a parameter or buffer that is no longer finite, or nothing."""
    for kind, arrays in (("parameter", net.params), ("buffer", net.buffers)):
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                return f"{kind} {name!r}"
    return ""


def _copied(arrays: Mapping[str, Array]) -> Copies:
    return {name: array.copy() for name, array in arrays.items()}


def _written(copies: Copies, arrays: Mapping[str, Array]) -> None:
    for name, copy in copies.items():
        arrays[name][...] = copy


def progress_bar(total: int, progress: bool) -> Any:
    """Return a bar over so many batches, a silent one where nobody is watching."""
    from tqdm import tqdm  # only who trains waits for this import

    return tqdm(total=total, unit="batch", file=sys.stderr, disable=not (progress and watched()))


def watched() -> bool:
    """Whether stderr is a terminal, or a notebook in front of a person.

    A notebook that a program runs must not store a bar among its outputs. It differs in one thing:
    nobody there could answer a question on stdin.
    """
    if sys.stderr.isatty():
        return True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return bool(getattr(getattr(shell, "kernel", None), "_allow_stdin", False))


def show_progress(bar: Any, epoch: int, epochs: int, score: Score) -> None:
    """Move the bar by one batch, and show the means of the epoch so far."""
    bar.set_description_str(f"epoch {epoch + 1}/{epochs}", refresh=False)
    right = f", accuracy {score.accuracy:.3f}" if score.accuracy == score.accuracy else ""
    bar.set_postfix_str(f"loss {score.loss:.4f}{right}", refresh=False)
    bar.update()
