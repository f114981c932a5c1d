"""Exercises of chapter 14.

Z-scores, Adam, Nesterov, a small network, moves, shuffled pixels, L1, one-hot rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from convlib import nn
from convlib.teach.equations.cases import Case, choice, draw, image, integer, vector
from convlib.teach.equations.comparing import distance
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Array = np.ndarray

# 14.1 -------------------------------------------------------------------------------------


def zscore(train: Array, test: Array) -> tuple[Array, Array]:
    mean = sum(train.ravel().tolist()) / train.size
    variance = sum((v - mean) ** 2 for v in train.ravel().tolist()) / train.size
    std = variance**0.5 or 1.0
    return (train - mean) / std, (test - mean) / std


def _own(part: Array) -> Array:
    return zscore(part, part)[0]


def _together(train: Array, test: Array) -> tuple[Array, Array]:
    everything = np.concatenate([train.ravel(), test.ravel()])
    return zscore(everything, train)[1], zscore(everything, test)[1]


def _per_pixel(train: Array, test: Array) -> tuple[Array, Array]:
    std = train.std(axis=0)
    std = np.where(std > 0, std, 1)
    return (train - train.mean(axis=0)) / std, (test - train.mean(axis=0)) / std


def _with_deviation(of: Callable[[Array], float]) -> Callable[..., tuple[Array, Array]]:
    def wrong(train: Array, test: Array) -> tuple[Array, Array]:
        return (train - train.mean()) / of(train), (test - train.mean()) / of(train)

    return wrong


ZSCORE = Exercise(
    "14.1",
    call="zscore",
    oracle=zscore,
    cases=lambda: draw(
        120,
        train=image((1, 3), (1, 2), (1, 3)),
        test=image((1, 3), (1, 2), (1, 3)),
        where=lambda train, test: train.shape[1:] == test.shape[1:],
    ),
    mistakes=[
        Mistake(
            "own statistics",
            lambda train, test: (_own(train), _own(test)),
            "The test pictures are standardised with their own statistics. A single test picture "
            "would become its own mean. Use mean and deviation of the training pictures for both.",
        ),
        Mistake(
            "statistics of all",
            _together,
            "Mean and deviation are those of training and test pictures together. So the test "
            "pictures have had a say in training: that is a leak. Take them from train alone.",
        ),
        Mistake(
            "test left as it was",
            lambda train, test: (_own(train), test),
            "The test pictures have not been standardised: the network would meet numbers of "
            "another size than those it has learnt from.",
        ),
        Mistake(
            "variance",
            _with_deviation(lambda train: float(train.var()) or 1.0),
            "You divide by the variance; the spread of the result is 1 only after dividing by its "
            "root, the standard deviation.",
        ),
        Mistake(
            "not divided",
            _with_deviation(lambda train: 1.0),
            "The mean is subtracted, but nothing is divided by the standard deviation.",
        ),
        Mistake(
            "pixel by pixel",
            _per_pixel,
            "Every pixel has a mean of its own here (axis=0). The exercise wants one mean and one "
            "deviation for all pixels together.",
        ),
    ],
    hints=[
        "Which of the two arrays is known before the network meets a new picture?",
        "Two numbers are enough: mean = train.mean() and std = train.std().",
        "Use the same two numbers in (train - mean) / std and in (test - mean) / std, with std "
        "replaced by 1 where it is 0.",
    ],
)


# 14.2 -------------------------------------------------------------------------------------


def adam(w: Array, G: Array, eta: float) -> Array:
    """By the library, step by step."""
    net = nn.Dense(len(w), 1, bias=False, init=lambda shape, rng: w[None].astype(float))
    optimizer = nn.Adam(net, eta)
    for g in G:
        net.grads["w"] = g[None].astype(float)
        optimizer.step()
    return net.params["w"][0]


def _adam(
    *,
    alias: bool = False,
    correct: bool = True,
    start: int = 1,
    betas: tuple[float, float] = (0.9, 0.999),
    power: int = 2,
    inside: bool = False,
    uphill: bool = False,
) -> Callable[..., Array]:
    """Adam with one of its usual mistakes."""

    def wrong(w: Array, G: Array, eta: float) -> Array:
        m = np.zeros(len(w))
        v = m if alias else np.zeros(len(w))
        for t, g in enumerate(G, start=start):
            m *= betas[0]
            m += (1 - betas[0]) * g
            v *= betas[1]
            v += (1 - betas[1]) * g**power
            a, b = (1 - betas[0] ** t, 1 - betas[1] ** t) if correct else (1, 1)
            root = np.sqrt(v / b + 1e-8) if inside else np.sqrt(v / b) + 1e-8
            w = w + (1 if uphill else -1) * eta * (m / a) / root
        return w

    return wrong


def _enough(w: Array, G: Array, eta: float) -> bool:
    return len(w) == G.shape[1] and bool(G.any(axis=0).all())


ADAM = Exercise(
    "14.2",
    call="adam",
    oracle=adam,
    cases=lambda: draw(
        120,
        w=vector(1, 3),
        G=image((1, 6), (1, 3), low=0),
        eta=choice(0.1, 0.5, 1.0),
        where=_enough,
    ),
    mistakes=[
        Mistake(
            "aliased",
            _adam(alias=True),
            "m and v are the same array under two names: m = v = zeros(...) makes one array, and "
            "whoever changes one changes both. Call zeros twice.",
        ),
        Mistake(
            "no bias correction",
            _adam(correct=False),
            "The bias correction is missing. The running means begin at 0 and are too small by "
            "1 − β₁ᵗ and 1 − β₂ᵗ: divide by these.",
        ),
        Mistake(
            "one step ahead",
            _adam(start=2),
            "The bias correction is one step ahead: t is 1 in the first step, not 2. Did you "
            "count from 1 and then add 1 again?",
        ),
        Mistake(
            "betas swapped",
            _adam(betas=(0.999, 0.9)),
            "The betas are swapped: 0.9 belongs to the mean of the gradients, and 0.999, the long "
            "memory, to that of the squares.",
        ),
        Mistake(
            "ε under the root",
            _adam(inside=True),
            "ε stands under the root. There it acts like 10⁻⁴ and not like 10⁻⁸; add it after the "
            "root has been taken.",
        ),
        Mistake(
            "uphill",
            _adam(uphill=True),
            "The weights walk uphill: the step is subtracted, as the gradient points up.",
        ),
    ],
    hints=[
        "Two arrays of zeros, made by two calls; then a loop over the rows, counted from 1.",
        "In each step: both running means, then both divided by 1 − β**t, then the weights.",
        "m = 0.9*m + 0.1*g; v = 0.999*v + 0.001*g**2; then w = w - eta * (m / (1 - 0.9**t)) / "
        "(np.sqrt(v / (1 - 0.999**t)) + 1e-8).",
    ],
)


# 14.3 -------------------------------------------------------------------------------------


def nesterov(w: Array, a: Array, eta: float, mu: float, steps: int) -> Array:
    """By the form that libraries use, and back from θ to w at the end."""
    theta, v = w.astype(float), np.zeros(len(w))
    for _ in range(steps):
        g = a * theta
        v = mu * v + g
        theta = theta - eta * (g + mu * v)
    return theta + eta * mu * v


def _walk(
    sign: int = -1,
    undo: bool = True,
    scaled: bool = True,
    forget: bool = False,
    ahead: bool = False,
) -> Callable[..., Array]:
    """Nesterov by the book with one of its usual mistakes."""

    def wrong(w: Array, a: Array, eta: float, mu: float, steps: int) -> Array:
        w, v = w.astype(float), np.zeros(len(w))
        for _ in range(steps):
            place = w + sign * (eta if scaled else 1) * mu * v
            v = (0 if forget else mu) * v + a * place
            w = (w if undo else place) - eta * v
        return w - eta * mu * v if ahead else w

    return wrong


NESTEROV = Exercise(
    "14.3",
    call="nesterov",
    oracle=nesterov,
    cases=lambda: draw(
        120,
        w=vector(1, 3),
        a=vector(1, 3, low=1, high=6),
        eta=choice(0.125, 0.25),
        mu=choice(0.5, 0.75),
        steps=integer(1, 5),
        where=lambda w, a, **_: len(w) == len(a) and w.any(),
    ),
    mistakes=[
        Mistake(
            "looks back",
            _walk(sign=1),
            "You look back: the weights will move by −ημv, so the place ahead is w − ημv. The "
            "plus sign belongs to texts whose v already has the other sign.",
        ),
        Mistake(
            "never undone",
            _walk(undo=False),
            "The look ahead is never undone: the weights stay at the place ahead, and then make "
            "the whole step from there. Give the place a name of its own.",
        ),
        Mistake(
            "looks back and stays",
            _walk(sign=1, undo=False),
            "Two mistakes: the look goes back (plus sign), and it is never undone.",
        ),
        Mistake(
            "plain momentum",
            _walk(sign=0),
            "This is momentum without Nesterov: the gradient is taken at w, not ahead of it.",
        ),
        Mistake(
            "rate forgotten",
            _walk(scaled=False),
            "The look ahead goes μv far, without the rate. In this form v is a sum of gradients, "
            "and the weights move by η times v.",
        ),
        Mistake(
            "no memory",
            _walk(forget=True),
            "The velocity forgets everything in each step: v ← μv + g has lost its μv.",
        ),
        Mistake(
            "the place ahead",
            _walk(ahead=True),
            "You return the place ahead, θ = w − ημv, which libraries keep. The exercise asks for "
            "w itself.",
        ),
    ],
    hints=[
        "What part of the coming step is known before the gradient is?",
        "Three lines in the loop: the place ahead, the velocity with the gradient there, the step.",
        "ahead = w - eta * mu * v; v = mu * v + a * ahead; w = w - eta * v.",
    ],
)


# 14.4 -------------------------------------------------------------------------------------

SHAPES = ("hill", "rise", "fall", "wave")
MOST, WANTED = 400, 0.9


def _layers(net: nn.Layer) -> Iterator[nn.Layer]:
    for layer in getattr(net, "layers", (net,)):
        yield from [layer] if layer is net else _layers(layer)


def _why_low(net: nn.Layer, accuracy: float) -> str:
    """What keeps a small network from its target."""
    layers = list(_layers(net))
    kernels = [layer.params["w"].shape[2:] for layer in layers if isinstance(layer, nn.Conv)]
    if not kernels:
        return NO_CONVOLUTION
    if max(kernels) == (1,):
        return ONE_TAP
    if not any(isinstance(layer, (nn.ReLU, nn.Sigmoid, nn.Tanh)) for layer in layers):
        return NO_BEND
    return (
        f"it reads {accuracy:.0%} of the other signals, and {WANTED:.0%} are wanted. A wider view "
        "(pooling between two convolutions), batch norm and a global average help."
    )


NO_CONVOLUTION = (
    "Too few signals are read, and there is no convolution in the network: what it learns at one "
    "place it does not know at the others."
)
ONE_TAP = (
    "Too few signals are read: all kernels have one tap, so no output ever sees two neighbours. A "
    "shape is more than the list of its heights."
)
NO_BEND = (
    "Too few signals are read: there is nothing bent between the layers, so all of them together "
    "are one linear layer."
)
TOO_MANY = (
    f"The network has more than {MOST} parameters. Where do most of them sit? A dense layer behind "
    "Flatten has a weight for every place; behind GlobalAvgPool only one for every channel."
)
SCORES = "The network must take signals (1, 40) to 4 scores, one for each class."


def judge_net(answer: Any) -> str | None:
    """Build the network, count, train it, and read other signals."""
    if not callable(answer):
        return "give the function small_net itself"
    net = answer(np.random.default_rng(0))
    if not isinstance(net, nn.Layer):
        return f"small_net returns {type(net).__name__}; it must return an nn.Sequential"
    if net.count > MOST:
        return TOO_MANY
    if net.output_shape((1, 40)) != (4,):
        return SCORES
    accuracy = _trained_accuracy(net)
    return None if accuracy >= WANTED else _why_low(net, accuracy)


def _trained_accuracy(net: nn.Layer) -> float:
    from threadpoolctl import threadpool_limits  # only this exercise trains a net

    x, y = nn.signals(400, classes=SHAPES, rng=0)
    with threadpool_limits(1):
        nn.fit(
            net,
            x,
            y,
            optimizer=nn.Adam(net, lr=0.02),
            epochs=12,
            batch_size=30,
            schedule=nn.cosine(12),
            rng=0,
            progress=False,
        )
        return nn.evaluate(net, *nn.signals(400, classes=SHAPES, rng=1)).accuracy


def _flattened(rng: Any) -> nn.Sequential:
    conv = nn.Conv(1, 8, 5, padding=2, ndim=1, rng=rng)
    return nn.Sequential(conv, nn.ReLU(), nn.MaxPool(2), nn.Flatten(), nn.Dense(160, 4, rng=rng))


def _six_scores(rng: Any) -> nn.Sequential:
    conv = nn.Conv(1, 8, 5, padding=2, ndim=1, rng=rng)
    return nn.Sequential(conv, nn.ReLU(), nn.GlobalAvgPool(), nn.Dense(8, 6, rng=rng))


def _dense(rng: Any) -> nn.Sequential:
    first, second = nn.Dense(40, 8, rng=rng), nn.Dense(8, 4, rng=rng)
    return nn.Sequential(nn.Flatten(), first, nn.ReLU(), second)


def _one_tap(rng: Any) -> nn.Sequential:
    conv = nn.Conv(1, 16, 1, ndim=1, rng=rng)
    return nn.Sequential(conv, nn.ReLU(), nn.GlobalAvgPool(), nn.Dense(16, 4, rng=rng))


def _not_bent(rng: Any) -> nn.Sequential:
    conv = nn.Conv(1, 8, 5, padding=2, ndim=1, rng=rng)
    return nn.Sequential(conv, nn.GlobalAvgPool(), nn.Dense(8, 4, rng=rng))


SMALL_NET = Exercise(
    "14.4",
    call="small_net",
    judge=judge_net,
    mistakes=[
        Mistake("too many parameters", _flattened, TOO_MANY),
        Mistake("other scores", _six_scores, SCORES),
        Mistake("no convolution", _dense, NO_CONVOLUTION),
        Mistake("kernels of one tap", _one_tap, ONE_TAP),
        Mistake("nothing bent", _not_bent, NO_BEND),
    ],
    nonsense=lambda rng: "a network",
    hints=[
        "Where the shape stands does not matter. Which layers know that from the start?",
        "Two convolutions with pooling in between; nn.GlobalAvgPool() makes the place irrelevant "
        "and the last layer small. Print net.count.",
        "Conv(1, 8, 5), BatchNorm, ReLU, MaxPool(2), Conv(8, 8, 3), BatchNorm, ReLU, "
        "GlobalAvgPool, Dense(8, 4), with ndim=1, padding, and bias=False before batch norm.",
    ],
)


# 14.5 -------------------------------------------------------------------------------------


def moved(batch: Array, moves: Array) -> Array:
    """Entry by entry."""
    out = np.zeros_like(batch)
    for i, c, t in np.ndindex(batch.shape):
        if 0 <= t - moves[i] < batch.shape[2]:
            out[i, c, t] = batch[i, c, t - moves[i]]
    return out


def _each(move: Callable[[Array, int], Array]) -> Callable[..., Array]:
    """Wrong versions: move(signal, m) for every signal."""
    return lambda batch, moves: np.array(
        [move(signal, int(m)) for signal, m in zip(batch, moves, strict=True)]
    )


def _repeated(signal: Array, m: int) -> Array:
    """What comes in is the outermost number, again and again."""
    n = signal.shape[-1]
    return signal[:, np.clip(np.arange(n) - m, 0, n - 1)]


def _only_right(signal: Array, m: int) -> Array:
    return moved(signal[None], np.array([max(m, 0)]))[0]


def _moves_fit(batch: Array, moves: Array) -> bool:
    return len(batch) == len(moves) and bool((abs(moves) <= batch.shape[2]).all())


MOVED = Exercise(
    "14.5",
    call="moved",
    oracle=moved,
    dtype=True,
    cases=lambda: draw(
        150,
        batch=image((1, 3), (1, 2), (1, 5)),
        moves=vector(1, 3, low=-3, high=3),
        where=_moves_fit,
    ),
    mistakes=[
        Mistake(
            "around the ring",
            _each(lambda signal, m: np.roll(signal, m, axis=-1)),
            "What leaves on one side comes in on the other: np.roll moves on a ring. Zeros have "
            "to come in.",
        ),
        Mistake(
            "the other way",
            lambda batch, moves: moved(batch, -moves),
            "The signals move the other way. To the right means that entry t shows what stood at "
            "t − m.",
        ),
        Mistake(
            "one move for all",
            lambda batch, moves: moved(batch, np.full_like(moves, moves[0])),
            "All signals are moved alike, by moves[0]. Each has a move of its own.",
        ),
        Mistake(
            "the border repeated",
            _each(_repeated),
            "The outermost number is repeated where zeros should come in.",
        ),
        Mistake(
            "negative moves ignored",
            _each(_only_right),
            "A negative move does nothing here; it goes to the left.",
        ),
    ],
    hints=[
        "Begin with np.zeros_like(batch) and copy a part of each signal into it. How long is the "
        "part?",
        "n − |m| numbers stay. For m ≥ 0 they begin at place m of the result and at place 0 of the "
        "signal; for m < 0 it is the other way round.",
        "out[i, :, max(m, 0) : n + min(m, 0)] = batch[i, :, max(-m, 0) : n - max(m, 0)].",
    ],
)


# 14.6 -------------------------------------------------------------------------------------


def unnoticed(w: Array, order: Array) -> tuple[Array, int]:
    """Column by column, and pair by pair in the shuffled row."""
    n = round(len(order) ** 0.5)
    columns = np.stack([w[:, j] for j in order], axis=1)
    return columns, sum(_next(int(order[i]), int(order[j]), n) for i, j in _pairs(n))


def _next(i: int, j: int, n: int) -> bool:
    """Whether two places are direct neighbours in a picture of n × n."""
    return abs(i // n - j // n) + abs(i % n - j % n) == 1


def _pairs(n: int) -> list[tuple[int, int]]:
    places = range(n * n)
    return [(i, j) for i, j in product(places, places) if i < j and _next(i, j, n)]


def _in_a_row(order: Array) -> int:
    """Neighbours of the row instead of the picture."""
    places = np.argsort(order)
    return int((abs(np.diff(places)) == 1).sum())


def _horizontal(order: Array) -> int:
    n = round(len(order) ** 0.5)
    return sum(_next(int(order[i]), int(order[j]), n) for i, j in _pairs(n) if j == i + 1)


def _shuffling(n: int) -> Callable[[np.random.Generator], Array]:
    """A recipe: a random order, or one that exchanges two pixels only."""

    def make(rng: np.random.Generator) -> Array:
        order = np.arange(n * n)
        chosen = rng.permutation(n * n)[: int(rng.integers(2, n * n + 1))]
        order[np.sort(chosen)] = chosen
        return order

    return make


def _shuffled_cases() -> list[Case]:
    return [
        case
        for n in (2, 3)
        for case in draw(
            40,
            w=image((1, 2), (n * n, n * n)),
            order=_shuffling(n),
            where=lambda w, order: len(np.unique(w)) > 2,
        )
    ]


UNNOTICED = Exercise(
    "14.6",
    call="unnoticed",
    oracle=unnoticed,
    cases=_shuffled_cases,
    mistakes=[
        Mistake(
            "shuffled back",
            lambda w, order: (w[:, np.argsort(order)], unnoticed(w, order)[1]),
            "The columns are shuffled the wrong way round. Entry i of the new row is x[order[i]], "
            "so column i of the new weights must be column order[i] of the old.",
        ),
        Mistake(
            "weights unchanged",
            lambda w, order: (w, unnoticed(w, order)[1]),
            "The weights are unchanged, but a dense layer has a weight for every place: its "
            "columns must move with the pixels.",
        ),
        Mistake(
            "neighbours in the row",
            lambda w, order: (w[:, order], _in_a_row(order)),
            "You count neighbours in the long row. In the picture the last pixel of one line and "
            "the first of the next are no neighbours, and those one above the other are.",
        ),
        Mistake(
            "left and right only",
            lambda w, order: (w[:, order], _horizontal(order)),
            "Only neighbours left and right are counted; those above and below belong to it too.",
        ),
        Mistake(
            "counted twice",
            lambda w, order: (w[:, order], 2 * unnoticed(w, order)[1]),
            "Each pair is counted twice, once from either side.",
        ),
    ],
    hints=[
        "A sum does not care in which order it is added. Write the score of the shuffled picture "
        "as a sum over i.",
        "For the pairs: place i of the picture has row i // n and column i % n. Two places are "
        "neighbours when these differ by 1 in all.",
        "w[:, order]; and with places = np.argsort(order).reshape(n, n) look how far apart "
        "neighbouring entries of places are, in rows and columns.",
    ],
)


# 14.7 -------------------------------------------------------------------------------------


def l1_step(w: Array, g: Array, eta: float, lam: float) -> Array:
    """By the library."""
    net = nn.Dense(len(w), 1, bias=False, init=lambda shape, rng: w[None].astype(float))
    net.grads["w"] = g[None].astype(float)
    nn.SGD(net, eta, l1=lam).step()
    return net.params["w"][0]


def _soft(a: Array, pull: float) -> Array:
    return np.sign(a) * np.maximum(abs(a) - pull, 0)


L1_STEP = Exercise(
    "14.7",
    call="l1_step",
    oracle=l1_step,
    cases=lambda: draw(
        150,
        w=vector(1, 4, low=-3, high=3),
        g=vector(1, 4, low=-3, high=3),
        eta=choice(0.25, 0.5),
        lam=choice(0.0, 1.0, 3.0),
        where=lambda w, g, **_: len(w) == len(g),
    ),
    mistakes=[
        Mistake(
            "sign in the gradient",
            lambda w, g, eta, lam: w - eta * (g + lam * np.sign(w)),
            "You add λ·sign(w) to the gradient. A weight that is nearer to 0 than ηλ then jumps "
            "across, and back in the next step. Move towards 0 and no further.",
        ),
        Mistake(
            "threshold first",
            lambda w, g, eta, lam: _soft(w, eta * lam) - eta * g,
            "The threshold comes before the step, so the step moves weights away from 0 again. "
            "First w − ηg, then towards 0.",
        ),
        Mistake(
            "rate forgotten",
            lambda w, g, eta, lam: _soft(w - eta * g, lam),
            "The pull is λ in every step, however small the rate is. It is ηλ.",
        ),
        Mistake(
            "sign lost",
            lambda w, g, eta, lam: np.maximum(abs(w - eta * g) - eta * lam, 0),
            "Negative weights come out positive: the size was right, and it needs its sign back.",
        ),
        Mistake(
            "cut off only",
            lambda w, g, eta, lam: np.where(
                abs(w - eta * g) > eta * lam, w - eta * g, np.zeros(len(w))
            ),
            "Small weights become 0, but the large ones are not pulled at all. Every weight loses "
            "ηλ of its size.",
        ),
        Mistake(
            "positive weights only",
            lambda w, g, eta, lam: np.maximum(w - eta * g - eta * lam, 0),
            "Every negative weight has become 0. Towards 0 means upwards for those.",
        ),
        Mistake(
            "L2",
            lambda w, g, eta, lam: (1 - eta * lam) * w - eta * g,
            "This is L2: every weight loses the same share. L1 takes the same amount.",
        ),
    ],
    hints=[
        "Two lines: the step of the data, a = w − ηg, and the way towards 0.",
        "How large may what is left of |a| be, if it loses ηλ and cannot become negative?",
        "np.sign(a) * np.maximum(abs(a) - eta * lam, 0).",
    ],
)


# 14.8 -------------------------------------------------------------------------------------


def soft_targets(votes: Array, K: int) -> Array:
    counts = np.zeros((len(votes), K))
    for row, answers in zip(counts, votes, strict=True):
        for answer in answers:
            row[answer] += 1 / len(answers)
    return counts


def _by_index(votes: Array, K: int) -> Array:
    """`rows[…] += …` adds once only where an index is there twice."""
    rows = np.zeros((len(votes), K))
    rows[np.arange(len(votes))[:, None], votes] += 1 / votes.shape[1]
    return rows


TARGETS = Exercise(
    "14.8",
    call="soft_targets",
    oracle=soft_targets,
    equal=lambda got, expected, case: distance(got, expected) <= 1e-6,  # 32 bits will do
    cases=lambda: draw(
        120,
        votes=image((1, 4), (1, 4), low=0, high=3),
        K=integer(2, 5),
        where=lambda votes, K: votes.max() < K,
    ),
    mistakes=[
        Mistake(
            "each answer once",
            _by_index,
            "Where two people gave the same answer it counts once only. If you add with "
            "`rows[i, j] += …`: for equal indices that adds once, and np.add.at adds for each. If "
            "you only ask whether an answer was given, as a maximum does: count how often.",
        ),
        Mistake(
            "counts",
            lambda votes, K: votes.shape[1] * soft_targets(votes, K),
            "A row adds up to the number of answers. Probabilities add up to 1: divide by it.",
        ),
        Mistake(
            "the first answer",
            lambda votes, K: np.eye(K)[votes[:, 0]],
            "Only the first answer of each picture counts. The others have a say as well.",
        ),
        Mistake(
            "the majority",
            lambda votes, K: np.eye(K)[soft_targets(votes, K).argmax(axis=1)],
            "The most frequent answer gets everything, and the doubt is lost.",
        ),
        Mistake(
            "as many columns as were named",
            lambda votes, K: soft_targets(votes, int(votes.max()) + 1),
            "There are as many columns as the largest answer needs. A class that nobody named in "
            "these pictures has a column, too: the network has an output for it.",
        ),
        Mistake(
            "transposed",
            lambda votes, K: soft_targets(votes, K).T,
            "Rows and columns are exchanged: a row belongs to a picture, a column to a class.",
        ),
        Mistake(
            "mean over the pictures",
            lambda votes, K: np.tile(soft_targets(votes, K).mean(axis=0), (len(votes), 1)),
            "Every picture has the same row, the mean over all pictures. The mean is to be taken "
            "over the people.",
        ),
    ],
    hints=[
        "np.eye(K)[label] is the one-hot row of one label. What is np.eye(K)[votes]?",
        "It has the axes (picture, person, class). One of them has to go.",
        "np.eye(K)[votes].mean(axis=1).",
    ],
)

EXERCISES = [ZSCORE, ADAM, NESTEROV, SMALL_NET, MOVED, UNNOTICED, L1_STEP, TARGETS]
