"""What somebody else's program does with the installed library; `mypy --strict` reads it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import convlib as cl
from convlib import nn

x: NDArray[np.float64] = np.arange(32.0).reshape(1, 2, 16)
w = np.ones((4, 2, 3))
y = cl.conv(x, w, stride=2, padding="same")
dx, dw, db = cl.conv_backward(np.ones_like(y), x, w, stride=2, padding="same")
sizes: tuple[int, int] = (cl.output_size(16, 3, stride=2, padding=1), y.shape[-1])
line = cl.correlate1d([3, 1, 4, 1, 5], [1, 2, 1], stride=2)


class Halved(nn.Layer):
    """A layer of one's own, with types."""

    def output_shape(self, shape: Sequence[int]) -> nn.Shape:
        """Return the shape itself."""
        return tuple(shape)

    def compute(self, x: NDArray[np.floating]) -> tuple[NDArray[np.floating], None]:
        """Return y = x/2."""
        return x / 2, None


def train(epochs: int) -> nn.History:
    """Train a small net."""
    inside = [nn.Conv(2, 2, 3, padding=1, ndim=1, rng=0), nn.ReLU()]
    net = nn.Sequential(nn.Residual(*inside), nn.Flatten(), nn.Dense(32, 2, rng=0))
    labels = np.zeros(1, int)
    return nn.fit(net, x, labels, optimizer=nn.Adam(net), epochs=epochs, progress=False)


if __name__ == "__main__":
    print(sizes, line.tolist(), len(train(2).loss), Halved().title())
