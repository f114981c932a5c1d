"""The strict distance between two results."""

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy

from convlib.teach.equations.comparing import distance

a, b = sympy.symbols("a b")


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (3, 3), (3, 3.0), (np.int64(3), 3), (True, True), ("same", "same"), (None, None),
        ([1, 2], (1, 2)), ([1, 2], np.array([1.0, 2.0])), ([[1], [2, 3]], ([1], [2, 3])),
        (np.array(3), 3), ([], np.array([])), (np.zeros((0, 3)), np.ones((0, 3))),
        (math.inf, math.inf), ([1.0, -math.inf], [1, -math.inf]), (10**400, 10**400),
        (Fraction(1, 2), 0.5), ([Fraction(1, 2)], [0.5]), ({1, 2}, {2, 1}), ({"k": 1}, {"k": 1}),
        ((a + b) ** 2, a**2 + 2 * a * b + b**2), (sympy.sin(a) ** 2 + sympy.cos(a) ** 2, 1),
        (np.array([a + a, b]), np.array([2 * a, b])), (np.array(a), a), ([a, 0], np.array([a, 0])),
        (np.array([0, 0]), np.array([sympy.Integer(0), sympy.Integer(0)])), (2 + 1j, 2 + 1j),
        (["a", 1], ("a", 1)), (np.array(["a", "b"]), ["a", "b"]),
    ],
)  # fmt: skip
def test_equal(left, right) -> None:
    assert distance(left, right) == 0.0
    assert distance(right, left) == 0.0


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ([1, 2], [1, 2, 3]), (np.zeros(3), np.zeros((3, 1))), (np.zeros((0, 3)), np.zeros((0, 2))),
        (np.zeros(1), 0), ([5], 5), (math.nan, math.nan), ([1, math.nan], [1, math.nan]),
        (math.inf, -math.inf), (math.inf, 1), (1, "1"), ("a", "b"), (None, 0),
        (["a", 1], ["a", "1"]),
        (a, b), (a, "a"), (a, None), (np.array([a, b]), np.array([a, a])),
        (np.array([a]), a), ({1}, {2}), ({1}, [1]),
        ([[1], [2, 3]], [[1], [2]]), (np.array([1, 2]), "ab"), (object(), object()), (sympy.nan, 1),
        (10**400, None), (b"a", "a"),
    ],
)  # fmt: skip
def test_infinitely_far(left, right) -> None:
    assert distance(left, right) == math.inf


def test_relative_to_the_right_side_but_never_below_one() -> None:
    assert distance(0.5, 0.25) == 0.25
    assert distance(90, 100) == 0.1
    np.testing.assert_allclose(distance([100.0, 1.0], [100.0, 2.0]), 0.01)
    np.testing.assert_allclose(distance(sympy.Integer(90), 100), 0.1)
    np.testing.assert_allclose(distance(Fraction(9, 10), 1.0), 0.1)


def test_small_differences_are_never_taken_for_none() -> None:
    assert distance(2**60 + 1, 2**60) > 0
    assert distance(np.array([2**60 + 1]), np.array([2**60])) > 0
    assert distance(1 + 2**-52, 1.0) > 0
    assert distance(10**30 + 1, 10**30) > 0


def test_unsigned_numbers_do_not_wrap_around() -> None:
    assert distance(np.uint8([1]), np.uint8([2])) == 0.5
