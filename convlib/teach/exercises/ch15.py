"""Exercises of chapter 15: two ledgers, a repair, two chains, pixels read, transfer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

import numpy as np

from convlib.teach.equations.cases import Case, draw, every, integer
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Row = tuple[int, int, int, int, int]
Table = list[Row]
LENET: list[tuple[Any, ...]] = [("conv", 6, 5), ("pool", 2), ("conv", 16, 5), ("pool", 2)]
LENET_DENSE: list[tuple[Any, ...]] = [("dense", 120), ("dense", 84), ("dense", 10)]

# 15.1 -------------------------------------------------------------------------------------


def _table(
    layers: Sequence[tuple[Any, ...]],
    n: int,
    *,
    bias: int = 1,
    inputs: str = "all",
    at: str = "out",
    own_stride: bool = False,
    pool_jump: bool = True,
) -> Table:
    """The table of 15.1; the keywords are the mistakes that can be made in it."""
    channels, field, jump, rows = 1, 1, 1, []
    for kind, *options in layers:
        k = {"pool": options[0], "conv": options[-1]}.get(kind, n)
        before, stride = n, k if kind == "pool" else 1
        n = n // k if kind == "pool" else n - k + 1
        step = jump * stride if own_stride else jump
        field += (k - 1) * step
        jump *= stride if pool_jump else 1
        if kind == "pool":
            rows.append((channels, n, 0, 0, field))
            continue
        taps = channels if kind == "dense" and inputs == "channels" else channels * k * k
        places = {"out": n, "in": before, "one": 1}[at if kind == "conv" else "out"]
        weights = options[0] * taps
        rows.append((options[0], n, weights + bias * options[0], weights * places**2, field))
        channels = options[0]
    return rows


def _tables() -> list[Case]:
    """LeNet-5, its beginnings, and a few relatives on other pictures."""
    stacks = [LENET[:depth] for depth in range(1, 5)]
    stacks += [LENET + LENET_DENSE[:depth] for depth in range(1, 4)]
    stacks += [[("conv", 4, 3), ("pool", 3), ("conv", 5, 3)], [("pool", 2), ("dense", 7)]]
    return [{"layers": layers, "n": n} for layers in stacks for n in (32, 28, 36)]


TABLE = Exercise(
    "15.1",
    call="table",
    oracle=_table,
    cases=_tables,
    mistakes=[
        Mistake(
            "biases forgotten",
            lambda layers, n: _table(layers, n, bias=0),
            "Your parameters are the weights only. Each filter, and each dense output, has one "
            "bias more.",
        ),
        Mistake(
            "work at one place",
            lambda layers, n: _table(layers, n, at="one"),
            "Your multiply-adds are the weights of the layer. A convolution uses each of them at "
            "every place of its output.",
        ),
        Mistake(
            "work on the input",
            lambda layers, n: _table(layers, n, at="in"),
            "You count the places of the input. The kernel stops at the places of the output, of "
            "which there are fewer.",
        ),
        Mistake(
            "dense layer sees channels only",
            lambda layers, n: _table(layers, n, inputs="channels"),
            "Your first dense layer reads one number of each channel. It reads the whole map: "
            "channels times rows times columns.",
        ),
        Mistake(
            "own stride too",
            lambda layers, n: _table(layers, n, own_stride=True),
            "You let a pooling widen its own field by its stride. Add (k − 1) times the jump "
            "first, and multiply the jump afterwards.",
        ),
        Mistake(
            "strides ignored",
            lambda layers, n: _table(layers, n, pool_jump=False),
            "Your fields do not grow faster after a pooling. Its stride sets the numbers further "
            "apart for all later layers: multiply the jump by it.",
        ),
    ],
    hints=[
        "Carry four numbers through the loop: channels, n, the field and the jump. Start with "
        "1, n, 1, 1.",
        "A dense layer is a convolution whose window is the whole map: k = n. After it n is 1.",
        "For each layer: field += (k − 1)·jump, then jump *= stride; weights = F·channels·k²; "
        "parameters = weights + F; multiply-adds = weights·n² with the new n.",
    ],
)

# 15.2 -------------------------------------------------------------------------------------


def _kept(
    picture: tuple[int, int],
    blocks: list[tuple[int, int]],
    dense: list[int],
    *,
    first: bool = True,
    pools: bool = True,
    units: bool = True,
    repeats: bool = True,
    halve_first: bool = False,
) -> int:
    """Numbers kept by a net of the VGG kind; the keywords leave something out."""
    channels, n = picture
    total = channels * n * n if first else 0
    for count, filters in blocks:
        half = n // 2
        total += filters * (half if halve_first else n) ** 2 * (count if repeats else 1)
        total += filters * half**2 if pools else 0
        n = half
    return total + (sum(dense) if units else 0)


def _vggs() -> list[Case]:
    """VGG-16 itself, and smaller nets of its kind."""
    vgg = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)]
    cases = [
        {"picture": (c, n), "blocks": vgg[first:last], "dense": dense}
        for first, last in [(0, 1), (0, 2), (1, 3), (0, 5)]
        for c, n in [(1, 32), (3, 64), (3, 224)]
        for dense in ([10], [4096, 4096, 1000])
    ]
    return sorted(cases, key=lambda case: _kept(**case))


def _weights(picture: tuple[int, int], blocks: list[tuple[int, int]], dense: list[int]) -> int:
    channels, n = picture
    total = 0
    for count, filters in blocks:
        for _ in range(count):
            total += 9 * channels * filters
            channels = filters
        n //= 2
    inputs = channels * n * n
    for units in dense:
        total += inputs * units
        inputs = units
    return total


KEPT = Exercise(
    "15.2",
    call="kept",
    oracle=_kept,
    cases=_vggs,
    mistakes=[
        Mistake(
            "picture forgotten",
            lambda picture, blocks, dense: _kept(picture, blocks, dense, first=False),
            "The picture itself is missing. The first layer needs it on the way back, for the "
            "gradient of its weights.",
        ),
        Mistake(
            "poolings forgotten",
            lambda picture, blocks, dense: _kept(picture, blocks, dense, pools=False),
            "The outputs of the poolings are missing. They have no weights, but they are the "
            "inputs of the next layers.",
        ),
        Mistake(
            "dense layers forgotten",
            lambda picture, blocks, dense: _kept(picture, blocks, dense, units=False),
            "The outputs of the dense layers are missing. They are few, and they count.",
        ),
        Mistake(
            "one map per block",
            lambda picture, blocks, dense: _kept(picture, blocks, dense, repeats=False),
            "You count one convolution for each block. Every one of its layers has an output of "
            "its own.",
        ),
        Mistake(
            "halved too early",
            lambda picture, blocks, dense: _kept(picture, blocks, dense, halve_first=True),
            "You halve the picture at the start of a block. The convolutions of a block still "
            "work on the full size; the pooling comes last.",
        ),
        Mistake(
            "with the way back",
            lambda picture, blocks, dense: 2 * _kept(picture, blocks, dense),
            "Your number is twice the right one: that would be the gradients as well. Asked is "
            "what one forward pass leaves behind.",
        ),
        Mistake(
            "bytes",
            lambda picture, blocks, dense: 4 * _kept(picture, blocks, dense),
            "You give bytes. Asked is how many numbers there are, without the 4 bytes of each.",
        ),
        Mistake(
            "weights",
            _weights,
            "These are the weights. Asked are the numbers that flow: the picture and all outputs.",
        ),
    ],
    hints=[
        "Padding 1 keeps the size, a pooling halves it. How many numbers does a layer with F "
        "filters put out on n × n?",
        "A block of r convolutions adds r·F·n², and its pooling F·(n/2)².",
        "Start with C·n² for the picture, loop over the blocks with n //= 2 at the end of each, "
        "add the sum of the dense sizes. For VGG-16 it is 15,237,608.",
    ],
)

# 15.3 -------------------------------------------------------------------------------------


def _repairs(n: int, k: int, s: int, o: int) -> tuple[int, set[int]]:
    exact = (o - 1) * s + k - n
    return exact, set(range(exact, exact + s))


REPAIRS = Exercise(
    "15.3",
    call="repairs",
    oracle=_repairs,
    cases=lambda: [
        {"n": 224, "k": 11, "s": 4, "o": 55},
        *draw(
            150,
            n=integer(5, 60),
            k=integer(1, 11),
            s=integer(2, 5),
            o=integer(2, 30),
            where=lambda n, k, s, o: k <= n <= (o - 1) * s + k <= n + 12,
        ),
    ],
    mistakes=[
        Mistake(
            "the +1 forgotten",
            lambda n, k, s, o: (o * s + k - n, set(range(o * s + k - n, o * s + k - n + s))),
            "Your padding is one stride too large. The first window does not have to move: o "
            "windows take o − 1 steps.",
        ),
        Mistake(
            "only the exact one",
            lambda n, k, s, o: (_repairs(n, k, s, o)[0], {_repairs(n, k, s, o)[0]}),
            "Your set has only the amount that fits exactly. With up to s − 1 numbers left over "
            "the floor gives the same o.",
        ),
        Mistake(
            "left over on the wrong side",
            lambda n, k, s, o: (
                _repairs(n, k, s, o)[0],
                {_repairs(n, k, s, o)[0] - r for r in range(s)},
            ),
            "Your set goes down from the exact amount. With less than that the last window does "
            "not fit; with a little more, something is left over, and that is harmless.",
        ),
        Mistake(
            "s included",
            lambda n, k, s, o: (
                _repairs(n, k, s, o)[0],
                _repairs(n, k, s, o)[1] | {_repairs(n, k, s, o)[0] + s},
            ),
            "Your set has one amount too many: with s more than the exact one, another window "
            "fits.",
        ),
        Mistake(
            "per side",
            lambda n, k, s, o: (
                _repairs(n, k, s, o)[0] // 2,
                {total // 2 for total in _repairs(n, k, s, o)[1] if total % 2 == 0},
            ),
            "You give the padding per side. Asked is the total of both sides, which may be odd.",
        ),
    ],
    hints=[
        "The last of o windows starts at (o − 1)·s. How long must the padded list be at least?",
        "(o − 1)·s + k numbers are needed, n are there. How many may be left over before one "
        "more window fits?",
        "exact = (o − 1)·s + k − n, and the set is range(exact, exact + s).",
    ],
)

# 15.4 -------------------------------------------------------------------------------------


def _lengths(J: list[np.ndarray], g: np.ndarray) -> tuple[float, float]:
    """Send g down both chains, the last block first."""
    plain = reduce(lambda v, Jl: Jl.T @ v, J[::-1], g)
    residual = reduce(lambda v, Jl: v + Jl.T @ v, J[::-1], g)
    return float(np.linalg.norm(plain)), float(np.linalg.norm(residual))


def _chains() -> list[Case]:
    rng = np.random.default_rng(154)
    cases: list[Case] = []
    for L in (1, 2, 3, 5):
        for d in (1, 2, 3):
            for _ in range(6):
                J = [0.6 * rng.standard_normal((d, d)) for _ in range(L)]
                cases.append({"J": J, "g": rng.standard_normal(d)})
    return cases


def _down(step: Callable[[np.ndarray, np.ndarray], np.ndarray], order: int) -> Callable[..., Any]:
    """Wrong versions: a step that takes the wrong matrix, or the blocks in the wrong order."""

    def lengths(J: list[np.ndarray], g: np.ndarray) -> tuple[float, float]:
        plain = reduce(step, J[::order], g)
        residual = reduce(lambda v, Jl: v + step(v, Jl), J[::order], g)
        return float(np.linalg.norm(plain)), float(np.linalg.norm(residual))

    return lengths


def _one_way_round(J: list[np.ndarray], g: np.ndarray) -> tuple[float, float]:
    plain = reduce(lambda v, Jl: Jl.T @ v, J[::-1], g)
    return float(np.linalg.norm(plain)), float(np.linalg.norm(g + plain))


LENGTHS = Exercise(
    "15.4",
    call="gradient_lengths",
    oracle=_lengths,
    cases=_chains,
    mistakes=[
        Mistake(
            "first block first",
            _down(lambda v, Jl: Jl.T @ v, 1),
            "You go through the blocks in their own order. A gradient comes from the top: the "
            "last block is the first on its way.",
        ),
        Mistake(
            "not transposed",
            _down(lambda v, Jl: Jl @ v, -1),
            "You use J itself. J carries a change of the input forwards; the gradient goes back "
            "with the transposed matrix.",
        ),
        Mistake(
            "forwards",
            _down(lambda v, Jl: Jl @ v, 1),
            "You send a change forwards through the chain: J itself, first block first. The "
            "gradient goes back: transposed, last block first.",
        ),
        Mistake(
            "one way round for all",
            _one_way_round,
            "You add g once, for the whole chain. Every block has a way round of its own.",
        ),
        Mistake(
            "lengths added",
            lambda J, g: (
                _lengths(J, g)[0],
                float(np.linalg.norm(g)) + _lengths(J, g)[0],
            ),
            "You add lengths. Two vectors that are added may point in different directions; add "
            "the vectors, and measure at the end.",
        ),
        Mistake(
            "squares",
            lambda J, g: (_lengths(J, g)[0] ** 2, _lengths(J, g)[1] ** 2),
            "These are the squares of the lengths. Take the root, or np.linalg.norm.",
        ),
    ],
    hints=[
        "Keep two vectors, one for each chain. Both begin as g.",
        "Loop over reversed(J). In a plain chain the vector becomes Jl.T @ v. What is added in a "
        "residual one?",
        "v + Jl.T @ v for the residual chain; at the end np.linalg.norm of both.",
    ],
)

# 15.5 -------------------------------------------------------------------------------------


def _fraction(n: int, k: int, s: int, p: int) -> float:
    """Mark what is read, along one axis, and square."""
    starts = range(-p, n + p - k + 1, s)
    rows = {t + j for t in starts for j in range(k) if 0 <= t + j < n}
    return (len(rows) / n) ** 2


def _no_padding(n: int, k: int, s: int, p: int) -> float:
    return _fraction(n, k, s, 0)


def _by_formula(n: int, k: int, s: int, p: int) -> float:
    """The formula of the chapter on the padded list, with the padding counted as pixels."""
    o = (n + 2 * p - k) // s + 1
    return min((o * min(k, s) + max(k - s, 0)) / n, 1.0) ** 2


FRACTION = Exercise(
    "15.5",
    call="fraction_read",
    oracle=_fraction,
    cases=lambda: every(
        n=(4, 7, 8, 14, 56), k=(1, 2, 3), s=(1, 2, 3, 4), p=(0, 1), where=lambda n, k, s, p: p < k
    ),
    mistakes=[
        Mistake(
            "one axis",
            lambda n, k, s, p: _fraction(n, k, s, p) ** 0.5,
            "This is the part of the rows that are read. The columns are thinned out as well, so "
            "it must be squared.",
        ),
        Mistake(
            "everything is read",
            lambda n, k, s, p: 1.0,
            "You say that everything is read. That holds while k is at least s and nothing is "
            "left over at the end; a 1 × 1 with stride 2 skips every second row.",
        ),
        Mistake(
            "1/s²",
            lambda n, k, s, p: 1 / s**2,
            "1/s² is right for one tap and an n that s divides. A larger kernel reads k rows for "
            "each output.",
        ),
        Mistake(
            "outputs",
            lambda n, k, s, p: (((n + 2 * p - k) // s + 1) / n) ** 2,
            "You count outputs. Each of them reads k rows, and rows that two of them read count "
            "once.",
        ),
        Mistake(
            "padding read as pixels",
            _by_formula,
            "You count rows of the padding among those read. Only 0 to n − 1 are pixels.",
        ),
        Mistake(
            "no padding",
            _no_padding,
            "You leave the padding out. It moves the first window to −p, and may let one more "
            "window fit.",
        ),
        Mistake(
            "the part not read",
            lambda n, k, s, p: 1 - _fraction(n, k, s, p),
            "This is the part that is *not* read.",
        ),
    ],
    hints=[
        "Rows and columns are alike, so count the rows that are read. Which rows does the window "
        "of output i read?",
        "Rows s·i − p to s·i − p + k − 1, as far as they lie on the picture. Collect them in a "
        "set.",
        "The part of the rows is len(rows) / n; the part of the pixels is its square.",
    ],
)

# 15.6 -------------------------------------------------------------------------------------


def _nearest(means: np.ndarray, names: np.ndarray, found: np.ndarray, truth: np.ndarray) -> float:
    apart = ((found[:, None] - means) ** 2).sum(axis=2)
    return float(np.mean(names[apart.argmin(axis=1)] == truth))


def _curve(
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    counts: list[int],
    *,
    pick: Callable[[np.ndarray, int], np.ndarray] | None = None,
) -> list[float]:
    """Accuracy of the nearest class mean after n samples of each class."""
    (x, y), (x_test, y_test) = train, test
    names, curve = np.unique(y), []
    for n in counts:
        means = np.array([(pick or _first)(x[y == name], n) for name in names])
        curve.append(_nearest(means, names, x_test, y_test))
    return curve


def _first(x: np.ndarray, n: int) -> np.ndarray:
    return np.asarray(x[:n].mean(axis=0))


def _clouds() -> list[Case]:
    """Clouds of points, three or four classes, whose names begin at 5."""
    rng = np.random.default_rng(156)
    cases: list[Case] = []
    for features, classes in [(2, 3), (3, 4), (5, 3), (8, 4)]:
        for spread in (0.8, 1.5):
            centres = 1.5 * rng.standard_normal((classes, features))
            case: Case = {}
            for part, each in [("train", 12), ("test", 15)]:
                y = rng.permutation(np.repeat(np.arange(classes), each))
                noise = spread * rng.standard_normal((len(y), features))
                case[part] = (centres[y] + noise, y + 5)
            cases.append(case | {"counts": [1, 2, 5, 10]})
    return cases


def _of_all(train: Any, test: Any, counts: list[int]) -> list[float]:
    """The first n samples of the whole set, whatever their class."""
    (x, y), curve = train, []
    for n in counts:
        names = np.unique(y[:n])
        means = np.array([x[:n][y[:n] == name].mean(axis=0) for name in names])
        curve.append(_nearest(means, names, *test))
    return curve


def _by_number(train: Any, test: Any, counts: list[int]) -> list[float]:
    (x, y), (x_test, y_test) = train, test
    return _curve((x, y - y.min()), (x_test, y_test), counts)


CURVE = Exercise(
    "15.6",
    call="curve",
    oracle=_curve,
    cases=_clouds,
    mistakes=[
        Mistake(
            "judged on what it has seen",
            lambda train, test, counts: _curve(train, train, counts),
            "You measure on the samples from which the means were taken. Measure on the test set.",
        ),
        Mistake(
            "means of the test set",
            lambda train, test, counts: _curve(test, test, counts),
            "Your means come from the test set. It must not be touched before the score.",
        ),
        Mistake(
            "n samples in all",
            _of_all,
            "You take the first n samples of the whole set. Asked are the first n of each class.",
        ),
        Mistake(
            "all samples",
            lambda train, test, counts: _curve(train, test, [len(train[1])] * len(counts)),
            "Your means use all samples, so the curve is flat. Use the first n of each class.",
        ),
        Mistake(
            "number instead of name",
            _by_number,
            "You compare the position of the nearest mean with the labels. The classes are called "
            "5, 6, …: translate with names[...].",
        ),
        Mistake(
            "errors",
            lambda train, test, counts: [1 - a for a in _curve(train, test, counts)],
            "This is the share of errors. Asked is the share that is right.",
        ),
    ],
    hints=[
        "For one n: one mean vector for each class, from the first n rows of x with that label.",
        "The distances of all test rows to all means: ((x_test[:, None] − means)**2).sum(axis=2). "
        "Which mean is nearest?",
        "names = np.unique(y); guess = names[distances.argmin(axis=1)]; np.mean(guess == y_test).",
    ],
)

EXERCISES = [TABLE, KEPT, REPAIRS, LENGTHS, FRACTION, CURVE]
