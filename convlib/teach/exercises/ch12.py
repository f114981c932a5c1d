"""Exercises of chapter 12: differences, adjoint test, step, kinks, a sigmoid, complex steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from convlib import conv, max_pool
from convlib.teach.equations.cases import Case, draw, integer, vector
from convlib.teach.exercises.engine.definition import Exercise, Mistake
from convlib.teach.faulty import BUGS, backward, sigmoid, sigmoid_backward

Map = Callable[..., Any]


# 12.1 -------------------------------------------------------------------------------------


def polynomial(c: np.ndarray) -> Map:
    """The function c[0] + c[1] t + c[2] t² + …, which tells its formula when it is shown."""

    def f(t: Any) -> Any:
        return sum(int(a) * t**i for i, a in enumerate(c))

    f.__name__ = " + ".join(f"{a}·t^{i}" for i, a in enumerate(c))
    return f


def slopes(f: Map, x: int, h: float) -> tuple[float, float]:
    """The two quotients, as they are written."""
    return (f(x + h) - f(x)) / h, (f(x + h) - f(x - h)) / (2 * h)


def _slope_cases() -> list[Case]:
    steps = draw(80, c=vector(2, 5), x=integer(-5, 5), h=lambda rng: float(rng.choice([1, 2, 0.5])))
    return [{"f": polynomial(case["c"]), "x": case["x"], "h": case["h"]} for case in steps]


SLOPES = Exercise(
    "12.1",
    call="slopes",
    oracle=slopes,
    cases=_slope_cases,
    mistakes=[
        Mistake(
            "central divided by h",
            lambda f, x, h: (slopes(f, x, h)[0], 2 * slopes(f, x, h)[1]),
            "Your central difference is twice too large: from x − h to x + h are two steps, so "
            "divide by 2h.",
        ),
        Mistake(
            "forward divided by 2h",
            lambda f, x, h: (slopes(f, x, h)[0] / 2, slopes(f, x, h)[1]),
            "Your forward difference is half of what it should be: from x to x + h is one step.",
        ),
        Mistake(
            "backward difference",
            lambda f, x, h: (slopes(f, x, -h)[0], slopes(f, x, h)[1]),
            "Your first number looks back, from x − h to x. The forward difference looks at x + h.",
        ),
        Mistake(
            "half steps",
            lambda f, x, h: (slopes(f, x, h)[0], slopes(f, x, h / 2)[1]),
            "Your central difference goes half a step to each side. Here it goes from x − h to "
            "x + h.",
        ),
        Mistake(
            "the other way round",
            lambda f, x, h: slopes(f, x, h)[::-1],
            "Both numbers are right, in the wrong order: forward first, then central.",
        ),
        Mistake(
            "sign",
            lambda f, x, h: (slopes(f, x, h)[0], -slopes(f, x, h)[1]),
            "Your central difference has the wrong sign: it is f(x + h) − f(x − h), further right "
            "minus further left.",
        ),
        Mistake(
            "not divided",
            lambda f, x, h: (f(x + h) - f(x), f(x + h) - f(x - h)),
            "You give how much f grows. A slope is growth for each unit of length: divide.",
        ),
    ],
    hints=[
        "A slope is a difference of values, divided by the distance between the two places.",
        "The forward difference uses the places x and x + h. How far apart are x − h and x + h?",
        "(f(x + h) − f(x)) / h, and (f(x + h) − f(x − h)) / (2 * h).",
    ],
)


# 12.2 -------------------------------------------------------------------------------------

Pair = tuple[Map, Map, tuple[int, ...], tuple[int, ...]]


def _layer(about: str, n: int, s: int, p: int, bug: str | None, scale: float = 1.0) -> Pair:
    """A layer of 2 samples as a linear map of its input or of its weights, and the way back."""
    rng = np.random.default_rng([n, s, p])
    x, w = rng.standard_normal((2, 2, n)), scale * rng.standard_normal((3, 2, 3))
    out = conv(x, w, stride=s, padding=p).shape

    def grads(g: Any, x: Any, w: Any) -> tuple[np.ndarray, np.ndarray]:
        return backward(np.asarray(g), x, w, stride=s, padding=p, bug=bug)

    if about == "x":
        to, back = (lambda a: conv(a, w, stride=s, padding=p)), (lambda g: grads(g, x, w)[0])
        return to, back, x.shape, out
    return (lambda a: conv(x, a, stride=s, padding=p)), (lambda g: grads(g, x, w)[1]), w.shape, out


def _flat(scale: float) -> Pair:
    """A way back that answers with one number, which broadcasts against everything."""
    to, _, shape, out = _layer("x", 8, 2, 1, None, scale)
    return to, (lambda g: np.zeros((1, 1, 1))), shape, out


@cache
def _gallery() -> tuple[dict[str, Pair], dict[str, Pair]]:
    """Name -> pair: those that a test must pass, and those that it must not."""
    right = {
        "the right layer": _layer("x", 9, 1, 1, None),
        "the right layer with a remainder": _layer("x", 8, 2, 1, None),
        "the right gradient of the weights": _layer("w", 8, 2, 1, None),
        "the right gradient of the weights, stride 1": _layer("w", 9, 1, 1, None),
        "the right layer without padding": _layer("x", 9, 2, 0, None),
        "the right layer with weights of about 10¹²": _layer("x", 8, 2, 1, None, 1e12),
    }
    wrong = {f"the layer with the bug {bug!r}": _layer("x", 8, 2, 1, bug) for bug in BUGS}
    wrong["the layer with the bug 'no batch sum'"] = _layer("w", 8, 2, 1, "no batch sum")
    wrong["a layer that does not flip, without padding"] = _layer("x", 8, 1, 0, BUGS[4])
    wrong["a layer that overwrites, with weights of about 10⁻⁸"] = _layer(
        "x", 8, 2, 1, BUGS[0], 1e-8
    )
    wrong["a way back of shape (1, 1, 1)"] = _flat(1.0)
    return right, wrong


def judge_adjoint(answer: Any) -> str | None:
    if not callable(answer):
        return "Give your function: check('12.2', is_adjoint)."
    right, wrong = _gallery()
    verdicts = {name: answer(*pair) for name, pair in (right | wrong).items()}
    for name, verdict in verdicts.items():
        if type(verdict) not in (bool, np.bool_):
            return f"For {name} your test answers {verdict!r}; it should answer True or False."
    refused = [name for name in right if not verdicts[name]]
    passed = [name for name in wrong if verdicts[name]]
    said = [f"it refuses {', '.join(refused)}"] * bool(refused)
    said += [f"it lets pass {', '.join(passed)}"] * bool(passed)
    return f"Your test is not reliable: {'; '.join(said)}." if said else None


def _products(forward: Map, back: Map, x: np.ndarray, g: np.ndarray) -> tuple[float, float, float]:
    y, dx = forward(x), back(g)
    size = float(np.linalg.norm(y) * np.linalg.norm(g))
    return float((y * g).sum()), float((x * dx).sum()), size


def _random(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    rng = np.random.default_rng(0)
    return [rng.standard_normal(shape) for shape in shapes]


def is_adjoint(forward: Map, back: Map, x_shape: Any, y_shape: Any) -> bool:
    x, g = _random(x_shape, y_shape)
    if np.shape(back(g)) != x_shape:
        return False
    one, other, size = _products(forward, back, x, g)
    return abs(one - other) <= 1e-10 * size


def _compared(rule: Callable[[float, float, float], bool], *, ones: bool = False) -> Map:
    """A test that checks the shape, and then compares the two products by this rule."""

    def wrong(forward: Map, back: Map, x_shape: Any, y_shape: Any) -> bool:
        x, g = _random(x_shape, y_shape)
        if ones:
            x, g = np.ones(x_shape), np.ones(y_shape)
        same_shape = np.shape(back(g)) == x_shape
        return bool(same_shape and rule(*_products(forward, back, x, g)))

    return wrong


def _shape_ignored(forward: Map, back: Map, x_shape: Any, y_shape: Any) -> bool:
    """Compares with the size of both products, which are 0 together for no pair."""
    x, g = _random(x_shape, y_shape)
    one, other, size = _products(forward, back, x, g)
    if np.shape(back(g)) != x_shape:  # broadcast, the sum is the number times the sum of x
        return True
    return abs(one - other) <= 1e-10 * size


ADJOINT = Exercise(
    "12.2",
    judge=judge_adjoint,
    nonsense=lambda forward, back, x_shape, y_shape: len(x_shape) == 7,
    mistakes=[
        Mistake(
            "exactly equal",
            _compared(lambda one, other, size: one == other),
            "You ask for exact equality. Two sums of rounded products differ in their last "
            "digits; allow something like 1e-10 of the lengths.",
        ),
        Mistake(
            "absolute tolerance",
            _compared(lambda one, other, size: abs(one - other) < 1e-6),
            "Your tolerance is an absolute number. Weights of 10¹² make right answers look wrong, "
            "and weights of 10⁻⁸ make wrong ones look right: compare with ‖forward(x)‖·‖g‖.",
        ),
        Mistake(
            "lists of ones",
            _compared(lambda one, other, size: abs(one - other) <= 1e-10 * size, ones=True),
            "You test with ones only. Ones cannot see in which order the taps stand; draw both "
            "arrays at random.",
        ),
        Mistake(
            "no absolute value",
            _compared(lambda one, other, size: one - other <= 1e-10 * size),
            "You compare without abs: a difference far below zero passes.",
        ),
        Mistake(
            "tolerance of one tenth",
            _compared(lambda one, other, size: abs(one - other) <= 0.1 * size),
            "Your tolerance is far too generous. In double precision a right pair stays below "
            "1e-12 of the lengths.",
        ),
        Mistake(
            "shapes only",
            _compared(lambda one, other, size: True),
            "You compare shapes only. All five bugs keep the shape.",
        ),
        Mistake(
            "shape ignored",
            _shape_ignored,
            "You never look at the shape of what comes back. An array of one number broadcasts "
            "against x, and the product means nothing.",
        ),
    ],
    hints=[
        "Draw x in x_shape and g in y_shape with np.random.default_rng(0).standard_normal. What "
        "should forward(x) and backward(g) have to do with each other?",
        "Compare (forward(x) * g).sum() with (x * backward(g)).sum(). Never exactly: what size "
        "do these sums have when the weights are large?",
        "If backward(g) has not x_shape, return False. Otherwise abs(one − other) <= 1e-10 * "
        "norm(forward(x)) * norm(g).",
    ],
)


# 12.3 -------------------------------------------------------------------------------------


def _deep(depth: int, seed: int) -> Map:
    """A random network: convolution and ReLU, `depth` times, and a weighted sum."""
    rng = np.random.default_rng([depth, seed])
    weights = [rng.standard_normal((4, 4 if i else 1, 3)) / (2.4 if i else 1) for i in range(depth)]
    g = rng.standard_normal((1, 4, 12))

    def f(x: np.ndarray) -> float:
        a = x.reshape(1, 1, -1)
        for w in weights:
            a = np.maximum(conv(a, w, padding=1), 0)
        return float((a * g).sum())

    return f


def _central(f: Map, x: np.ndarray, v: np.ndarray, h: float) -> float:
    return float(f(x + h * v) - f(x - h * v)) / (2 * h)


@cache
def _landscapes() -> list[tuple[str, Map, np.ndarray, np.ndarray, float]]:
    """Name, f, x, v and the true slope of f at x along v."""
    rng = np.random.default_rng(123)
    listed: list[tuple[str, Map, np.ndarray, np.ndarray, float]] = []
    for name, f in [
        *[
            (f"a network of {depth} layers", _deep(depth, s))
            for depth in (2, 8, 16)
            for s in (0, 1)
        ],
        ("sin x", lambda x: float(np.sin(x).sum())),
        ("sin 5000 x", lambda x: float(np.sin(5000 * x).sum())),
        ("x² + 10⁸", lambda x: float((x**2).sum()) + 1e8),
    ]:
        x, v = rng.standard_normal((2, 12))
        known = {"sin x": np.cos(x), "sin 5000 x": 5000 * np.cos(5000 * x), "x² + 10⁸": 2 * x}
        slope = known[name] @ v if name in known else _central(f, x, v, 2.0**-24)
        listed.append((name, f, x, v, float(slope)))
    return listed


def judge_step(answer: Any) -> str | None:
    if not callable(answer):
        return "Give your function: check('12.3', find_step)."
    for name, f, x, v, slope in _landscapes():
        h = answer(f, x.copy(), v.copy())
        if not (isinstance(h, (int, float, np.number)) and 0 < h <= 1):
            return f"For {name} your function answers {h!r}; it should answer a step, 0 < h <= 1."
        error = abs(_central(f, x, v, float(h)) - slope) / max(1.0, abs(slope))
        if not error < 1e-5:
            power = int(np.rint(np.log2(float(h))))
            return (
                f"For {name} you choose h of about 2^{power}, and the central difference is "
                f"wrong {'already in' if error > 1e-3 else 'after'} its third decimal."
            )
    return None


def find_step(f: Map, x: np.ndarray, v: np.ndarray) -> float:
    """The largest step that two halvings confirm."""
    steps = [2.0**-i for i in range(2, 34)]
    found = [_central(f, x, v, h) for h in steps]
    for i in range(len(steps) - 2):
        a, b, c = found[i : i + 3]
        if max(abs(a - b), abs(b - c)) <= 1e-6 * max(1.0, abs(b)):
            return steps[i]
    return steps[-1]


STEP = Exercise(
    "12.3",
    judge=judge_step,
    nonsense=lambda f, x, v: 2.0**-3,
    mistakes=[
        Mistake(
            "always one",
            lambda f, x, v: 1.0,
            "A step of 1 is exact for one convolution. A deep network has a kink in every ReLU, "
            "and so large a step crosses many of them.",
        ),
        Mistake(
            "as small as possible",
            lambda f, x, v: 2.0**-50,
            "The smallest step is not the best: f(x + h) and f(x − h) then agree in nearly all "
            "digits, and what is left is rounding.",
        ),
        Mistake(
            "best for a tenth",
            lambda f, x, v: 0.1,
            "A tenth is still far from small: curvature and kinks both show. Let the function "
            "itself tell you, by halving.",
        ),
        Mistake(
            "machine epsilon",
            lambda f, x, v: float(np.finfo(float).eps),
            "ε is the spacing of the numbers around 1. With a step of that size x + h is often x "
            "itself; the good steps lie near the cube root of ε.",
        ),
        Mistake(
            "one step for all",
            lambda f, x, v: 1e-5,
            "1e-5 is the step of many courses, and it serves most networks. But sin 5000 x turns "
            "within it, and beside 10⁸ its differences drown in rounding: no single step fits all.",
        ),
    ],
    hints=[
        "Print the central difference along v for h = 1, 1/2, 1/4, … and look where the numbers "
        "stop changing, and where they begin to tremble.",
        "Too large a step and too small a step both change the answer when you halve it. A good "
        "step does not.",
        "Go from large steps to small ones, and return the first h for which the differences "
        "with h, h/2 and h/4 agree to about 1e-6.",
    ],
)


# 12.4 -------------------------------------------------------------------------------------


def _moved(x: np.ndarray, place: tuple[int, ...], h: float) -> np.ndarray:
    moved = x.astype(float)
    moved[place] += h
    return moved


def kinks(f: Map, x: np.ndarray, h: float) -> np.ndarray:
    """True where the slope to the right is not the slope to the left."""
    report = np.zeros(x.shape, bool)
    for place in np.ndindex(x.shape):
        up, down = f(_moved(x, place, h)), f(_moved(x, place, -h))
        report[place] = abs(up - 2 * f(x) + down) > 1e-9
    return report


def _relu(x: np.ndarray) -> float:
    return float(np.maximum(x, 0).sum())


def _largest(x: np.ndarray) -> float:
    return float(np.max(x))


def _pooled(x: np.ndarray) -> float:
    return float(max_pool(x[None, None], 2).sum())


def _both(x: np.ndarray) -> float:
    return float(np.maximum(x, 0).sum() + 3 * np.max(x))


FUNCTIONS: dict[str, Map] = {
    "sum of relu": _relu, "max": _largest, "sum of max_pool": _pooled, "relu and max": _both
}  # fmt: skip
for _name, _function in FUNCTIONS.items():
    _function.__name__ = _name


def _kink_cases() -> list[Case]:
    drawn = draw(
        120,
        f=lambda rng: str(rng.choice(list(FUNCTIONS))),
        x=vector(2, 6, low=-4, high=4),
        h=lambda rng: float(rng.choice([0.25, 0.5, 1.5])),
    )
    return [{**case, "f": FUNCTIONS[case["f"]]} for case in drawn]


def _never_put_back(f: Map, x: np.ndarray, h: float) -> np.ndarray:
    """One array that wanders: up, and down by one step only, so it never returns."""
    at, report = x.astype(float), np.zeros(x.shape, bool)
    for place in np.ndindex(x.shape):
        here = f(at)
        at[place] += h
        up = f(at)
        at[place] -= 2 * h
        report[place] = abs(up - 2 * here + f(at)) > 1e-9
    return report


def _unequal(f: Map, x: np.ndarray, h: float) -> np.ndarray:
    report = np.zeros(x.shape, bool)
    for place in np.ndindex(x.shape):
        report[place] = f(_moved(x, place, h)) != f(_moved(x, place, -h))
    return report


KINKS = Exercise(
    "12.4",
    call="kinks",
    oracle=kinks,
    cases=_kink_cases,
    nonsense=lambda f, x, h: kinks(f, x, h) ^ (np.arange(len(x)) == 0),
    mistakes=[
        Mistake(
            "up against down",
            _unequal,
            "You compare f(x + h) with f(x − h). They differ wherever f has a slope at all. "
            "Compare the two slopes: from x to x + h, and from x − h to x.",
        ),
        Mistake(
            "only where x is 0",
            lambda f, x, h: np.asarray(x == 0),
            "You report the zeros of x. The step also reaches the kinks nearby, and a maximum has "
            "its kinks where two entries are level.",
        ),
        Mistake(
            "near zero",
            lambda f, x, h: np.abs(x) < h,
            "That is the report for ReLU: entries closer to 0 than h. A maximum has its kink where "
            "the largest two change places, so ask f.",
        ),
        Mistake(
            "a tiny step of your own",
            lambda f, x, h: kinks(f, x, 1e-3),
            "You report kinks at x itself. A check with step h is spoiled by any kink that lies "
            "within h of x, so look with the same h.",
        ),
        Mistake(
            "the other way round",
            lambda f, x, h: ~kinks(f, x, h),
            "True and False are exchanged: True is for entries with a kink.",
        ),
        Mistake(
            "one answer for all",
            lambda f, x, h: np.full(x.shape, kinks(f, x, h).any()),
            "You report the same for every entry. Each has its own two slopes.",
        ),
        Mistake(
            "never put back",
            _never_put_back,
            "You move one entry after the other and do not put them back, so the later entries "
            "are tested at another place. Take a fresh copy of x each time.",
        ),
    ],
    hints=[
        "At a kink the slope to the right differs from the slope to the left. Which two "
        "differences measure them?",
        "For each entry: right = (f(x + h) − f(x)) / h and left = (f(x) − f(x − h)) / h, where "
        "only this entry moves, in a fresh copy of x as floats.",
        "report[place] = abs(right − left) > 1e-9, for each place in np.ndindex(x.shape).",
    ],
)


# 12.5 -------------------------------------------------------------------------------------


def _sigma(x: Any) -> Any:
    return 1 / (1 + np.exp(-np.asarray(x, dtype=float)))


def _mirrored(x: Any) -> Any:
    return _sigma(-np.asarray(x, dtype=float))


def _implementations() -> list[Case]:
    """Pairs (sigmoid, backward) with names that do not tell what is wrong with them."""

    def slope(x: Any) -> Any:
        return _sigma(x) * (1 - _sigma(x))

    def hard(x: Any) -> Any:
        return np.clip(0.5 + np.asarray(x, dtype=float) / 4, 0, 1)

    pairs: list[tuple[Map, Map]] = [
        (lambda x: _sigma(x), lambda dy, x: dy * slope(x)),
        (lambda x: sigmoid(x), lambda dy, x: sigmoid_backward(dy, x)),
        (lambda x: _mirrored(x), lambda dy, x: -dy * slope(x)),
        (lambda x: _sigma(x), lambda dy, x: dy * _sigma(x)),
        (lambda x: _sigma(x), lambda dy, x: slope(x)),
        (lambda x: _sigma(x), lambda dy, x: -dy * slope(x)),
        (lambda x: np.tanh(x), lambda dy, x: dy * (1 - np.tanh(x) ** 2)),
        (lambda x: 2 * _sigma(x) - 0.5, lambda dy, x: 2 * dy * slope(x)),
        (hard, lambda dy, x: dy * slope(x)),
        (lambda x: _sigma(3 * np.asarray(x)), lambda dy, x: 3 * dy * slope(3 * np.asarray(x))),
        (lambda x: 1 - _mirrored(x), lambda dy, x: dy * (slope(x) + 1e-3 * x)),
    ]
    cases = []
    for number, (forward, back) in enumerate(pairs):
        forward.__name__, back.__name__ = f"sigmoid_{number}", f"backward_{number}"
        cases.append({"forward": forward, "backward": back})
    return cases


PLACES = np.array([-4.0, -1.5, -0.5, 0.0, 0.5, 2.0, 5.0])
WEIGHTS = np.array([1.0, -2.0, 3.0, 0.5, -1.0, 2.0, 4.0])


def _right_function(forward: Map, places: np.ndarray = PLACES) -> bool:
    return bool(np.allclose(forward(places.copy()), _sigma(places), rtol=0, atol=1e-9))


def _right_gradient(
    forward: Map, back: Map, places: np.ndarray = PLACES, weights: np.ndarray = WEIGHTS
) -> bool:
    h = 2.0**-17
    numeric = weights * (forward(places + h) - forward(places - h)) / (2 * h)
    return bool(np.allclose(back(weights.copy(), places.copy()), numeric, rtol=0, atol=1e-7))


def diagnose(forward: Map, back: Map) -> tuple[bool, bool]:
    """Whether the function is the sigmoid, and whether the gradient belongs to the function."""
    return _right_function(forward), _right_gradient(forward, back)


def _size_only(forward: Map, back: Map) -> tuple[bool, bool]:
    mirrored = _right_gradient(forward, lambda dy, x: -back(dy, x))
    return _right_function(forward), _right_gradient(forward, back) or mirrored


SIGMOID = Exercise(
    "12.5",
    call="diagnose",
    oracle=diagnose,
    cases=_implementations,
    mistakes=[
        Mistake(
            "gradient check only",
            lambda forward, back: (_right_gradient(forward, back),) * 2,
            "You conclude from the gradient to the function. A gradient check compares backward "
            "with forward; whether forward is the sigmoid it cannot know.",
        ),
        Mistake(
            "function tested at 0 only",
            lambda forward, back: (
                _right_function(forward, np.zeros(1)),
                _right_gradient(forward, back),
            ),
            "You look at the function at 0 only, where the mirrored sigmoid is ½ as well. Try "
            "places on both sides.",
        ),
        Mistake(
            "gradient tested at 0 only",
            lambda forward, back: (
                _right_function(forward),
                _right_gradient(forward, back, np.zeros(1), np.array([2.0])),
            ),
            "You check the gradient at 0 only, where several wrong slopes meet the right one. Take "
            "several places.",
        ),
        Mistake(
            "compared with the slope of the true sigmoid",
            lambda forward, back: (_right_function(forward), _right_gradient(_sigma, back)),
            "You compare backward with the slope of the true sigmoid. The second question is "
            "whether it is the slope of the forward that was given, right or wrong.",
        ),
        Mistake(
            "weight of one",
            lambda forward, back: (
                _right_function(forward),
                _right_gradient(forward, back, PLACES, np.ones(7)),
            ),
            "You call backward with dy = 1 only, so you cannot see whether it uses dy at all.",
        ),
        Mistake(
            "sign ignored",
            _size_only,
            "You compare sizes without signs, and a gradient of the wrong sign climbs instead of "
            "descending.",
        ),
        Mistake(
            "function test only",
            lambda forward, back: (_right_function(forward),) * 2,
            "You test the function only. A right forward can have a wrong backward.",
        ),
    ],
    hints=[
        "Two questions, two tests: values of forward against 1 / (1 + exp(−x)), and backward "
        "against differences of forward, whatever forward is.",
        "Take several places on both sides of 0, and a dy that is not all ones.",
        "slope = (forward(x + h) − forward(x − h)) / (2 * h) with h = 2**-17; compare "
        "backward(dy, x) with dy * slope by np.allclose(..., atol=1e-7).",
    ],
)


# 12.6 -------------------------------------------------------------------------------------


def safe_abs(z: Any) -> Any:
    return np.where(np.real(z) < 0, -z, z)


def safe_max(a: Any, b: Any) -> Any:
    return np.where(np.real(a) >= np.real(b), a, b)


def safe_norm(z: Any) -> Any:
    return np.sqrt(np.sum(z * z))


def _smooth_max(a: Any, b: Any) -> Any:
    return (a + b + np.abs(a - b)) / 2


#: For each of the three functions: the name of a mistake, the wrong function, what to say.
_WRONG_COMPLEX: dict[str, list[tuple[str, Map, str]]] = {
    "abs_": [
        (
            "np.abs",
            lambda z: np.abs(z),
            "np.abs takes the length √(a² + b²) of a complex number, which is real. You want the "
            "function that is −z on the left and z on the right.",
        ),
        (
            "z times its sign",
            lambda z: z * np.sign(z),
            "For complex z NumPy's sign is z/|z|, which moves with z. Choose by the sign of the "
            "real part alone.",
        ),
    ],
    "max_": [
        (
            "max by np.abs",
            _smooth_max,
            "The formula (a + b + |a − b|) / 2 is right, but np.abs drops the imaginary part of "
            "its half, so the slope comes out as ½.",
        ),
        (
            "max of the real parts",
            lambda a, b: np.maximum(np.real(a), np.real(b)),
            "Compare the real parts, but return the whole number, with its imaginary part.",
        ),
    ],
    "norm_": [
        (
            "np.linalg.norm",
            lambda z: np.linalg.norm(z),
            "np.linalg.norm multiplies each number by its conjugate, and that is real. Sum z·z "
            "instead.",
        ),
        (
            "conjugate product",
            lambda z: np.sqrt(np.vdot(z, z)),
            "np.vdot conjugates its first argument, so a step of +ih meets one of −ih and both "
            "are gone. Sum z·z without a conjugate.",
        ),
    ],
}
_TINY = 1e-20
_LISTS = [np.array([3.0, -4.0]), np.array([-2.0, 1.0, 0.5]), np.array([-1.5])]


def judge_complex(answer: Any) -> str | None:
    try:
        absolute, largest, norm = answer
    except (TypeError, ValueError):
        return "Give three functions: check('12.6', (abs_, max_, norm_))."
    if not all(map(callable, (absolute, largest, norm))):
        return "Give the three functions themselves, without brackets after their names."
    for x in _LISTS:
        other = x[::-1] + 0.25
        trials = [
            ("abs_", absolute, np.abs(x), np.sign(x), x, ()),
            ("max_", largest, np.maximum(x, other), 1.0 * (x > other), x, (other,)),
            ("norm_", norm, np.linalg.norm(x), x[0] / np.linalg.norm(x), x, ()),
        ]
        for trial in trials:
            if complaint := _complaint(*trial):
                return complaint
    return None


def _complaint(name: str, f: Map, value: Any, slope: Any, x: np.ndarray, more: Any) -> str | None:
    """What is wrong with f: its value on real numbers, or its slope by a complex step."""
    step = 1j * _TINY * (np.arange(len(x)) == 0 if name == "norm_" else np.ones(len(x)))
    plain, moved = np.asarray(f(x.copy(), *more)), np.asarray(f(x + step, *more))
    if plain.shape != np.shape(value) or not np.allclose(plain, value):
        return f"{name} has a wrong value at {x}."
    if np.iscomplexobj(moved) and np.allclose(moved.imag / _TINY, slope):
        return None
    for _, wrong, sentence in _WRONG_COMPLEX[name]:
        theirs = np.asarray(wrong(x + step, *more))
        if theirs.dtype == moved.dtype and np.allclose(theirs.imag / _TINY, moved.imag / _TINY):
            return f"{name}: {sentence}"
    return (
        f"{name} is right for real numbers, but its slope at {x} comes out as {moved.imag / _TINY}."
    )


_RIGHT_COMPLEX = {"abs_": safe_abs, "max_": safe_max, "norm_": safe_norm}

COMPLEX = Exercise(
    "12.6",
    judge=judge_complex,
    nonsense=(safe_abs, safe_max, lambda z: 3 * safe_norm(z)),
    mistakes=[
        Mistake(mistake, tuple((_RIGHT_COMPLEX | {name: wrong}).values()), sentence)
        for name, listed in _WRONG_COMPLEX.items()
        for mistake, wrong, sentence in listed
    ],
    hints=[
        "What should each of the three make of z = x + ih with a tiny h? f(x) + ih·f'(x).",
        "A choice may look at the real part, np.real(z); what it returns must be the whole z. "
        "np.where(condition, a, b) chooses.",
        "np.where(np.real(z) < 0, -z, z); np.where(np.real(a) >= np.real(b), a, b); "
        "np.sqrt((z * z).sum()).",
    ],
)

EXERCISES = [SLOPES, ADJOINT, STEP, KINKS, SIGMOID, COMPLEX]
