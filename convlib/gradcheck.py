"""Three ways to check a gradient that somebody wrote by hand, and a measure of how wrong it is.

Numbers may be complex. The gradient of a real L is then ∂L/∂Re x + i ∂L/∂Im x, PyTorch's, and the
inner product ⟨a, b⟩ = Σ a · b̄, with the complex conjugate of b.
"""

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
    f: Function, x: ArrayLike, dy: ArrayLike | None = None, *, h: float | None = None
) -> Array:
    """Return the central difference (L(x + h·e) − L(x − h·e))/2h along every axis e of x.

    L is f itself, or Re Σ f(x) · d̄y where f returns an array. Where f is linear or quadratic in x
    the formula is exact for every h, so `h=1` has no truncation error and the least rounding error:
    use it for a convolution. The difference is divided by the distance that x really moved: for a
    small h, x + h may have to be rounded.

    Parameters
    ----------
    f
        Function of an array like x; it gets a fresh copy at every call.
    x
        Where to differentiate, any shape. Integers and float32 become float64, objects (SymPy)
        stay; a complex x moves along its real and its imaginary axis.
    dy
        Weights of the outputs of f, in their shape; needed unless f returns one real number.
    h
        Step, above 0. None takes 2⁻¹⁷ · max(1, 2^⌊log₂|x|⌋), each entry its own: about 8·10⁻⁶, and
        as large relative to x where that is large. It suits float64 and an f that is smooth over a
        length of 1, or of |x|; an f that bends more sharply needs its own h.

    Returns
    -------
    gradient
        In the shape of x.

    Raises
    ------
    ValueError, TypeError
        If h is not above 0 or too small to move x, dy is missing or misshapen, or x holds no
        numbers or not only finite ones.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1, 2, 3], h=1)
    array([2., 4., 6.])
    >>> numerical_gradient(lambda z: (z * z.conj()).real, 3 + 4j, h=1)
    array(6.+8.j)

    L is rounded before the difference is taken. Beside an L of 10²⁴, what an entry of 3 adds is
    lost, and its slope of 6 looks like a true 0; no step helps. Test large and small entries apart.

    >>> numerical_gradient(lambda x: (x**2).sum(), [1e12, 3, 0])
    array([2.e+12, 0.e+00, 0.e+00])
    """
    _checks.function("f", f, "lambda x: (x**2).sum()")
    x = _checks.numeric("x", x)
    if h is not None:
        _checks.number("h", h, f"needs a step above 0, for example h={H}", _is_step)
    if x.dtype == object:
        return _central(f, x, dy, np.full(x.shape, H if h is None else h))
    x = x.astype(np.result_type(x, float))
    if np.iscomplexobj(x):  # a list of pairs of real numbers, which f gets as a complex one
        pairs = np.ascontiguousarray(np.stack([x.real, x.imag], axis=-1))
        slopes = numerical_gradient(lambda pairs: f(_complex(pairs)), pairs, dy, h=h)
        return _complex(slopes)
    return _central(f, x, dy, _steps(x, h))


def complex_step(
    f: Function, x: ArrayLike, dy: ArrayLike | None = None, *, h: float = 1e-20
) -> Array:
    """Return Im L(x + i·h·e)/h along every axis e of x: no difference, so nothing cancels.

    Only for an f of arithmetic and analytic functions that accepts complex x: `abs`, `max` and a
    cast to float lose the imaginary part. L is f itself, or Σ f(x) · dy.

    Parameters
    ----------
    f, dy
        As in `numerical_gradient`, but dy real.
    x
        Where to differentiate, any shape, real: the step is imaginary.
    h
        Step, above 0. It may be so small that h² vanishes beside 1, but h times a slope must not
        underflow: below 10⁻³⁰⁸ digits are lost. The default suits slopes above 10⁻²⁸⁸.

    Returns
    -------
    gradient
        In the shape of x.

    Raises
    ------
    ValueError, TypeError
        As `numerical_gradient`, if x or dy is complex, or if f returns a real number: it dropped
        the imaginary part.

    Examples
    --------
    >>> complex_step(lambda x: (x**3).sum(), [1.0, 2.0])
    array([ 3., 12.])

    Source: Squire and Trapp (1998), "Using Complex Variables to Estimate Derivatives of Real
    Functions", SIAM Review 40.
    """
    _checks.function("f", f, "lambda x: (x**2).sum()")
    rule = "needs a normal step above 0, for example h=1e-20"
    h = _checks.number("h", h, rule, _is_normal_step)
    x = _checks.numeric("x", x)
    for name, array in (("x", x), ("dy", _checks.numeric("dy", 0 if dy is None else dy))):
        if np.iscomplexobj(array):
            rule = "needs real numbers, as the step along the imaginary axis tells the slope"
            raise TypeError(f"{name} has dtype {array.dtype}: {rule}")
    x = x.astype(complex if x.dtype == object else np.result_type(x, complex))
    gradient = np.empty_like(x.real)
    for index in np.ndindex(x.shape):
        loss = _loss(f, _moved(x, index, 1j * h), dy)
        if not np.iscomplexobj(loss):
            rule = "needs complex numbers; f drops the imaginary part of x somewhere"
            raise TypeError(f"f(x) is real: {rule}, as abs, max and float do")
        gradient[index] = loss.imag / h
    return gradient


def adjoint_error(forward: Function, backward: Function, x: ArrayLike, dy: ArrayLike) -> float:
    """Return |⟨forward(x), dy⟩ − ⟨x, backward(dy)⟩| / (‖forward(x)‖·‖dy‖): 0 for an adjoint.

    A linear map and its gradient satisfy this for *all* x and dy, so random ones find nearly every
    bug, with one forward and one backward pass. A right pair stays near 10⁻¹⁶, a wrong one near 1.
    For real numbers the adjoint is the transpose. However large or small the numbers are, nothing
    overflows or vanishes on the way.

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
        The error itself, undivided, where forward(x) or dy is 0 throughout; nan where one of the
        four arrays holds nan or an infinity.

    Raises
    ------
    ValueError, TypeError
        If forward(x) has not the shape of dy, or backward(dy) not the shape of x.

    Examples
    --------
    >>> adjoint_error(lambda x: 3 * x, lambda dy: 3 * dy, [1, 2], [3, 4])
    0.0
    >>> adjoint_error(lambda x: 1j * x, lambda dy: -1j * dy, [1, 2], [3, 4])
    0.0
    """
    _checks.function("forward", forward, "lambda x: cl.conv(x, w)")
    _checks.function("backward", backward, "lambda dy: cl.conv_backward(dy, x, w).dx")
    x, dy = _checks.numeric("x", x), _checks.numeric("dy", dy)
    y = _checks.numeric("forward(x)", forward(x.copy()))
    dx = _checks.numeric("backward(dy)", backward(dy.copy()))
    _checks.matches("forward(x)", y, dy.shape, "the shape of dy")
    _checks.matches("backward(dy)", dx, x.shape, "the shape of x")
    named = {"forward(x)": y, "dy": dy, "x": x, "backward(dy)": dx}
    arrays = [_floats(name, array) for name, array in named.items()]
    finite = all(np.isfinite(array).all() for array in arrays)
    return _gap(*arrays) if finite else float("nan")


def relative_error(a: ArrayLike, b: ArrayLike) -> float:
    """Return ‖a − b‖ / max(‖a‖, ‖b‖): 0 where both agree, 2 where one is minus the other.

    The lengths are those of whole arrays, so that an entry which is 0 by right divides nothing. All
    entries are divided by the largest first, so no square overflows or vanishes.

    Parameters
    ----------
    a, b
        Two gradients in one shape; it does not matter which is which.

    Returns
    -------
    float
        From 0 to 2; 0 where they are equal entry by entry, infinities and zeros included. Otherwise
        nan where one holds nan or an infinity: ∞/∞ says nothing, and nan passes no test.

    Raises
    ------
    ValueError, TypeError
        If the shapes differ (broadcasting would hide a wrong one), or an entry is no number.

    Examples
    --------
    >>> relative_error([3.0, 4.0], [6.0, 8.0]), relative_error([3.0, 4.0], [-3.0, -4.0])
    (0.5, 2.0)
    >>> relative_error(1e-200, 2e-200), relative_error(np.inf, 1)
    (0.5, nan)
    """
    one, other = _floats("a", a), _floats("b", b)
    _checks.matches("a", one, other.shape, "the shape of b")
    if np.array_equal(one, other):
        return 0.0
    if not (np.isfinite(one).all() and np.isfinite(other).all()):
        return float("nan")
    exponent = _exponent(one, other)
    one, other = _times_power(one, -exponent), _times_power(other, -exponent)
    return float(np.linalg.norm(one - other) / max(np.linalg.norm(one), np.linalg.norm(other)))


def _gap(y: Array, dy: Array, x: Array, dx: Array) -> float:
    """Return |⟨y, dy⟩ − ⟨x, dx⟩| / (‖y‖·‖dy‖), or undivided where that is 0."""
    exponents = [_exponent(array) for array in (y, dy, x, dx)]
    shrunk = (_times_power(a, -e) for a, e in zip((y, dy, x, dx), exponents, strict=True))
    y, dy, x, dx = shrunk
    scale_y, scale_x = sum(exponents[:2]), sum(exponents[2:])
    # Powers of two round nothing. The second product is brought to the scale of the first.
    error = abs((y * dy.conj()).sum() - _times_power((x * dx.conj()).sum(), scale_x - scale_y))
    lengths = np.sqrt((abs(y) ** 2).sum() * (abs(dy) ** 2).sum())
    return float(error / lengths if lengths else _times_power(error, scale_y))


def _is_step(h: float) -> bool:
    """Return whether h may be the step of a difference."""
    return 0 < h < np.inf


def _is_normal_step(h: float) -> bool:
    """Return whether h is a step with all its digits."""
    return bool(np.finfo(float).tiny <= h < np.inf)


def _steps(x: Array, h: float | None) -> Array:
    """Return the step of every entry of real x, each of which moves its entry and not too far."""
    if not np.isfinite(x).all():
        raise ValueError(f"x holds {x[~np.isfinite(x)][0]}: needs finite numbers")
    # frexp writes |x| as m · 2^e with m from 1/2 to 1, so ⌊log₂|x|⌋ is e − 1; for 0 it says e = 0.
    relative = np.ldexp(x.dtype.type(H), np.maximum(np.frexp(x)[1] - 1, 0))
    steps = np.asarray(relative if h is None else np.full(x.shape, h))
    with np.errstate(over="ignore"):
        up, down = x + steps, x - steps
        stuck, lost = (up == x) | (down == x), ~np.isfinite(up - down)
    if stuck.any():
        largest = abs(x[stuck]).max()
        rule = f"needs a step that moves x, which holds {float(largest)}"
        raise ValueError(f"h={h!r}: {rule}; at least h={float(np.spacing(largest))}")
    if lost.any():
        rule = f"needs a step that x, which holds {float(x[lost][0])}, can take without overflow"
        raise ValueError(f"h={float(steps[lost][0])}: {rule}")
    return steps


def _central(f: Function, x: Array, dy: ArrayLike | None, steps: Array) -> Array:
    """Return the quotients of central differences, for real x or objects."""
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        step, entry = steps[index], x[index]
        up, down = (_loss(f, _moved(x, index, way), dy) for way in (step, -step))
        # Objects do not round, and (a + h) − (a − h) would be an expression to simplify.
        distance = 2 * step if x.dtype == object else (entry + step) - (entry - step)
        gradient[index] = (_real(up, dy) - _real(down, dy)) / distance
    return gradient


def _moved(x: Array, index: tuple[int, ...], step: Any) -> Array:
    """Return a copy of x with one entry moved by a step."""
    moved = x.copy()
    moved[index] += step
    return moved


def _loss(f: Function, x: Array, dy: ArrayLike | None) -> Any:
    """Return f(x) as one number: itself, or the sum of its entries times the conjugates of dy."""
    y = _checks.numeric("f(x)", f(x))
    if dy is not None:
        weights = _checks.numeric("dy", dy)
        _checks.matches("dy", weights, y.shape, "the shape of f(x)")
        weights = weights.conj() if weights.dtype.kind == "c" else weights
        # Small floats and integers are weighted and added in float64.
        return (weights * y.astype(np.result_type(y, float), copy=False)).sum()
    if y.size != 1:
        raise ValueError(f"f(x) has shape {y.shape}: needs dy of that shape, to weight its entries")
    return y.item()


def _real(loss: Any, dy: ArrayLike | None) -> Any:
    """Return a loss as a real number; a single complex number is refused, as it is no loss."""
    if not np.iscomplexobj(loss):
        return loss
    if dy is None:
        advice = "take a part of it, or give dy: then L = Re Σ f(x) · d̄y"
        raise TypeError(f"f(x) is complex: needs one real number; {advice}")
    return loss.real


def _complex(pairs: Array) -> Array:
    """Return pairs of real numbers `(..., 2)` as complex numbers `(...)`, with the same memory."""
    return pairs.view(np.result_type(pairs, np.complex64))[..., 0]


def _floats(name: str, value: ArrayLike) -> Array:
    """Return an array of floats or complex numbers of at least double precision."""
    array = _checks.numeric(name, value)
    if array.dtype != object:
        return array.astype(np.result_type(array, float))
    for kind in (float, complex):
        try:
            return array.astype(kind)
        except TypeError:
            continue
    raise TypeError(f"{name} holds symbols: needs numbers")


def _exponent(*arrays: Array) -> int:
    """Return the least e with every real and imaginary part below 2^e, 0 where all are 0."""
    parts = [part for array in arrays for part in (array.real, array.imag)]
    return int(np.frexp(max(abs(part).max(initial=0) for part in parts))[1])


def _times_power(array: Any, exponent: int) -> Any:
    """Return real or complex numbers times 2^exponent, which rounds nothing."""
    if np.iscomplexobj(array):
        return np.ldexp(array.real, exponent) + 1j * np.ldexp(array.imag, exponent)
    return np.ldexp(array, exponent)
