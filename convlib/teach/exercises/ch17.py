"""Exercises of chapter 17: weights, layers and statistics between PyTorch and Keras."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from convlib import same_padding
from convlib.teach.equations.cases import Case, choice, draw, image, integer
from convlib.teach.equations.comparing import distance
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


# 17.4 -------------------------------------------------------------------------------------

Layer = tuple[Any, ...]
Entries = list[tuple[str, tuple[int, ...]]]


def _state(
    layers: Sequence[Layer],
    *,
    bias: str = "asked",
    dense: str = "out first",
    buffers: bool = True,
    counter: bool = True,
    counted: str = "all",
    from_one: bool = False,
    ours: bool = False,
    kernel: str = "in torch",
) -> Entries:
    """The entries of 17.4; the keywords are the mistakes that can be made in it."""
    found: Entries = []
    number = int(from_one)
    following = [kind for kind, *_ in layers[1:]] + [""]
    for (kind, *options), after in zip(layers, following, strict=True):
        own: Entries = []
        if kind == "conv":
            c, f, k, with_bias = options
            shape = {"in torch": (f, c, k, k), "in keras": (k, k, c, f), "c first": (c, f, k, k)}
            own = [("weight", shape[kernel])]
            with_bias &= bias != "not before a norm" or after != "norm"
            own += [("bias", (f,))] if with_bias or bias == "always" else []
        elif kind == "norm":
            own = [("weight", (options[0],)), ("bias", (options[0],))]
            own += [(f"running_{name}", (options[0],)) for name in ("mean", "var") if buffers]
            own += [("num_batches_tracked", ())] if buffers and counter else []
        elif kind == "dense":
            own = [("weight", tuple(options[::-1] if dense == "out first" else options))]
            own += [("bias", (options[1],))]
        if ours:
            named = {"weight": "gamma" if kind == "norm" else "w"}
            named["bias"] = "beta" if kind == "norm" else "b"
            own = [(named.get(name, name), shape) for name, shape in own]
        found += [(f"{number}.{name}", shape) for name, shape in own]
        number += 1 if own or counted == "all" else 0
    return found


def _layer_lists() -> list[Case]:
    """Networks from a single layer to one with everything, and to numbers of two digits."""
    lists: list[list[Layer]] = [
        [("dense", 3, 2)],
        [("conv", 1, 4, 3, True)],
        [("conv", 2, 4, 3, False), ("norm", 4)],
        [("conv", 2, 3, 3, True), ("norm", 3)],
        [("norm", 5), ("relu",), ("norm", 5)],
        [("relu",), ("conv", 3, 6, 5, True), ("pool",), ("flatten",), ("dense", 24, 7)],
    ]
    lists.append([("relu",)] * 2 + [("dense", 3, 2)] + [("relu",)] * 7 + [("dense", 2, 4)])
    block = [("conv", 1, 8, 3, False), ("norm", 8), ("relu",), ("pool",)]
    lists.append([*block, ("flatten",), ("dense", 128, 10)])
    lists.append([*block, ("conv", 8, 16, 3, True), ("relu",), ("flatten",), ("dense", 64, 10)])
    second = [("conv", 8, 12, 3, True), ("norm", 12), ("relu",), ("pool",)]
    head: list[Layer] = [("flatten",), ("dense", 48, 20), ("relu",), ("dense", 20, 10)]
    lists.append([*block, *second, *head])
    return [{"layers": layers} for layers in lists]


STATE = Exercise(
    "17.4",
    call="torch_state",
    oracle=_state,
    cases=_layer_lists,
    mistakes=[
        Mistake(
            "only layers with weights are counted",
            lambda layers: _state(layers, counted="with weights"),
            "You number the layers that have weights. PyTorch counts all of them: a ReLU, a "
            "pooling and a flatten take a number, too, and leave no entry.",
        ),
        Mistake(
            "counted from 1",
            lambda layers: _state(layers, from_one=True),
            "You count the layers from 1. The first one is layer 0.",
        ),
        Mistake(
            "dense weights (in, out)",
            lambda layers: _state(layers, dense="in first"),
            "Your dense weights are (in, out), which is Keras's order. PyTorch keeps (out, in).",
        ),
        Mistake(
            "kernels of Keras",
            lambda layers: _state(layers, kernel="in keras"),
            "Your kernels are (K, K, C, F), which is Keras's order. PyTorch keeps (F, C, K, K).",
        ),
        Mistake(
            "channels before filters",
            lambda layers: _state(layers, kernel="c first"),
            "Your kernels are (C, F, K, K). In PyTorch the filters come first: (F, C, K, K).",
        ),
        Mistake(
            "always a bias",
            lambda layers: _state(layers, bias="always"),
            "You give every convolution a bias. One that says False has none, as is usual before "
            "a batch normalisation.",
        ),
        Mistake(
            "never a bias before a norm",
            lambda layers: _state(layers, bias="not before a norm"),
            "You leave the bias out wherever a batch normalisation follows. It would be of no use "
            "there, but a layer that was made with True has one, and PyTorch asks for it.",
        ),
        Mistake(
            "no running values",
            lambda layers: _state(layers, buffers=False),
            "The running mean and variance are missing. They are not learned by gradients, and "
            "yet the network cannot answer in evaluation without them.",
        ),
        Mistake(
            "no counter",
            lambda layers: _state(layers, counter=False),
            "Nearly: PyTorch's batch normalisation also counts its batches, in an entry "
            "num_batches_tracked of shape ().",
        ),
        Mistake(
            "our names",
            lambda layers: _state(layers, ours=True),
            'These are this library\'s names. PyTorch calls w and γ "weight", b and β "bias".',
        ),
    ],
    hints=[
        "Go through the layers with enumerate: the number counts all of them, and only three "
        "kinds leave entries.",
        "conv: weight (F, C, k, k), and bias (F,) if it has one. dense: weight (out, in), bias "
        "(out,). norm: weight, bias, running_mean, running_var, all (C,), and one entry more.",
        'The last entry of a norm is (f"{i}.num_batches_tracked", ()): a count has no axes.',
    ],
)


# 17.5 -------------------------------------------------------------------------------------

Statistics = tuple[float, float]


def _running(
    batches: Sequence[Sequence[float]],
    momentum: float,
    framework: str,
    *,
    keeps: Callable[[float, str], float] | None = None,
    fair: Sequence[str] = ("torch",),
    start: Statistics = (0.0, 1.0),
    deviation: bool = False,
) -> Statistics:
    """Running mean and variance of 17.5; the keywords are the mistakes that can be made in it."""
    stay = (keeps or _stays)(momentum, framework)
    mean, var = start
    for batch in batches:
        fresh = float(np.var(batch, ddof=int(framework in fair)))
        mean = stay * mean + (1 - stay) * float(np.mean(batch))
        var = stay * var + (1 - stay) * (fresh**0.5 if deviation else fresh)
    return mean, var


def _stays(momentum: float, framework: str) -> float:
    """The share of the old value that a framework keeps."""
    return momentum if framework == "keras" else 1 - momentum


def _last_only(batches: Any, momentum: float, framework: str) -> Statistics:
    return _running(batches[-1:], momentum, framework)


def close(got: Any, expected: Any, case: Case) -> bool:
    """Equal up to the rounding of 32 bits, in which frameworks compute."""
    return distance(got, expected) <= 1e-6


def _batches_of_numbers() -> list[Case]:
    """Batches of equal sizes, then of different ones."""
    rng = np.random.default_rng(175)
    sizes = [(size,) * count for size in (2, 3, 4, 6) for count in (1, 2, 3)]
    sizes += [(3, 2), (4, 4, 3), (5, 2, 4)]
    found: list[Case] = []
    for each in sizes:
        for momentum in (0.1, 0.9, 0.75):
            batches = [rng.integers(-4, 9, size).tolist() for size in each]
            if each == (4, 4, 3):  # and numbers that are not whole
                batches = [[value / 2 for value in batch] for batch in batches]
            for framework in ("torch", "keras"):
                found.append({"batches": batches, "momentum": momentum, "framework": framework})
    return found


RUNNING = Exercise(
    "17.5",
    call="running",
    oracle=_running,
    cases=_batches_of_numbers,
    equal=close,
    mistakes=[
        Mistake(
            "one meaning of momentum: Keras's",
            lambda *given: _running(*given, keeps=lambda momentum, _: momentum),
            "You treat momentum as the share that stays, in both. In PyTorch it is the share of "
            "the new batch.",
        ),
        Mistake(
            "one meaning of momentum: PyTorch's",
            lambda *given: _running(*given, keeps=lambda momentum, _: 1 - momentum),
            "You treat momentum as the share of the new batch, in both. In Keras it is the share "
            "that stays.",
        ),
        Mistake(
            "exchanged",
            lambda *given: _running(*given, keeps=lambda m, name: 1 - _stays(m, name)),
            "You have exchanged the two meanings of momentum: in Keras it is the share that "
            "stays, in PyTorch the share of the new batch.",
        ),
        Mistake(
            "divided by m in both",
            lambda *given: _running(*given, fair=()),
            "You divide the squares by m in both. That is what Keras keeps; PyTorch keeps the one "
            "that is divided by m − 1.",
        ),
        Mistake(
            "divided by m − 1 in both",
            lambda *given: _running(*given, fair=("torch", "keras")),
            "You divide the squares by m − 1 in both. That is what PyTorch keeps; Keras divides "
            "by m.",
        ),
        Mistake(
            "m and m − 1 exchanged",
            lambda *given: _running(*given, fair=("keras",)),
            "The two variances are exchanged: PyTorch divides by m − 1, Keras by m.",
        ),
        Mistake(
            "variance from 0",
            lambda *given: _running(*given, start=(0.0, 0.0)),
            "Your running variance begins at 0. Both frameworks begin with mean 0 and variance 1, "
            "as if nothing had to be normalised.",
        ),
        Mistake(
            "standard deviation",
            lambda *given: _running(*given, deviation=True),
            "You average standard deviations. What is kept is the variance; the root is taken "
            "when it is used.",
        ),
        Mistake(
            "the last batch only",
            _last_only,
            "You begin anew with every batch. The running values go on from batch to batch.",
        ),
    ],
    hints=[
        "Both do the same: new = (share that stays) · old + (1 − that share) · (value of the "
        "batch). What differs is which share is called momentum, and which variance is meant.",
        "stay = momentum for Keras, 1 − momentum for PyTorch. np.var(batch, ddof=1) divides by "
        "m − 1, np.var(batch) by m.",
        "mean, var = 0.0, 1.0; then for each batch: mean = stay * mean + (1 - stay) * "
        "np.mean(batch), and the same line for var with the right ddof.",
    ],
)


# 17.6 -------------------------------------------------------------------------------------


def _pieces(labels: Sequence[int], sizes: Sequence[int]) -> list[np.ndarray]:
    return np.split(np.asarray(labels), np.cumsum(sizes)[:-1])


def _factors(
    labels: Sequence[int],
    class_weights: Sequence[float],
    sizes: Sequence[int],
    rule: Callable[[float, float, int, int], float] = lambda own, total, n, count: own / total,
) -> list[float]:
    """Factors of 17.6: from the weight of a piece and of all, its size and the pieces' number."""
    weights = [float(np.take(class_weights, piece).sum()) for piece in _pieces(labels, sizes)]
    pairs = zip(weights, sizes, strict=True)
    return [rule(own, sum(weights), n, len(sizes)) for own, n in pairs]


def _by(rule: Callable[[float, float, int, int], float]) -> Callable[..., list[float]]:
    return lambda labels, class_weights, sizes: _factors(labels, class_weights, sizes, rule)


def _labelled() -> list[Case]:
    rng = np.random.default_rng(176)
    splits = [[4], [2, 2], [3, 1], [1, 3], [2, 2, 1], [2, 4, 1], [4, 4, 2], [8, 8, 8, 3]]
    found: list[Case] = []
    for sizes in splits:
        for weights in ([1, 1, 1], [1, 2, 5], [4, 1, 2], [0.25, 1.5, 3]):
            labels = rng.integers(0, 3, sum(sizes)).tolist()
            found.append({"labels": labels, "class_weights": weights, "sizes": sizes})
    return found


FACTORS = Exercise(
    "17.6",
    call="factors",
    oracle=_factors,
    cases=_labelled,
    equal=close,
    mistakes=[
        Mistake(
            "nothing",
            _by(lambda own, total, n, count: 1.0),
            "With 1 for each piece you add up means: four pieces make a gradient about four times "
            "too long.",
        ),
        Mistake(
            "the number of pieces",
            _by(lambda own, total, n, count: 1 / count),
            "One over the number of pieces is right while all pieces weigh the same. A last piece "
            "that is smaller then counts too much.",
        ),
        Mistake(
            "samples instead of weights",
            lambda labels, class_weights, sizes: [n / len(labels) for n in sizes],
            "The share of the samples is right without class weights. With them, the mean of a "
            "piece was divided by the sum of its weights, so that is what must be put back.",
        ),
        Mistake(
            "for a sum",
            _by(lambda own, total, n, count: 1 / total),
            'This is the factor for reduction="sum". Here each piece was already divided by the '
            "sum of its own weights, which has to be undone.",
        ),
        Mistake(
            "not divided by the whole",
            _by(lambda own, total, n, count: own),
            "This makes sums of the pieces' means. The mean over the whole batch is still to be "
            "divided by the sum of all weights.",
        ),
        Mistake(
            "upside down",
            _by(lambda own, total, n, count: total / own),
            "The fraction stands upside down: a piece that weighs a third of the batch counts "
            "with a third.",
        ),
        Mistake(
            "divided by the samples",
            lambda labels, class_weights, sizes: [
                own / len(labels)
                for own in _by(lambda own, total, n, count: own)(labels, class_weights, sizes)
            ],
            "You divide by the number of samples. PyTorch's weighted mean is divided by the sum "
            "of the weights of the labels.",
        ),
    ],
    hints=[
        "Write D for the sum of the weights of the batch's labels, and D_i for that of piece i. "
        "The wanted loss is (sum of weighted losses) / D. What does piece i give you instead?",
        "Piece i gives (its sum) / D_i. By what must that be multiplied to become (its sum) / D?",
        "D_i / D, with D_i = sum(class_weights[label] for label in the piece).",
    ],
)

EXERCISES = [TO_KERAS, DENSE, PADS, STATE, RUNNING, FACTORS]
