"""Exercises of chapter 5: moving pictures, six maps, a turn, a classifier, a blur, two faces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.reference import max_pool as loop_max_pool
from convlib.teach.drawing import pictures
from convlib.teach.equations.cases import Case, draw
from convlib.teach.exercises.engine.definition import Exercise, Mistake
from convlib.teach.notation import text

Map = Callable[[np.ndarray], Any]


def ring(x: np.ndarray, w: Any) -> np.ndarray:
    """Correlation on a ring: number i is the sum of w[j] · x[i + j], indices modulo n."""
    return np.array([sum(t * x[(i + j) % len(x)] for j, t in enumerate(w)) for i in range(len(x))])


# 5.1 --------------------------------------------------------------------------------------


def shift(x: np.ndarray, down: int, right: int) -> np.ndarray:
    """Every pixel asks who comes to it; from outside comes 0."""
    y = np.zeros_like(x)
    for i, j in np.ndindex(x.shape):
        a, b = i - down, j - right
        if 0 <= a < x.shape[0] and 0 <= b < x.shape[1]:
            y[i, j] = x[a, b]
    return y


def equivariance_error(f: Map, x: np.ndarray, down: int, right: int) -> float:
    return float(np.abs(f(shift(x, down, right)) - shift(f(x), down, right)).max())


_WRONG_SHIFTS: list[tuple[str, Callable[..., Any], str]] = [
    (
        "rolls",
        lambda x, down, right: np.roll(x, (down, right), axis=(0, 1)),
        "What leaves on one side comes in again on the other: that is np.roll, a shift of a ring. "
        "Here zeros come in.",
    ),
    (
        "the other way",
        lambda x, down, right: shift(x, -down, -right),
        "Your shift goes the other way. With down=1 the first row becomes the second: "
        "y[i, j] = x[i − down, j − right].",
    ),
    (
        "rows and columns exchanged",
        lambda x, down, right: shift(x, right, down),
        "You exchanged the axes: the first number moves along the rows, downwards.",
    ),
    (
        "adds a constant",
        lambda x, down, right: x + down + right,
        "You add a number to every pixel. That changes the greys; a shift changes the places.",
    ),
]


def _negative(f: Map, x: np.ndarray, down: int, right: int) -> float:
    return float((f(shift(x, down, right)) - shift(f(x), down, right)).max())


_WRONG_ERRORS: list[tuple[str, Callable[..., Any], str]] = [
    (
        "invariance instead",
        lambda f, x, down, right: np.abs(f(shift(x, down, right)) - f(x)).max(),
        "You compare f(shift(x)) with f(x). That asks whether f is invariant. For equivariance "
        "the answer must move too: compare with shift(f(x)).",
    ),
    (
        "no absolute value",
        _negative,
        "You take the largest difference with its sign, so a difference of −100 counts for "
        "nothing. Take np.abs first.",
    ),
    (
        "the mean",
        lambda f, x, down, right: np.abs(
            f(shift(x, down, right)) - shift(f(x), down, right)
        ).mean(),
        "You take the mean of the differences. The largest was asked for.",
    ),
    (
        "f forgotten",
        lambda f, x, down, right: np.abs(shift(x, down, right) - x).max(),
        "You never ask f: you measure how much the shift changes x.",
    ),
]


def _doubled(x: np.ndarray) -> np.ndarray:
    return 2 * x


def _minus_column_number_times(x: np.ndarray) -> np.ndarray:
    return np.asarray(-x * np.arange(x.shape[1]))


def judge_motion(answer: Any) -> str | None:
    try:
        move, error = answer
    except (TypeError, ValueError):
        return "Give two functions: check('5.1', (shift, equivariance_error))."
    if not (callable(move) and callable(error)):
        return "Give the two functions themselves, without brackets after their names."
    rng = np.random.default_rng(51)
    for shape, down, right in [((2, 3), 1, 0), ((2, 3), 0, 1), ((3, 4), -1, 2), ((3, 3), 4, 0),
                               ((3, 4), 0, -1), ((4, 3), 0, 0)]:  # fmt: skip
        x = rng.integers(1, 10, shape)
        if complaint := _shift_complaint(move, x, down, right):
            return complaint
    for f in (_doubled, _minus_column_number_times):
        x = rng.integers(1, 10, (3, 4))
        if complaint := _error_complaint(error, f, x, 0, 1):
            return complaint
    return None


def _shift_complaint(move: Any, x: np.ndarray, down: int, right: int) -> str | None:
    given = x.copy()
    got = move(given, down, right)
    if not np.array_equal(given, x):
        return "Your shift changes its argument. Begin with y = np.zeros_like(x)."
    if np.array_equal(got, shift(x, down, right)):
        return None
    for _, wrong, sentence in _WRONG_SHIFTS:
        if np.array_equal(got, wrong(x, down, right)):
            return sentence
    return (
        f"shift({x.tolist()}, {down}, {right}) should be {shift(x, down, right).tolist()}; "
        f"got {text(got)}."
    )


def _error_complaint(error: Any, f: Map, x: np.ndarray, down: int, right: int) -> str | None:
    got, right_value = error(f, x.copy(), down, right), equivariance_error(f, x, down, right)
    if np.shape(got) != ():
        return "equivariance_error must return one number, the largest difference."
    if np.isclose(got, right_value):
        return None
    for _, wrong, sentence in _WRONG_ERRORS:
        if np.isclose(got, wrong(f, x, down, right)):
            return "shift is right. " + sentence
    return (
        f"shift is right. For the map {f.__name__.strip('_')} the error should be "
        f"{text(right_value)}; got {text(got)}."
    )


MOTION = Exercise(
    "5.1",
    judge=judge_motion,
    nonsense=(lambda x, down, right: 3 * x, lambda f, x, down, right: -1.0),
    mistakes=[
        *[Mistake(name, (wrong, equivariance_error), says) for name, wrong, says in _WRONG_SHIFTS],
        *[Mistake(name, (shift, wrong), says) for name, wrong, says in _WRONG_ERRORS],
    ],
    hints=[
        "y[i, j] = x[i − down, j − right] where that pixel exists, and 0 elsewhere. Two loops and "
        "one if will do.",
        "Without loops: pad x with enough zeros on all sides, then cut a window of x's shape that "
        "starts `down` rows higher and `right` columns further left.",
        "The error compares two routes from x: shift, then f; and f, then shift. "
        "np.abs(one - other).max() is the largest difference.",
    ],
)


# 5.2 --------------------------------------------------------------------------------------


def _ring_relu(x: np.ndarray) -> Any:
    return np.maximum(ring(x, [1, -2, 3]), 0)


def _zeros_outside(x: np.ndarray) -> Any:
    return loop_conv(x[None, None], np.array([[[1, -2, 3]]]), padding=1)[0, 0]


def _sorted(x: np.ndarray) -> Any:
    return np.sort(x)


def _less_its_mean(x: np.ndarray) -> Any:
    return x - x.mean()


def _every_second_added(x: np.ndarray) -> Any:
    return x[::2].sum()


def _pairs_added(x: np.ndarray) -> Any:
    return ring(x, [1, 1])[::2].sum()


SIX: dict[str, Map] = {
    "ring and ReLU": _ring_relu,
    "zeros outside": _zeros_outside,
    "sorted": _sorted,
    "less its mean": _less_its_mean,
    "every second, added": _every_second_added,
    "pairs, every second, added": _pairs_added,
}
_WHY = {
    "ring and ReLU": "A ring has no border, and ReLU looks at one number at a time: the answer "
    "moves with the list.",
    "zeros outside": "Zeros stand beyond the ends, and a number that comes around to the other "
    "end meets them. Away from the ends it moves along, but the question is about all places.",
    "sorted": "The order of the list does not matter to sort: the same list comes out, unmoved.",
    "less its mean": "The mean is the same for every shift, so what is left moves with the list. "
    "This is equivariant, although it looks at all places at once.",
    "every second, added": "After a shift by one the other half of the numbers is added. Adding "
    "up does not help when every second number was thrown away before.",
    "pairs, every second, added": "Each number is in exactly one of the pairs that are kept, so "
    "this is the sum of the list.",
}


def kind(f: Map) -> str:
    """Run the experiment: every shift of twenty random rings."""
    rng = np.random.default_rng(52)
    lists = rng.integers(-9, 10, (20, 8))
    pairs = [(f(np.roll(x, t)), f(x), t) for x in lists for t in range(1, 8)]
    if all(np.allclose(moved, still) for moved, still, _ in pairs):
        return "invariant"
    along = all(
        np.ndim(still) == 1 and np.allclose(moved, np.roll(still, t)) for moved, still, t in pairs
    )
    return "equivariant" if along else "neither"


def judge_six(answer: Any) -> str | None:
    if not isinstance(answer, dict):
        return "Give a dict from the names of the six maps to words."
    words = {"equivariant", "invariant", "neither"}
    for name, f in SIX.items():
        if answer.get(name) not in words:
            return f"The word for {name!r} must be one of {', '.join(sorted(words))}."
        if answer[name] != kind(f):
            return f"{name!r} does not belong under {answer[name]!r}. {_WHY[name]}"
    return None


_RIGHT = dict(
    zip(
        SIX,
        ["equivariant", "neither", "invariant", "equivariant", "neither", "invariant"],
        strict=True,
    )
)

CLASSIFY = Exercise(
    "5.2",
    judge=judge_six,
    nonsense={**_RIGHT, "sorted": "equivalent"},
    mistakes=[
        Mistake(
            "every convolution is equivariant",
            {**_RIGHT, "zeros outside": "equivariant"},
            "Zeros stand beyond the ends",
        ),
        Mistake(
            "convolutions are invariant",
            {**_RIGHT, "ring and ReLU": "invariant"},
            "the answer moves with the list",
        ),
        Mistake(
            "a list cannot be invariant",
            {**_RIGHT, "sorted": "neither"},
            "the same list comes out",
        ),
        Mistake(
            "sorted moves along",
            {**_RIGHT, "sorted": "equivariant"},
            "the same list comes out",
        ),
        Mistake(
            "only small windows are equivariant",
            {**_RIGHT, "less its mean": "neither"},
            "although it looks at all places at once",
        ),
        Mistake(
            "adding up cures everything",
            {**_RIGHT, "every second, added": "invariant"},
            "Adding up does not help",
        ),
        Mistake(
            "stride spoils everything",
            {**_RIGHT, "pairs, every second, added": "neither"},
            "this is the sum of the list",
        ),
    ],
    hints=[
        "Let the machine decide. For each f compare f(np.roll(x, 1)) with f(x), and with "
        "np.roll(f(x), 1), on a random ring x.",
        "One random list can show that a map is neither. To believe the other two words, try many "
        "lists and several shifts.",
        "Two of the six are equivariant, two invariant, two neither.",
    ],
)


# 5.3 --------------------------------------------------------------------------------------


def pool(x: np.ndarray) -> np.ndarray:
    return np.asarray(loop_max_pool(x[None, None], 2)[0, 0])


def judge_turns(answer: Any) -> str | None:
    try:
        even, odd = (np.array(part, dtype=float) for part in answer)
    except (TypeError, ValueError):
        return "Give two pictures: witness = (even, odd)."
    for name, x, size in [("even", even, 4), ("odd", odd, 3)]:
        if x.shape != (size, size):
            return f"{name} needs {size} rows and {size} columns; yours has shape {x.shape}."
        if not np.isin(x, (0, 1)).all():
            return f"{name} may hold zeros and ones only."
    if np.array_equal(pool(even), pool(np.rot90(even))):
        return (
            f"even proves nothing: before and after the turn the answer is {_rows(pool(even))}. "
            "Look for a picture whose four quarters do not all answer alike."
        )
    if np.array_equal(pool(np.rot90(odd)), pool(odd)):
        return (
            f"odd proves nothing: the answer is {_rows(pool(odd))}, turned or not. The last row "
            "and the last column are never read. What does the turn bring into the window, or out "
            "of it?"
        )
    return None


def _rows(x: np.ndarray) -> str:
    return str(x.astype(int).tolist())


def _one(size: int, row: int, column: int) -> np.ndarray:
    return np.pad(np.ones((1, 1), int), ((row, size - 1 - row), (column, size - 1 - column)))


TURNS = Exercise(
    "5.3",
    judge=judge_turns,
    nonsense=(np.full((4, 4), 0.5), _one(3, 0, 0)),
    mistakes=[
        Mistake("nothing to see", (np.zeros((4, 4)), _one(3, 0, 2)), "even proves nothing"),
        Mistake(
            "four corners",
            ([[1, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0], [1, 0, 0, 1]], _one(3, 0, 2)),
            "even proves nothing",
        ),
        Mistake(
            "one in every window",
            (np.eye(4, dtype=int) + np.eye(4, dtype=int)[::-1], _one(3, 0, 2)),
            "even proves nothing",
        ),
        Mistake("a dot in the middle", (_one(4, 0, 0), _one(3, 1, 1)), "odd proves nothing"),
        Mistake("the unread corner", (_one(4, 0, 0), _one(3, 2, 2)), "odd proves nothing"),
        Mistake("even picture twice", (_one(4, 0, 0), _one(4, 0, 0)), "odd needs 3 rows"),
    ],
    hints=[
        "A single 1 is enough for each of the two pictures. Where may it stand?",
        "In the 4 × 4 picture the turn brings the 1 into another window, wherever it stands.",
        "In the 3 × 3 picture one window reads rows 0 and 1, columns 0 and 1. np.rot90 takes "
        "pixel (i, j) to (2 − j, i): which pixels enter the window, which leave it?",
    ],
)


# 5.4 --------------------------------------------------------------------------------------


def _matches(x: np.ndarray, template: tuple[int, ...]) -> list[int]:
    return [sum(t * x[(i + j) % len(x)] for j, t in enumerate(template)) for i in range(len(x))]


UP, DOWN = (1, 3, 5), (5, 3, 1)


def direction(x: np.ndarray) -> str:
    return "up" if max(_matches(x, UP)) > max(_matches(x, DOWN)) else "down"


def _hidden(rng: np.random.Generator) -> np.ndarray:
    x = rng.integers(-1, 2, int(rng.integers(6, 13)))
    x[:3] = UP if rng.random() < 0.5 else DOWN
    return np.roll(x, int(rng.integers(len(x))))


def _rings() -> list[Case]:
    plain = np.array([1, 3, 5, 0, 0, 0])
    turned = [{"x": np.roll(y, t)} for y in (plain, plain[::-1]) for t in range(6)]
    return turned + draw(150, x=_hidden)


def _by(score: Callable[[list[int]], Any], first: Any = UP, second: Any = DOWN) -> Any:
    return lambda x: "up" if score(_matches(x, first)) > score(_matches(x, second)) else "down"


DIRECTION = Exercise(
    "5.4",
    call="direction",
    oracle=direction,
    cases=_rings,
    mistakes=[
        Mistake(
            "looks at place 0 only",
            _by(lambda m: m[0]),
            "You look at one place only, the beginning of the list. Match everywhere and keep the "
            "largest match.",
        ),
        Mistake(
            "adds the matches up",
            _by(sum),
            "You add up the matches of all places. For a linear layer that is the gain times the "
            "sum of the list, and both templates have gain 9. Take the maximum.",
        ),
        Mistake(
            "where instead of what",
            _by(lambda m: int(np.argmax(m))),
            "You compare the places of the best matches. Compare the matches themselves.",
        ),
        Mistake(
            "the seam",
            _by(lambda m: max(m[:-2])),
            "You do not look across the seam: on a ring the last number is followed by the first, "
            "and the motif may lie there.",
        ),
        Mistake(
            "templates reversed",
            _by(max, DOWN, UP),
            "Your answers are exchanged. Does your matching reverse the template, as np.convolve "
            "does?",
        ),
    ],
    hints=[
        "Lay (1, 3, 5) and (5, 3, 1) on every place of the ring, as two kernels. Where the motif "
        "is, one of them answers 1 + 9 + 25.",
        "An equivariant layer, then global pooling. Which pooling: the sum or the maximum?",
        "To go around the ring, append the first two numbers to the end: "
        "cl.correlate1d(np.append(x, x[:2]), [1, 3, 5]).max().",
    ],
)


# 5.5 --------------------------------------------------------------------------------------


def _layer(x: np.ndarray, w: Any, blur: Any) -> np.ndarray:
    return ring(np.maximum(ring(x, w), 0), blur)[::2]


def robust(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return _layer(x, w, [0.25, 0.5, 0.25])


def _blur_last(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return ring(np.maximum(ring(x, w), 0)[::2], [0.25, 0.5, 0.25])


def _zero_blur(x: np.ndarray, w: np.ndarray) -> np.ndarray:
    return np.asarray(np.convolve(np.maximum(ring(x, w), 0), [0.25, 0.5, 0.25], "same")[::2])


def _size(x: np.ndarray) -> float:
    return float(np.sqrt(np.mean(x**2)))


def _shift_error(f: Map, x: np.ndarray) -> float:
    """How far f of the ring, shifted by one, is from the nearer of the two possible shifts."""
    moved, still = f(np.roll(x, 1)), f(x)
    return min(_size(moved - np.roll(still, u)) for u in (0, 1)) / _size(still)


def judge_robust(answer: Any) -> str | None:
    if not callable(answer):
        return "Give your function: check('5.5', robust)."
    w = np.array([-1.0, 2.0, -1.0])
    x = np.random.default_rng(55).standard_normal(64)
    got = np.asarray(answer(x.copy(), w.copy()))
    if got.shape != (32,):
        return f"A ring of 64 numbers must give 32; yours gives shape {got.shape}."
    flat = np.asarray(answer(np.ones(8), np.array([1.0, 2.0])))
    if np.ptp(flat) > 1e-9:
        return (
            "On a ring of ones your outputs are not all alike. On a ring no place is special: the "
            "blur, too, must go around."
        )
    if not np.allclose(flat.mean(), 3):
        return (
            f"On a ring of ones the layer with taps (1, 2) answers 3; yours {text(flat.mean())} on "
            "average. The blur needs gain 1."
        )
    return _motion_complaint(lambda x: np.asarray(answer(x, w)), x) or _detail_complaint(answer)


def _motion_complaint(f: Map, x: np.ndarray) -> str | None:
    if not np.allclose(f(np.roll(x, 2)), np.roll(f(x), 1)):
        return (
            "A shift of the ring by two must still move the output by exactly one. Does everything "
            "go around the ring?"
        )
    before = _shift_error(lambda x: _layer(x, [-1, 2, -1], [1]), x)
    after = _shift_error(f, x)
    report = f"The error for a shift by one is {after:.0%} (without blur {before:.0%})"
    if after > 0.6 * before:
        return (
            f"{report}. It should fall below {0.6 * before:.0%}. Is the blur before the stride, "
            "and does it mix neighbours?"
        )
    if not np.isclose(f(np.roll(x, 1)).mean(), f(x).mean()):
        return (
            f"{report}, which is enough, but the mean of the output still changes with a shift by "
            "one. Choose taps whose alternating sum is 0."
        )
    return None


def _detail_complaint(answer: Any) -> str | None:
    """A blur that levels everything is robust, and useless."""
    slow = 1 + np.cos(2 * np.pi * np.arange(64) / 16)
    height = np.ptp(np.asarray(answer(slow, np.array([1.0]))))
    if height >= 0.8 * 2:
        return None
    return (
        f"Robust, but too blind: of a slow wave of height 2 your layer keeps {text(height)}. "
        "Blur over fewer neighbours."
    )


ROBUST = Exercise(
    "5.5",
    judge=judge_robust,
    nonsense=lambda x, w: 3 * robust(x, w) + 7,
    mistakes=[
        Mistake("no blur", lambda x, w: _layer(x, w, [1]), "Is the blur before the stride"),
        Mistake("blur after the stride", _blur_last, "Is the blur before the stride"),
        Mistake(
            "every second neighbour",
            lambda x, w: _layer(x, w, [0.5, 0, 0.5]),
            "does it mix neighbours",
        ),
        Mistake("gain 4", lambda x, w: _layer(x, w, [1, 2, 1]), "The blur needs gain 1"),
        Mistake(
            "a box of three",
            lambda x, w: _layer(x, w, [1 / 3] * 3),
            "the mean of the output still changes",
        ),
        Mistake("zeros beyond the ends", _zero_blur, "must go around"),
        Mistake(
            "no stride",
            lambda x, w: ring(np.maximum(ring(x, w), 0), [0.5, 0.5]),
            "must give 32",
        ),
        Mistake(
            "levels everything",
            lambda x, w: _layer(x, w, np.full(len(x), 1 / len(x))),
            "too blind",
        ),
    ],
    hints=[
        "The order is: correlation around the ring, ReLU, blur around the ring, every second.",
        "The stride picks every second number. Its pick changes least if neighbours are alike: "
        "the blur must stand before the stride.",
        "(1, 1)/2, (1, 2, 1)/4 and (1, 4, 6, 4, 1)/16 all have gain 1 and alternating sum 0. "
        "np.roll(y, -1) brings the right neighbour to each place.",
    ],
)


# 5.6 --------------------------------------------------------------------------------------


def local_layer(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    """Four loops: every output has a kernel of its own."""
    height, width, rows, columns = W.shape
    y = np.zeros((height, width))
    for i, j, g, h in np.ndindex(height, width, rows, columns):
        y[i, j] += W[i, j, g, h] * x[i + g, j + h]
    return y


def learned(count: int = 40) -> np.ndarray:
    """Every kernel is its window of the mean upright face minus the mean of the others."""
    x, upright = pictures.faces(count)
    between = x[upright == 1].mean(axis=0) - x[upright == -1].mean(axis=0)
    return np.array([[between[i : i + 3, j : j + 3] for j in range(8)] for i in range(8)])


def _flipped(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    return local_layer(x, W[:, :, ::-1, ::-1])


def _one_kernel(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    return local_layer(x, np.broadcast_to(W[0, 0], W.shape))


def _exchanged(x: np.ndarray, W: np.ndarray) -> np.ndarray:
    return local_layer(x, W.swapaxes(2, 3)) if W.shape[2] == W.shape[3] else local_layer(x, W)


def judge_faces(answer: Any) -> str | None:
    try:
        layer, W, shared = answer
    except (TypeError, ValueError):
        return "Give three things: check('5.6', (local_layer, W, shared))."
    if not callable(layer):
        return "The first thing must be your function local_layer, without brackets."
    if complaint := _layer_complaint(layer):
        return complaint
    W = np.asarray(W, dtype=float)
    if W.shape != (8, 8, 3, 3):
        return f"local_layer is right. W needs shape (8, 8, 3, 3); yours has {W.shape}."
    x, upright = pictures.faces(400, seed=56)
    score = np.array([local_layer(each, W).sum() for each in x])
    accuracy = np.mean(np.sign(score) == upright)
    if accuracy < 0.95:
        return (
            f"local_layer is right, but with your W {accuracy:.0%} of 400 new faces are told "
            "apart; 95% were asked for. Where do the two kinds of face differ?"
        )
    if not isinstance(shared, (int, float)) or abs(shared - 0.5) > 0.02:
        return (
            "local_layer and W are right, shared is not. One kernel, and all its outputs added up: "
            "does the sum change when eyes and mouth change places?"
        )
    return None


def _layer_complaint(layer: Any) -> str | None:
    rng = np.random.default_rng(56)
    x, W = rng.integers(-5, 6, (4, 5)), rng.integers(-5, 6, (3, 3, 2, 3))
    got, right = layer(x.copy(), W.copy()), local_layer(x, W)
    if np.shape(got) == right.shape and np.allclose(got, right):
        return None
    for wrong, sentence in [
        (_flipped, "Your kernels are turned by half a turn. Output (i, j) pairs W[i, j, g, h] "
                   "with x[i + g, j + h]."),
        (_one_kernel, "You use the kernel W[0, 0] everywhere. That is a convolution: here every "
                      "place has its own."),
    ]:  # fmt: skip
        if np.shape(got) == right.shape and np.allclose(got, wrong(x, W)):
            return sentence
    if np.shape(got) != right.shape:
        return f"For W of shape {W.shape} there are (3, 3) outputs; yours have {np.shape(got)}."
    return (
        f"local_layer(x, W)[0, 0] should be {text(right[0, 0])} for x of shape (4, 5) and W of "
        f"shape (3, 3, 2, 3); got {text(np.asarray(got)[0, 0])}."
    )


def _upside_down() -> np.ndarray:
    return -learned()


FACES = Exercise(
    "5.6",
    judge=judge_faces,
    nonsense=(lambda x, W: W[:, :, 0, 0] * 0 + 7, np.zeros((8, 8, 3, 3)), 0.5),
    mistakes=[
        Mistake("kernels flipped", (_flipped, learned(), 0.5), "turned by half a turn"),
        Mistake("one kernel for all", (_one_kernel, learned(), 0.5), "You use the kernel W[0, 0]"),
        Mistake(
            "the same kernel in W",
            (local_layer, np.broadcast_to(learned()[0, 0], (8, 8, 3, 3)).copy(), 0.5),
            "of 400 new faces",
        ),
        Mistake("sign exchanged", (local_layer, _upside_down(), 0.5), "0% of 400 new faces"),
        Mistake("one kernel only", (local_layer, learned()[0, 0], 0.5), "W needs shape"),
        Mistake("sharing does no harm", (local_layer, learned(), 1.0), "shared is not"),
    ],
    hints=[
        "Output (i, j) is the sum of W[i, j] * x[i : i + 3, j : j + 3]. Take the sizes from "
        "W.shape.",
        "For W: average the upright faces, average the others, and subtract. The sign of that "
        "picture says for every pixel what it speaks for.",
        "W[i, j] = that picture's window at (i, j). For `shared`: with one kernel every dot of "
        "eyes and mouth meets all nine taps, wherever it is. So what does the sum know?",
    ],
)

EXERCISES = [MOTION, CLASSIFY, TURNS, DIRECTION, ROBUST, FACES]
