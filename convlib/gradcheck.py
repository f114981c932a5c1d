"""Three ways to check a gradient that somebody wrote by hand, and a measure of how wrong it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from convlib import _checks
from convlib._checks import Array

Function = Callable[[Array], Any]

# The error of a central difference is about h²/6 · f''' from truncation and ε/h from rounding; the
# two balance near the cube root of ε = 2⁻⁵². A power of two makes x + h exact for most x.
H = 2.0**-17


def numerical_gradient(
    f: Function, x: ArrayLike, dy: ArrayLike | None = None, *, h: float = H
) -> Array:
    """Return the central difference (L(x + h·e) − L(x − h·e))/2h along every axis e of x.

    L is f itself, or Σ dy · f(x) where f returns an array. Where f is linear or quadratic in x the
    formula is exact for every h, so `h=1` has no truncation error and the least rounding error:
    use it for a convolution.

    Parameters
    ----------
    f
        Function of an array like x; it gets a fresh copy at every call.
    x
        Where to differentiate, any shape; integers become float64, SymPy objects stay.
    dy
        Weights of the outputs of f, in their shape; needed unless f returns one number.
    h
        Step, above 0; the default 2⁻¹⁷ ≈ 8·10⁻⁶ suits float64 and a smooth f.

    Returns
    -------
    Array
        In the shape of x.

    Raises
    ------
    ValueError, TypeError
        If h is not above 0, dy is missing or misshapen, or x holds no numbers.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1, 2, 3], h=1)
    array([2., 4., 6.])
    """
    if not h > 0:
        raise ValueError(f"h={h!r}: needs a step above 0, for example h={H}")
    x = _checks.numeric("x", x)
    x = x if x.dtype == object else x.astype(float)
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        up, down = (_loss(f, _moved(x, index, step), dy) for step in (h, -h))
        gradient[index] = (up - down) / (2 * h)
    return gradient


def complex_step(
    f: Function, x: ArrayLike, dy: ArrayLike | None = None, *, h: float = 1e-20
) -> Array:
    """Return Im L(x + i·h·e)/h along every axis e of x: no difference, so nothing cancels.

    Only for an f of arithmetic and analytic functions that accepts complex x: `abs`, `max` and a
    cast to float lose the imaginary part. Parameters and result are those of
    `numerical_gradient`; h may be as small as you like.

    Raises
    ------
    TypeError
        If f returns a real number: it dropped the imaginary part.

    Examples
    --------
    >>> complex_step(lambda x: (x**3).sum(), [1.0, 2.0])
    array([ 3., 12.])

    Source: Squire and Trapp (1998), "Using Complex Variables to Estimate Derivatives of Real
    Functions", SIAM Review 40.
    """
    x = _checks.numeric("x", x).astype(complex)
    gradient = np.empty(x.shape)
    for index in np.ndindex(x.shape):
        loss = _loss(f, _moved(x, index, 1j * h), dy)
        if not np.iscomplexobj(loss):
            raise TypeError("f returned a real number: it drops the imaginary part of x somewhere")
        gradient[index] = loss.imag / h
    return gradient


def adjoint_error(forward: Function, backward: Function, x: ArrayLike, dy: ArrayLike) -> float:
    """Return |⟨forward(x), dy⟩ − ⟨x, backward(dy)⟩| / (‖forward(x)‖·‖dy‖): 0 for a transpose.

    A linear map and its gradient satisfy this for *all* x and dy, so random ones find nearly every
    bug, with one forward and one backward pass. A right pair stays near 10⁻¹⁶, a wrong one
    near 1.

    Parameters
    ----------
    forward
        A linear map: leave out the bias.
    backward
        Takes dy to the gradient at x.
    x, dy
        Random arrays in the shapes of the input and of the output.

    Returns
    -------
    float
        The error itself, undivided, where forward(x) or dy is 0 throughout.

    Raises
    ------
    ValueError
        If forward(x) has not the shape of dy, or backward(dy) not the shape of x.

    Examples
    --------
    >>> adjoint_error(lambda x: 3 * x, lambda dy: 3 * dy, [1, 2], [3, 4])
    0.0
    """
    x, dy = _checks.numeric("x", x), _checks.numeric("dy", dy)
    y, dx = np.asarray(forward(x.copy())), np.asarray(backward(dy.copy()))
    _checks.matches("forward(x)", y, dy.shape, "the shape of dy")
    _checks.matches("backward(dy)", dx, x.shape, "the shape of x")
    error = float(abs((y * dy).sum() - (x * dx).sum()))
    scale = float(np.sqrt((abs(y) ** 2).sum() * (abs(dy) ** 2).sum()))
    return error / scale if scale else error


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return ‖a − b‖ / max(‖a‖, ‖b‖): 0 where both agree, 2 where one is minus the other.

    The lengths are those of whole arrays, so that an entry which is 0 by right divides nothing.

    Parameters
    ----------
    a, b
        Two gradients in one shape; it does not matter which is which.

    Returns
    -------
    float
        From 0 to 2; 0 where both are 0 throughout, nan where one holds a nan.

    Raises
    ------
    ValueError
        If the shapes differ: broadcasting would hide a wrong one.

    Examples
    --------
    >>> relative_error([3.0, 4.0], [6.0, 8.0]), relative_error([3.0, 4.0], [-3.0, -4.0])
    (0.5, 2.0)
    """
    a, b = _checks.numeric("a", a), _checks.numeric("b", b)
    _checks.matches("a", a, b.shape, "the shape of b")
    kind = np.result_type(a, b, float)  # unsigned numbers must not wrap around
    a, b = a.astype(kind), b.astype(kind)
    scale = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)))
    return float(np.linalg.norm(a - b)) / scale if scale else 0.0


def _moved(x: Array, index: tuple[int, ...], step: complex) -> Array:
    """Return a copy of x with one entry moved by a step."""
    moved = x.copy()
    moved[index] += step
    return moved


def _loss(f: Function, x: Array, dy: ArrayLike | None) -> Any:
    """Return f(x) as one number: itself, or weighted with dy and summed."""
    y = np.asarray(f(x))
    if dy is not None:
        weights = _checks.numeric("dy", dy)
        _checks.matches("dy", weights, y.shape, "the shape of f(x)")
        return (weights * y).sum()
    if y.size != 1:
        raise ValueError(f"f(x) has shape {y.shape}: needs dy of that shape, to weight its entries")
    return y.item()
