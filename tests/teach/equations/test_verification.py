"""verify must be able to fail: wrong equations, blind cases, wrong versions that survive."""

import re

import numpy as np
import pytest

from convlib.teach.equations.cases import draw, every, image, vector
from convlib.teach.equations.evaluation import VerificationError
from convlib.teach.equations.verification import counterexample, records, verify

CASES = every(n=range(5))


def double(n: int) -> int:
    return 2 * n


def twice(n: int) -> int:
    return n + n


WRONG = {"squares": lambda n: n * n, "adds two": lambda n: n + 2}


def test_prints_one_stable_line(capsys) -> None:
    verify("eq-double", twice, double, cases=CASES, wrong=WRONG)
    assert capsys.readouterr().out == "✓ eq-double · 5 cases, exact · caught: squares, adds two\n"


def test_tolerance_is_printed_as_a_power_of_ten(capsys) -> None:
    cases = draw(300, x=image((1, 4), (1, 4), real=True))
    verify(
        "eq-mean", lambda x: x.mean(), lambda x: x.ravel() @ np.full(x.size, 1 / x.size),
        cases=cases, wrong={"sum": np.sum}, tol=1e-12,
    )  # fmt: skip
    assert capsys.readouterr().out == "✓ eq-mean · 300 cases, error below 1e-12 · caught: sum\n"
    (record,) = (record for record in records() if record.label == "eq-mean")
    assert 0 <= record.worst <= 1e-12
    assert record.cases == 300


def test_cases_may_be_tuples_or_come_from_a_generator(capsys) -> None:
    verify("eq-add", lambda i, j: i + j, lambda i, j: j + i,
           cases=((i, i + 1) for i in range(3)), wrong={"minus": lambda i, j: i - j})  # fmt: skip
    counterexample("eq-add", "minus")
    assert capsys.readouterr().out.endswith("minus: for 0, 1 it gives -1; right is 1\n")


def test_counterexamples_are_the_smallest(capsys) -> None:
    verify("eq-double", twice, double, cases=CASES,
           wrong={**WRONG, "raises": lambda n: 1 / (n - 3)})  # fmt: skip
    for name in ("squares", "adds two", "raises"):
        counterexample("eq-double", name)
    lines = capsys.readouterr().out.splitlines()[1:]
    assert lines == [
        "squares: for n=1 it gives 1; right is 2",
        "adds two: for n=0 it gives 2; right is 0",
        "raises: for n=0 it gives -0.333333; right is 0",
    ]


def test_raising_and_another_shape_are_caught(capsys) -> None:
    verify(
        "eq-copy", lambda x: x.copy(), lambda x: +x, cases=draw(20, x=vector(1, 3)),
        wrong={"raises": lambda x: x[9], "column": lambda x: x[:, None],
               "in place": lambda x: x.sort()},
    )  # fmt: skip
    counterexample("eq-copy", "raises")
    assert capsys.readouterr().out.endswith(
        "raises: for x=[1] it raises IndexError; right is [1]\n"
    )


def test_wrong_versions_are_held_against_the_left_side(capsys) -> None:
    verify("eq-a", lambda n: [n], lambda n: (float(n),), cases=CASES, wrong={"zero": lambda n: [0]})
    counterexample("eq-a", "zero")
    assert capsys.readouterr().out.endswith("zero: for n=1 it gives [0]; right is [1]\n")


def test_a_wrong_equation_is_an_error_with_case_and_values() -> None:
    with pytest.raises(VerificationError, match="eq-double does not hold for n=1: left 3, right 2"):
        verify("eq-double", lambda n: n * 3, double, cases=CASES, wrong=WRONG)


def test_shapes_are_part_of_the_equation() -> None:
    with pytest.raises(VerificationError, match=re.escape("(shapes (1, 1) and (1,))")):
        verify("eq-a", lambda x: x[:, None], lambda x: x, cases=draw(9, x=vector(1, 3)),
               wrong={"zero": lambda x: 0}, tol=1e-9)  # fmt: skip


def test_nan_is_never_equal() -> None:
    with pytest.raises(VerificationError, match="left nan, right nan"):
        verify("eq-a", lambda n: np.nan, lambda n: np.nan, cases=CASES, wrong=WRONG)


def test_a_raising_side_is_named() -> None:
    with pytest.raises(VerificationError, match=r"left side raises ValueError: no, for n=0"):
        verify("eq-a", _no, double, cases=CASES, wrong=WRONG)
    with pytest.raises(VerificationError, match=r"right side raises ValueError"):
        verify("eq-a", double, _no, cases=CASES, wrong=WRONG)


def _no(n: int) -> int:
    raise ValueError("no")


def test_inputs_are_read_only() -> None:
    def spoils(x: np.ndarray) -> np.ndarray:
        x += 1
        return x

    with pytest.raises(VerificationError, match="read-only"):
        verify("eq-a", spoils, lambda x: x + 1, cases=draw(5, x=vector(1, 3)), wrong=WRONG)


def test_a_wrong_version_that_survives_is_an_error() -> None:
    with pytest.raises(VerificationError, match="wrong version 'same' passes all 5 cases"):
        verify("eq-double", twice, double, cases=CASES, wrong={"same": lambda n: 2.0 * n})


def test_a_wrong_version_inside_the_margin_is_not_caught() -> None:
    with pytest.raises(VerificationError, match="passes all"):
        verify("eq-double", twice, double, cases=CASES, tol=1e-9,
               wrong={"a little off": lambda n: 2 * n + 1e-7})  # fmt: skip


@pytest.mark.parametrize("tol", [0, -1e-3, 1.0, 10.0, 2e-12, float("nan"), 1e-12 * (1 + 1e-6)])
def test_tolerance_must_be_a_power_of_ten(tol) -> None:
    with pytest.raises(ValueError, match="tol must be a power of ten below 1"):
        verify("eq-double", twice, double, cases=CASES, wrong=WRONG, tol=tol)


@pytest.mark.parametrize("label", ["double", "eq-", "eq-Double", "eq-a b", "(eq-a)"])
def test_labels_have_one_form(label) -> None:
    with pytest.raises(ValueError, match="a label is eq- and then"):
        verify(label, twice, double, cases=CASES, wrong=WRONG)


@pytest.mark.parametrize("name", ["", " ", "a, b", "a · b", "a\nb"])
def test_names_of_wrong_versions_stay_in_their_line(name) -> None:
    with pytest.raises(ValueError, match="a wrong version's name"):
        verify("eq-double", twice, double, cases=CASES, wrong={name: WRONG["squares"]})


def test_nothing_to_try_or_to_catch_is_an_error() -> None:
    with pytest.raises(VerificationError, match="there is no case to try"):
        verify("eq-double", twice, double, cases=[], wrong=WRONG)
    with pytest.raises(VerificationError, match="name at least one wrong version"):
        verify("eq-double", twice, double, cases=CASES, wrong={})


def test_unknown_counterexamples_name_the_known_ones() -> None:
    verify("eq-double", twice, double, cases=CASES, wrong=WRONG)
    with pytest.raises(ValueError, match=r"'eq-nothing' has not been verified yet; .*eq-double"):
        counterexample("eq-nothing", "x")
    with pytest.raises(ValueError, match="no wrong version 'x'; it has: squares, adds two"):
        counterexample("eq-double", "x")


def test_warnings_of_wrong_versions_stay_inside(recwarn) -> None:
    verify("eq-a", lambda x: x, lambda x: +x, cases=draw(9, x=vector(1, 3)),
           wrong={"divides": lambda x: x / np.zeros(1)})  # fmt: skip
    assert not recwarn.list
