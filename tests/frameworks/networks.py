"""A small ResNet and a small Inception network, of our layers and of PyTorch's."""

import torch
from torch import nn as theirs

from convlib import nn


def conv_norm(c_in, c_out, k, **options):
    return [nn.Conv(c_in, c_out, k, bias=False, **options, rng=k + c_out), nn.BatchNorm(c_out)]


def small_resnet():
    """A stem, a block that keeps its shape, one that halves it, and a head."""
    keeps = nn.Residual(*conv_norm(4, 4, 3, padding=1), nn.ReLU(), *conv_norm(4, 4, 3, padding=1))
    halves = nn.Residual(
        *conv_norm(4, 6, 3, stride=2, padding=1), nn.ReLU(), *conv_norm(6, 6, 3, padding=1),
        shortcut=nn.Sequential(*conv_norm(4, 6, 1, stride=2)),
    )  # fmt: skip
    stem = nn.Sequential(*conv_norm(2, 4, 3, padding=1), nn.ReLU())
    return nn.Sequential(
        stem, keeps, nn.ReLU(), halves, nn.ReLU(), nn.GlobalAvgPool(), nn.Dense(6, 5, rng=0)
    )


def small_inception():
    """Four branches side by side, two of them again with branches."""
    flat = nn.Conv(3, 2, (1, 3), padding=(0, 1), rng=1)
    tall = nn.Conv(3, 2, (3, 1), padding=(1, 0), rng=2)
    split = nn.Parallel(flat, tall, join="concatenate")
    block = nn.Parallel(
        nn.Conv(2, 3, 1, rng=3),
        nn.Sequential(nn.Conv(2, 3, 1, rng=4), nn.ReLU(), split),
        nn.Sequential(nn.MaxPool(3, stride=1, padding=1), nn.Conv(2, 2, 1, rng=5)),
        nn.Parallel(nn.Conv(2, 1, 1, rng=6), nn.Conv(2, 1, 3, padding=1, rng=7)),
        join="concatenate",
    )
    return nn.Sequential(
        block, nn.BatchNorm(10), nn.ReLU(), nn.AvgPool(2), nn.Flatten(), nn.Dense(160, 5, rng=8)
    )


# ---------------------------------------------------------------- the same in PyTorch


class Residual(theirs.Module):
    """The tree of `nn.Residual`, in PyTorch."""

    def __init__(self, *layers, shortcut=None):
        super().__init__()
        self.inside = theirs.Sequential(*layers)
        self.shortcut = theirs.Identity() if shortcut is None else shortcut

    def forward(self, x):
        return self.inside(x) + self.shortcut(x)


class Parallel(theirs.Sequential):
    """The tree of `nn.Parallel`, in PyTorch."""

    def __init__(self, *branches, join="sum"):
        super().__init__(*branches)
        self.join = join

    def forward(self, x):
        parts = [branch(x) for branch in self]
        return sum(parts) if self.join == "sum" else torch.cat(parts, 1)


class Mean(theirs.Module):
    def forward(self, x):
        return x.mean((2, 3))


def torch_conv_norm(c_in, c_out, k, **options):
    return [theirs.Conv2d(c_in, c_out, k, bias=False, **options), theirs.BatchNorm2d(c_out)]


def torch_resnet():
    relu = theirs.ReLU()
    keeps = Residual(
        *torch_conv_norm(4, 4, 3, padding=1), relu, *torch_conv_norm(4, 4, 3, padding=1)
    )
    halves = Residual(
        *torch_conv_norm(4, 6, 3, stride=2, padding=1), relu, *torch_conv_norm(6, 6, 3, padding=1),
        shortcut=theirs.Sequential(*torch_conv_norm(4, 6, 1, stride=2)),
    )  # fmt: skip
    stem = theirs.Sequential(*torch_conv_norm(2, 4, 3, padding=1), relu)
    return theirs.Sequential(stem, keeps, relu, halves, relu, Mean(), theirs.Linear(6, 5)).double()


def torch_inception():
    conv = theirs.Conv2d
    split = Parallel(
        conv(3, 2, (1, 3), padding=(0, 1)), conv(3, 2, (3, 1), padding=(1, 0)), join="concatenate"
    )
    block = Parallel(
        conv(2, 3, 1),
        theirs.Sequential(conv(2, 3, 1), theirs.ReLU(), split),
        theirs.Sequential(theirs.MaxPool2d(3, 1, 1), conv(2, 2, 1)),
        Parallel(conv(2, 1, 1), conv(2, 1, 3, padding=1)),
        join="concatenate",
    )
    tail = theirs.ReLU(), theirs.AvgPool2d(2), theirs.Flatten(), theirs.Linear(160, 5)
    return theirs.Sequential(block, theirs.BatchNorm2d(10), *tail).double()
