"""A layer on lists with bugs planted on purpose, and a sigmoid as it was once published."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

#: The bugs by name; each, in one form or another, has stood in a published program or text.
BUGS = (
    "overwrites",
    "stride missing",
    "no batch sum",
    "remainder crop",
    "kernel not flipped",
)


def backward(
    dy: np.ndarray,
    x: np.ndarray,
    w: np.ndarray,
    *,
    stride: int = 1,
    padding: int = 0,
    bug: str | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Return (dx, dw) of `cl.conv` on lists: sample by sample, tap by tap, perhaps with a bug.

    Without one, entry s·i + j of the padded dx collects w[:, :, j]ᵀ dy[n, :, i], and dw[:, :, j]
    the products of dy with what tap j has read.

    Parameters
    ----------
    dy
        `(N, C_out, o)` gradient at the output.
    x
        `(N, C_in, n)` input.
    w
        `(C_out, C_in, k)` weights.
    stride, padding
        As given to `cl.conv`; padding is an int, on each side.
    bug
        One of `BUGS`, or None for the right gradients.

    Returns
    -------
    (dx, dw)
        In the shapes of x and w.

    Raises
    ------
    ValueError
        If there is no such bug.

    Examples
    --------
    >>> dy, x, w = np.array([[[1, 2, 3]]]), np.array([[[3, 1, 4, 1, 5]]]), np.array([[[1, 2, 1]]])
    >>> backward(dy, x, w)
    (array([[[1, 4, 8, 8, 3]]]), array([[[17, 12, 21]]]))
    >>> backward(dy, x, w, bug="overwrites")[0]
    array([[[1, 2, 1, 2, 3]]])
    """
    if bug is not None and bug not in BUGS:
        raise ValueError(f"bug={bug!r}: there are {', '.join(BUGS)}")
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding)))
    dx = np.zeros(padded.shape, np.result_type(dy, w))
    dw = np.zeros(w.shape, np.result_type(dy, x))
    step = 1 if bug == "stride missing" else stride
    o, k = dy.shape[2], w.shape[2]
    for n, j in np.ndindex(len(x), k):
        read = slice(j, j + step * (o - 1) + 1, step)
        tap = k - 1 - j if bug == "kernel not flipped" else j
        sent = w[:, :, tap].T @ dy[n]
        dx[n, :, read] = sent if bug == "overwrites" else dx[n, :, read] + sent
        share = dy[n] @ padded[n, :, read].T
        dw[:, :, j] = share if bug == "no batch sum" else dw[:, :, j] + share
    return _cropped(dx, padding, stride, k, patched=bug == "remainder crop"), dw


def _cropped(dx: np.ndarray, p: int, s: int, k: int, *, patched: bool) -> np.ndarray:
    """Take the padding off; `patched` forgets the remainder and fills up with zeros."""
    total = dx.shape[2]
    if not patched:
        return dx[:, :, p : total - p]
    rest = (total - k) % s
    return np.pad(dx[:, :, p : total - rest - p], ((0, 0), (0, 0), (0, rest)))


def sigmoid(x: ArrayLike) -> np.ndarray:
    """A sigmoid as somebody published it; exercise 12.5 finds out what is wrong with it.

    Parameters
    ----------
    x
        Numbers, in any shape.

    Returns
    -------
    array
        In the shape of x.

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    """
    return np.asarray(1 / (1 + np.exp(np.asarray(x, dtype=float))))


def sigmoid_backward(dy: ArrayLike, x: ArrayLike) -> np.ndarray:
    """Its backward pass, from the same place.

    Parameters
    ----------
    dy
        Gradient at the output.
    x
        As given to `sigmoid`.

    Returns
    -------
    array
        What was taken for dy times the slope, in the shape of x.

    Examples
    --------
    >>> float(sigmoid_backward(1.0, 0.0))
    0.25
    """
    y = sigmoid(x)
    return np.asarray(dy * y * (1 - y))
