"""What a layer costs: parameters, multiply-adds and memory, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from convlib import _arrays, _check


def parameter_count(
    c_in: int, c_out: int, window: Sequence[int], *, groups: int = 1, bias: bool = True
) -> int:
    """Return the number of parameters of a layer: C_out · (C_in/groups) · prod(window) + C_out.

    Parameters
    ----------
    c_in, c_out
        Channels before and after; both divisible by groups.
    window
        Kernel size, a tuple with one entry per spatial axis.
    groups
        Number of groups of channels.
    bias
        Whether to count the C_out biases.

    Raises
    ------
    ValueError, TypeError
        If a number is out of range or groups does not divide the channels.

    Examples
    --------
    >>> parameter_count(3, 64, (3, 3)), parameter_count(64, 64, (3, 3), groups=64, bias=False)
    (1792, 576)
    """
    return c_out * _taps_per_output(c_in, c_out, window, groups) + (c_out if bias else 0)


def multiply_adds(
    c_in: int,
    c_out: int,
    window: Sequence[int],
    out: Sequence[int],
    *,
    groups: int = 1,
    batch: int = 1,
) -> int:
    """Return the multiply-adds of a layer: N · C_out · prod(out) · (C_in/groups) · prod(window).

    The bias is not counted, products with padding are. Each of the two gradients, dx and dw, costs
    the same number again.

    Parameters
    ----------
    c_in, c_out, window, groups
        As in `parameter_count`.
    out
        Spatial size of the output, a tuple.
    batch
        Number of samples N, at least 0.

    Examples
    --------
    >>> multiply_adds(3, 64, (3, 3), (224, 224))
    86704128
    """
    outputs = activation_count(c_out, out, batch=batch)
    return outputs * _taps_per_output(c_in, c_out, window, groups)


def activation_count(c_out: int, out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of outputs of a layer: N · C_out · prod(out); float32 takes 4 bytes each.

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> activation_count(64, (224, 224))
    3211264
    """
    batch = _check.integer("batch", batch, 0)
    return batch * _check.integer("c_out", c_out, 1) * prod(_check.sizes("out", out))


def im2col_count(c_in: int, window: Sequence[int], out: Sequence[int], *, batch: int = 1) -> int:
    """Return the number of entries of `im2col`: N · C_in · prod(window) · prod(out).

    Parameters are those of `multiply_adds`.

    Examples
    --------
    >>> im2col_count(64, (3, 3), (56, 56))
    1806336
    """
    return activation_count(c_in, out, batch=batch) * prod(_check.sizes("window", window))


def _taps_per_output(c_in: int, c_out: int, window: Sequence[int], groups: int) -> int:
    """Return the number of weights that one output uses: (C_in/groups) · prod(window)."""
    g = _check.integer("groups", groups, 1)
    c_in, c_out = _check.integer("c_in", c_in, 1), _check.integer("c_out", c_out, 1)
    _arrays.divides(f"c_in is {c_in}", c_in, g, c_out)
    _arrays.divides(f"c_out is {c_out}", c_out, g, c_in)
    return c_in // g * prod(_check.sizes("window", window))
