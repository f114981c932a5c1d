"""Exercises of chapter 13: poolings, the softmax loss, first weights, norms, a layer of our own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import product
from math import prod, sqrt
from typing import Any

import numpy as np

from convlib import reference
from convlib.teach.equations.cases import Case, choice, draw, every, image, integer, size
from convlib.teach.exercises.engine.definition import Exercise, Mistake
from convlib.teach.exercises.engine.explanations import same

# 13.1 -------------------------------------------------------------------------------------


def relu_pool_back(dy: np.ndarray, x: np.ndarray, k: int, s: int) -> list[list[float]]:
    """Send every dy to the first largest pixel of its window, if that pixel is positive."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(dy.shape):
        a, b = _winner(x, s * i, s * j, k)
        dx[a, b] += dy[i, j] if x[a, b] > 0 else 0
    return [[float(v) for v in row] for row in dx]


def _winner(x: np.ndarray, top: int, left: int, k: int) -> tuple[int, int]:
    """The place of the first largest pixel of a window after the ReLU, row by row."""
    places = [(a, b) for a in range(top, top + k) for b in range(left, left + k)]
    return max(places, key=lambda place: max(float(x[place]), 0.0))


def _routed(
    send: Callable[[np.ndarray, tuple[slice, slice], np.ndarray, float], None],
    *,
    cut: Callable[[np.ndarray], np.ndarray] = lambda x: x > 0,
    step: int | None = None,
    windows: int | None = None,
) -> Callable[..., list[list[float]]]:
    """Wrong versions: `send(dx, window, part, dy)` per window, then the ReLU's own cut."""

    def wrong(dy: np.ndarray, x: np.ndarray, k: int, s: int) -> list[list[float]]:
        dx, t = np.zeros(x.shape), s if step is None else step
        for i, j in list(np.ndindex(dy.shape))[:windows]:
            window = slice(t * i, t * i + k), slice(t * j, t * j + k)
            send(dx, window, np.maximum(x[window], 0), float(dy[i, j]))
        return [[float(v) for v in row] for row in dx * cut(x)]

    return wrong


def _first(part: np.ndarray) -> np.ndarray:
    hit = np.zeros(part.shape)
    hit.flat[int(part.argmax())] = 1
    return hit


def _add_first(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    dx[window] += dy * _first(part)


def _add_last(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    dx[window] += dy * _first(part[::-1, ::-1])[::-1, ::-1]


def _add_all(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    dx[window] += dy * (part == part.max())


def _add_shared(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    hit = part == part.max()
    dx[window] += dy * hit / hit.sum()


def _put_first(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    dx[window][_first(part) == 1] = dy


def _add_spread(dx: np.ndarray, window: Any, part: np.ndarray, dy: float) -> None:
    dx[window] += dy / part.size


def _positive_dy(dy: np.ndarray, x: np.ndarray, k: int, s: int) -> list[list[float]]:
    return _routed(_add_first, cut=lambda x: np.ones(x.shape))(np.maximum(dy, 0), x, k, s)


def _routing_cases() -> list[Case]:
    """Pictures with ties and zeros, and whole numbers of both signs for dy."""
    shapes = draw(
        250, x=image((1, 5), (1, 5), low=-4, high=6), k=integer(1, 3), s=integer(1, 3),
        where=lambda x, k, s: k <= min(x.shape),
    )  # fmt: skip
    rng = np.random.default_rng(131)
    return [
        {"dy": rng.integers(-5, 6, [(n - c["k"]) // c["s"] + 1 for n in c["x"].shape]), **c}
        for c in shapes
    ]


ROUTING = Exercise(
    "13.1",
    call="relu_pool_back",
    oracle=relu_pool_back,
    cases=_routing_cases,
    mistakes=[
        Mistake(
            "all maxima",
            _routed(_add_all),
            "Where two pixels share the maximum, both get the whole dy, and the gradient says "
            "twice what is true. One of them wins: the first.",
        ),
        Mistake(
            "tie shared",
            _routed(_add_shared),
            "You share dy among equal maxima. That is a possible rule, but not the one of this "
            "book and of PyTorch: the first takes all.",
        ),
        Mistake(
            "last maximum",
            _routed(_add_last),
            "You send dy to the last of several equal maxima. The first one counts; `>=` in a "
            "search for the maximum finds the last.",
        ),
        Mistake(
            "early return",
            _routed(_add_first, windows=1),
            "Only the first window is treated: the `return` stands inside the loop. Move it to "
            "the left.",
        ),
        Mistake(
            "overwrites",
            _routed(_put_first),
            "A pixel that wins in several overlapping windows collects all their dy. Write +=, "
            "not =.",
        ),
        Mistake(
            "windows side by side",
            _routed(_add_first, step=1),
            "Window (i, j) starts at row s·i and column s·j; yours start at i and j.",
        ),
        Mistake(
            "ReLU forgotten",
            _routed(_add_first, cut=lambda x: np.ones(x.shape)),
            "You went back through the pooling only. Before it stands a ReLU: where x is not "
            "positive, nothing passes.",
        ),
        Mistake(
            "sign of dy",
            _positive_dy,
            "You cut dy by its own sign. The ReLU asks whether its input x was positive, and lets "
            "a negative dy pass as well.",
        ),
        Mistake(
            "spread evenly",
            _routed(_add_spread),
            "You spread dy over the window, as an average would. A maximum sends all of it to its "
            "winner.",
        ),
    ],
    hints=[
        "Go backwards: first the pooling, then the ReLU. Which pixel of window (i, j) decided "
        "y[i, j]? No other one gets anything.",
        "On a copy a = np.maximum(x, 0): part = a[s*i : s*i+k, s*j : s*j+k], and "
        "np.unravel_index(part.argmax(), part.shape) is the first winner inside it.",
        "Add dy[i, j] to dx[s*i + row, s*j + column] with +=. After both loops return "
        "dx * (x > 0).",
    ],
)


# 13.2 -------------------------------------------------------------------------------------


def average_back(
    dy: np.ndarray, H: int, W: int, k: int, s: int, p: int, counted: bool
) -> list[list[float]]:
    """The transpose of average pooling, by the loops of the reference."""
    dx = reference.avg_pool_backward(
        dy[None, None].astype(float), np.zeros((1, 1, H, W)), k, stride=s, padding=p,
        count_include_pad=counted,
    )  # fmt: skip
    return [[float(v) for v in row] for row in dx[0, 0]]


def _seen(i: int, n: int, k: int, s: int, p: int) -> int:
    return min(s * i - p + k, n) - max(s * i - p, 0)


def _spread(
    divisor: Callable[..., float] | None = None,
    *,
    overwrite: bool = False,
    cut: Callable[[np.ndarray, int, int, int], np.ndarray] | None = None,
    step: int | None = None,
) -> Callable[..., list[list[float]]]:
    """Wrong versions: other divisors, `=` for `+=`, another cut of the padding."""

    def wrong(
        dy: np.ndarray, H: int, W: int, k: int, s: int, p: int, counted: bool
    ) -> list[list[float]]:
        padded, t = np.zeros((H + 2 * p, W + 2 * p)), step or s
        for i, j in np.ndindex(dy.shape):
            seen = _seen(i, H, k, s, p) * _seen(j, W, k, s, p)
            share = dy[i, j] / (divisor(k, seen) if divisor else k**2 if counted else seen)
            window = slice(t * i, t * i + k), slice(t * j, t * j + k)
            padded[window] = share if overwrite else padded[window] + share
        dx = cut(padded, H, W, p) if cut else padded[p : p + H, p : p + W]
        return [[float(v) for v in row] for row in dx]

    return wrong


def _spread_cases() -> list[Case]:
    shapes = draw(
        200, H=integer(1, 5), W=integer(1, 5), k=integer(1, 3), s=integer(1, 3), p=integer(0, 1),
        counted=choice(True, False),
        where=lambda H, W, k, p, **_: p <= k // 2 and k <= min(H, W) + 2 * p,
    )  # fmt: skip
    rng = np.random.default_rng(132)
    found = []
    for c in shapes:
        outputs = [(c[n] + 2 * c["p"] - c["k"]) // c["s"] + 1 for n in ("H", "W")]
        found.append({"dy": 36 * rng.integers(-3, 4, outputs), **c})
    return found


SPREADING = Exercise(
    "13.2",
    call="average_back",
    oracle=average_back,
    cases=_spread_cases,
    mistakes=[
        Mistake(
            "not divided",
            _spread(lambda k, seen: 1),
            "Every pixel gets the whole dy. Each entered the average with a weight below 1, and "
            "gets back only that share.",
        ),
        Mistake(
            "divided by k",
            _spread(lambda k, seen: k),
            "You divide by k. A window holds k rows of k pixels, so k² of them.",
        ),
        Mistake(
            "always k²",
            _spread(lambda k, seen: k**2),
            "You always divide by k². With counted=False a window at the border was divided by "
            "the number of pixels that it really sees, and so is its gradient.",
        ),
        Mistake(
            "always what it sees",
            _spread(lambda k, seen: seen),
            "You always divide by the number of pixels that a window sees. With counted=True the "
            "zeros of the padding were counted as well, so divide by k².",
        ),
        Mistake(
            "overwrites",
            _spread(overwrite=True),
            "Where windows overlap, a pixel collects a share from each of them. Write +=, not =.",
        ),
        Mistake(
            "padding not cut",
            _spread(cut=lambda padded, H, W, p: padded),
            "The result still has its padding. What fell on it belongs to no pixel: cut it off.",
        ),
        Mistake(
            "cut at the wrong end",
            _spread(cut=lambda padded, H, W, p: padded[:H, :W]),
            "You keep the first H rows and W columns of the padded array. The picture begins at "
            "row p and column p.",
        ),
        Mistake(
            "minus zero",
            _spread(cut=lambda padded, H, W, p: padded[p:-p, p:-p]),
            "[p:-p] keeps nothing when p is 0, since −0 is 0. Write [p : p + H].",
        ),
        Mistake(
            "windows side by side",
            _spread(step=1),
            "Window (i, j) starts at row s·i and column s·j of the padded picture; yours start at "
            "i and j.",
        ),
    ],
    hints=[
        "Average pooling is linear. Which weight did a pixel have in the average of window (i, j)? "
        "It gets back that weight times dy[i, j].",
        "Work in a padded array of zeros, (H + 2p) × (W + 2p), and cut at the end. Only the "
        "divisor depends on `counted`.",
        "The divisor is k * k, or the rows seen times the columns seen, with "
        "min(s*i - p + k, H) - max(s*i - p, 0) rows. Then "
        "padded[s*i : s*i+k, s*j : s*j+k] += dy[i, j] / divisor.",
    ],
)


# 13.3 -------------------------------------------------------------------------------------


def softmax_loss(z: np.ndarray, labels: np.ndarray) -> tuple[float, list[list[float]]]:
    """The mean cross-entropy and its gradient, row by row."""
    total, gradient = 0.0, []
    for row, label in zip(z.astype(float), labels, strict=True):
        shifted = row - row.max()
        total += float(np.log(np.exp(shifted).sum()) - shifted[label])
        p = np.exp(shifted) / np.exp(shifted).sum()
        gradient.append([float(v) / len(z) for v in p - (np.arange(len(row)) == label)])
    return total / len(z), gradient


def _softmax_version(
    *,
    shift: Callable[[np.ndarray], Any] = lambda z: z.max(axis=1, keepdims=True),
    loss: Callable[[np.ndarray, np.ndarray], float] | None = None,
    gradient: Callable[[np.ndarray, np.ndarray, int], np.ndarray] = lambda p, t, N: (p - t) / N,
) -> Callable[..., tuple[float, np.ndarray]]:
    """Wrong versions: another shift, another loss from the shifted scores, another gradient."""

    def wrong(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        u, N = z - shift(z), len(z)
        with np.errstate(all="ignore"):
            sums = np.exp(u).sum(axis=1, keepdims=True)
            p, t = np.exp(u) / sums, np.eye(z.shape[1])[labels]
            right = float((np.log(sums[:, 0]) - u[np.arange(N), labels]).mean())
            return loss(p, labels) if loss else right, gradient(p, t, N)

    return wrong


def _summed(z: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    loss, gradient = softmax_loss(z, labels)
    return loss * len(z), np.array(gradient) * len(z)


def _score_cases() -> list[Case]:
    """Small scores, and scores of some hundreds, for up to three examples and four classes."""
    rng = np.random.default_rng(133)
    found = []
    for number in range(120):
        N, K = int(rng.integers(1, 4)), int(rng.integers(1 + (number > 5), 5))
        z = rng.integers(-4, 5, (N, K)) * (1 if number % 2 else 300)
        found.append({"z": z, "labels": rng.integers(0, K, N)})
    return sorted(found, key=size)


SOFTMAX = Exercise(
    "13.3",
    call="softmax_loss",
    oracle=softmax_loss,
    cases=_score_cases,
    mistakes=[
        Mistake(
            "overflow",
            _softmax_version(shift=lambda z: 0),
            "exp(1200) is too large for a float, and infinity divided by infinity is nan. Subtract "
            "the largest score of each row first; the answer does not change.",
        ),
        Mistake(
            "overflow in the probabilities",
            _softmax_version(
                shift=lambda z: 0,
                loss=lambda p, labels: float(-np.log(p[np.arange(len(p)), labels]).mean()),
            ),
            "exp(1200) is too large for a float, and infinity divided by infinity is nan. Subtract "
            "the largest score of each row first; the answer does not change.",
        ),
        Mistake(
            "one maximum for the whole batch",
            _softmax_version(shift=lambda z: z.max()),
            "You subtract the largest score of the whole batch. In a row far below it every exp "
            "becomes 0, and 0/0 is nan. Each row needs its own maximum: axis=1, keepdims=True.",
        ),
        Mistake(
            "logarithm of zero",
            _softmax_version(
                loss=lambda p, labels: float(-np.log(p[np.arange(len(p)), labels]).mean())
            ),
            "You take the logarithm of a probability that has become 0. Do not form it: the loss "
            "of a row is log(sum(exp(z))) − z[label], with the shifted scores.",
        ),
        Mistake(
            "logarithm made safe",
            _softmax_version(
                loss=lambda p, labels: float(-np.log(p[np.arange(len(p)), labels] + 1e-12).mean())
            ),
            "A small number inside the logarithm hides the zero and puts a ceiling on the loss, "
            "near 27.6. Use log(sum(exp(z))) − z[label], with the shifted scores.",
        ),
        Mistake(
            "gradient not divided by N",
            _softmax_version(gradient=lambda p, t, N: p - t),
            "Your loss is a mean over the examples, your gradient belongs to the sum: divide it "
            "by N.",
        ),
        Mistake(
            "summed",
            _summed,
            "You add up the examples. The loss is their mean, so divide loss and gradient by N.",
        ),
        Mistake(
            "wrong sign",
            _softmax_version(gradient=lambda p, t, N: (t - p) / N),
            "Your gradient is t − p, the direction in which the loss falls. The gradient points "
            "uphill: p − t.",
        ),
        Mistake(
            "label forgotten",
            _softmax_version(gradient=lambda p, t, N: p / N),
            "Your gradient is p. The score of the label enters the loss a second time, with a "
            "minus: subtract 1 there.",
        ),
        Mistake(
            "gradient at p",
            _softmax_version(gradient=lambda p, t, N: -t / p / N),
            "−t/p is the gradient at the probabilities. It still has to go back through the "
            "softmax; together they give p − t.",
        ),
    ],
    hints=[
        "Row by row: which amount may you subtract from all scores of a row without changing its "
        "softmax, and which choice keeps every exp at 1 or below?",
        "With the shifted scores u the loss of a row is log(sum(exp(u))) − u[label]. No logarithm "
        "of a probability is needed.",
        "u = z - z.max(axis=1, keepdims=True); p = exp(u) / its row sums; then subtract 1 from "
        "p[np.arange(N), labels] and divide by N.",
    ],
)


# 13.4 -------------------------------------------------------------------------------------


def he(normal: np.ndarray) -> np.ndarray:
    """Scale standard normal numbers to variance 2 / fan-in, the inputs counted one by one."""
    read_by_one_output = sum(1 for _ in np.ndindex(normal.shape[1:]))
    return normal * sqrt(2 / read_by_one_output)


def _scaled(factor: Callable[[tuple[int, ...]], float]) -> Callable[..., np.ndarray]:
    return lambda normal: normal * factor(normal.shape)


def _normal_cases() -> list[Case]:
    rng = np.random.default_rng(134)
    shapes: list[tuple[int, ...]] = [(2, 1), (3, 2), (5, 4)]  # dense
    for axes in (1, 2, 3):
        shapes += [
            (int(rng.integers(1, 7)), *(int(n) for n in rng.integers(1, 4, axes + 1)))
            for _ in range(10)
        ]
    return sorted(({"normal": rng.standard_normal(shape)} for shape in shapes), key=size)


HE = Exercise(
    "13.4",
    call="he",
    oracle=he,
    cases=_normal_cases,
    mistakes=[
        Mistake(
            "number of filters",
            _scaled(lambda shape: sqrt(2 / shape[0])),
            "You divide by the number of filters. One output adds up the inputs of one window: "
            "count those, channels times taps.",
        ),
        Mistake(
            "fan-out",
            _scaled(lambda shape: sqrt(2 / (shape[0] * prod(shape[2:])))),
            "You count filters times taps. That is the fan-out, which rules the way back.",
        ),
        Mistake(
            "variance for spread",
            _scaled(lambda shape: 2 / prod(shape[1:])),
            "You multiply by the variance. A number with spread 1 gets the variance v when it is "
            "multiplied by the square root of v.",
        ),
        Mistake(
            "channels only",
            _scaled(lambda shape: sqrt(2 / shape[1])),
            "You count the channels, but each of them enters with all the taps of the kernel.",
        ),
        Mistake(
            "taps only",
            _scaled(lambda shape: sqrt(2 / prod(shape[2:]))),
            "You count the taps of one channel. An output adds up those of every input channel.",
        ),
        Mistake(
            "no 2",
            _scaled(lambda shape: sqrt(1 / prod(shape[1:]))),
            "The ReLU throws away half of the mean square, and the 2 makes up for it. 1/fan-in is "
            "right for a layer without ReLU.",
        ),
        Mistake(
            "every weight",
            _scaled(lambda shape: sqrt(2 / prod(shape))),
            "You count all weights of the layer. The filters do not meet in one output: leave out "
            "the first axis.",
        ),
        Mistake(
            "square kernels",
            _scaled(lambda shape: sqrt(2 / (shape[1] * (shape[-1] ** (len(shape) - 2))))),
            "You take the last side of the kernel for all of its sides. Multiply the sides.",
        ),
    ],
    hints=[
        "How many weights take part in one output? Every weight of one filter, and no other.",
        "One filter is normal[0]. The variance is 2 divided by the number of its weights.",
        "normal * np.sqrt(2 / normal[0].size)",
    ],
)


# 13.5 -------------------------------------------------------------------------------------

BatchNorm = Callable[..., tuple[np.ndarray, np.ndarray]]


def batch_norm(
    x: np.ndarray, dy: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
    mean: np.ndarray, var: np.ndarray, eps: float, training: bool,
) -> tuple[Any, Any]:  # fmt: skip
    """Forward and backward with the whole Jacobian of each channel, entry by entry."""
    y, dx = np.zeros(x.shape), np.zeros(x.shape)
    for c in range(x.shape[1]):
        values, d = x[:, c].ravel(), dy[:, c].ravel()
        mu, v = (values.mean(), values.var()) if training else (mean[c], var[c])
        root = np.sqrt(v + eps)
        hat, m = (values - mu) / root, len(values)
        jacobian = np.eye(m) / root
        if training:
            jacobian -= (1 + np.outer(hat, hat)) / (m * root)
        y[:, c] = (gamma[c] * hat + beta[c]).reshape(x[:, c].shape)
        dx[:, c] = (gamma[c] * jacobian.T @ d).reshape(x[:, c].shape)
    return y.tolist(), dx.tolist()


def _normed(
    *,
    axes: tuple[int, ...] = (0, 2, 3),
    ddof: int = 0,
    root: Callable[[np.ndarray, float], np.ndarray] = lambda v, eps: np.sqrt(v + eps),
    through: tuple[bool, bool] = (True, True),
    modes: tuple[bool, bool] = (True, False),
    back: tuple[bool, bool] | None = None,
    scale: bool = True,
) -> BatchNorm:
    """Wrong versions; `modes` says whether batch statistics serve (in training, in the test)."""

    def wrong(
        x: np.ndarray, dy: np.ndarray, gamma: np.ndarray, beta: np.ndarray,
        mean: np.ndarray, var: np.ndarray, eps: float, training: bool,
    ) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
        at, mode = (1, -1, 1, 1), 0 if training else 1
        g, b = gamma.reshape(at), beta.reshape(at)
        mu, v = mean.reshape(at), var.reshape(at)
        if modes[mode]:
            mu = x.mean(axis=axes, keepdims=True)
            v = ((x - mu) ** 2).mean(axis=axes, keepdims=True)
            m = x.size // mu.size
            v = v * m / max(m - ddof, 1)
        hat = (x - mu) / root(v, eps)
        d = dy * g if scale else dy
        dx = d / root(v, eps)
        if (back or modes)[mode]:
            spread = (hat * (d * hat).mean(axis=axes, keepdims=True)) if through[1] else 0
            level = d.mean(axis=axes, keepdims=True) if through[0] else 0
            dx = (d - level - spread) / root(v, eps)
        return g * hat + b, dx

    return wrong


def _norm_cases() -> list[Case]:
    shapes = draw(
        100, x=image((1, 3), (1, 2), (1, 3), (1, 2)), eps=choice(0.25, 1e-5),
        training=choice(True, False),
        where=lambda x, **_: x.size // x.shape[1] > 1,
    )  # fmt: skip
    rng = np.random.default_rng(135)
    cases = []
    for c in shapes:
        x, C = c["x"], c["x"].shape[1]
        more = {"dy": rng.integers(-3, 4, x.shape), "gamma": rng.integers(1, 4, C)}
        stored = {"mean": rng.integers(-2, 3, C) / 2, "var": rng.integers(1, 5, C) / 2}
        rest = {"eps": c["eps"], "training": c["training"]}
        cases.append({"x": x, **more, "beta": rng.integers(-2, 3, C), **stored, **rest})
    return cases


NORM = Exercise(
    "13.5",
    call="batch_norm",
    oracle=batch_norm,
    cases=_norm_cases,
    mistakes=[
        Mistake(
            "for each activation",
            _normed(axes=(0,)),
            "You average over the batch only, so that every place has a mean of its own. A "
            "channel is the same feature everywhere: average over batch and places, axes "
            "(0, 2, 3).",
        ),
        Mistake(
            "for each picture",
            _normed(axes=(2, 3)),
            "You average over the places of each picture by itself. Batch norm also averages over "
            "the batch: axes (0, 2, 3).",
        ),
        Mistake(
            "channels together",
            _normed(axes=(0, 1, 2, 3)),
            "You take one mean for all channels. Each channel has its own.",
        ),
        Mistake(
            "mean and variance held fixed",
            _normed(back=(False, False)),
            "Your dx in training treats mean and variance as given numbers. Both depend on every "
            "x of the channel: two more terms are subtracted.",
        ),
        Mistake(
            "variance held fixed",
            _normed(through=(True, False)),
            "You let the gradient through the mean, but not through the variance: the term with "
            "x̂ is missing.",
        ),
        Mistake(
            "mean held fixed",
            _normed(through=(False, True)),
            "You let the gradient through the variance, but not through the mean: subtract the "
            "mean of dy as well.",
        ),
        Mistake(
            "batch statistics in the test",
            _normed(modes=(True, True)),
            "With training=False you still use the batch. Then the answer for one picture depends "
            "on its neighbours: use the stored mean and variance.",
        ),
        Mistake(
            "stored statistics in training",
            _normed(modes=(False, False)),
            "In training the layer normalises by the batch that it sees, not by the stored mean "
            "and variance.",
        ),
        Mistake(
            "training's gradient in the test",
            _normed(back=(True, True)),
            "With training=False mean and variance are fixed numbers, so dx is gamma·dy divided by "
            "the root, and nothing is subtracted.",
        ),
        Mistake(
            "m − 1",
            _normed(ddof=1),
            "You divide by m − 1 in the variance of the batch. Here it is the plain mean of the "
            "squares, divided by m.",
        ),
        Mistake(
            "eps outside the root",
            _normed(root=lambda v, eps: np.sqrt(v) + eps),
            "You add eps to the root. It is added to the variance, under the root.",
        ),
        Mistake(
            "gamma forgotten in dx",
            _normed(scale=False),
            "Your dx lacks gamma: y is gamma times x̂, so dy is multiplied by gamma on its way "
            "back.",
        ),
    ],
    hints=[
        "All sums run over axes (0, 2, 3); keepdims=True keeps the shape (1, C, 1, 1) ready. The "
        "four vectors of length C need .reshape(1, -1, 1, 1).",
        "With hat = (x − mean)/root and d = gamma·dy, in training "
        "dx = (d − mean(d) − hat·mean(d·hat)) / root, each mean taken over the channel.",
        "With training=False take the stored mean and variance for the forward pass, and "
        "dx = d / root.",
    ],
)


# 13.6 -------------------------------------------------------------------------------------


def gradient_std(shape: tuple[int, ...], stride: int) -> float:
    """Count the taps that reach each input of one period, far from the ends; then 2/average."""
    period = [range(stride) for _ in shape[2:]]
    taps = list(product(*(range(k) for k in shape[2:])))
    readers = [
        sum(all((t - j) % stride == 0 for t, j in zip(place, tap, strict=True)) for tap in taps)
        for place in product(*period)
    ]
    return sqrt(2 * len(readers) / (shape[0] * sum(readers)))


def _std(
    inverse: Callable[[tuple[int, ...], int], float], *, root: bool = True
) -> Callable[..., float]:
    return lambda shape, stride: sqrt(inverse(shape, stride)) if root else inverse(shape, stride)


FAN_OUT = Exercise(
    "13.6",
    call="gradient_std",
    oracle=gradient_std,
    cases=lambda: every(
        shape=[
            *((f, c, k) for f, c, k in product((1, 2, 5), (1, 3), (1, 2, 3))),
            *((f, c, a, b) for f, c, a, b in product((1, 4), (1, 3), (1, 3), (2, 3))),
            (2, 3, 3, 3, 3),
            (4, 1, 1, 2, 3),
        ],
        stride=(1, 2, 3),
    ),
    mistakes=[
        Mistake(
            "fan-in",
            _std(lambda w, s: 2 / prod(w[1:])),
            "This is the rule for the way forward: you count what one output adds up. For the way "
            "back count what one input adds up.",
        ),
        Mistake(
            "stride forgotten",
            _std(lambda w, s: 2 / (w[0] * prod(w[2:]))),
            "You forgot the stride. With larger steps fewer windows read an input, and less comes "
            "back to it.",
        ),
        Mistake(
            "stride once",
            _std(lambda w, s: 2 * s / (w[0] * prod(w[2:]))),
            "The stride thins out the windows along every axis: a picture has s², a volume s³ "
            "times fewer of them.",
        ),
        Mistake(
            "stride upside down",
            _std(lambda w, s: 2 / (w[0] * prod(w[2:]) * s ** (len(w) - 2))),
            "You divide by the stride where you should multiply. Fewer windows read an input, so "
            "less comes back and the weights must be larger.",
        ),
        Mistake(
            "no 2",
            _std(lambda w, s: s ** (len(w) - 2) / (w[0] * prod(w[2:]))),
            "The ReLU behind the layer stops half of the gradient: the variance needs a factor 2.",
        ),
        Mistake(
            "variance",
            _std(lambda w, s: 2 * s ** (len(w) - 2) / (w[0] * prod(w[2:])), root=False),
            "This is the variance; asked for is its square root.",
        ),
        Mistake(
            "channels counted too",
            _std(lambda w, s: 2 * s ** (len(w) - 2) / prod(w)),
            "You multiply by the number of input channels. An input belongs to one of them; its "
            "readers are the filters, each with its taps.",
        ),
    ],
    hints=[
        "One dx adds up products w·dy, one for each pair of a window and a tap that reads this "
        "input. How many pairs are there on average, far from the border, in one channel?",
        "Along one axis there are k taps for each window and one window for every s inputs, so "
        "k/s pairs for an input. Then multiply over the axes, and by the filters.",
        "The variance times F·∏k / s^axes, times ½ for the ReLU, must be 1. The number of axes is "
        "len(shape) − 2.",
    ],
)

# 13.7 -------------------------------------------------------------------------------------

Arrays = tuple[np.ndarray, ...]


def forward(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> np.ndarray:
    """The layer by the loops of the reference."""
    return np.asarray(reference.conv(x, w, b, stride=stride, padding=padding))


def _wide(stack: np.ndarray) -> np.ndarray:
    """Put the column matrices of a batch side by side, place first."""
    return stack.transpose(1, 2, 0).reshape(stack.shape[1], -1)


def _windows(x: np.ndarray, w: np.ndarray, stride: int, padding: int) -> np.ndarray:
    return np.asarray(reference.im2col(x, w.shape[2:], stride=stride, padding=padding))


def _forward(
    *,
    columns: Callable[[np.ndarray], np.ndarray] = _wide,
    rows: Callable[[np.ndarray], np.ndarray] = lambda w: w.reshape(len(w), -1),
    fold: Callable[[np.ndarray, Any, int], np.ndarray] = lambda Y, o, N: Y.reshape(
        len(Y), *o, N
    ).transpose(3, 0, 1, 2),
    bias: bool = True,
    padded: bool = True,
) -> Callable[..., np.ndarray]:
    """Wrong versions: other columns, other rows, another way from the product to the maps."""

    def wrong(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> np.ndarray:
        p = padding if padded else 0
        o = [(n + 2 * p - w.shape[2]) // stride + 1 for n in x.shape[2:]]
        Y = rows(w) @ columns(_windows(x, w, stride, p)) + (b[:, None] if bias else 0)
        return fold(Y, o, len(x))

    return wrong


def _bias_along_the_rows(
    x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int
) -> np.ndarray:
    """NumPy lines b up with the last axis: an error, or another bias for every column."""
    return forward(x, w, 0 * b, stride, padding) + b


def _with_columns(x: np.ndarray, w: np.ndarray, b: np.ndarray, stride: int, padding: int) -> Arrays:
    return forward(x, w, b, stride, padding), _wide(_windows(x, w, stride, padding))


def _side_by_side(stack: np.ndarray) -> np.ndarray:
    return np.hstack(list(stack))


_LOSES_FRACTIONS = (
    "Your results are whole numbers where they should have fractions: they pass through an array "
    "of whole numbers. Weights are hardly ever whole. Begin with np.zeros(shape), without "
    "dtype=int, and leave astype(int) out."
)
# What each array of a case is multiplied by. Quarters show who cuts fractions off; with 1001 the
# results have too many digits for float16, while float32 still holds them exactly.
_KINDS: tuple[dict[str, float], ...] = (
    {},
    {"w": 0.25, "b": 0.5},
    {"x": 0.25, "w": 1001, "b": 1001},
    {"w": 0.25, "dy": 1001},
)


def _varied(arrays: dict[str, np.ndarray], number: int) -> dict[str, Any]:
    """The arrays of case `number`: all small and whole in one of four, some not in the others."""
    factors = _KINDS[number % 4]
    return {name: factors.get(name, 1) * a for name, a in arrays.items()}


@cache
def _layers() -> list[Case]:
    """Small layers, with a dy, that leave remainders and are not square."""
    drawn = draw(
        150, N=integer(1, 3), C=integer(1, 3), F=integer(1, 3), k=integer(1, 3), H=integer(1, 5),
        W=integer(1, 5), stride=integer(1, 3), padding=integer(0, 1),
        where=lambda k, H, W, padding, **_: padding < k <= min(H, W) + 2 * padding,
        seed=137,
    )  # fmt: skip
    rng = np.random.default_rng(137)
    found: list[Case] = []
    for c in drawn:
        N, C, F, k, H, W, s, p = c.values()
        o = [(n + 2 * p - k) // s + 1 for n in (H, W)]
        shapes = {"x": (N, C, H, W), "w": (F, C, k, k), "b": (F,), "dy": (N, F, *o)}
        arrays = {name: rng.integers(-9, 10, shape) for name, shape in shapes.items()}
        found.append({**_varied(arrays, len(found)), "stride": s, "padding": p})
    return sorted(found, key=lambda c: sum(c[name].size for name in ("x", "w", "dy")))


def _forward_cases() -> list[Case]:
    return [{name: c[name] for name in ("x", "w", "b", "stride", "padding")} for c in _layers()]


FORWARD = Exercise(
    "13.7",
    call="layer_forward",
    oracle=forward,
    cases=_forward_cases,
    mistakes=[
        Mistake(
            "reshape for transpose",
            _forward(fold=lambda Y, o, N: Y.reshape(N, len(Y), *o)),
            "The rows of the product belong to the filters, so the filter is its first axis. You "
            "reshape as if the picture were. Cut it into (filters, rows, columns, pictures), and "
            "then move the pictures to the front with transpose(3, 0, 1, 2).",
        ),
        Mistake(
            "picture first, cut as place first",
            _forward(columns=_side_by_side),
            "Your columns stand picture first, all windows of one picture together, and you cut "
            "the product as if they stood place first. Keep to one order: pictures outermost "
            "needs (filters, pictures, rows, columns), then transpose(1, 0, 2, 3).",
        ),
        Mistake(
            "picture first, reshaped",
            _forward(columns=_side_by_side, fold=lambda Y, o, N: Y.reshape(N, len(Y), *o)),
            "Filters and pictures change places by a transpose, not by a reshape. Your product "
            "has the axes (filters, pictures, rows, columns): reshape it to these, then swap the "
            "first two.",
        ),
        Mistake(
            "rows and columns exchanged",
            _forward(fold=lambda Y, o, N: Y.reshape(len(Y), *o, N).transpose(3, 0, 2, 1)),
            "Your maps are transposed: rows and columns have changed places. The last two axes "
            "stay in their order, transpose(3, 0, 1, 2).",
        ),
        Mistake(
            "weights cut into columns",
            _forward(rows=lambda w: w.reshape(-1, len(w)).T),
            "reshape(-1, F).T has the right shape and the wrong order: it deals the weights out to "
            "the filters like cards. A filter is a row: w.reshape(F, -1).",
        ),
        Mistake(
            "kernel turned",
            _forward(rows=lambda w: w[:, :, ::-1, ::-1].reshape(len(w), -1)),
            "You turn the kernels. The layer correlates: every tap multiplies the number on which "
            "it lies.",
        ),
        Mistake(
            "bias left out",
            _forward(bias=False),
            "The biases are missing. Filter f adds b[f] to all of its outputs: b[:, None] is a "
            "column.",
        ),
        Mistake(
            "bias along the places",
            _bias_along_the_rows,
            "You add b along the last axis, the columns of the maps. Each filter has one bias: "
            "b[:, None] beside the product, or b[:, None, None] beside the maps.",
        ),
        Mistake(
            "columns returned as well",
            _with_columns,
            "You return the columns, too. A layer keeps them for the way back; here only y is "
            "asked for.",
        ),
        Mistake(
            "padding left out",
            _forward(padded=False),
            "You cut the windows without the padding. Hand it on to im2col, and count it in the "
            "size of the maps.",
        ),
        Mistake("whole numbers", lambda *c: forward(*c).astype(int), _LOSES_FRACTIONS),
    ],
    hints=[
        "Three steps: the windows of the batch as columns, one product, and the product cut into "
        "maps. Write the shape beside every line.",
        "With X = to_columns(x, k, stride, padding) the product w.reshape(F, -1) @ X + b[:, None] "
        "has F rows; along a row the picture changes fastest, then the column of the map.",
        "oh, ow = out_sizes(x.shape, k, stride, padding); then "
        "Y.reshape(F, oh, ow, N).transpose(3, 0, 1, 2).",
    ],
)


# 13.8 -------------------------------------------------------------------------------------


def backward(
    dy: np.ndarray, columns: np.ndarray, w: np.ndarray, shape: tuple[int, ...],
    stride: int, padding: int,
) -> Arrays:  # fmt: skip
    """The gradients by the loops of the reference, from the pixels that the columns hold."""
    stack = columns.reshape(len(columns), -1, shape[0]).transpose(2, 0, 1)
    slide = {"stride": stride, "padding": padding}
    count = reference.col2im(np.ones_like(stack), shape[2:], w.shape[2:], **slide)
    total = reference.col2im(stack, shape[2:], w.shape[2:], **slide)
    count = np.maximum(count, 1)  # a pixel that no window reads does not matter
    x = total // count if total.dtype.kind in "iu" else total / count
    found = reference.conv_backward(dy, x, w, **slide)
    return found.dx, found.dw, found.db


def _errors(dy: np.ndarray) -> np.ndarray:
    return dy.transpose(1, 2, 3, 0).reshape(dy.shape[1], -1)


def _apart(columns: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return columns.reshape(len(columns), -1, shape[0]).transpose(2, 0, 1)


def _home(stack: np.ndarray, shape: tuple[int, ...], k: int, s: int, p: int) -> np.ndarray:
    return np.asarray(reference.col2im(stack, shape[2:], (k, k), stride=s, padding=p))


def _overwriting(stack: np.ndarray, shape: tuple[int, ...], k: int, s: int, p: int) -> np.ndarray:
    """The last window wins."""
    N, C, H, W = shape
    padded = np.zeros((N, C, H + 2 * p, W + 2 * p), stack.dtype)
    wide = (W + 2 * p - k) // s + 1
    for place in range(stack.shape[2]):
        i, j = s * (place // wide), s * (place % wide)
        padded[:, :, i : i + k, j : j + k] = stack[:, :, place].reshape(N, C, k, k)
    return padded[:, :, p : p + H, p : p + W]


def _up_to_the_last_window(
    stack: np.ndarray, shape: tuple[int, ...], k: int, s: int, p: int
) -> np.ndarray:
    """Take the last window's end for the end of the padded picture, and fill up with zeros."""
    ends = [s * ((n + 2 * p - k) // s) + k for n in shape[2:]]
    read = np.asarray(reference.col2im(stack, ends, (k, k), stride=s))
    read = read[:, :, p : ends[0] - p, p : ends[1] - p]
    dx = np.zeros(shape, stack.dtype)
    dx[:, :, : read.shape[2], : read.shape[3]] = read
    return dx


def _as_far_as_read(
    stack: np.ndarray, shape: tuple[int, ...], k: int, s: int, p: int
) -> np.ndarray:
    """Return dx only as far as the last window, cut by p."""
    ends = [s * ((n + 2 * p - k) // s) + k for n in shape[2:]]
    read = np.asarray(reference.col2im(stack, ends, (k, k), stride=s))
    return read[:, :, p : ends[0] - p, p : ends[1] - p]


def _reordered(*order: int) -> Callable[..., Arrays]:
    return lambda *case: tuple(backward(*case)[i] for i in order)


def _backward(
    *,
    errors: Callable[[np.ndarray], np.ndarray] = _errors,
    rows: Callable[[np.ndarray], np.ndarray] = lambda w: w.reshape(len(w), -1).T,
    apart: Callable[..., np.ndarray] = _apart,
    home: Callable[..., np.ndarray] = _home,
    bias: Callable[[np.ndarray], np.ndarray] = lambda dy: dy.sum(axis=(0, 2, 3)),
    share: Callable[[np.ndarray, int], Any] = lambda dw, N: dw,
) -> Callable[..., Arrays]:
    """Wrong versions, each with one step of the way back replaced."""

    def wrong(
        dy: np.ndarray, columns: np.ndarray, w: np.ndarray, shape: tuple[int, ...],
        stride: int, padding: int,
    ) -> Arrays:  # fmt: skip
        G = errors(dy)
        dw = share((G @ columns.T).reshape(w.shape), len(dy))
        stack = apart(rows(w) @ G, shape)
        return home(stack, shape, w.shape[2], stride, padding), dw, bias(dy)

    return wrong


def _backward_cases() -> list[Case]:
    found = []
    for c in _layers():
        columns = _wide(_windows(c["x"], c["w"], c["stride"], c["padding"]))
        case = {"dy": c["dy"], "columns": columns, "w": c["w"], "shape": c["x"].shape}
        found.append({**case, "stride": c["stride"], "padding": c["padding"]})
    return found


def _same_arrays(got: Any, expected: Any, case: Case) -> bool:
    """The same arrays in the same order; lists are as good, and so is [dw, db] at the end.

    Every number of the cases is exact in float32, so rounding needs next to no room.
    """
    if len(got) == len(expected) - 1 and isinstance(got[-1], (list, tuple)):
        got = [*got[:-1], *got[-1]]
    return len(got) == len(expected) and all(map(same, got, expected))


def _whole(oracle: Callable[..., Arrays]) -> Callable[..., Arrays]:
    """Wrong versions: the right arrays, cut to whole numbers."""
    return lambda *case: tuple(array.astype(int) for array in oracle(*case))


def _half(oracle: Callable[..., Arrays]) -> Callable[..., Arrays]:
    """Wrong versions: the right arrays in float16."""
    return lambda *case: tuple(array.astype(np.float16) for array in oracle(*case))


_ROUGH = (
    "Your numbers are nearly right: they are rounded to half precision, float16, which keeps about "
    "three digits. Compute in the type of the arrays that you are given."
)


BACKWARD = Exercise(
    "13.8",
    call="layer_backward",
    oracle=backward,
    cases=_backward_cases,
    equal=_same_arrays,
    mistakes=[
        Mistake(
            "reshape instead of transpose",
            _backward(errors=lambda dy: dy.reshape(dy.shape[1], -1)),
            "dy.reshape(F, -1) mixes filters and pictures: it cuts the numbers where they lie. "
            "First bring the filter to the front and the picture to the end, "
            "dy.transpose(1, 2, 3, 0), then reshape.",
        ),
        Mistake(
            "errors picture first",
            _backward(errors=lambda dy: dy.transpose(1, 0, 2, 3).reshape(dy.shape[1], -1)),
            "The errors stand picture first, the columns place first, so that errors meet the "
            "windows of other outputs. Use one order for both: dy.transpose(1, 2, 3, 0).",
        ),
        Mistake(
            "overwrites",
            _backward(home=_overwriting),
            "In dx only the last of several overlapping windows counts. Each copy of a pixel "
            "has its share: col2im adds, += and not =.",
        ),
        Mistake(
            "remainder forgotten",
            _backward(home=_up_to_the_last_window),
            "Your dx is wrong where the stride leaves a remainder: you take the end of the last "
            "window for the end of the padded picture, and cut the padding off there. The "
            "picture is as large as `shape` says: lay the windows into a padded picture of that "
            "size, or hand the size to col2im.",
        ),
        Mistake(
            "dx too small",
            _backward(home=_as_far_as_read),
            "Your dx is smaller than x where the stride leaves a remainder. Pixels that no window "
            "reads belong to the picture as well, and their gradient is 0: `shape` says how large "
            "dx is.",
        ),
        Mistake(
            "bias summed over the wrong axes",
            _backward(bias=lambda dy: dy.sum(axis=(1, 2, 3))),
            "Your db has one number for each picture. There is one bias for each filter: sum over "
            "pictures, rows and columns, axes (0, 2, 3).",
        ),
        Mistake(
            "bias summed over the places only",
            _backward(bias=lambda dy: dy.sum(axis=(2, 3))),
            "Your db still has an axis for the pictures. All pictures share the bias: sum over "
            "axis 0 as well.",
        ),
        Mistake(
            "bias as a column",
            _backward(bias=lambda dy: dy.sum(axis=(0, 2, 3))[:, None]),
            "Your db is a column, (F, 1). The biases of this book are a list of F numbers: leave "
            "keepdims out.",
        ),
        Mistake(
            "bias averaged",
            _backward(bias=lambda dy: dy.mean(axis=(0, 2, 3))),
            "You average db. The bias enters every output with the factor 1, so its gradient is "
            "the sum; a mean belongs into the loss.",
        ),
        Mistake(
            "results in another order",
            _reordered(1, 2, 0),
            "You return the right gradients in another order. Return dx, dw, db.",
        ),
        Mistake(
            "weights averaged over the batch",
            _backward(share=lambda dw, N: dw / N),
            "You divide dw by the number of pictures. Where the loss is a mean, dy has the "
            "factor already.",
        ),
        Mistake(
            "weights reshaped",
            _backward(rows=lambda w: w.reshape(-1, len(w))),
            "w.reshape(-1, F) is not the transpose of w.reshape(F, -1): it has its shape, and "
            "another order. Write w.reshape(F, -1).T.",
        ),
        Mistake(
            "columns handed out picture first",
            _backward(apart=lambda dX, shape: dX.reshape(len(dX), shape[0], -1).transpose(1, 0, 2)),
            "On the way to col2im the columns go to the wrong pictures: they stand place first, "
            "so cut them into (rows, places, pictures) before you move the pictures to the front.",
        ),
        Mistake("whole numbers", _whole(backward), _LOSES_FRACTIONS),
        Mistake("half precision", _half(backward), _ROUGH),
    ],
    hints=[
        "Undo forward from the end: first give dy the order that the product had, filters as "
        "rows, and along a row the pictures fastest.",
        "With G = dy.transpose(1, 2, 3, 0).reshape(F, -1) the three products are G @ columns.T, "
        "the row sums of G, and w.reshape(F, -1).T @ G.",
        "The last of them are columns again: "
        "from_columns(dcolumns, shape, w.shape[2], stride, padding) lays them back. Return "
        "dx, dw.reshape(w.shape) and db.",
    ],
)


# 13.9 -------------------------------------------------------------------------------------


def grouped(
    x: np.ndarray, dy: np.ndarray, w: np.ndarray, b: np.ndarray,
    stride: int, padding: int, groups: int,
) -> Arrays:  # fmt: skip
    """Forward and backward of a layer with groups by the loops of the reference."""
    slide: dict[str, Any] = {"stride": stride, "padding": padding, "groups": groups}
    found = reference.conv_backward(dy, x, w, **slide)
    return reference.conv(x, w, b, **slide), found.dx, found.dw, found.db


Order = Callable[[int, int], np.ndarray]


def _blocks(n: int, groups: int) -> np.ndarray:
    return np.arange(n).reshape(groups, -1)


def _dealt(n: int, groups: int) -> np.ndarray:
    return np.arange(n).reshape(-1, groups).T


def _by_groups(
    *,
    channels: Order = _blocks,
    filters: Order = _blocks,
    maps: Order | None = None,
    add: bool = True,
    biases: Callable[[np.ndarray, np.ndarray], np.ndarray] = lambda b, f: b[f],
) -> Callable[..., Arrays]:
    """Wrong versions: other channels or filters in a group, other places for what comes out."""

    def wrong(
        x: np.ndarray, dy: np.ndarray, w: np.ndarray, b: np.ndarray,
        stride: int, padding: int, groups: int,
    ) -> Arrays:  # fmt: skip
        slide: dict[str, Any] = {"stride": stride, "padding": padding}
        y, dx = np.zeros(dy.shape), np.zeros(x.shape)
        dw, db, F = np.zeros(w.shape), np.zeros(b.shape), len(w)
        every_group = zip(channels(x.shape[1], groups), filters(F, groups), strict=True)
        for q, (c, f) in enumerate(every_group):
            at = (maps or filters)(F, groups)[q]
            y[:, at] = reference.conv(x[:, c], w[f], biases(b, f), **slide)
            found = reference.conv_backward(dy[:, at], x[:, c], w[f], **slide)
            dx[:, c] = found.dx + (dx[:, c] if add else 0)
            dw[f], db[f] = found.dw, found.db
        return y, dx, dw, db

    return wrong


def _first_group(n: int, groups: int) -> np.ndarray:
    return np.tile(np.arange(n // groups), (groups, 1))


def _last_dx(
    x: np.ndarray, dy: np.ndarray, w: np.ndarray, b: np.ndarray,
    stride: int, padding: int, groups: int,
) -> Arrays:  # fmt: skip
    """Dx of the last group only; the others are lost in a loop that starts anew."""
    y, dx, dw, db = grouped(x, dy, w, b, stride, padding, groups)
    dx = dx.copy()
    dx[:, : x.shape[1] - x.shape[1] // groups] = 0
    return y, dx, dw, db


def _group_cases() -> list[Case]:
    drawn = draw(
        100, G=integer(1, 3), N=integer(1, 2), c=integer(1, 2), f=integer(1, 2), k=integer(1, 3),
        H=integer(1, 4), W=integer(1, 4), stride=integer(1, 2), padding=integer(0, 1),
        where=lambda k, H, W, padding, **_: padding < k <= min(H, W) + 2 * padding,
        seed=139,
    )  # fmt: skip
    rng = np.random.default_rng(139)
    found: list[Case] = []
    for case in drawn:
        G, N, c, f, k, H, W, s, p = case.values()
        o = [(n + 2 * p - k) // s + 1 for n in (H, W)]
        shapes = {"x": (N, c * G, H, W), "dy": (N, f * G, *o), "w": (f * G, c, k, k), "b": (f * G,)}
        arrays = {name: rng.integers(-9, 10, shape) for name, shape in shapes.items()}
        arrays = _varied(arrays, len(found))
        found.append({**arrays, "stride": s, "padding": p, "groups": G})
    return sorted(found, key=lambda c: sum(c[name].size for name in ("x", "w", "dy")))


GROUPED = Exercise(
    "13.9",
    call="grouped",
    oracle=grouped,
    cases=_group_cases,
    equal=_same_arrays,
    mistakes=[
        Mistake(
            "first group for all",
            _by_groups(channels=_first_group),
            "All filters read the first channels. Group q reads the channels from q·C/G on.",
        ),
        Mistake(
            "dealt like cards",
            _by_groups(channels=_dealt, filters=_dealt),
            "You put channel c and filter f into the groups c mod G and f mod G. Groups are "
            "neighbours: the first C/G channels and the first F/G filters are group 0.",
        ),
        Mistake(
            "channels dealt",
            _by_groups(channels=_dealt),
            "You deal the channels out to the groups like cards. A group is a block of C/G "
            "neighbouring channels: np.split(x, groups, axis=1).",
        ),
        Mistake(
            "maps interleaved",
            _by_groups(maps=_dealt),
            "The maps of the groups come out shuffled, one of each group in turn. They stand "
            "behind each other: np.concatenate(parts, axis=1), and dy is split in the same way.",
        ),
        Mistake(
            "dx of the last group",
            _last_dx,
            "Only the channels of the last group get a gradient. Each group fills its own block "
            "of dx: collect them all and concatenate along axis 1.",
        ),
        Mistake(
            "biases of the first group",
            _by_groups(biases=lambda b, f: b[: len(f)]),
            "Every group adds the biases of the first one. There are F biases, one for each "
            "filter: split them like the filters.",
        ),
        Mistake(
            "bias in every group",
            _by_groups(biases=lambda b, f: b[f] * (len(b) // len(f))),
            "You add the bias once for each group. A filter belongs to one group, and adds its "
            "bias once.",
        ),
        Mistake("whole numbers", _whole(grouped), _LOSES_FRACTIONS),
        Mistake("half precision", _half(grouped), _ROUGH),
    ],
    hints=[
        "A layer with G groups is G layers beside each other. None of them knows of the others.",
        "np.split(x, groups, axis=1) and np.split(dy, groups, axis=1) cut what has channels and "
        "maps, np.split(w, groups) and np.split(b, groups) the filters.",
        "For each group build an OurConv(C // G, F // G, k, stride, padding), put in its w and b, "
        "and call forward and backward; concatenate y and dx along axis 1, dw and db along axis 0.",
    ],
)

EXERCISES = [ROUTING, SPREADING, SOFTMAX, HE, NORM, FAN_OUT, FORWARD, BACKWARD, GROUPED]
