"""Algorithms for the three products behind a layer, each known to `conv` by its name.

A layer is one sum of products, S = Σ dy[n, f, i] · w[f, c, j] · x[n, c, s·i + d·j]. Leaving out one
factor gives a function of the other two: without dy the output, without w the weights' gradient,
without x the input's gradient. An `Algorithm` is a way to compute all three. A transposed layer
needs the same three: its output is an input's gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from convlib import _checks
from convlib._checks import Array
from convlib.fast import im2col
from convlib.geometry import Axis

Product = Callable[[Array, Array, tuple[Axis, ...], int], Array]


class Algorithm(NamedTuple):
    """Three functions of checked arrays of one dtype, one `Axis` per spatial axis, and the groups.

    Attributes
    ----------
    output
        `(x, w, axes, groups) -> y`: from `(N, C, *size)` and `(F, C/groups, *taps)` to
        `(N, F, *out)`, without a bias.
    weight_gradient
        `(dy, x, axes, groups) -> dw`: from `(N, F, *out)` and `(N, C, *size)` to
        `(F, C/groups, *taps)`.
    input_gradient
        `(dy, w, axes, groups) -> dx`: from `(N, F, *out)` and `(F, C/groups, *taps)` to
        `(N, C, *size)`; inputs that no window reads get 0.
    """

    output: Product
    weight_gradient: Product
    input_gradient: Product


_algorithms: dict[str, Algorithm] = {
    "im2col": Algorithm(im2col.output, im2col.weight_gradient, im2col.input_gradient)
}


def register_algorithm(name: str, algorithm: Algorithm) -> None:
    """Make an algorithm available as `algorithm=name` in `conv`, its kin and `nn.Conv`.

    Parameters
    ----------
    name
        Any text but `"auto"`; a name that is taken gets the new algorithm.
    algorithm
        The three products.

    Raises
    ------
    ValueError, TypeError
        If the name is no text or is `"auto"`, or the algorithm is not an `Algorithm` of functions.

    Examples
    --------
    >>> from convlib import conv
    >>> doubled = algorithm_named("im2col")._replace(
    ...     output=lambda x, w, axes, groups: 2 * im2col.output(x, w, axes, groups)
    ... )
    >>> register_algorithm("doubled", doubled)
    >>> conv([[[3, 1, 4]]], [[[1, 2]]], algorithm="doubled")
    array([[[10, 18]]])
    >>> del _algorithms["doubled"]
    """
    if not isinstance(name, str) or not name:
        raise TypeError(f"name={name!r}: needs a text, for example 'fft'")
    if name == "auto":
        raise ValueError("name='auto': this word leaves the choice to the library; take another")
    if not isinstance(algorithm, Algorithm) or not all(map(callable, algorithm)):
        rule = "needs an Algorithm(output, weight_gradient, input_gradient) of three functions"
        raise TypeError(f"algorithm={algorithm!r}: {rule}")
    _algorithms[name] = algorithm


def algorithms() -> tuple[str, ...]:
    """Return the names that `algorithm=` takes.

    >>> algorithms()
    ('auto', 'im2col')
    """
    return ("auto", *sorted(_algorithms))


def algorithm_named(name: object) -> Algorithm:
    """Return the algorithm of this name; "auto" is blocked im2col.

    >>> algorithm_named("im2kol")
    Traceback (most recent call last):
    ValueError: algorithm='im2kol': needs one of 'auto', 'im2col'; did you mean 'im2col'?
    """
    _checks.word("algorithm", name, algorithms())
    return _algorithms["im2col" if name == "auto" else str(name)]
