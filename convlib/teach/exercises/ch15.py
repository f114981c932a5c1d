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

STEPS, RATE = 100, 0.3
Part = tuple[np.ndarray, np.ndarray]
Body = tuple[np.ndarray, int]  # a body, and whether it is trained (1) or not (0)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def _trained(
    A: np.ndarray,
    moves: int,
    part: Part,
    *,
    B: np.ndarray | None = None,
    summed: bool = False,
    in_turn: bool = False,
    bends: bool = True,
) -> Part:
    """Body and head after training; the keywords are the mistakes that can be made in it."""
    x, y = part
    B = np.zeros((A.shape[1], y.max() + 1)) if B is None else B
    for _ in range(STEPS):
        h = np.maximum(x @ A, 0)
        d = (_softmax(h @ B) - np.eye(B.shape[1])[y]) / (1 if summed else len(x))
        new = B - RATE * h.T @ d
        back = d @ (new if in_turn else B).T
        A = A - moves * RATE * x.T @ (back * (h > 0) if bends else back)
        B = new
    return A, B


def _first_of_each(part: Part, n: int) -> Part:
    x, y = part
    rows = np.concatenate([np.flatnonzero(y == k)[:n] for k in np.unique(y)])
    return x[rows], y[rows]


def _accuracy(A: np.ndarray, B: np.ndarray, part: Part) -> float:
    x, y = part
    return float(np.mean((np.maximum(x @ A, 0) @ B).argmax(axis=1) == y))


def _curve(
    body: Body,
    train: Part,
    test: Part,
    counts: Sequence[int],
    *,
    pick: Callable[[Part, int], Part] = _first_of_each,
    goes_on: str = "",
    **mistake: bool,
) -> list[float]:
    """Accuracies of one way; `goes_on` names what is carried over from count to count."""
    (A, moves), B, found = body, None, []
    for n in counts:
        A_new, B_new = _trained(A, moves, pick(train, n), B=B, **mistake)
        found.append(_accuracy(A_new, B_new, test))
        A, B = A_new if goes_on == "body" else A, B_new if goes_on == "head" else None
    return found


def _curves(
    learned: np.ndarray,
    newborn: np.ndarray,
    train: Part,
    test: Part,
    counts: Sequence[int],
    *,
    ways: Sequence[tuple[str, int]] = (("learned", 0), ("learned", 1), ("newborn", 1)),
    **mistake: Any,
) -> list[list[float]]:
    """The three curves: frozen, tuned, scratch."""
    bodies = {"learned": learned, "newborn": newborn}
    return [_curve((bodies[name], moves), train, test, counts, **mistake) for name, moves in ways]


def _other(**change: Any) -> Callable[..., list[list[float]]]:
    return lambda *arguments: _curves(*arguments, **change)


def _clouds() -> list[Case]:
    """Clouds of points of three or four classes, and two random bodies for each.

    With so many test points the accuracies show a step too many or too few, and another rate.
    """
    rng = np.random.default_rng(156)
    cases: list[Case] = []
    for features, hidden, classes in [(3, 4, 3), (4, 5, 3), (5, 6, 4)]:
        bodies = rng.standard_normal((2, features, hidden)) * (2 / features) ** 0.5
        centres = 1.2 * rng.standard_normal((classes, features))
        case: Case = {"learned": bodies[0], "newborn": bodies[1]}
        for part, each in [("train", 10), ("test", 600)]:
            y = rng.permutation(np.repeat(np.arange(classes), each))
            case[part] = (centres[y] + rng.standard_normal((len(y), features)), y)
        cases.append(case | {"counts": [1, 5]})
    return cases


CURVES = Exercise(
    "15.6",
    call="curves",
    oracle=_curves,
    cases=_clouds,
    mistakes=[
        Mistake(
            "judged on what it has seen",
            lambda learned, newborn, train, test, counts: _curves(
                learned, newborn, train, train, counts
            ),
            "You measure on the samples that the nets were trained on. Measure on the test set.",
        ),
        Mistake(
            "n samples in all",
            _other(pick=lambda part, n: (part[0][:n], part[1][:n])),
            "You take the first n samples of the whole set. Asked are the first n of each class.",
        ),
        Mistake(
            "all samples",
            _other(pick=lambda part, n: part),
            "You train on all samples, so each curve is flat. Use the first n of each class.",
        ),
        Mistake(
            "the body goes on",
            _other(goes_on="body"),
            "Your tuned and scratch nets go on from the body that the smaller count left behind. "
            "Each run begins with `learned` or `newborn` as they were given.",
        ),
        Mistake(
            "the head goes on",
            _other(goes_on="head"),
            "You keep the head from one count to the next. Each run begins with B = 0.",
        ),
        Mistake(
            "frozen thaws",
            _other(ways=(("learned", 1), ("learned", 1), ("newborn", 1))),
            "Your frozen body is trained, so the first two curves are the same. Only the head "
            "may move.",
        ),
        Mistake(
            "frozen without having learned",
            _other(ways=(("newborn", 0), ("learned", 1), ("newborn", 1))),
            "Your frozen body is the newborn one. Frozen means: keep what was *learned*.",
        ),
        Mistake(
            "scratch is frozen",
            _other(ways=(("learned", 0), ("learned", 1), ("newborn", 0))),
            "You train only the head of the newborn net. From scratch, everything is trained.",
        ),
        Mistake(
            "tuned from scratch",
            _other(ways=(("learned", 0), ("newborn", 1), ("newborn", 1))),
            "Your tuned net begins with the newborn body. Tuning begins with the learned one.",
        ),
        Mistake(
            "another order",
            _other(ways=(("newborn", 1), ("learned", 0), ("learned", 1))),
            "The curves are right, in another order. Asked is frozen, tuned, scratch.",
        ),
        Mistake(
            "one after the other",
            _other(in_turn=True),
            "You move the head first, and send the gradient for the body through the new head. "
            "Both gradients are taken at the same point, before anything moves.",
        ),
        Mistake(
            "no ReLU on the way back",
            _other(bends=False),
            "Your gradient for the body passes through units that are off. Multiply it by "
            "(h > 0), the derivative of the ReLU.",
        ),
        Mistake(
            "sum of losses",
            _other(summed=True),
            "You add the losses of the samples, so each step is as many times too long as there "
            "are samples. Asked is the mean.",
        ),
        Mistake(
            "errors",
            lambda *arguments: (1 - np.array(_curves(*arguments))).tolist(),
            "This is the share of errors. Asked is the share that is right.",
        ),
    ],
    hints=[
        "The three ways differ in two things: which body they begin with, and whether it moves. "
        "So write one function for a training, with a factor for the body that is 0 or 1.",
        "One step: h = np.maximum(x @ A, 0), d = nn.softmax_cross_entropy(h @ B, y).grad; the "
        "gradient of B is h.T @ d, that of A is x.T @ (d @ B.T * (h > 0)). Take both, then move.",
        "For each of (learned, 0), (learned, 1), (newborn, 1) and each n: the rows "
        "np.flatnonzero(y == k)[:n] of each class k, a training from B = 0, and the mean of "
        "(np.maximum(x_test @ A, 0) @ B).argmax(axis=1) == y_test.",
    ],
)

EXERCISES = [TABLE, KEPT, REPAIRS, LENGTHS, FRACTION, CURVES]
