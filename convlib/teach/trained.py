"""The trained network of chapter 14, kept in a file, and everything that belongs to it.

`python -m convlib.teach.trained` trains it anew and writes the file; that takes some seconds. All
seeds are fixed, so the split is the same everywhere, and the weights are the same but for rounding.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from convlib import nn
from convlib.nn.data import Part

SEED = 14
HELD_OUT = 0.25  # a quarter of each class is never trained on
EPOCHS = 15
FILE = Path(__file__).resolve().parent / "data" / "digits-net.npz"


class Data(NamedTuple):
    """The digits as the network takes them: pictures in float32, standardised, with labels.

    `standardizer` holds mean and standard deviation of the training pictures: it makes z of
    pictures with grey levels from 0 to 16, and its `inverse` goes back.
    """

    train: Part
    held_out: Part
    standardizer: nn.Standardizer


class Trained(NamedTuple):
    """What `load` returns: the network in evaluation, and the data as in `Data`."""

    net: nn.Sequential
    standardizer: nn.Standardizer
    train: Part
    held_out: Part


def data() -> Data:
    """The digits, split first and then standardised with the statistics of the training part.

    Returns
    -------
    Data(train, held_out, standardizer)
        1347 and 450 pictures `(1, 8, 8)` in float32, each part with its labels.

    Examples
    --------
    >>> train, held_out, standardizer = data()
    >>> train[0].shape, held_out[0].shape, held_out[0].dtype
    ((1347, 1, 8, 8), (450, 1, 8, 8), dtype('float32'))
    """
    (x, y), (x_held, y_held) = nn.split(*nn.digits(), HELD_OUT, rng=SEED)
    standardizer = nn.Standardizer.of(x)
    z, z_held = (standardizer(part).astype(np.float32) for part in (x, x_held))
    return Data((z, y), (z_held, y_held), standardizer)


def train(
    net: nn.Sequential,
    x: np.ndarray,
    y: np.ndarray,
    *,
    seed: int,
    epochs: int = EPOCHS,
    augment: bool = True,
    validation: Part | None = None,
) -> nn.History:
    """Train by the recipe of chapter 14: Adam, a cosine from 0.01 to 0, batches of 64, nudges.

    Parameters
    ----------
    net
        A network for pictures, changed in place.
    x, y
        `(N, 1, 8, 8)` standardised pictures and (N,) labels.
    seed
        For the order of the examples and the nudges.
    epochs
        Rounds through the data.
    augment
        Move every picture by up to 0.3 of a pixel each time it is seen.
    validation
        Pictures and labels whose scores are noted after each epoch.

    Returns
    -------
    History
        As `nn.fit` returns it.
    """
    from threadpoolctl import threadpool_limits  # only who trains pays for it

    with threadpool_limits(1):  # the matrices are so small that threads only wait for each other
        return nn.fit(
            net,
            x,
            y,
            optimizer=nn.Adam(net, lr=0.01),
            epochs=epochs,
            batch_size=64,
            schedule=nn.cosine(epochs),
            augment=nn.nudge if augment else None,
            validation=validation,
            rng=seed,
            progress=False,
        )


def load() -> Trained:
    """The trained network with its data; the weights come from the file, nothing is trained.

    Returns
    -------
    Trained(net, standardizer, train, held_out)
        Each part a pair of pictures and labels.

    Raises
    ------
    FileNotFoundError
        If somebody has taken the file away.

    Examples
    --------
    >>> net, _, _, (x, labels) = load()
    >>> nn.evaluate(net, x, labels).accuracy >= 0.985
    True
    """
    if not FILE.is_file():
        how = "python -m convlib.teach.trained makes it"
        raise FileNotFoundError(f"there is no {FILE.name} in {FILE.parent}; {how}")
    net = nn.digit_net(rng=SEED)
    nn.load(net, FILE)
    net.eval()
    train_part, held_out, standardizer = data()
    return Trained(net, standardizer, train_part, held_out)


def make(path: Path = FILE, *, epochs: int = EPOCHS) -> nn.Score:
    """Train the network and write its weights to a file.

    Parameters
    ----------
    path
        Where to write; folders are made as needed.
    epochs
        Rounds through the data.

    Returns
    -------
    Score
        Of the held-out digits.
    """
    train_part, held_out, _ = data()
    net = nn.digit_net(rng=SEED)
    train(net, *train_part, seed=SEED, epochs=epochs)
    path.parent.mkdir(parents=True, exist_ok=True)
    nn.save(net, path)
    return nn.evaluate(net, *held_out)


if __name__ == "__main__":
    print(f"{FILE.name}: {make().accuracy:.1%} of the held-out digits are read correctly")
