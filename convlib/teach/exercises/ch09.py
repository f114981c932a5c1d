"""Exercises of chapter 9: fields, boxes, strides, a design, dilations, two paths."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product
from math import prod
from typing import Any

import numpy as np

from convlib.reference import conv as loop_conv
from convlib.teach.equations.cases import Case, draw
from convlib.teach.exercises.engine.definition import Exercise, Mistake

Layer = tuple[int, int, int, int]
Box = Callable[..., Any]


def random_layers(low: int, high: int, *, dilation: int = 3) -> Callable[..., list[Layer]]:
    """A recipe: between `low` and `high` layers (k, s, p, d)."""

    def make(rng: np.random.Generator) -> list[Layer]:
        count = int(rng.integers(low, high, endpoint=True))
        most = [4, 2, 2, dilation]
        rows = rng.integers([1, 1, 0, 1], most, size=(count, 4), endpoint=True)
        return [(int(k), int(s), int(p), int(d)) for k, s, p, d in rows]

    return make


def jump_before(layers: Sequence[Sequence[int]], at: int) -> int:
    return prod(layer[1] for layer in layers[:at])


# 9.1 --------------------------------------------------------------------------------------


def field(layers: list[Layer]) -> tuple[int, int, int]:
    """Walk the two outermost paths down from output 0, and the leftmost one from output 1."""
    first, last, neighbour = 0, 0, 1
    for k, s, p, d in reversed(layers):
        first, neighbour = s * first - p, s * neighbour - p
        last = s * last + d * (k - 1) - p
    return last - first + 1, neighbour - first, first


def _size(layers: list[Layer], grow: Callable[[list[Layer], int], int]) -> int:
    return 1 + sum(grow(layers, at) for at in range(len(layers)))


def _with_size(grow: Callable[[list[Layer], int], int]) -> Callable[..., tuple[int, int, int]]:
    """Wrong versions: a layer adds grow(layers, number) to the size; jump and start are right."""
    return lambda layers: (_size(layers, grow), *field(layers)[1:])


def _with_start(start: Callable[[list[Layer]], int]) -> Callable[..., tuple[int, int, int]]:
    return lambda layers: (*field(layers)[:2], start(layers))


FIELD = Exercise(
    "9.1",
    call="field_of",
    oracle=field,
    cases=lambda: draw(250, layers=random_layers(1, 4)),
    mistakes=[
        Mistake(
            "own stride too",
            _with_size(lambda q, at: (q[at][0] - 1) * q[at][3] * jump_before(q, at + 1)),
            "Your size lets a layer's own stride widen its own field. Add first, and multiply the "
            "jump by the stride afterwards.",
        ),
        Mistake(
            "strides ignored",
            _with_size(lambda q, at: (q[at][0] - 1) * q[at][3]),
            "Your size ignores the strides. One step in layer l is as many steps in the input as "
            "the strides before it multiply to.",
        ),
        Mistake(
            "dilation ignored",
            _with_size(lambda q, at: (q[at][0] - 1) * jump_before(q, at)),
            "Your size ignores the dilation: neighbouring taps are d apart.",
        ),
        Mistake(
            "k steps",
            _with_size(lambda q, at: q[at][0] * q[at][3] * jump_before(q, at)),
            "Between k taps there are k − 1 steps, and you counted k.",
        ),
        Mistake(
            "size of the filter",
            lambda layers: (layers[-1][3] * (layers[-1][0] - 1) + 1, *field(layers)[1:]),
            "Your size is the span of the last kernel. That is what it sees of the layer below, "
            "not of the input.",
        ),
        Mistake(
            "padding not scaled",
            _with_start(lambda layers: -sum(p for _, _, p, _ in layers)),
            "Your start counts every zero once. A zero before layer l moves the start by the jump "
            "before that layer.",
        ),
        Mistake(
            "starts after 0",
            _with_start(lambda layers: -field(layers)[2]),
            "Your start has the wrong sign. With padding, output 0 begins to look before the "
            "first input, at a negative place.",
        ),
        Mistake(
            "another order",
            lambda layers: (field(layers)[0], field(layers)[2], field(layers)[1]),
            "The numbers are right, but their order is size, jump, start.",
        ),
    ],
    hints=[
        "Take two layers of three taps, first with strides 1 and 1, then with 2 and 1, and draw "
        "the path of the last tap.",
        "Keep three numbers while you go through the layers: size 1, jump 1, start 0 before the "
        "first one.",
        "For each layer: size += (k − 1)·d·jump, then start −= p·jump, and at the very end "
        "jump *= s.",
    ],
)


# 9.2 --------------------------------------------------------------------------------------


def box(layers: list[Layer], kernels: list[np.ndarray], biases: list[int], n: int) -> Box:
    """A stack that hides its layers, and insists on lists of n numbers."""

    def run(x: Any) -> np.ndarray:
        y = np.asarray(x)
        if y.shape != (n,):
            raise ValueError(f"this box takes a list of {n} numbers, not shape {y.shape}")
        y = y[None, None]
        for (_, s, p, d), w, b in zip(layers, kernels, biases, strict=True):
            y = loop_conv(y, w[None, None], np.array([b]), stride=s, padding=p, dilation=d)
        return np.asarray(y[0, 0])

    run.layers = layers  # type: ignore[attr-defined]
    run.__name__ = f"a box with layers {layers}"
    return run


def measure(box: Box, n: int) -> int:
    """The oracle need not ask: it knows what is in the box."""
    return field(box.layers)[0]  # type: ignore[attr-defined]


def _length(layers: list[Layer], n: int) -> int:
    for k, s, p, d in layers:
        n = (n + 2 * p - d * (k - 1) - 1) // s + 1
    return n


def _on_the_list(layers: list[Layer], n: int) -> bool:
    """Whether the field of the output in the middle lies on the list."""
    size, jump, start = field(layers)
    first = start + jump * (_length(layers, n) // 2)
    return first >= 0 and first + size <= n


def _boxes() -> list[Case]:
    """Stacks of one or two layers, on lists that are just long enough, and a little longer."""
    rng = np.random.default_rng(92)
    found: list[Case] = []
    for case in draw(60, layers=random_layers(1, 2)):
        layers = case["layers"]
        n = next(n for n in range(field(layers)[0] + 3, 200) if _on_the_list(layers, n))
        kernels = [rng.integers(1, 4, k) * rng.choice([-1, 1], k) for k, *_ in layers]
        biases = [int(b) for b in rng.integers(1, 9, len(layers))]
        found.append({"box": box(layers, kernels, biases, n), "n": n})
    return sorted(found, key=lambda case: int(case["n"]))


def _moved(box: Box, n: int, i: int | None = None) -> list[int]:
    """The inputs that change output i, by default the one in the middle."""
    calm = box(np.zeros(n, dtype=int))
    i = len(calm) // 2 if i is None else i
    return [t for t in range(n) if box(np.eye(n, dtype=int)[t])[i] != calm[i]]


def _stretch(places: list[int]) -> int:
    return places[-1] - places[0] + 1 if places else 0


def _not_zero(box: Box, n: int) -> int:
    i = len(box(np.zeros(n, dtype=int))) // 2
    return _stretch([t for t in range(n) if box(np.eye(n, dtype=int)[t])[i] != 0])


def _outputs_reached(box: Box, n: int) -> int:
    poked = box(np.eye(n, dtype=int)[n // 2])
    return _stretch(np.flatnonzero(poked != box(np.zeros(n, dtype=int))).tolist())


MEASURE = Exercise(
    "9.2",
    call="measure",
    oracle=measure,
    cases=_boxes,
    mistakes=[
        Mistake(
            "bias taken for influence",
            _not_zero,
            "You compare with 0, but the biases alone make an output differ from 0. Compare with "
            "what the box answers to a list of zeros.",
        ),
        Mistake(
            "holes not counted",
            lambda box, n: len(_moved(box, n)),
            "You count the inputs that matter. The field reaches from the first of them to the "
            "last, with the holes that dilation leaves.",
        ),
        Mistake(
            "at the border",
            lambda box, n: _stretch(_moved(box, n, 0)),
            "You look at output 0, whose field may reach into the padding. Look at the output in "
            "the middle.",
        ),
        Mistake(
            "last minus first",
            lambda box, n: _stretch(_moved(box, n)) - 1,
            "Your number is one too small: from place 3 to place 5 there are three places, 5 − 3 "
            "+ 1.",
        ),
        Mistake(
            "outputs instead of inputs",
            _outputs_reached,
            "You count the outputs that one input reaches. Asked is the other direction: the "
            "inputs that reach one output.",
        ),
    ],
    hints=[
        "What does the box answer when nothing is poked, that is, to a list of zeros?",
        "Poke input t with a single 1 at place t. Does output o // 2 differ from the answer to "
        "zeros?",
        "Collect all t for which it does; the size is the last minus the first, plus 1.",
    ],
)


# 9.3 --------------------------------------------------------------------------------------


def _reach(layers: list[tuple[int, int]]) -> int:
    return field([(k, s, 0, 1) for k, s in layers])[0]


def gain(layers: list[tuple[int, int]], at: int) -> int:
    """Double the stride and compare."""
    k, s = layers[at]
    return _reach([*layers[:at], (k, 2 * s), *layers[at + 1 :]]) - _reach(layers)


def _strided() -> list[Case]:
    """Two to four pairs (k, s), and the number of one of the layers."""
    stacks = draw(80, layers=random_layers(2, 4))
    pairs = [[(k, s) for k, s, _, _ in case["layers"]] for case in stacks]
    return [{"layers": layers, "at": at} for layers in pairs for at in range(len(layers))]


GAIN = Exercise(
    "9.3",
    call="gain",
    oracle=gain,
    cases=_strided,
    mistakes=[
        Mistake(
            "own field too",
            lambda layers, at: _reach(layers) - _reach(layers[:at]),
            "You let the stride of a layer widen its own field. It concerns the layers "
            "after it only.",
        ),
        Mistake(
            "the field of layer l",
            lambda layers, at: _reach(layers[: at + 1]),
            "This is the field of that layer itself, as if a larger stride doubled it. That field "
            "does not change at all.",
        ),
        Mistake(
            "everything doubles",
            lambda layers, at: _reach(layers),
            "You let the whole field double. What was seen up to that layer is not affected.",
        ),
        Mistake(
            "jumps forgotten",
            lambda layers, at: sum(k - 1 for k, _ in layers[at + 1 :]),
            "You add up k − 1 for the later layers. Each of these steps is as long as the "
            "strides before it make it.",
        ),
        Mistake(
            "earlier strides forgotten",
            lambda layers, at: _reach([(1, layers[at][1]), *layers[at + 1 :]]) - 1,
            "The strides of the layers before this one stretch the later steps as well.",
        ),
        Mistake(
            "the new field",
            lambda layers, at: gain(layers, at) + _reach(layers),
            "This is the field after doubling. Asked is by how much it grows.",
        ),
    ],
    hints=[
        "Which terms of 1 + Σ (k − 1)·∏ s contain the stride of this layer?",
        "Those of the layers after it, each with this stride as one factor. What happens to them "
        "when the factor doubles?",
        "They double, so the field grows by their sum: the field of the whole stack minus the "
        "field of its first at + 1 layers.",
    ],
)


# 9.4 --------------------------------------------------------------------------------------

FAR, BUDGET, COARSEST = 101, 90, 8
FEWEST = 6  # five layers cost at least 107 weights; tests/teach/exercises/test_designs.py searches


def _judge_design(design: Any) -> str | None:
    layers = [(int(k), int(s)) for k, s in design]
    if not layers or min(k for k, _ in layers) < 1 or not {s for _, s in layers} <= {1, 2}:
        return "every kernel needs at least one tap, and every stride must be 1 or 2."
    if any(k < s for k, s in layers):
        return "a kernel of one tap with stride 2 skips every second number: let k be at least s."
    size, weights = _reach(layers), sum(k * k for k, _ in layers)
    if size != FAR:
        own = 1 + sum((k - 1) * jump_before(layers, at + 1) for at, (k, _) in enumerate(layers))
        more = " You let a layer's own stride widen its own field." if own == FAR else ""
        return f"its field is {size}, not {FAR}.{more}"
    if (jump := prod(s for _, s in layers)) > COARSEST:
        return f"the field is right, but the jump is {jump}, and at most {COARSEST} is allowed."
    if weights > BUDGET:
        return f"the field is right, but it takes {weights} weights, and the budget is {BUDGET}."
    if len(layers) > FEWEST:
        return f"it keeps all the rules with {len(layers)} layers. It can be done with fewer."
    return None


DESIGN = Exercise(
    "9.4",
    judge=_judge_design,
    nonsense=[(3, 2), (4, 1)],
    mistakes=[
        Mistake(
            "no strides",
            [(3, 1)] * 50,
            "it takes 450 weights, and the budget is 90.",
        ),
        Mistake(
            "one large kernel",
            [(101, 1)],
            "it takes 10201 weights, and the budget is 90.",
        ),
        Mistake(
            "strides at the end",
            [(6, 1), (7, 1), (3, 2), (2, 2), (3, 2)],
            "its field is 24, not 101.",
        ),
        Mistake(
            "own stride too",
            [(3, 2), (3, 2), (2, 2), (5, 1), (4, 1), (4, 1)],
            "You let a layer's own stride widen its own field.",
        ),
        Mistake(
            "too coarse",
            [(3, 2), (2, 2), (3, 2), (2, 2), (6, 1)],
            "the jump is 16, and at most 8 is allowed.",
        ),
        Mistake(
            "numbers skipped",
            [(1, 2), (1, 2), (2, 2), (5, 1), (5, 1), (5, 1)],
            "a kernel of one tap with stride 2 skips every second number",
        ),
        Mistake(
            "five layers are too dear",
            [(3, 2), (2, 2), (3, 2), (6, 1), (7, 1)],
            "it takes 107 weights, and the budget is 90.",
        ),
        Mistake(
            "one layer too many",
            [(3, 2), (2, 2), (3, 2), (3, 1), (4, 1), (4, 1), (4, 1)],
            "It can be done with fewer.",
        ),
    ],
    hints=[
        "How many layers may have stride 2 when the jump is at most 8, and where do they help "
        "most?",
        "With strides 2, 2, 2, 1, 1, … the field is 1 + (k₁ − 1) + 2(k₂ − 1) + 4(k₃ − 1) + "
        "8(k₄ − 1) + …. Which steps are the cheapest?",
        "Six layers. The last three add 8 for each tap beyond the first: give them 3 + 4 + 4 "
        "such taps, and find the first three from what is left of 100.",
    ],
)


# 9.5 --------------------------------------------------------------------------------------


def _judge_dilations(dilations: Any) -> str | None:
    rates = [int(d) for d in dilations]
    if len(rates) != 4 or min(rates) < 1 or any(d != int(d) for d in dilations):
        return "give four whole numbers, each at least 1."
    seen = {sum(taps) for taps in product(*([0, d, 2 * d] for d in rates))}
    holes = [place for place in range(max(seen) + 1) if place not in seen]
    if holes:
        more = f"{len(holes)} of its {max(seen) + 1} places"
        return f"the field has holes: {more} are not seen, the first of them is place {holes[0]}."
    if max(seen) + 1 < 3**4:
        why = _unused(sorted(rates))
        return f"there are no holes, and the field is {max(seen) + 1}. A larger one exists.{why}"
    return None


def _unused(rates: list[int]) -> str:
    """A word on rates that double, the popular choice."""
    doubling = all(b == 2 * a for a, b in pairwise(rates))
    return " Doubling suits two taps; with three, some places are reached twice." * doubling


DILATIONS = Exercise(
    "9.5",
    judge=_judge_dilations,
    nonsense=[1, 2, 3, 5],
    mistakes=[
        Mistake("all 2", [2, 2, 2, 2], "8 of its 17 places are not seen"),
        Mistake("no dilation", [1, 1, 1, 1], "there are no holes, and the field is 9."),
        Mistake(
            "doubling",
            [1, 2, 4, 8],
            "Doubling suits two taps; with three, some places are reached twice.",
        ),
        Mistake("powers of 4", [1, 4, 16, 64], "the first of them is place 3."),
        Mistake("odd numbers from 3", [3, 5, 7, 9], "the first of them is place 1."),
    ],
    hints=[
        "One of the four must be 1. Which places does that layer fill by itself?",
        "The next one may step as far as what is filled already, but no further.",
        "The first fills 3 places, the second may have dilation 3 and fills 9. Go on.",
    ],
)


# 9.6 --------------------------------------------------------------------------------------


def two_paths(main: list[Layer], skip: list[Layer]) -> tuple[int, int, float]:
    """Collect the places that either path sees."""
    spans = []
    for layers in (main, skip):
        size, _, start = field(layers)
        spans.append(range(start, start + size))
    places = {*spans[0], *spans[1]}
    size = max(places) - min(places) + 1
    middles = [(span[0] + span[-1]) / 2 for span in spans]
    return size, min(places), middles[0] - middles[1]


def _blocks() -> list[Case]:
    """Pairs of stacks with the same jump; the skip path is often empty or a single layer."""
    pairs = draw(
        120,
        main=random_layers(1, 3),
        skip=random_layers(0, 2),
        where=lambda main, skip: field(main)[1] == field(skip)[1],
    )
    return [{"main": [(3, 1, 1, 1), (3, 1, 1, 1)], "skip": []}, *pairs]


def _spans(main: list[Layer], skip: list[Layer]) -> tuple[int, int, int, int]:
    return field(main)[0], field(main)[2], field(skip)[0], field(skip)[2]


def _larger(main: list[Layer], skip: list[Layer]) -> tuple[int, int, float]:
    return max(field(main)[0], field(skip)[0]), *two_paths(main, skip)[1:]


def _sum(main: list[Layer], skip: list[Layer]) -> tuple[int, int, float]:
    return field(main)[0] + field(skip)[0], *two_paths(main, skip)[1:]


def _shift(shift: Callable[..., float]) -> Callable[..., tuple[int, int, float]]:
    return lambda main, skip: (*two_paths(main, skip)[:2], shift(*_spans(main, skip)))


TWO_PATHS = Exercise(
    "9.6",
    call="two_paths",
    oracle=two_paths,
    cases=_blocks,
    mistakes=[
        Mistake(
            "the larger field",
            _larger,
            "Your size is the larger of the two. When neither field contains the other, the sum "
            "sees more than both: from the smaller start to the larger end.",
        ),
        Mistake(
            "sizes added",
            _sum,
            "You added the two sizes. The fields overlap, and places that both see count once.",
        ),
        Mistake(
            "main only",
            lambda main, skip: (field(main)[0], field(main)[2], two_paths(main, skip)[2]),
            "This is the field of the main path alone. The other path may reach further on one "
            "side.",
        ),
        Mistake(
            "difference of the starts",
            _shift(lambda size, start, size_2, start_2: float(start - start_2)),
            "Your misalignment is the difference of the starts. A larger field starts earlier "
            "even when it is aligned: compare the centres.",
        ),
        Mistake(
            "sign",
            _shift(lambda r, a, r_2, a_2: (a_2 + r_2 / 2) - (a + r / 2)),
            "Your misalignment has the other sign: main minus skip.",
        ),
        Mistake(
            "half places dropped",
            _shift(lambda r, a, r_2, a_2: float((a + (r - 1) // 2) - (a_2 + (r_2 - 1) // 2))),
            "You rounded a centre. A field of even size has its centre between two places: divide "
            "with /, not with //.",
        ),
    ],
    hints=[
        "Draw both fields as bars below the input. From where to where does at least one of them "
        "reach?",
        "The empty stack is fine for cl.receptive_field: size 1, jump 1, start 0.",
        "start = min of the starts, end = max of start + size; size = end − start; and each "
        "field has an attribute .centre.",
    ],
)

EXERCISES = [FIELD, MEASURE, GAIN, DESIGN, DILATIONS, TWO_PATHS]
