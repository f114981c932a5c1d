"""Random layers of ours, their twins in PyTorch, and the comparison of both."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

Arrays = dict[str, np.ndarray]


def ints(rng: np.random.Generator, low: int, high: int, count: int) -> tuple[int, ...]:
    """Return a tuple of whole numbers, both ends included."""
    return tuple(int(value) for value in rng.integers(low, high, count, endpoint=True))


def close(ours: Any, theirs: Any, tolerance: float) -> None:
    """Assert equal shapes, and entries equal relative to the largest one."""
    theirs = theirs.detach().numpy() if torch.is_tensor(theirs) else np.asarray(theirs)
    assert np.shape(ours) == theirs.shape
    scale = max(1.0, float(np.abs(theirs).max(initial=0)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)


def run_both(
    ours: Any,
    theirs: Callable[[torch.Tensor], torch.Tensor],
    x: np.ndarray,
    rng: np.random.Generator,
    tolerance: float,
) -> None:
    """Compare y, dx and, for a module, the gradient of every parameter and the buffers."""
    given = torch.tensor(x, requires_grad=True)
    y, there = ours(x), theirs(given)
    close(y, there, tolerance)
    dy = rng.normal(size=y.shape).astype(x.dtype)
    there.backward(torch.tensor(dy))
    dx = ours.backward(dy)
    assert (y.dtype, dx.dtype) == (x.dtype, x.dtype)
    close(dx, given.grad, tolerance)
    if isinstance(theirs, torch.nn.Module):
        names = {"w": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}
        for name, grad in ours.grads.items():
            close(grad, getattr(theirs, names[name]).grad, tolerance)
        for name, buffer in ours.buffers.items():
            close(buffer, getattr(theirs, f"running_{name}"), tolerance)
