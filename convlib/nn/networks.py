"""A network that is ready to be trained: the one for handwritten digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from convlib import _checks
from convlib._checks import Rng, generator
from convlib.nn.activations import ReLU
from convlib.nn.containers import Sequential
from convlib.nn.convolution import Conv
from convlib.nn.dense import Dense, Flatten
from convlib.nn.layer import Layer
from convlib.nn.norm import BatchNorm
from convlib.nn.pooling import MaxPool


def digit_net(
    *, channels: int = 24, classes: int = 10, rng: Rng = None, dtype: DTypeLike = np.float32
) -> Sequential:
    """Return an untrained network for pictures of 8×8 pixels with one channel.

    Two 3×3 convolutions, pooling, a third with twice the channels, pooling, and a dense layer; each
    convolution has padding 1 and is followed by batch norm and ReLU.

    Parameters
    ----------
    channels
        Of the first two convolutions, at least 1.
    classes
        Scores at the end, at least 1.
    rng
        A seed, a generator, or None.
    dtype
        Of the parameters.

    Returns
    -------
    Sequential
        From `(N, 1, 8, 8)` to `(N, classes)`.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range.

    Examples
    --------
    >>> net = digit_net(rng=0)
    >>> net.count, net.output_shape((1, 8, 8))
    (17890, (10,))
    """
    c, k = _checks.integer("channels", channels, 1), _checks.integer("classes", classes, 1)
    source = generator(rng)

    def block(c_in: int, c_out: int) -> list[Layer]:
        conv = Conv(c_in, c_out, 3, padding=1, bias=False, rng=source)
        return [conv, BatchNorm(c_out), ReLU()]

    body = [*block(1, c), *block(c, c), MaxPool(2), *block(c, 2 * c), MaxPool(2), Flatten()]
    return Sequential(*body, Dense(8 * c, k, rng=source)).astype(dtype)
