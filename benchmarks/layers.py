"""How quick are the layers beside PyTorch's? `make bench` prints ratios; below 1 we are quicker.

    make bench                                                  # a training step, and pooling
    .venv-frameworks/bin/python -m benchmarks.layers --layers   # besides, a step layer by layer

Three questions, all in float32 and on one thread:

- *A training step*: forward, loss, backward and Adam of a small network, twice
  convolution–normalisation–ReLU–pooling and a dense layer, through the public interface of both
  libraries. Before the race the two networks get the same weights and must come to the same loss.
- *Pooling*: `max_pool`, `avg_pool` and their gradients, as functions and as layers. The function
  `max_pool_backward` is given x and looks for the winners in it, where PyTorch's is given the
  winners; so it is compared with PyTorch's way forward and back.
- *Layer by layer* (`--layers`): each layer of the step alone, forward and backward, and its share
  of our time: where a step spends it.

Nothing here is asserted about time: a ratio depends on the processor, and a test that times is a
test that fails on a busy machine. See `race` for how a ratio is measured.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import torch
from threadpoolctl import threadpool_limits
from torch.nn import functional

import convlib as cl
from benchmarks.race import Ratio, Work, race
from convlib import nn

BATCH = 64
STEPS = [(8, 1, 8, 16), (28, 1, 16, 32), (28, 1, 32, 64)]  # size of the image, channels
POOLED = [(64, 16, 8, 8), (64, 16, 28, 28), (64, 32, 28, 28), (64, 32, 14, 14), (1, 64, 112, 112)]
WINDOWS = [(2, 2, 0), (3, 2, 1), (3, 1, 0)]  # taps, stride, padding

Measure = Callable[[Work, Work], Ratio]
Function = Callable[[torch.Tensor], torch.Tensor]


class Line(NamedTuple):
    """One line of a table: what is compared, and one cell for every column."""

    title: str
    cells: list[str]


def main(arguments: list[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", action="store_true", help="also every layer of a step alone")
    parser.add_argument("--turns", type=int, default=15, help="ratios that a median is taken of")
    given = parser.parse_args(arguments)
    measured = partial(race, turns=given.turns)

    torch.set_num_threads(1)
    with threadpool_limits(1):
        show("training step", ["ours / PyTorch's"], training_steps(measured))
        columns = ["max_pool", "its gradient", "avg_pool", "its gradient"]
        show("pooling functions", columns, pooling_functions(measured))
        show("pooling layers", columns, pooling_layers(measured))
        if given.layers:
            for shape in STEPS:
                columns = ["forward", "backward", "share of our step"]
                show(named(*shape), columns, layer_by_layer(measured, *shape))


def show(title: str, columns: list[str], lines: Iterator[Line]) -> None:
    """Print a table line by line, as its lines are measured."""
    print(f"{title:34}" + "".join(f"{column:>20}" for column in columns))
    for line in lines:
        print(f"{line.title:34}" + "".join(f"{cell:>20}" for cell in line.cells), flush=True)
    print()


# ---------------------------------------------------------------- a training step


class Pair:
    """The same network twice, with optimisers and a batch of noise; both can make a step."""

    def __init__(self, size: int, c_in: int, first: int, second: int) -> None:
        self.ours = nn.Sequential(
            *our_block(c_in, first),
            *our_block(first, second),
            nn.Flatten(),
            nn.Dense(second * (size // 4) ** 2, 10, rng=0, dtype=np.float32),
        )
        self.theirs = torch.nn.Sequential(
            *their_block(c_in, first),
            *their_block(first, second),
            torch.nn.Flatten(),
            torch.nn.Linear(second * (size // 4) ** 2, 10),
        )
        weights = nn.torch_weights(self.ours)
        self.theirs.load_state_dict({name: torch.tensor(w) for name, w in weights.items()})
        self.our_optimizer = nn.Adam(self.ours, lr=1e-3)
        self.their_optimizer = torch.optim.Adam(self.theirs.parameters(), lr=1e-3)
        rng = np.random.default_rng(1)
        self.x = rng.normal(size=(BATCH, c_in, size, size)).astype(np.float32)
        self.labels = rng.integers(0, 10, BATCH)
        self.their_x, self.their_labels = map(torch.from_numpy, (self.x, self.labels))

    def our_step(self) -> float:
        """Make one training step, and return the loss before it."""
        loss = nn.softmax_cross_entropy(self.ours(self.x), self.labels)
        self.ours.backward(loss.grad, input_gradient=False)
        self.our_optimizer.step()
        return loss.value

    def their_step(self) -> float:
        """Make one training step, and return the loss before it."""
        self.their_optimizer.zero_grad()
        loss = functional.cross_entropy(self.theirs(self.their_x), self.their_labels)
        loss.backward()
        self.their_optimizer.step()
        return loss.item()


def our_block(c_in: int, c_out: int) -> list[nn.Layer]:
    """Return the layers of one block."""
    convolution = nn.Conv(c_in, c_out, 3, padding=1, rng=0, dtype=np.float32)
    return [convolution, nn.BatchNorm(c_out, dtype=np.float32), nn.ReLU(), nn.MaxPool(2)]


def their_block(c_in: int, c_out: int) -> list[torch.nn.Module]:
    """Return the layers of one block."""
    convolution = torch.nn.Conv2d(c_in, c_out, 3, padding=1)
    return [convolution, torch.nn.BatchNorm2d(c_out), torch.nn.ReLU(), torch.nn.MaxPool2d(2)]


def training_steps(measured: Measure) -> Iterator[Line]:
    """Yield one line for every network."""
    for shape in STEPS:
        both = Pair(*shape)
        for _ in range(3):
            np.testing.assert_allclose(both.our_step(), both.their_step(), rtol=1e-3)
        yield Line(named(*shape), [str(measured(both.our_step, both.their_step))])


def named(size: int, *channels: int) -> str:
    """Return the name of a network."""
    return f"{size}×{size}, channels {'→'.join(map(str, channels))}"


# ---------------------------------------------------------------- pooling


class Theirs:
    """A function or a layer of PyTorch at one input: forward, backward, and both together."""

    def __init__(
        self, function: Function, x: np.ndarray, dy: np.ndarray, *, input_gradient: bool = True
    ) -> None:
        self.function, self.dy = function, torch.from_numpy(dy)
        self.x = torch.from_numpy(x).requires_grad_(input_gradient)
        inner = function.parameters() if isinstance(function, torch.nn.Module) else ()
        self.wanted = [*inner, *[self.x] * input_gradient]
        self.y = self.forward()

    def forward(self) -> torch.Tensor:
        """Return y."""
        return self.function(self.x)

    def backward(self) -> tuple[torch.Tensor, ...]:
        """Return the gradients of the parameters and of x, at the y of the beginning."""
        return torch.autograd.grad(self.y, self.wanted, self.dy, retain_graph=True)

    def both(self) -> tuple[torch.Tensor, ...]:
        """Return the gradients after a way forward of their own."""
        return torch.autograd.grad(self.forward(), self.wanted, self.dy)


class Pooled(NamedTuple):
    """A batch, the gradient at the output, a window, and PyTorch's maximum and mean."""

    title: str
    x: np.ndarray
    dy: np.ndarray
    window: int
    options: dict[str, Any]
    theirs: tuple[Theirs, Theirs]


def pooled() -> Iterator[Pooled]:
    """Yield every shape with every window."""
    rng = np.random.default_rng(2)
    for shape, (k, s, p) in product(POOLED, WINDOWS):
        title = f"{'×'.join(map(str, shape))}, {k}×{k}/{s}" + f" pad {p}" * (p > 0)
        out = (cl.output_size(n, k, stride=s, padding=p) for n in shape[2:])
        x, dy = (rng.normal(size=size).astype(np.float32) for size in (shape, (*shape[:2], *out)))
        options = {"stride": s, "padding": p}
        largest, mean = (
            Theirs(partial(function, kernel_size=k, **options), x, dy)
            for function in (functional.max_pool2d, functional.avg_pool2d)
        )
        yield Pooled(title, x, dy, k, options, (largest, mean))


def pooling_functions(measured: Measure) -> Iterator[Line]:
    """Yield one line for every shape and window: both functions and their gradients."""
    for title, x, dy, k, options, (largest, mean) in pooled():
        races: list[tuple[Work, Work]] = [
            (partial(cl.max_pool, x, k, **options), largest.forward),
            (partial(cl.max_pool_backward, dy, x, k, **options), largest.both),
            (partial(cl.avg_pool, x, k, **options), mean.forward),
            (partial(cl.avg_pool_backward, dy, x, k, **options), mean.backward),
        ]
        yield Line(title, [str(measured(*both)) for both in races])


def pooling_layers(measured: Measure) -> Iterator[Line]:
    """Yield one line for every shape and window: both layers, forward and backward."""
    for title, x, dy, k, options, theirs in pooled():
        cells = []
        for kind, other in zip((nn.MaxPool, nn.AvgPool), theirs, strict=True):
            layer = kind(k, **options)
            np.testing.assert_allclose(layer(x), other.y.detach(), rtol=1e-4, atol=1e-6)
            np.testing.assert_allclose(layer.backward(dy), *other.backward(), rtol=1e-4, atol=1e-6)
            cells.append(str(measured(partial(layer, x), other.forward)))
            cells.append(str(measured(partial(layer.backward, dy), other.backward)))
        yield Line(title, cells)


# ---------------------------------------------------------------- layer by layer


def layer_by_layer(measured: Measure, *shape: int) -> Iterator[Line]:
    """Yield one line for every layer of a network, one for the loss and one for the optimiser."""
    both = Pair(*shape)
    both.our_step(), both.their_step()  # the optimisers need gradients
    rng, x = np.random.default_rng(3), both.x
    for number, (layer, module) in enumerate(zip(both.ours, both.theirs, strict=True)):
        y = layer(x)
        dy = rng.normal(size=y.shape).astype(np.float32)
        theirs = Theirs(module, x, dy, input_gradient=number > 0)
        forward = partial(layer, x)
        backward = partial(layer.backward, dy, input_gradient=number > 0)
        ratios = measured(forward, theirs.forward), measured(backward, theirs.backward)
        part = share(measured, [forward, backward], both.our_step)
        yield Line(f"{number} {type(layer).__name__}", [*map(str, ratios), part])
        x = y
    loss = partial(nn.softmax_cross_entropy, x, both.labels)
    cross_entropy = partial(functional.cross_entropy, target=both.their_labels)
    theirs = Theirs(cross_entropy, x, np.ones((), np.float32))
    part = share(measured, [loss], both.our_step)
    yield Line("loss with its gradient", ["", str(measured(loss, theirs.both)), part])
    ours = both.our_optimizer.step
    part = share(measured, [ours], both.our_step)
    yield Line("Adam", ["", str(measured(ours, both.their_optimizer.step)), part])


def share(measured: Measure, parts: list[Work], whole: Work) -> str:
    """Return which part of the time of the whole its parts take."""
    return f"{measured(lambda: [part() for part in parts], whole).middle:.0%}"


if __name__ == "__main__":
    main()
