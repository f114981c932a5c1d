"""Cases: reproducible, distinct, smallest first."""

import numpy as np
import pytest

from convlib.teach.equations.cases import choice, draw, every, image, integer, size, vector


def test_the_same_cases_on_every_run() -> None:
    first = draw(50, x=vector(0, 6), s=integer(1, 4))
    again = draw(50, x=vector(0, 6), s=integer(1, 4))
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a["x"], b["x"])
        assert a["s"] == b["s"]


def test_seed_and_names_change_the_cases() -> None:
    numbers = [
        [tuple(case.values()) for case in cases]
        for cases in (
            draw(20, a=integer(0, 10**9)),
            draw(20, a=integer(0, 10**9), seed=1),
            draw(20, b=integer(0, 10**9)),
        )
    ]
    assert numbers[0] != numbers[1]
    assert numbers[0] != numbers[2]


def test_cases_are_distinct_and_sorted() -> None:
    cases = draw(100, n=integer(0, 20), k=integer(0, 20))
    assert len({tuple(case.values()) for case in cases}) == 100
    assert [size(case) for case in cases] == sorted(size(case) for case in cases)
    assert cases[0] == {"n": 0, "k": 0}


def test_the_corner_is_there_unless_where_rules_it_out() -> None:
    assert draw(5, n=integer(3, 99), mode=choice("valid", "full"))[0] == {"n": 3, "mode": "valid"}
    assert {"n": 3} not in draw(5, n=integer(3, 99), where=lambda n: n > 3)


def test_the_corner_can_be_changed_without_changing_the_recipe() -> None:
    recipe = vector(2, 2)
    draw(1, x=recipe)[0]["x"][:] = 0
    np.testing.assert_array_equal(draw(1, x=recipe)[0]["x"], [1, 2])


@pytest.mark.parametrize("real", [False, True])
def test_images_keep_to_their_ranges(real: bool) -> None:
    for case in draw(60, x=image((1, 3), (2, 4), (0, 2), low=-2, high=2, real=real)):
        x = case["x"]
        assert all(
            lo <= n <= hi for n, (lo, hi) in zip(x.shape, [(1, 3), (2, 4), (0, 2)], strict=True)
        )
        assert x.dtype.kind == ("f" if real else "i")
        assert real or x.size == 0 or np.abs(x).max() <= 2


def test_integers_reach_both_ends() -> None:
    assert {case["n"] for case in draw(3, n=integer(-1, 1))} == {-1, 0, 1}


def test_any_function_of_a_random_generator_is_a_recipe() -> None:
    cases = draw(4, pair=lambda rng: [int(n) for n in rng.integers(0, 99, 2)], k=integer(1, 2))
    assert all(isinstance(case["pair"], list) for case in cases)


def test_too_few_cases_is_a_clear_error() -> None:
    with pytest.raises(ValueError, match=r"asked for 4 different cases, found 3; widen the ranges"):
        draw(4, n=integer(1, 3))
    with pytest.raises(ValueError, match="found 0"):
        draw(1, n=integer(1, 3), where=lambda n: False)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: integer(3, 2), "integer: lo must not exceed hi, got lo=3, hi=2"),
        (lambda: choice(), "choice: give at least one value"),
        (lambda: vector(3, 2), r"needs 0 <= lo <= hi, got \(3, 2\)"),
        (lambda: image((1, 2), (-1, 2)), r"got \(-1, 2\)"),
        (lambda: every(n=[]), "every: no case is left"),
    ],
)
def test_error_texts(make, message) -> None:
    with pytest.raises(ValueError, match=message):
        make()


def test_every_gives_all_combinations_smallest_first() -> None:
    cases = every(n=range(3), flag=(True, False), where=lambda n, flag: n or flag)
    assert len(cases) == 5
    assert cases[0] == {"n": 0, "flag": True} or cases[0] == {"n": 1, "flag": False}
    assert [size(case) for case in cases] == sorted(size(case) for case in cases)


def test_size_counts_entries_and_amounts() -> None:
    assert size({"x": np.zeros((2, 3)), "p": ((1, -2), (0, 3)), "mode": "same", "r": 0.5}) == (
        12,
        0,
    )
    assert size((np.array([3, -4]), np.array(["a"]))) == (3, 7)


def test_whole_numbers_keep_to_a_range_without_zero() -> None:
    values = np.concatenate([case["x"] for case in draw(60, x=vector(1, 5, low=5, high=9))])
    assert values.min() == 5
    assert values.max() == 9


def fitting(rng):
    """A layer whose parts fit each other."""
    c, k = (int(v) for v in rng.integers(1, 4, size=2))
    shapes = {"x": (c, k + int(rng.integers(0, 3))), "w": (2, c, k)}
    return {name: rng.integers(-9, 10, shape) for name, shape in shapes.items()}


def test_a_whole_case_from_one_function():
    cases = draw(50, fitting, s=integer(1, 3))
    assert all(list(case) == ["x", "w", "s"] for case in cases)
    assert all(case["x"].shape[0] == case["w"].shape[1] for case in cases)
    assert [size(case) for case in cases] == sorted(size(case) for case in cases)
    again = draw(50, fitting, s=integer(1, 3))
    assert all(np.array_equal(a["x"], b["x"]) for a, b in zip(cases, again, strict=True))
    other = draw(50, fitting, s=integer(1, 3), seed=1)
    assert any(a["w"].shape != b["w"].shape for a, b in zip(cases, other, strict=True))


def test_a_whole_case_may_be_refused_and_none_comes_twice():
    assert {
        case["n"]
        for case in draw(3, lambda rng: {"n": int(rng.integers(6))}, where=lambda n: n % 2)
    } == {1, 3, 5}
    with pytest.raises(ValueError, match="asked for 9 different cases, found 6"):
        draw(9, lambda rng: {"n": int(rng.integers(6))})
