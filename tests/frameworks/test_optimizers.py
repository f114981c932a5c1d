"""Every optimiser of convlib.nn beside PyTorch's: 100 steps, all options."""

import copy

import numpy as np
import pytest
import torch

from convlib import nn

from .compare import close

STEPS = 100
OPTIMIZERS = [
    (nn.SGD, torch.optim.SGD, {"lr": 0.1}),
    (nn.SGD, torch.optim.SGD, {"lr": 0.1, "weight_decay": 0.1}),
    (nn.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.9}),
    (nn.SGD, torch.optim.SGD, {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    (
        nn.SGD,
        torch.optim.SGD,
        {"lr": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    ),
    (nn.AdaGrad, torch.optim.Adagrad, {}),
    (nn.AdaGrad, torch.optim.Adagrad, {"lr": 0.1, "eps": 0.01, "weight_decay": 0.1}),
    (nn.RMSProp, torch.optim.RMSprop, {}),
    (nn.RMSProp, torch.optim.RMSprop, {"decay": 0.9, "eps": 0.01, "weight_decay": 0.1}),
    (nn.Adam, torch.optim.Adam, {}),
    (nn.Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.5, 0.9), "eps": 0.01}),
    (nn.Adam, torch.optim.Adam, {"lr": 0.05, "weight_decay": 0.1}),
    (nn.Adam, torch.optim.AdamW, {"lr": 0.05, "weight_decay": 0.1, "decoupled": True}),
    (nn.AdamW, torch.optim.AdamW, {}),
    (nn.AdamW, torch.optim.AdamW, {"lr": 0.05, "betas": (0.5, 0.9), "weight_decay": 0.1}),
]


def in_torch(options):
    """Our options in PyTorch's words."""
    words = {"decay": "alpha"}
    return {words.get(name, name): v for name, v in options.items() if name != "decoupled"}


@pytest.mark.parametrize(("ours", "theirs", "options"), OPTIMIZERS)
def test_a_hundred_steps(ours, theirs, options, rng):
    """The gradients are random, but the same for both: no rounding is amplified by a net."""
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.BatchNorm(3), nn.Flatten(), nn.Dense(12, 4))
    twins = {name: torch.tensor(param.copy()) for name, param in net.params.items()}
    optimizer = ours(net, **options)
    other = theirs(list(twins.values()), **in_torch(options))
    net.backward(net(rng.normal(size=(3, 2, 4, 4))))
    for step in range(STEPS):
        for name, grad in net.grads.items():
            grad[...] = rng.normal(size=grad.shape) * 10 ** rng.uniform(-2, 1)
            twins[name].grad = torch.tensor(grad)
        if step == STEPS // 2:  # a schedule
            optimizer.lr /= 10
            other.param_groups[0]["lr"] /= 10
        optimizer.step()
        other.step()
    for name, param in net.params.items():
        close(param, twins[name], 1e-11)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(nn.SGD, torch.optim.SGD), (nn.Adam, torch.optim.Adam),
                         (nn.AdamW, torch.optim.AdamW)],
)  # fmt: skip
def test_groups_with_a_schedule(ours, theirs, rng):
    """Weights decay, the last layer has a rate of its own, and all rates go down together."""
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.BatchNorm(3), nn.Flatten(), nn.Dense(12, 4))
    twins = {name: torch.tensor(param.copy()) for name, param in net.params.items()}
    groups = {"*w": {"weight_decay": 0.1}, "3.*": {"lr": 0.002}}
    optimizer = ours(net, lr=0.05, weight_decay=0, groups=groups)
    other = theirs(
        [
            {
                "params": [twin],
                "lr": 0.002 if name.startswith("3.") else 0.05,
                "weight_decay": 0.1 if name.endswith("w") else 0.0,
            }
            for name, twin in twins.items()
        ]
    )
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(other, STEPS)
    rate, factor = optimizer.lr, nn.cosine(STEPS)
    net.backward(net(rng.normal(size=(3, 2, 4, 4))))
    for step in range(STEPS):
        for name, grad in net.grads.items():
            grad[...] = rng.normal(size=grad.shape)
            twins[name].grad = torch.tensor(grad)
        optimizer.lr = rate * factor(step)
        optimizer.step()
        other.step()
        schedule.step()
    for name, param in net.params.items():
        close(param, twins[name], 1e-11)


def test_clipping(rng):
    """PyTorch divides by the norm + 1e-6, which is why the norms are large here."""
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.Flatten(), nn.Dense(12, 4, rng=1))
    net.backward(net(rng.normal(size=(3, 2, 4, 4))))
    for size, most in ((1e8, 1.0), (1e8, 1e12), (1e5, 1e3)):
        twins = []
        for grad in net.grads.values():
            grad[...] = size * rng.normal(size=grad.shape)
            twins.append(torch.zeros(grad.shape, dtype=torch.float64))
            twins[-1].grad = torch.tensor(grad)
        norm = torch.nn.utils.clip_grad_norm_(twins, most)
        np.testing.assert_allclose(nn.clip_gradients(net, most), norm.item(), rtol=1e-12)
        for grad, twin in zip(net.grads.values(), twins, strict=True):
            np.testing.assert_allclose(grad, twin.grad.numpy(), rtol=1e-10)


def test_training_step_by_step(rng):
    """The whole loop: forward, loss, backward, step, twenty times in both."""
    net = nn.Sequential(nn.Conv(1, 4, 3, padding=1, rng=0), nn.BatchNorm(4), nn.ReLU())
    net = nn.Sequential(*net, nn.MaxPool(2), nn.Flatten(), nn.Dense(64, 3, rng=1))
    layers = torch.nn
    twin = layers.Sequential(
        layers.Conv2d(1, 4, 3, padding=1),
        layers.BatchNorm2d(4),
        layers.ReLU(),
        layers.MaxPool2d(2),
        layers.Flatten(),
        layers.Linear(64, 3),
    ).double()
    twin.load_state_dict({name: torch.from_numpy(a) for name, a in nn.torch_weights(net).items()})
    optimizer = nn.SGD(net, lr=0.1, momentum=0.9)
    other = torch.optim.SGD(twin.parameters(), lr=0.1, momentum=0.9)
    x, labels = rng.normal(size=(20, 8, 1, 8, 8)), rng.integers(0, 3, (20, 8))
    for batch, right in zip(x, labels, strict=True):
        loss = nn.softmax_cross_entropy(net(batch), right)
        net.backward(loss.grad)
        optimizer.step()
        other.zero_grad()
        there = layers.functional.cross_entropy(twin(torch.tensor(batch)), torch.tensor(right))
        there.backward()
        other.step()
        close(loss.value, there, 1e-8)
    last = copy.deepcopy(nn.torch_weights(net))
    for name, value in twin.state_dict().items():
        if "num_batches" not in name:
            np.testing.assert_allclose(last[name], value.numpy(), atol=1e-8)
