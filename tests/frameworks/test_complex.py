"""Complex layers and their gradients beside PyTorch's, which conjugates on the way back."""

import numpy as np
import pytest
import torch
from torch.nn import functional

import convlib as cl

from .compare import close, ints

COUNT = 25
LAYERS = [
    (functional.conv1d, functional.conv2d, functional.conv3d),
    (functional.conv_transpose1d, functional.conv_transpose2d, functional.conv_transpose3d),
]
routes = pytest.mark.parametrize("ours", [cl, cl.reference], ids=["fast", "loops"])


def normal(rng, shape, dtype):
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(dtype)


def backward_there(layer, x, w, b, options, dy):
    """PyTorch's output and its gradients of x, w and b, as ∂L/∂Re + i ∂L/∂Im."""
    arrays = [torch.tensor(array, requires_grad=True) for array in (x, w, b)]
    y = layer(*arrays, **options)
    y.backward(torch.tensor(dy(tuple(y.shape))))
    return y, [array.grad for array in arrays]


@routes
@pytest.mark.parametrize("transposed", [False, True], ids=["conv", "conv_transpose"])
@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.complex64, 1e-5), (np.complex128, 1e-13)], ids=["c8", "c16"]
)
def test_complex_layers(ours, transposed, axes, dtype, tolerance, rng):
    name = "conv_transpose" if transposed else "conv"
    for _ in range(COUNT if ours is cl else 3):
        groups, stride = int(rng.integers(1, 3)), ints(rng, 1, 2, axes)
        options = {"stride": stride, "padding": ints(rng, 0, 1, axes), "groups": groups}
        c, f = 2 * groups, groups
        x = normal(rng, (2, c, *ints(rng, 3, 4, axes)), dtype)
        kernel = ints(rng, 1, 3, axes)
        w = normal(rng, (c, f // groups, *kernel) if transposed else (f, 2, *kernel), dtype)
        b = normal(rng, f, dtype)
        dys = []

        def draw(shape, dys=dys):
            dys.append(normal(rng, shape, dtype))
            return dys[0]

        y, grads = backward_there(LAYERS[transposed][axes - 1], x, w, b, options, draw)
        close(getattr(ours, name)(x, w, b, **options), y, tolerance)
        here = getattr(ours, f"{name}_backward")(dys[0], x, w, **options)
        for mine, theirs in zip(here, grads, strict=True):
            assert mine.dtype == dtype
            close(mine, theirs, tolerance)


def test_a_real_loss_of_a_complex_layer(rng):
    """Follow L = Σ |y|² down PyTorch's gradient and ours, and the central difference: the same."""
    x, w = normal(rng, (1, 2, 5), complex), normal(rng, (3, 2, 2), complex)
    there = torch.tensor(w, requires_grad=True)
    (functional.conv1d(torch.tensor(x), there).abs() ** 2).sum().backward()
    dw = cl.conv_backward(2 * cl.conv(x, w), x, w).dw
    close(dw, there.grad, 1e-13)
    slopes = cl.numerical_gradient(lambda w: (abs(cl.conv(x, w)) ** 2).sum(), w, h=1)
    close(slopes, there.grad, 1e-13)
