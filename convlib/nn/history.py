"""What `fit` and `evaluate` return: the numbers of every epoch, and the score on some data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from convlib._check import Array

CURVES = ("loss", "accuracy", "val_loss", "val_accuracy", "lr")


class Score(NamedTuple):
    """Mean loss, and the share of right classes (NaN where there are no classes)."""

    loss: float
    accuracy: float


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
