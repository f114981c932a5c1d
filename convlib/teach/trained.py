"""What chapter 14 trained beforehand, kept in two files, and everything that belongs to it.

`python -m convlib.teach.trained` trains the network for the 8×8 digits anew and writes its file;
that takes some seconds. `python -m convlib.teach.trained mnist` lets four networks read MNIST, with
five seeds each, and writes their scores; that takes some minutes. All seeds are fixed, so the
splits are the same everywhere, and the results are the same but for rounding.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from convlib import nn
from convlib.nn.data import Part

SEED = 14
HELD_OUT = 0.25  # a quarter of each class is never trained on
EPOCHS = 15
FILE = Path(__file__).resolve().parent / "data" / "digits-net.npz"

VALIDATION = 0.125  # an eighth of the 8,000 training digits of MNIST
MNIST_EPOCHS = 6
LONGER = 8  # times as many: a dense network then computes about as long as the convolutional one
MNIST_FILE = FILE.with_name("mnist-scores.json")


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
    moves = nn.nudge if augment else None
    return _fit(net, x, y, epochs, batch_size=64, augment=moves, validation=validation, rng=seed)


def _fit(net: nn.Sequential, x: np.ndarray, y: np.ndarray, epochs: int, **own: Any) -> nn.History:
    """What both recipes share: Adam, a cosine from 0.01 to 0, and one thread."""
    from threadpoolctl import threadpool_limits  # only who trains pays for it

    optimizer, schedule = nn.Adam(net, lr=0.01), nn.cosine(epochs)
    with threadpool_limits(1):  # the matrices are so small that threads only wait for each other
        return nn.fit(
            net,
            x,
            y,
            optimizer=optimizer,
            schedule=schedule,
            epochs=epochs,
            progress=False,
            **own,
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


# ---------------------------------------------------------------- MNIST


class Mnist(NamedTuple):
    """The 10,000 digits of MNIST on board in three parts, in float32, standardised, with labels.

    `standardizer` holds mean and standard deviation of the 7,000 training pictures alone.
    """

    train: Part
    validation: Part
    held_out: Part
    standardizer: nn.Standardizer


class Scores(NamedTuple):
    """What one kind of network reached: parameters, epochs, and an accuracy for every seed."""

    parameters: int
    epochs: int
    accuracies: tuple[float, ...]


def mnist() -> Mnist:
    """MNIST's digits on board: split first, then standardised with the training part's statistics.

    Returns
    -------
    Mnist(train, validation, held_out, standardizer)
        7000, 1000 and 2000 pictures `(1, 28, 28)` in float32, each part with its labels.

    Examples
    --------
    >>> train, validation, held_out, _ = mnist()
    >>> len(train[0]), validation[0].shape, held_out[0].dtype
    (7000, (1000, 1, 28, 28), dtype('float32'))
    """
    (x, y), (x_held, y_held) = nn.mnist()
    (x, y), (x_val, y_val) = nn.split(x, y, VALIDATION, rng=SEED)
    standardizer = nn.Standardizer.of(x)
    z, z_val, z_held = (standardizer(part).astype(np.float32) for part in (x, x_val, x_held))
    return Mnist((z, y), (z_val, y_val), (z_held, y_held), standardizer)


def mnist_cnn(seed: int) -> nn.Sequential:
    """Three convolutions with 8, 16 and 32 maps, each thinned by pooling, and a dense layer.

    Parameters
    ----------
    seed
        Of the weights.

    Returns
    -------
    Sequential
        From `(N, 1, 28, 28)` to `(N, 10)`.

    Examples
    --------
    >>> mnist_cnn(0).count
    8962
    """
    rng, layers = np.random.default_rng(seed), []
    for c_in, c_out, k in [(1, 8, 5), (8, 16, 3), (16, 32, 3)]:
        conv = nn.Conv(c_in, c_out, k, padding=k // 2, bias=False, rng=rng)
        layers += [conv, nn.MaxPool(2), nn.BatchNorm(c_out), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Dense(288, 10, rng=rng)).astype(np.float32)


def mnist_dense(seed: int, hidden: int) -> nn.Sequential:
    """One hidden layer of so many neurons, each with a weight for every pixel.

    Parameters
    ----------
    seed
        Of the weights.
    hidden
        Neurons of the hidden layer.

    Returns
    -------
    Sequential
        From `(N, 1, 28, 28)` to `(N, 10)`.

    Examples
    --------
    >>> mnist_dense(0, 11).count, mnist_dense(0, 56).count
    (8766, 44586)
    """
    rng = np.random.default_rng(seed)
    first = nn.Dense(784, hidden, bias=False, rng=rng)
    last = nn.Dense(hidden, 10, rng=rng)
    net = nn.Sequential(nn.Flatten(), first, nn.BatchNorm(hidden), nn.ReLU(), last)
    return net.astype(np.float32)


class _Contestant(NamedTuple):
    make: Callable[[int], nn.Sequential]
    epochs: int


CONTEST = {
    "CNN": _Contestant(mnist_cnn, MNIST_EPOCHS),
    "dense, equal size": _Contestant(lambda seed: mnist_dense(seed, 11), MNIST_EPOCHS),
    "dense, five times": _Contestant(lambda seed: mnist_dense(seed, 56), MNIST_EPOCHS),
    "dense, five times, equal time": _Contestant(
        lambda seed: mnist_dense(seed, 56), LONGER * MNIST_EPOCHS
    ),
}


def train_mnist(net: nn.Sequential, part: Part, *, seed: int, epochs: int) -> nn.History:
    """Train by the recipe for MNIST: Adam, a cosine from 0.01 to 0, batches of 32, nudges.

    A nudge moves every picture by up to a pixel each time it is seen.

    Parameters
    ----------
    net
        A network for pictures of 28×28, changed in place.
    part
        Standardised pictures and labels.
    seed
        For the order of the examples and the nudges.
    epochs
        Rounds through the data.

    Returns
    -------
    History
        As `nn.fit` returns it.
    """
    return _fit(net, *part, epochs, batch_size=32, augment=partial(nn.nudge, most=1.0), rng=seed)


def scores() -> dict[str, Scores]:
    """What the four networks for MNIST reached on the held-out digits, read from the file.

    Returns
    -------
    dict
        For "CNN", "dense, equal size", "dense, five times" and "dense, five times, equal time"
        their `Scores(parameters, epochs, accuracies)`.

    Raises
    ------
    FileNotFoundError
        If somebody has taken the file away.

    Examples
    --------
    >>> min(scores()["CNN"].accuracies) >= 0.98
    True
    """
    if not MNIST_FILE.is_file():
        how = "python -m convlib.teach.trained mnist makes it"
        raise FileNotFoundError(f"there is no {MNIST_FILE.name} in {MNIST_FILE.parent}; {how}")
    found = json.loads(MNIST_FILE.read_text(encoding="utf-8"))
    return {name: Scores(n, epochs, tuple(each)) for name, (n, epochs, each) in found.items()}


def make_scores(
    path: str | Path = MNIST_FILE, *, seeds: Iterable[int] = range(5), digits: int = 7000
) -> dict[str, Scores]:
    """Train every kind of network for MNIST with every seed, and write their scores to a file.

    Parameters
    ----------
    path
        Where to write; folders are made as needed.
    seeds
        One network of each kind for each of them.
    digits
        How many of the training digits to learn from.

    Returns
    -------
    dict
        As of `scores`.

    Raises
    ------
    ValueError
        If there is no seed.
    """
    path, numbers = Path(path), tuple(seeds)
    if not numbers:
        raise ValueError(f"seeds={seeds!r}: needs at least one")
    parts, found = mnist(), {}
    some = parts.train[0][:digits], parts.train[1][:digits]
    for name, (make_net, epochs) in CONTEST.items():
        nets = [make_net(seed) for seed in numbers]
        for net, seed in zip(nets, numbers, strict=True):
            train_mnist(net, some, seed=seed, epochs=epochs)
        accuracies = tuple(nn.evaluate(net, *parts.held_out).accuracy for net in nets)
        found[name] = Scores(nets[0].count, epochs, accuracies)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in found.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return found


# ---------------------------------------------------------------- the command


def main(words: list[str]) -> None:
    """Make the file of the network, or with the word mnist the file of scores."""
    if words == ["mnist"]:
        for name, row in make_scores().items():
            low, high = min(row.accuracies), max(row.accuracies)
            print(f"{name}: {row.parameters} parameters, {low:.2%} to {high:.2%} read correctly")
    elif words:
        raise SystemExit(f"{' '.join(words)}: the command takes nothing, or the word mnist")
    else:
        print(f"{FILE.name}: {make().accuracy:.1%} of the held-out digits are read correctly")


if __name__ == "__main__":
    main(sys.argv[1:])
