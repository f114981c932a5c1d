"""Algorithms for the three products behind a layer, each known to `conv` by its name.

A layer is one sum of products, S = Σ dy[n, f, i] · w[f, c, j] · x[n, c, s·i + d·j]. Leaving out one
factor gives a function of the other two: without dy the output, without w the weights' gradient,
without x the input's gradient. An `Algorithm` is a way to compute all three. A transposed layer
needs the same three: its output is an input's gradient.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import NamedTuple

import numpy as np

from convlib import _checks
from convlib._checks import Array
from convlib.fast import im2col
from convlib.geometry import Axis

Product = Callable[[Array, Array, tuple[Axis, ...], int], Array]
Shape = tuple[int, ...]


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


# Those of the library are trusted: the tests compare them with the loops, so nothing is checked.
_algorithms: dict[str, Algorithm] = {
    "im2col": Algorithm(im2col.output, im2col.weight_gradient, im2col.input_gradient)
}


def _output_shape(x: Array, w: Array, axes: tuple[Axis, ...], _groups: int) -> Shape:
    return len(x), len(w), *(axis.out for axis in axes)


def _weights_shape(dy: Array, x: Array, axes: tuple[Axis, ...], groups: int) -> Shape:
    return dy.shape[1], x.shape[1] // groups, *(axis.taps for axis in axes)


def _input_shape(dy: Array, w: Array, axes: tuple[Axis, ...], groups: int) -> Shape:
    return len(dy), w.shape[1] * groups, *(axis.size for axis in axes)


_SHAPES = _output_shape, _weights_shape, _input_shape  # of the three products, in their order


def register_algorithm(name: str, algorithm: Algorithm) -> None:
    """Make an algorithm available as `algorithm=name` in `conv`, its kin and `nn.Conv`.

    Parameters
    ----------
    name
        Any text but `"auto"`; a name that is taken gets the new algorithm.
    algorithm
        The three products. They get read-only views, as an argument may be the caller's own array,
        and each result is checked: an array of the shape that the arguments imply, in their dtype.

    Raises
    ------
    ValueError, TypeError
        If the name is no text or is `"auto"`, or the algorithm is not an `Algorithm` of functions;
        later, where it is used, if a product returns anything but such an array.

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
    products = zip(Algorithm._fields, algorithm, _SHAPES, strict=True)
    _algorithms[name] = Algorithm(*(_guarded(name, *product) for product in products))


def _guarded(name: str, kind: str, product: Product, shape: Callable[..., Shape]) -> Product:
    """Return a product that cannot change its arguments, and whose result is checked."""

    @wraps(product)
    def guarded(one: Array, other: Array, axes: tuple[Axis, ...], groups: int) -> Array:
        result = product(_read_only(one), _read_only(other), axes, groups)
        what = f"algorithm {name!r}: {kind} gives"
        if type(result) is not np.ndarray:
            raise TypeError(f"{what} {type(result).__name__}: needs a NumPy array")
        wanted, dtype = shape(one, other, axes, groups), np.result_type(one, other)
        if result.shape != wanted:
            raise ValueError(f"{what} shape {result.shape}: needs {wanted}")
        if result.dtype != dtype:
            raise TypeError(f"{what} dtype {result.dtype}: needs {dtype}, that of its arguments")
        # The bias is added in place, which must not reach what the view is a view of.
        return result if result.flags.writeable else result.copy()

    return guarded


def _read_only(array: Array) -> Array:
    """Return a view through which nothing can be written."""
    view = array.view()
    view.flags.writeable = False
    return view


def algorithms() -> tuple[str, ...]:
    """Return the names that `algorithm=` takes.

    >>> algorithms()[0], "im2col" in algorithms()
    ('auto', True)
    """
    return ("auto", *sorted(_algorithms))


def algorithm_named(name: object) -> Algorithm:
    """Return the algorithm of this name; "auto" is blocked im2col.

    >>> algorithm_named("auto") is algorithm_named("im2col")
    True
    """
    _checks.word("algorithm", name, algorithms())
    return _algorithms["im2col" if name == "auto" else str(name)]
