"""Shape arithmetic: sizes, borders and remainders of sliding windows. No array is touched here.

Symbols: n input size, k kernel size, s stride, d dilation, p padding per side, o output size and
r remainder, all of one axis. Counts of parameters and of work are in `convlib.architecture`.
"""

from __future__ import annotations

from convlib import _checks, geometry
from convlib._checks import AxisPadding, Pair


def effective_kernel(k: int, *, dilation: int = 1) -> int:
    """Return the span of a dilated kernel, from its first tap to its last: d(k − 1) + 1.

    Parameters
    ----------
    k
        Number of taps, at least 1.
    dilation
        Distance between neighbouring taps, at least 1; 1 is an ordinary kernel.

    Returns
    -------
    int
        At least k.

    Raises
    ------
    ValueError, TypeError
        If an argument is not an integer of at least 1.

    Examples
    --------
    >>> effective_kernel(3), effective_kernel(3, dilation=2)
    (3, 5)
    """
    k, d = _checks.integer("k", k, 1), _checks.integer("dilation", dilation, 1)
    return geometry.span(k, d)


def full_padding(k: int, *, dilation: int = 1) -> Pair:
    """Return the padding under which every overlap counts: d(k − 1) on each side.

    Parameters and errors are those of `effective_kernel`.

    Returns
    -------
    (before, after)
        Both are the same.

    Examples
    --------
    >>> full_padding(3), full_padding(2, dilation=4)
    ((2, 2), (4, 4))
    """
    side = effective_kernel(k, dilation=dilation) - 1
    return side, side


def same_padding(n: int, k: int, *, stride: int = 1, dilation: int = 1) -> Pair:
    """Return the padding that gives ⌈n/s⌉ outputs: max((⌈n/s⌉ − 1)s + d(k − 1) + 1 − n, 0).

    That is the total of both sides. Half goes before, and the odd element *after*: TensorFlow's
    rule, and ONNX's SAME_UPPER.

    Parameters
    ----------
    n, k, stride, dilation
        Input size, taps, stride and dilation, each at least 1.

    Returns
    -------
    (before, after)
        With `before <= after <= before + 1`.

    Raises
    ------
    ValueError, TypeError
        If an argument is not an integer of at least 1.

    Examples
    --------
    >>> same_padding(5, 3), same_padding(5, 4), same_padding(6, 3, stride=2)
    ((1, 1), (1, 2), (0, 1))
    """
    n, k = _checks.integer("n", n, 1), _checks.integer("k", k, 1)
    s, d = _checks.integer("stride", stride, 1), _checks.integer("dilation", dilation, 1)
    return geometry.same_pads(n, k, s, d)


def output_size(
    n: int,
    k: int,
    *,
    stride: int = 1,
    padding: AxisPadding = 0,
    dilation: int = 1,
    ceil_mode: bool = False,
) -> int:
    """Return the number of window positions: ⌊(n + p_before + p_after − d(k − 1) − 1)/s⌋ + 1.

    Parameters
    ----------
    n, k, stride, dilation
        Input size, taps, stride and dilation, each at least 1.
    padding
        Per side: an int, a `(before, after)` pair, or `"valid"`, `"same"`, `"full"`.
    ceil_mode
        Round up instead: a last window may hang over the end, but a last window that starts in
        the padding after the input is dropped (PyTorch's rule).

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError, TypeError
        If no window fits into the padded input, or an argument is out of range.

    Examples
    --------
    >>> output_size(28, 3, stride=2, padding=1), output_size(5, 2, stride=2, ceil_mode=True)
    (14, 3)
    """
    return geometry.axis_geometry(n, k, stride, padding, dilation, ceil_mode).out


def remainder(
    n: int, k: int, *, stride: int = 1, padding: AxisPadding = 0, dilation: int = 1
) -> int:
    """Return how many entries of the *padded* input lie beyond the last tap of the last window.

    r = (n + p_before + p_after − d(k − 1) − 1) mod s. Parameters and errors are those of
    `output_size`. The last min(n, max(r − p_after, 0)) of the true inputs are among them. Where s
    exceeds k, or d exceeds 1, entries between the taps can be unread as well.

    Returns
    -------
    int
        From 0 to s − 1.

    Examples
    --------
    >>> remainder(28, 3, stride=2, padding=1), remainder(8, 3, stride=2), remainder(7, 3, stride=2)
    (1, 1, 0)
    """
    axis = geometry.axis_geometry(n, k, stride, padding, dilation)
    return (axis.padded - axis.span) % axis.stride


def transposed_size(
    n: int,
    k: int,
    *,
    stride: int = 1,
    padding: AxisPadding = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """Return the output size of a transposed layer: s(n − 1) + d(k − 1) + 1 − p + p_out.

    Parameters
    ----------
    n, k, stride, dilation
        Input size, taps, stride and dilation, each at least 1.
    padding
        Of the forward layer that is transposed, so it *crops* p in total. `"same"` gives n·s
        outputs.
    output_padding
        Entries added after the end, fewer than max(stride, dilation): with the remainder of the
        forward layer here, the transposed layer gives back the forward layer's input size.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError, TypeError
        If nothing is left after cropping, or an argument is out of range.

    Examples
    --------
    >>> transposed_size(14, 3, stride=2, padding=1, output_padding=1)
    28
    """
    return geometry.axis_transposed(n, k, stride, padding, output_padding, dilation).size
