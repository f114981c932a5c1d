"""Published networks, written once: the shape of their input and their stages, for `ledger`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from convlib import _checks
from convlib.architecture import Branches, Stage

Network = dict[str, Stage | Branches]


class Architecture(NamedTuple):
    """The shape of a network's input, `(C, *spatial)`, and its stages, name → stage."""

    size: tuple[int, ...]
    stages: Network


def famous(name: str) -> Architecture:
    """Return a network that everybody speaks of, as its input's shape and its stages.

    Parameters
    ----------
    name
        `"LeNet-5"`, in its modern form: every filter of C3 reads all maps, poolings learn nothing,
        and the output is a dense layer. `"AlexNet"`, with the two groups of the paper, or
        `"AlexNet, one group"`; both on the 227 × 227 that its sizes need. `"VGG-16"`.
        `"GoogLeNet"`, without the two side exits that are dropped after training. `"ResNet-18"`,
        `"ResNet-34"`, and `"ResNet-50"` with the stride in the 3 × 3 of a block, as in most code,
        or `"ResNet-50, stride first"` with the stride in the 1 × 1 before it, as in the paper.
        `"MobileNet"`, and `"MobileNet, full layers"` with an ordinary layer for each pair of a
        depthwise and a pointwise one.

    Returns
    -------
    Architecture(size, stages)
        New at each call, so that it may be changed: `stages | {"fc6": Stage(4096, 7)}`.

    Raises
    ------
    ValueError
        If the name is none of these.

    Examples
    --------
    >>> from convlib import ledger
    >>> ledger(*famous("LeNet-5"))
    stage   output        parameters  multiply-adds  activations
    ------------------------------------------------------------
    input   (1, 32, 32)                                    1,024
    C1      (6, 28, 28)          156        117,600        4,704
    S2      (6, 14, 14)                                    1,176
    C3      (16, 10, 10)       2,416        240,000        1,600
    S4      (16, 5, 5)                                       400
    C5      (120, 1, 1)       48,120         48,000          120
    F6      (84, 1, 1)        10,164         10,080           84
    output  (10, 1, 1)           850            840           10
    ------------------------------------------------------------
    total                     61,706        416,520        9,118

    Source: LeCun, Bottou, Bengio and Haffner (1998), section II.B; Krizhevsky, Sutskever and Hinton
    (2012), section 3.5; Simonyan and Zisserman (2015), table 1, column D; Szegedy et al. (2015),
    table 1; He, Zhang, Ren and Sun (2016), table 1; Howard et al. (2017), table 1.
    """
    _checks.word("name", name, tuple(_FAMOUS))
    return _FAMOUS[name]()


def _lenet5() -> Architecture:
    """LeNet-5: C1 to F6 are the paper's names."""
    stages: Network = {"C1": Stage(6, 5), "S2": Stage(window=2)}
    stages |= {"C3": Stage(16, 5), "S4": Stage(window=2)}
    stages |= {"C5": Stage(120), "F6": Stage(84), "output": Stage(10)}
    return Architecture((1, 32, 32), stages)


def _alexnet(groups: int) -> Architecture:
    """AlexNet; with two groups, half of its maps live on each of two processors."""
    halve = Stage(window=3, stride=2)
    stages: Network = {"conv1": Stage(96, 11, stride=4), "pool1": halve}
    stages |= {"conv2": Stage(256, 5, padding=2, groups=groups), "pool2": halve}
    stages |= {"conv3": Stage(384, 3, padding=1)}
    stages |= {"conv4": Stage(384, 3, padding=1, groups=groups)}
    stages |= {"conv5": Stage(256, 3, padding=1, groups=groups), "pool5": halve}
    return Architecture((3, 227, 227), stages | _heads(4096, 4096, 1000))


def _vgg16() -> Architecture:
    """VGG-16: five blocks of 3 × 3 layers, each with a pooling behind it."""
    stages: Network = {}
    for block, (repeats, c_out) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], 1):
        for number in range(1, repeats + 1):
            stages[f"conv{block}-{number}"] = Stage(c_out, 3, padding=1)
        stages[f"pool{block}"] = Stage(window=2)
    return Architecture((3, 224, 224), stages | _heads(4096, 4096, 1000))


def _heads(*units: int) -> dict[str, Stage]:
    """Return the dense layers fc6, fc7 and fc8 that AlexNet and VGG-16 end with."""
    return {f"fc{number}": Stage(c_out) for number, c_out in enumerate(units, 6)}


_INCEPTION = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "pool3": None,
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "pool4": None,
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}


def _googlenet() -> Architecture:
    """GoogLeNet; its poolings round up, which on these sizes is a zero after the end."""
    halve = Stage(window=3, stride=2, padding="same")
    stages: Network = {"conv1": Stage(64, 7, stride=2, padding=3)}
    stages |= {"pool1": halve, "conv2 reduce": Stage(64, 1)}
    stages |= {"conv2": Stage(192, 3, padding=1), "pool2": halve}
    for name, filters in _INCEPTION.items():
        stages[name] = _inception(*filters) if filters else halve
    return Architecture((3, 224, 224), stages | {"average": Stage(window=7), "fc": Stage(1000)})


def _inception(
    one: int, reduce3: int, three: int, reduce5: int, five: int, pooled: int
) -> Branches:
    """Return an inception block of these numbers of filters, in the order of the paper's table."""
    return Branches(
        [
            {"1×1": Stage(one, 1)},
            {"3×3 reduce": Stage(reduce3, 1), "3×3": Stage(three, 3, padding=1)},
            {"5×5 reduce": Stage(reduce5, 1), "5×5": Stage(five, 5, padding=2)},
            {"pool": Stage(window=3, stride=1, padding=1), "pool proj": Stage(pooled, 1)},
        ]
    )


def _resnet(
    repeats: Sequence[int], block: Callable[[int, int], tuple[dict[str, Stage], int]]
) -> Architecture:
    """ResNet: four groups of residual blocks; from the second on, the first of a group halves."""
    stages: Network = {"conv1": _normed(64, 7, 2)}
    stages |= {"pool1": Stage(window=3, stride=2, padding=1)}
    channels = 64
    for group, count in enumerate(repeats):
        for number in range(count):
            stride = 2 if group > 0 and number == 0 else 1
            main, c_out = block(64 * 2**group, stride)
            changed = (channels, 1) != (c_out, stride)
            shortcut = {"shortcut": _normed(c_out, 1, stride)} if changed else {}
            stages[f"{group + 2}.{number + 1}"] = Branches([main, shortcut], "sum")
            channels = c_out
    return Architecture((3, 224, 224), stages | {"average": Stage(window=7), "fc": Stage(1000)})


def _normed(c_out: int, k: int, stride: int = 1, groups: int = 1) -> Stage:
    """Return a convolution of odd size with a batch normalisation, and therefore without a bias."""
    return Stage(c_out, k, stride, padding=k // 2, groups=groups, bias=False, norm=True)


def _plain(width: int, stride: int) -> tuple[dict[str, Stage], int]:
    """Return the main way of a block of ResNet-18 and -34, and its channels."""
    return {"3×3 a": _normed(width, 3, stride), "3×3 b": _normed(width, 3)}, width


def _bottleneck(width: int, stride: int, *, first: bool = False) -> tuple[dict[str, Stage], int]:
    """Return the main way of a block of ResNet-50, and its channels; `first` strides in front."""
    before, inside = (stride, 1) if first else (1, stride)
    main = {"1×1": _normed(width, 1, before), "3×3": _normed(width, 3, inside)}
    return main | {"1×1 up": _normed(4 * width, 1)}, 4 * width


def _mobilenet(*, separable: bool) -> Architecture:
    """MobileNet; where it is not separable, one ordinary layer stands for each pair."""
    stages: Network = {"conv1": _normed(32, 3, 2)}
    steps = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5]
    channels = 32
    for number, (c_out, stride) in enumerate([*steps, (1024, 2), (1024, 1)], 2):
        if separable:
            stages[f"depth{number}"] = _normed(channels, 3, stride, groups=channels)
            stages[f"point{number}"] = _normed(c_out, 1)
        else:
            stages[f"conv{number}"] = _normed(c_out, 3, stride)
        channels = c_out
    return Architecture((3, 224, 224), stages | {"average": Stage(window=7), "fc": Stage(1000)})


_FAMOUS: dict[str, Callable[[], Architecture]] = {
    "LeNet-5": _lenet5,
    "AlexNet": lambda: _alexnet(groups=2),
    "AlexNet, one group": lambda: _alexnet(groups=1),
    "VGG-16": _vgg16,
    "GoogLeNet": _googlenet,
    "ResNet-18": lambda: _resnet((2, 2, 2, 2), _plain),
    "ResNet-34": lambda: _resnet((3, 4, 6, 3), _plain),
    "ResNet-50": lambda: _resnet((3, 4, 6, 3), _bottleneck),
    "ResNet-50, stride first": lambda: _resnet((3, 4, 6, 3), partial(_bottleneck, first=True)),
    "MobileNet": lambda: _mobilenet(separable=True),
    "MobileNet, full layers": lambda: _mobilenet(separable=False),
}
