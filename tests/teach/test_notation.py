"""Values and calls in one line."""

from fractions import Fraction

import numpy as np
import pytest

from convlib.teach.notation import LONGEST_TEXT, arguments, call, pair, text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.int64(3), "3"), (np.array(2.5), "2.5"), (1 / 3, "0.333333"), (True, "True"),
        ("same", "'same'"), (None, "None"), ((), "()"), ((1,), "(1,)"), ([], "[]"),
        (np.zeros((2, 0)), "[] of shape (2, 0)"), (np.arange(4).reshape(2, 2), "[[0, 1], [2, 3]]"),
        (np.arange(20), "[0, 1, 2, 3, 4, 5, …, 18, 19]"), ({2, 1}, "{1, 2}"), (set(), "{}"),
        ({"k": 1.0}, "{'k': 1}"), (1 + 2j, "1+2j"), (Fraction(1, 3), "Fraction(1, 3)"),
        (10**50, "a number of about 51 digits"), (-(10**50), "a number of about 51 digits"),
        (np.array(["a"]), "['a']"), (len, "len"), (float("nan"), "nan"),
    ],
)  # fmt: skip
def test_text(value, written) -> None:
    assert text(value) == written


def test_long_texts_are_cut() -> None:
    assert len(text("x" * 10_000)) == LONGEST_TEXT
    assert len(text(np.ones((30, 30)) / 3)) <= LONGEST_TEXT


def test_a_pair_shows_the_difference() -> None:
    assert pair(1, 2) == ("1", "2")
    assert pair(1.0, 1.0 + 1e-9) == ("1.0", "1.000000001")


def test_calls_name_their_arguments() -> None:
    assert call("pad", {"x": np.array([1, 2]), "mode": "edge"}) == "pad(x=[1, 2], mode='edge')"
    assert call("f", (1, [2])) == "f(1, [2])"
    assert arguments({}) == ""
