"""Exercises of chapter 17: weights and layers carried from PyTorch's conventions to Keras's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from convlib import same_padding
from convlib.teach.equations.cases import Case, choice, draw, image, integer
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Sides = tuple[int, int, int, int]

# 17.1 -------------------------------------------------------------------------------------


def to_keras(w: np.ndarray) -> np.ndarray:
    """One array of a network, for Keras: kernels (*K, C, F), dense weights (in, out), vectors."""
    return w.copy() if w.ndim == 1 else np.moveaxis(w, (0, 1), (-1, -2))


def _any_rank() -> list[Case]:
    axes = [((1, 4),), ((1, 3), (1, 4)), ((1, 3), (1, 3), (1, 4))]
    axes += [((1, 3), (1, 3), (1, 4), (1, 3)), ((1, 2), (1, 3), (1, 2), (1, 3), (1, 2))]
    found = [case for shape in axes for case in draw(60, w=image(*shape))]
    return sorted(found, key=lambda case: case["w"].size)


def _for_kernels(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    return lambda w: change(w) if w.ndim > 2 else to_keras(w)


TO_KERAS = Exercise(
    "17.1",
    call="to_keras",
    oracle=to_keras,
    cases=_any_rank,
    mistakes=[
        Mistake(
            "all axes reversed",
            lambda w: w.T,
            "You reverse all axes. That also exchanges KH and KW, and mirrors every kernel at its "
            "diagonal. Shapes do not show it where kernels are square; the spatial axes keep "
            "their order.",
        ),
        Mistake(
            "a reshape",
            lambda w: w.reshape(to_keras(w).shape),
            "The shape is right, and the numbers are in the wrong places: reshape keeps the order "
            "in memory. Move the axes with transpose or moveaxis.",
        ),
        Mistake(
            "filters before channels",
            lambda w: np.moveaxis(w, (0, 1), (-2, -1)) if w.ndim > 1 else w,
            "Your last two axes are F, C. For an ordinary layer Keras wants C, F: first what goes "
            "in, then what comes out. (F, C is its order for a transposed layer.)",
        ),
        Mistake(
            "treated like data",
            _for_kernels(lambda w: np.moveaxis(w, 1, -1)),
            "You move the channels to the end, as for pictures. Kernels are no pictures: F, their "
            "first axis, goes to the very end.",
        ),
        Mistake(
            "dense weights left alone",
            lambda w: w if w.ndim == 2 else to_keras(w),
            "The weights of a dense layer are (out, in) here and (in, out) in Keras, so they are "
            "turned too.",
        ),
        Mistake(
            "vectors made columns",
            lambda w: w[:, np.newaxis] if w.ndim == 1 else to_keras(w),
            "You make a column of a vector. A bias, γ and β are plain vectors everywhere.",
        ),
    ],
    hints=[
        "Tell three kinds apart by the number of axes: 1 (bias, γ, β), 2 (dense), more (kernels).",
        "Of (F, C, KH, KW) only the first two axes move: F becomes the last one, C the last but "
        "one. For two axes the same sentence turns (out, in) into (in, out).",
        "np.moveaxis(w, (0, 1), (-1, -2)) for everything with more than one axis.",
    ],
)


# 17.2 -------------------------------------------------------------------------------------


def dense_to_keras(w: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Dense weights (out, C·H·W) as a Keras kernel (H·W·C, out) behind its own Flatten."""
    return _moved(w, shape, (0, 2, 3, 1)).T


def _moved(w: np.ndarray, shape: tuple[int, ...], axes: tuple[int, ...]) -> np.ndarray:
    return w.reshape(len(w), *shape).transpose(axes).reshape(len(w), -1)


def _from_last(w: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    c, h, wide = shape
    return _moved(w, (h, wide, c), (0, 3, 1, 2)).T


def _flattened(rng: np.random.Generator) -> tuple[int, int, int]:
    return tuple(rng.integers(1, 4, 3).tolist())


def _dense_cases() -> list[Case]:
    found: list[Case] = []
    rng = np.random.default_rng(17)
    for _ in range(200):
        shape, out = _flattened(rng), int(rng.integers(1, 4))
        w = rng.integers(-9, 10, (out, int(np.prod(shape))))
        found.append({"w": w, "shape": shape})
    return sorted(found, key=lambda case: case["w"].size)


DENSE = Exercise(
    "17.2",
    call="dense_to_keras",
    oracle=dense_to_keras,
    cases=_dense_cases,
    mistakes=[
        Mistake(
            "turned only",
            lambda w, shape: w.T,
            "You turn the matrix, and leave its columns in the order channel, row, column. This is "
            "the naive transfer itself: no error, and an accuracy not far from guessing. Keras's "
            "Flatten counts row, column, channel.",
        ),
        Mistake(
            "the way back",
            _from_last,
            "You permute the other way round: you read the old columns as if they were in Keras's "
            "order already. First give them their present axes (C, H, W), then move C to the end.",
        ),
        Mistake(
            "rows and columns exchanged",
            lambda w, shape: _moved(w, shape, (0, 3, 2, 1)).T,
            "You reverse all three axes. C goes to the end; H still comes before W.",
        ),
        Mistake(
            "not turned",
            lambda w, shape: _moved(w, shape, (0, 2, 3, 1)),
            "The columns are in the right order now. Keras keeps dense weights as (in, out): turn "
            "the matrix at the end.",
        ),
        Mistake(
            "turned by reshape",
            lambda w, shape: _moved(w, shape, (0, 2, 3, 1)).reshape(-1, len(w)),
            "You turn the matrix with a reshape, which leaves the numbers in their old order. Use "
            ".T.",
        ),
    ],
    hints=[
        "A column of w belongs to one (channel, row, column). In which order do the columns come "
        "now, and in which order does Keras's Flatten read?",
        "Give the columns their three axes back, w.reshape(len(w), *shape), and move one axis.",
        "w.reshape(len(w), *shape).transpose(0, 2, 3, 1).reshape(len(w), -1).T",
    ],
)


# 17.3 -------------------------------------------------------------------------------------


def pad_list(h: int, w: int, k: int, s: int) -> Sides:
    """What F.pad must be given: (left, right, top, bottom), as Keras pads under "same"."""
    return *same_padding(w, k, stride=s), *same_padding(h, k, stride=s)


def _by_total(total: Callable[[int, int, int], int]) -> Callable[[int, int, int, int], Sides]:
    def sides(h: int, w: int, k: int, s: int) -> Sides:
        across, down = total(w, k, s), total(h, k, s)
        return across // 2, across - across // 2, down // 2, down - down // 2

    return sides


def _total(n: int, k: int, s: int) -> int:
    return max((-(-n // s) - 1) * s + k - n, 0)


PADS = Exercise(
    "17.3",
    call="pad_list",
    oracle=pad_list,
    cases=lambda: draw(
        300, h=integer(1, 9), w=integer(1, 9), k=integer(1, 5), s=choice(1, 2, 2, 2, 3)
    ),
    mistakes=[
        Mistake(
            "the habit",
            lambda h, w, k, s: (k // 2,) * 4,
            "k // 2 on all sides is the habit, not the rule: for a stride of 2 and an even size it "
            "has one zero too many before, and all windows stand one place further left.",
        ),
        Mistake(
            "rows first",
            lambda h, w, k, s: (*same_padding(h, k, stride=s), *same_padding(w, k, stride=s)),
            "The amounts are right, in the wrong order: F.pad begins with the last axis, the "
            "width. A square picture would not have shown it.",
        ),
        Mistake(
            "odd zero before",
            lambda h, w, k, s: (
                *same_padding(w, k, stride=s)[::-1],
                *same_padding(h, k, stride=s)[::-1],
            ),
            "You put the odd zero before. Keras puts it after: on the right and at the bottom.",
        ),
        Mistake(
            "stride forgotten",
            _by_total(lambda n, k, s: k - 1),
            "You pad by k − 1 in all, which is right for stride 1. With a stride the last window "
            "may start earlier, and less is needed.",
        ),
        Mistake(
            "all of it on each side",
            lambda h, w, k, s: (_total(w, k, s),) * 2 + (_total(h, k, s),) * 2,
            "You give the total to each side. It is shared by both.",
        ),
        Mistake(
            "negative padding",
            _by_total(lambda n, k, s: (-(-n // s) - 1) * s + k - n),
            "Where the stride is larger than the kernel your total is negative, and F.pad would "
            "cut pixels off. Take the larger of the total and 0.",
        ),
        Mistake(
            "a remainder of 0",
            _by_total(lambda n, k, s: max(k - n % s, 0)),
            "Your rule k − (n mod s) is for sizes that s does not divide. Where it does, the "
            "remainder counts as s, not as 0: k − s.",
        ),
    ],
    hints=[
        "Work on one axis first. How many outputs does Keras promise, and where does the last of "
        "these windows end?",
        "out = ceil(n / s), and the last window ends at (out − 1)·s + k. What is missing beyond n "
        "is the total, if it is above 0; half of it, rounded down, comes before.",
        "total = max((-(-n // s) - 1) * s + k - n, 0), before = total // 2, after = the rest. "
        "Return width first: (left, right, top, bottom).",
    ],
)

EXERCISES = [TO_KERAS, DENSE, PADS]
