"""Every layer of convlib.nn beside PyTorch's, on random configurations: values and gradients."""

import numpy as np
import pytest
import torch
from torch import nn as theirs
from torch.nn import functional

import convlib as cl
from convlib import nn

from .compare import close, ints, run_both

COUNT = 60
# float32: a mean of 60 numbers of 3 digits leaves about 4 digits to a gradient that is a difference
dtypes = pytest.mark.parametrize(
    ("dtype", "tolerance"), [(np.float64, 1e-10), (np.float32, 2e-4)], ids=["float64", "float32"]
)


def torch_type(dtype):
    return torch.tensor(np.zeros(0, dtype)).dtype


def carried(ours, module):
    """The module with our weights."""
    state = {name: torch.from_numpy(a) for name, a in nn.torch_weights(ours).items()}
    module.load_state_dict(state)
    return module


def random_bias(layer, rng):
    if "b" in layer.params:
        layer.params["b"] += rng.normal(size=layer.params["b"].shape)
    return layer


def channels(rng):
    g = int(rng.integers(1, 4))
    return g, *(g * int(rng.integers(1, 4)) for _ in range(2))


def fits(size, k, p, d):
    return all(n + 2 * q >= e * (t - 1) + 1 for n, t, q, e in zip(size, k, p, d, strict=True))


@dtypes
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_conv(axes, dtype, tolerance, rng):
    kind, compared = (theirs.Conv1d, theirs.Conv2d, theirs.Conv3d)[axes - 1], 0
    while compared < COUNT:
        g, c_in, c_out = channels(rng)
        k, s, p, d = (ints(rng, *ends, axes) for ends in ((1, 4), (1, 3), (0, 3), (1, 3)))
        size, batch = ints(rng, 1, 8, axes), int(rng.integers(0, 4))
        if not fits(size, k, p, d):
            continue
        options = {"stride": s, "padding": p, "dilation": d, "groups": g}
        options["bias"] = bool(rng.integers(2))
        ours = random_bias(nn.Conv(c_in, c_out, k, **options, rng=compared, dtype=dtype), rng)
        twin = carried(ours, kind(c_in, c_out, k, **options, dtype=torch_type(dtype)))
        x = rng.normal(size=(batch, c_in, *size)).astype(dtype)
        run_both(ours, twin, x, rng, tolerance)
        compared += 1


@dtypes
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_conv_transpose(axes, dtype, tolerance, rng):
    kinds = (theirs.ConvTranspose1d, theirs.ConvTranspose2d, theirs.ConvTranspose3d)
    kind, compared = kinds[axes - 1], 0
    while compared < COUNT:
        g, c_in, c_out = channels(rng)
        k, s, p, d = (ints(rng, *ends, axes) for ends in ((1, 4), (1, 3), (0, 3), (1, 3)))
        size, batch = ints(rng, 1, 6, axes), int(rng.integers(1, 4))
        more = tuple(int(rng.integers(0, max(a, b))) for a, b in zip(s, d, strict=True))
        out = [
            (n - 1) * a - 2 * q + e * (t - 1) + 1 + m
            for n, t, a, q, e, m in zip(size, k, s, p, d, more, strict=True)
        ]
        if min(out) < 1:
            continue
        options = {"stride": s, "padding": p, "output_padding": more, "dilation": d, "groups": g}
        ours = nn.ConvTranspose(c_in, c_out, k, **options, rng=compared, dtype=dtype)
        twin = kind(c_in, c_out, k, **options, dtype=torch_type(dtype))
        carried(random_bias(ours, rng), twin)
        x = rng.normal(size=(batch, c_in, *size)).astype(dtype)
        run_both(ours, twin, x, rng, tolerance)
        compared += 1


@dtypes
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_pooling(axes, dtype, tolerance, rng):
    largest = (theirs.MaxPool1d, theirs.MaxPool2d, theirs.MaxPool3d)[axes - 1]
    mean = (theirs.AvgPool1d, theirs.AvgPool2d, theirs.AvgPool3d)[axes - 1]
    compared = 0
    while compared < COUNT:
        k, s, d = (ints(rng, 1, high, axes) for high in (4, 3, 3))
        p = tuple(int(rng.integers(0, t // 2 + 1)) for t in k)
        size = ints(rng, 5, 12, axes)
        if not fits(size, k, p, d):
            continue
        options = {"stride": s if rng.integers(2) else None, "padding": p}
        options["ceil_mode"] = bool(rng.integers(2))
        x = rng.normal(size=(2, int(rng.integers(1, 4)), *size)).astype(dtype)
        x = np.round(x) if rng.integers(4) == 0 else x  # equal values: the first one is taken
        counted = {"count_include_pad": bool(rng.integers(2))}
        try:
            run_both(nn.AvgPool(k, **options, **counted), mean(k, **options, **counted),
                     x, rng, tolerance)  # fmt: skip
            run_both(nn.MaxPool(k, **options, dilation=d), largest(k, **options, dilation=d),
                     x, rng, tolerance)  # fmt: skip
        except ValueError:  # a window without any true input is refused here
            continue
        compared += 1


@dtypes
def test_dense_and_activations(dtype, tolerance, rng):
    for number in range(COUNT):
        n_in, n_out = ints(rng, 1, 30, 2)
        bias = bool(rng.integers(2))
        ours = random_bias(nn.Dense(n_in, n_out, bias=bias, rng=number, dtype=dtype), rng)
        twin = carried(ours, theirs.Linear(n_in, n_out, bias=bias, dtype=torch_type(dtype)))
        x = rng.normal(size=(int(rng.integers(0, 5)), n_in)).astype(dtype)
        run_both(ours, twin, x, rng, tolerance)
        x = rng.normal(size=(3, *ints(rng, 1, 5, 3))).astype(dtype)
        run_both(nn.ReLU(), theirs.ReLU(), np.round(2 * x), rng, tolerance)  # many zeros
        run_both(nn.Sigmoid(), theirs.Sigmoid(), 20 * x, rng, tolerance)
        run_both(nn.Tanh(), theirs.Tanh(), 5 * x, rng, tolerance)
        run_both(nn.SiLU(), theirs.SiLU(), 20 * x, rng, tolerance)
        run_both(nn.GELU(), theirs.GELU(), 5 * x, rng, tolerance)
        run_both(nn.Flatten(), theirs.Flatten(), x, rng, tolerance)
        run_both(nn.GlobalAvgPool(), lambda x: x.mean(dim=(2, 3)), x, rng, tolerance)


@dtypes
@pytest.mark.parametrize("axes", [0, 1, 2, 3])
def test_batch_norm_in_both_modes(axes, dtype, tolerance, rng):
    kinds = (theirs.BatchNorm1d, theirs.BatchNorm1d, theirs.BatchNorm2d, theirs.BatchNorm3d)
    for _ in range(COUNT):
        options = {"eps": float(10 ** rng.uniform(-5, -1)), "momentum": float(rng.uniform())}
        c = int(rng.integers(1, 5))
        ours = nn.BatchNorm(c, **options, dtype=dtype)
        for param in ours.params.values():
            param += rng.normal(size=c)
        twin = carried(ours, kinds[axes](c, **options, dtype=torch_type(dtype)))
        for training in (True, True, False):
            x = rng.normal(size=(int(rng.integers(4, 8)), c, *ints(rng, 1, 5, axes)))
            x = (x * rng.uniform(0.5, 3) + rng.normal()).astype(dtype)
            ours.train(training)
            twin.train(training).zero_grad()
            run_both(ours, twin, x, rng, tolerance)


def moved(layer, rng):
    for param in layer.params.values():
        param += rng.normal(size=param.shape)
    return layer


def spread(rng, shape, dtype):
    x = rng.normal(size=shape) * rng.uniform(0.5, 3) + rng.normal()
    return x.astype(dtype)


@dtypes
def test_layer_norm(dtype, tolerance, rng):
    for _ in range(COUNT):
        shape = ints(rng, 1, 5, int(rng.integers(1, 4)))
        shape = (*shape[:-1], shape[-1] + 2)  # a variance of few values is nearly 0 at times
        options = {"eps": float(10 ** rng.uniform(-5, -1))}
        ours = moved(nn.LayerNorm(shape, **options, dtype=dtype), rng)
        twin = carried(ours, theirs.LayerNorm(shape, **options, dtype=torch_type(dtype)))
        before = (int(rng.integers(0, 5)), *ints(rng, 1, 4, int(rng.integers(0, 3))))
        run_both(ours, twin, spread(rng, (*before, *shape), dtype), rng, tolerance)


@dtypes
@pytest.mark.parametrize("axes", [0, 1, 2, 3])
def test_group_norm(axes, dtype, tolerance, rng):
    for _ in range(COUNT):
        groups = int(rng.integers(1, 4))
        c = groups * int(rng.integers(2, 5))
        options = {"eps": float(10 ** rng.uniform(-5, -1))}
        ours = moved(nn.GroupNorm(groups, c, **options, dtype=dtype), rng)
        twin = carried(ours, theirs.GroupNorm(groups, c, **options, dtype=torch_type(dtype)))
        x = spread(rng, (int(rng.integers(1, 5)), c, *ints(rng, 1, 5, axes)), dtype)
        run_both(ours, twin, x, rng, tolerance)


@dtypes
def test_losses(dtype, tolerance, rng):
    for _ in range(COUNT):
        batch, k = ints(rng, 1, 10, 2)
        scores = (rng.normal(size=(batch, k)) * 10 ** rng.uniform(-1, 2)).astype(dtype)
        labels, target = rng.integers(0, k, batch), rng.normal(size=(batch, k)).astype(dtype)
        for ours, other in (
            (
                nn.softmax_cross_entropy(scores, labels),
                (functional.cross_entropy, torch.tensor(labels)),
            ),
            (nn.mse(scores, target), (functional.mse_loss, torch.tensor(target))),
        ):
            given = torch.tensor(scores, requires_grad=True)
            value = other[0](given, other[1])
            value.backward()
            close(ours.value, value, tolerance)
            close(ours.grad, given.grad, tolerance)


@dtypes
@pytest.mark.parametrize("rows", [False, True], ids=["labels", "probabilities"])
def test_cross_entropy_with_all_options(rows, dtype, tolerance, rng):
    for number in range(COUNT):
        batch, k = ints(rng, 1, 10, 2)
        scores = (rng.normal(size=(batch, k)) * 10 ** rng.uniform(-1, 2)).astype(dtype)
        weights = None if number % 3 == 0 else rng.uniform(0.1, 3, k).astype(dtype)
        smoothing = (0.0, 0.1, 1.0)[number % 4 - 1]
        labels = (
            rng.dirichlet(np.ones(k), batch).astype(dtype) if rows else rng.integers(0, k, batch)
        )
        given = torch.tensor(scores, requires_grad=True)
        weight = None if weights is None else torch.tensor(weights)
        value = functional.cross_entropy(
            given, torch.tensor(labels), weight=weight, label_smoothing=smoothing
        )
        value.backward()
        options = {"label_smoothing": smoothing, "class_weights": weights}
        ours = nn.softmax_cross_entropy(scores, labels, **options)
        close(ours.value, value, tolerance)
        close(ours.grad, given.grad, tolerance)


@dtypes
def test_binary_cross_entropy(dtype, tolerance, rng):
    for number in range(COUNT):
        shape = ints(rng, 1, 10, 1 + number % 2)
        scores = (rng.normal(size=shape) * 10 ** rng.uniform(-1, 2)).astype(dtype)
        targets = rng.uniform(size=shape).astype(dtype).round(number % 3)
        weight = None if number % 3 == 0 else rng.uniform(0, 3, shape[1:]).astype(dtype)
        given = torch.tensor(scores, requires_grad=True)
        value = functional.binary_cross_entropy_with_logits(
            given,
            torch.tensor(targets),
            pos_weight=None if weight is None else torch.tensor(weight),
        )
        value.backward()
        ours = nn.binary_cross_entropy(scores, targets, positive_weight=weight)
        close(ours.value, value, tolerance)
        close(ours.grad, given.grad, tolerance)


def test_fans(rng):
    for _ in range(COUNT):
        shape = ints(rng, 1, 5, int(rng.integers(2, 6)))
        fans = torch.nn.init._calculate_fan_in_and_fan_out(torch.empty(shape))
        assert (nn.fan_in(shape), nn.fan_out(shape)) == fans


# ---------------------------------------------------------------- the functions themselves


def test_one_padding_per_side(rng):
    """What no layer of PyTorch can do by itself, functional.pad and a layer without padding can."""
    for _ in range(COUNT):
        sides = tuple(ints(rng, 0, 3, 2) for _ in range(2))
        x, w = rng.normal(size=(2, 3, 5, 6)), rng.normal(size=(4, 3, 2, 3))
        flat = [amount for pair in reversed(sides) for amount in pair]  # last axis first
        padded = functional.pad(torch.tensor(x), flat)
        close(cl.conv(x, w, padding=sides), functional.conv2d(padded, torch.tensor(w)), 1e-12)


def test_shuffles(rng):
    x = rng.normal(size=(2, 12, 4, 6))
    close(cl.pixel_shuffle(x, 2), functional.pixel_shuffle(torch.tensor(x), 2), 0)
    close(cl.pixel_unshuffle(x, 2), functional.pixel_unshuffle(torch.tensor(x), 2), 0)


def test_columns(rng):
    for _ in range(COUNT):
        k, s, p, d = (ints(rng, *ends, 2) for ends in ((1, 3), (1, 3), (0, 2), (1, 2)))
        x = rng.normal(size=(2, 3, *ints(rng, 5, 8, 2)))
        options = {"stride": s, "padding": p, "dilation": d}
        there = functional.unfold(torch.tensor(x), k, **options)
        ours = cl.im2col(x, k, **options)
        close(ours, there, 0)
        back = functional.fold(there, x.shape[2:], k, **options)
        close(cl.col2im(ours, x.shape[2:], k, **options), back, 1e-12)
