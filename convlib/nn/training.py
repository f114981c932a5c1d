"""Training: epochs of shuffled batches, with validation, early stopping and a guard against NaN."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array, Rng
from convlib.nn._arguments import checked_net
from convlib.nn.data import split
from convlib.nn.layer import Layer
from convlib.nn.losses import softmax_cross_entropy
from convlib.nn.metrics import (
    LossFunction,
    Score,
    accuracy,
    checked_loss,
    evaluate,
    loss_of,
    modes_kept,
    paired,
)
from convlib.nn.optimizers import Optimizer, Schedule, above_zero, clip_gradients, least_zero

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "lr")

Augment = Callable[[Array, np.random.Generator], ArrayLike]
Validation = float | tuple[ArrayLike, ArrayLike] | None
Copies = dict[str, Array]
Dtype = np.dtype[Any]


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
        Learning rate, at the first step of the epoch.
    best
        Number of the epoch, from 0, with the smallest validation loss; without validation, with the
        smallest loss.
    interrupted
        Whether the training ended because somebody interrupted it.
    """

    loss: Array
    accuracy: Array
    val_loss: Array
    val_accuracy: Array
    lr: Array
    best: int
    interrupted: bool = False

    def __repr__(self) -> str:
        """Return one line: the last epoch, and the best."""
        text = f"{_numbers(self.loss, self.accuracy)}"
        if not np.isnan(self.val_loss).all():
            text += f"; validation {_numbers(self.val_loss, self.val_accuracy)}"
        end = "; interrupted" if self.interrupted else ""
        return f"History of {_counted(len(self.loss))}: {text}; best epoch {self.best}{end}"


Callback = Callable[[int, History], bool | None]


def fit(
    net: Layer,
    x: ArrayLike,
    y: ArrayLike,
    *,
    optimizer: Optimizer,
    loss: LossFunction = softmax_cross_entropy,
    epochs: int = 10,
    batch_size: int = 32,
    drop_last: bool = False,
    validation: Validation = None,
    patience: int | None = None,
    schedule: Schedule | None = None,
    schedule_per: str = "epoch",
    clip: float | None = None,
    augment: Augment | None = None,
    callback: Callback | None = None,
    rng: Rng = None,
    progress: bool = True,
) -> History:
    """Train a net: in every epoch each sample is in one batch, and each batch gives one step.

    The same rng gives the same result bit for bit on one machine, if `Dropout` layers are seeded.
    The matrices of a small network are too small for the threads of NumPy's BLAS, which then mostly
    wait for each other: `with threadpoolctl.threadpool_limits(1):` around it is often faster.

    An interrupt (Ctrl-C, or the button of a notebook) ends the training: the epoch that it meets is
    undone, and the history of the finished ones is returned, with a line on stderr. A loop over
    trainings asks for `history.interrupted`. Before the end of the first epoch there is nothing to
    return, and KeyboardInterrupt is raised.

    Parameters
    ----------
    net
        A layer or a network, changed in place. It is put into training, unless it is there already:
        then layers that you put into evaluation stay so. Afterwards all modes are as before.
    x, y
        `(N, *shape)`, converted to the dtype of the net batch by batch, and `(N,)` labels or the
        targets of the loss. Finite.
    optimizer
        Made for this net, or for some of its layers, `net[4:]`, to train no others. Its rate at the
        call is the one to which the schedule's factors refer; afterwards it has that rate again,
        whoever changed it.
    loss
        Function of outputs and targets that returns a `Loss`, a mean over samples. Options are set
        with `functools.partial(nn.softmax_cross_entropy, label_smoothing=0.1)`.
    epochs, batch_size
        At least 1.
    drop_last
        The last batch of an epoch holds what is left. True leaves it out where it is not full, so
        that every epoch misses a few samples, each time others.
    validation
        None; a share of x above 0 and below 1, set aside as `split` does; or `(x, y)`.
    patience
        Stop after so many epochs in a row without a smaller validation loss. With it, in any case,
        the net ends with the weights and buffers of the best epoch.
    schedule
        Function of the epoch (0, 1, …) that returns the factor of the rate; see `cosine`.
    schedule_per
        `"epoch"`; or `"step"`: then the schedule is a function of the step, counted through all
        epochs, and the rate changes with every batch. An epoch has ⌈N/batch_size⌉ steps.
    clip
        Shorten the gradients where they are longer than this, above 0; see `clip_gradients`. Only
        those of the optimizer's layers are looked at.
    augment
        Function of a batch and a generator that returns a changed batch; see `shift`.
    callback
        Function of the epoch (0, 1, …) and the `History` so far, called after every epoch. If it
        returns True, the training ends there. It may set `optimizer.lr`, which holds until the end
        of this training: the factors of a schedule go on from there, so that `optimizer.lr /= 2`
        halves all rates that follow.
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
        If options or data do not fit together, or loss returns no `Loss`. Also, before the first
        step, if the last batch of an epoch would hold one sample, and the net cannot be trained
        with one (`BatchNorm`).
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

    20 epochs of 4 batches are 80 steps. The rate rises for 10 and falls for 70; whoever looks on
    ends the training when it is good enough:

    >>> net = nn.Dense(2, 2, rng=0)
    >>> rate = nn.warmup(10, then=nn.cosine(70))
    >>> history = nn.fit(
    ...     net, x, y, optimizer=nn.AdamW(net, lr=0.1), epochs=20, batch_size=16, clip=1.0,
    ...     schedule=rate, schedule_per="step", rng=0, progress=False,
    ...     callback=lambda epoch, history: history.accuracy[-1] > 0.95,
    ... )
    >>> len(history.loss) < 20, history.lr[:4].round(3)
    (True, array([0.009, 0.045, 0.082, 0.1  ]))
    """
    _fits_together(net, optimizer, schedule=schedule, augment=augment, callback=callback)
    function, generator = checked_loss(loss), _checks.generator(rng)
    data, held = _shared_out(x, y, validation, generator, net.dtype)
    if patience is not None and held is None:
        raise ValueError(f"patience={patience!r}: needs validation, to know when to stop")
    wait = None if patience is None else _checks.integer("patience", patience, 1)
    size = _checks.integer("batch_size", batch_size, 1)
    steps = _steps(len(data.x), size, _checks.flag("drop_last", drop_last))
    rounds = _checks.integer("epochs", epochs, 1)
    _checks.word("schedule_per", schedule_per, ("epoch", "step"))
    run = _Run(
        net=net,
        optimizer=optimizer,
        loss=function,
        augment=augment,
        clip=None if clip is None else above_zero("clip", clip),
        data=data,
        held=held,
        size=size,
        steps=steps,
        epochs=rounds,
        pace=_Pace(optimizer, schedule, steps, schedule_per == "step"),
        rng=generator,
    )
    shown = _checks.flag("progress", progress)
    with modes_kept(net), _progress_bar(steps * rounds, shown) as bar:
        if not net.training:
            net.train()
        _refuse_a_single_one(run)
        history = _epochs(run, wait, callback, bar)
    if history.interrupted:
        done = _counted(len(history.loss))
        sys.stderr.write(f"interrupted after {done} of {rounds}; what came after is undone\n")
    return history


# ---------------------------------------------------------------- the loop


class _Data(NamedTuple):
    """Samples and targets."""

    x: Array
    y: Array


class _Pace:
    """The schedule, and the rate that it refers to: that at the call, until a callback sets one."""

    def __init__(
        self, optimizer: Optimizer, schedule: Schedule | None, steps: int, per_step: bool
    ) -> None:
        self.optimizer, self.schedule = optimizer, schedule
        self.steps, self.per_step = steps, per_step
        self.start = self.rate = optimizer.lr

    def set(self, epoch: int, batch: int) -> None:
        """Change the rate where the schedule does: with every epoch, or with every batch."""
        if self.schedule is None or (batch and not self.per_step):
            return
        at = epoch * self.steps + batch if self.per_step else epoch
        self.optimizer.lr = self.rate * least_zero(f"schedule({at})", self.schedule(at))

    def follow(self, before: float) -> None:
        """Go on from the rate that a callback has set, where it was another one before.

        What the schedule still has to say is a factor: all later rates change by the same share. A
        rate of 0 knows no share; what was set then is what the schedule refers to.
        """
        after = self.optimizer.lr
        if after != before:
            self.rate = self.rate * (after / before) if before else after


class _Run(NamedTuple):
    """Everything that all epochs share."""

    net: Layer
    optimizer: Optimizer
    loss: LossFunction
    augment: Augment | None
    clip: float | None
    data: _Data
    held: _Data | None
    size: int
    steps: int
    epochs: int
    pace: _Pace
    rng: np.random.Generator


def _epochs(run: _Run, wait: int | None, callback: Callback | None, bar: Any) -> History:
    """Return the history of all epochs; the rate is put back whatever happens."""
    rows, best = _Rows([]), None
    try:
        for epoch in range(run.epochs):
            run.pace.set(epoch, 0)
            rate = run.optimizer.lr
            if rows.add(*_guarded(run, epoch, bar), rate) and wait:
                best = _Kept.of(run.net)
            before = run.optimizer.lr
            stopped = _stops(callback, epoch, rows)
            run.pace.follow(before)
            if stopped or (wait and epoch - rows.best >= wait):
                break
    except KeyboardInterrupt:
        if not rows.values:
            raise
        return rows.history(interrupted=True)
    finally:
        run.optimizer.lr = run.pace.start
        if best is not None:
            best.put_back(run.net)
    return rows.history()


def _guarded(run: _Run, epoch: int, bar: Any) -> tuple[Score, Score | None]:
    """Return the scores of one epoch, or leave net and optimiser as they were before it."""
    before = _Kept.of(run.net, run.optimizer)
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            train = _epoch(run, epoch, bar)
            _refuse(_damage(run.net), f"epoch {epoch + 1}, after its last step", run.optimizer.lr)
            held = None if run.held is None else evaluate(run.net, *run.held, loss=run.loss)
        if held:
            where = f"epoch {epoch + 1}, on the validation data"
            _refuse(_no_number(held.loss), where, run.optimizer.lr)
    except BaseException as error:
        before.put_back(run.net, run.optimizer)
        if not isinstance(error, FloatingPointError):
            where = f"epoch {epoch + 1} of {run.epochs}"
            error.add_note(f"This happened in {where}; its steps are undone.")
        raise
    return train, held


def _epoch(run: _Run, epoch: int, bar: Any) -> Score:
    """Make one step for every batch, and return the means over the samples."""
    total, seen = np.zeros(2), 0
    for batch, chosen in enumerate(_batches(run)):
        if batch:  # with the first one, the epoch has set the rate
            run.pace.set(epoch, batch)
        x, y = run.data.x[chosen].astype(run.net.dtype), run.data.y[chosen]
        x = x if run.augment is None else _augmented(run.augment, x, run.rng)
        scores = run.net(x)
        value, grad = loss_of(run.loss, scores, y)
        _refuse(_no_number(value), f"epoch {epoch + 1}, batch {batch + 1}", run.optimizer.lr)
        run.net.backward(grad, input_gradient=False)
        if run.clip is not None:
            clip_gradients(run.optimizer.net, run.clip)
        run.optimizer.step()
        total += len(chosen) * np.array([value, accuracy(scores, y)])
        seen += len(chosen)
        _show_progress(bar, epoch, run.epochs, Score(*(total / seen)))
    return Score(*map(float, total / seen))


def _steps(samples: int, size: int, drop_last: bool) -> int:
    """Return the number of batches in an epoch."""
    if drop_last and samples < size:
        rule = f"needs a batch_size of at most {samples}, the number of samples"
        raise ValueError(f"drop_last=True with batch_size={size}: {rule}")
    return samples // size if drop_last else -(-samples // size)


def _batches(run: _Run) -> Iterator[Array]:
    """Return the numbers of the samples in a new order, batch by batch."""
    order = run.rng.permutation(len(run.data.x))
    return (order[batch * run.size : (batch + 1) * run.size] for batch in range(run.steps))


def _stops(callback: Callback | None, epoch: int, rows: _Rows) -> bool:
    """Whether the callback, if there is one, ends the training after this epoch."""
    answer = None if callback is None else callback(epoch, rows.history())
    return answer is not None and _checks.flag("callback(epoch, history)", answer)


class _Rows(NamedTuple):
    """The numbers of the epochs so far."""

    values: list[tuple[float, ...]]

    def add(self, train: Score, held: Score | None, lr: float) -> bool:
        """Add an epoch, and say whether it is the best so far; the first of equals counts."""
        self.values.append((*train, *(held or (np.nan, np.nan)), lr))
        return self.best == len(self.values) - 1

    @property
    def best(self) -> int:
        """The epoch with the smallest loss that decides."""
        losses = np.array(self.values)[:, [2, 0]]
        return int(np.argmin(np.where(np.isnan(losses[:, 0]), losses[:, 1], losses[:, 0])))

    def history(self, interrupted: bool = False) -> History:
        """Return the numbers as arrays."""
        columns = (column.copy() for column in np.array(self.values, float).T)
        curves = dict(zip(CURVES, columns, strict=True))
        return History(**curves, best=self.best, interrupted=interrupted)


def _numbers(loss: Array, accuracy: Array) -> str:
    """Return the last loss, and the accuracy if there is one."""
    right = "" if np.isnan(accuracy[-1]) else f", accuracy {accuracy[-1]:.3f}"
    return f"loss {loss[-1]:.4g}{right}"


def _counted(epochs: int) -> str:
    """Return a number of epochs in words."""
    return f"{epochs} epoch{'' if epochs == 1 else 's'}"


# ---------------------------------------------------------------- what goes in


def _fits_together(net: Layer, optimizer: object, **functions: object) -> None:
    """Refuse an optimiser of another net, and functions that cannot be called."""
    own = {id(param) for param in checked_net(net).params.values()}
    if not isinstance(optimizer, Optimizer):
        rule = "needs an optimiser made for the net, for example nn.Adam(net)"
        raise TypeError(f"optimizer={optimizer!r}: {rule}")
    if not own >= {id(param) for param in optimizer.net.params.values()}:
        rule = "is for other parameters than this net's; make it anew, for example nn.Adam(net)"
        raise ValueError(f"optimizer {optimizer!r} {rule}")
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name}={function!r}: needs a function")


def _shared_out(
    x: ArrayLike, y: ArrayLike, validation: Validation, rng: np.random.Generator, dtype: Dtype
) -> tuple[_Data, _Data | None]:
    """Return checked data for training and for validation."""
    train = _finite_data(x, y, ("x", "y"), dtype)
    if validation is None:
        return train, None
    if isinstance(validation, (tuple, list)):
        if len(validation) != 2:
            raise ValueError(f"validation has {len(validation)} entries: needs (x, y)")
        return train, _finite_data(*validation, ("validation[0]", "validation[1]"), dtype)
    first, second = split(*train, validation, rng=rng, name="validation")
    return _Data(*first), _Data(*second)


def _finite_data(x: ArrayLike, y: ArrayLike, names: tuple[str, str], dtype: Dtype) -> _Data:
    """Return samples and targets without NaN and infinity, also in the dtype of the net."""
    data = _Data(*paired(x, y, names))
    for name, array in zip(names, data, strict=True):
        bad = 0 if array.dtype.kind in "iu" else int((~np.isfinite(array)).sum())
        if bad:
            raise ValueError(f"{name} holds {bad} entries that are NaN or infinite")
    if data.x.size:
        largest = max(float(data.x.max()), -float(data.x.min()))
        if largest > float(np.finfo(dtype).max):
            rule = f"infinite in {dtype}, the dtype of the net; scale it first"
            raise ValueError(f"{names[0]} holds {largest:g}: {rule}")
    return data


def _augmented(augment: Augment, x: Array, rng: np.random.Generator) -> Array:
    """Return the changed batch, of as many samples, finite, in the dtype of the batch."""
    y = _checks.real("augment(batch, rng)", augment(x, rng))
    if y.shape[:1] != x.shape[:1]:
        rule = f"needs the {len(x)} samples of the batch"
        raise ValueError(f"augment(batch, rng) has shape {y.shape}: {rule}")
    y = y.astype(x.dtype, copy=False)
    bad = int((~np.isfinite(y)).sum())
    if bad:
        rule = "are NaN or infinite; its batch held none"
        raise ValueError(f"augment(batch, rng) holds {bad} entries that {rule}")
    return y


def _refuse_a_single_one(run: _Run) -> None:
    """Refuse a last batch of one sample that the net cannot be trained with, before the first step.

    The layers decide: a copy of the net is given one sample, and if it refuses that, two.
    """
    x, dtype = run.data.x, run.net.dtype
    left = len(x) - (run.steps - 1) * run.size
    if not left == 1 < run.size < len(x):
        return
    trial = deepcopy(run.net)
    try:
        trial(x[:1].astype(dtype))
    except ValueError as error:
        try:
            trial(x[:2].astype(dtype))
        except ValueError:
            return  # the shape is to blame: the first batch will say so
        raise ValueError(
            f"of the {len(x)} samples for training, batches of {run.size} leave one over, with "
            f"which this net cannot be trained ({error}); drop_last=True leaves it out, or choose "
            "another batch_size"
        ) from None


# ---------------------------------------------------------------- what must not happen


def _no_number(value: float) -> str:
    """Return what is wrong with a loss: "the loss" if it is no finite number, else nothing."""
    return "" if np.isfinite(value) else "the loss"


def _damage(net: Layer) -> str:
    """Return the name of a parameter or buffer that is no longer finite, or nothing."""
    for kind, arrays in (("parameter", net.params), ("buffer", net.buffers)):
        for name, array in arrays.items():
            if not np.isfinite(array).all():
                return f"{kind} {name!r}"
    return ""


def _refuse(what: str, where: str, lr: float) -> None:
    """Stop a training in which something, if it has a name, is no longer a finite number."""
    if what:
        cause = f"most likely the learning rate lr={lr:g} is too large"
        raise FloatingPointError(
            f"{what} became NaN or infinite in {where}: {cause}; "
            "net and optimiser are as they were at the start of this epoch"
        )


class _Kept(NamedTuple):
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


def _copied(arrays: Mapping[str, Array]) -> Copies:
    return {name: array.copy() for name, array in arrays.items()}


def _written(copies: Copies, arrays: Mapping[str, Array]) -> None:
    for name, copy in copies.items():
        arrays[name][...] = copy


# ---------------------------------------------------------------- what one sees of it


def _progress_bar(total: int, progress: bool) -> Any:
    """Return a bar over so many batches, a silent one where nobody is watching."""
    from tqdm import tqdm  # only who trains waits for this import

    # the thread with which tqdm watches over slow bars would outlive the training
    bar = type("Bar", (tqdm,), {"monitor_interval": 0})
    shown = progress and watched()
    return bar(total=total, unit="batch", miniters=1, file=sys.stderr, disable=not shown)


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


def _show_progress(bar: Any, epoch: int, epochs: int, score: Score) -> None:
    """Move the bar by one batch, and show the means of the epoch so far."""
    bar.set_description_str(f"epoch {epoch + 1}/{epochs}", refresh=False)
    right = f", accuracy {score.accuracy:.3f}" if score.accuracy == score.accuracy else ""
    bar.set_postfix_str(f"loss {score.loss:.4f}{right}", refresh=False)
    bar.update()
