"""exhibit must find the smallest case, count honestly, and refuse a claim that holds."""

import numpy as np
import pytest

from convlib.teach.equations.cases import draw, every, integer, vector
from convlib.teach.equations.evaluation import VerificationError
from convlib.teach.equations.museum import exhibit, exhibits

CASES = every(n=range(5))


def square(n: int) -> int:
    return n * n


def double(n: int) -> int:
    return 2 * n


def test_prints_one_line_with_the_smallest_case_and_the_count(capsys) -> None:
    exhibit("E0.2", claim=square, truth=double, cases=CASES)
    assert capsys.readouterr().out == (
        "E0.2 · n=1: the claim gives 1, right is 2 · wrong in 3 of 5 cases\n"
    )


def test_the_smallest_case_is_found_in_any_order(capsys) -> None:
    exhibit("E0.2", claim=square, truth=double, cases=reversed(CASES))
    assert " · n=1: " in capsys.readouterr().out


def test_a_claim_that_is_always_wrong(capsys) -> None:
    exhibit("E0.2", claim=lambda n: -1, truth=double, cases=CASES)
    exhibit("E0.2", claim=lambda n: -1, truth=double, cases=CASES[:1])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(" · wrong in all 5 cases")
    assert lines[1].endswith(" · wrong in the one case tried")


def test_a_claim_that_raises_is_wrong_there(capsys) -> None:
    exhibit("E4.1", claim=lambda n: 4 * n / (2 - n) / n, truth=double, cases=CASES)
    assert capsys.readouterr().out == (
        "E4.1 · n=0: the claim raises ZeroDivisionError, right is 0 · wrong in 5 of 5 cases\n"
    ).replace("5 of 5", "all 5")


def test_words_are_claims_too(capsys) -> None:
    exhibit("E1.1", claim=lambda n: "invariant", truth=lambda n: "neither", cases=CASES[:2])
    assert "the claim gives 'invariant', right is 'neither'" in capsys.readouterr().out


def test_a_note_closes_the_line(capsys) -> None:
    exhibit("A1", claim=square, truth=double, cases=CASES, note="0 and 2 hide it")
    assert capsys.readouterr().out.endswith("wrong in 3 of 5 cases · 0 and 2 hide it\n")


def test_another_shape_is_a_difference(capsys) -> None:
    exhibit("E1.8", claim=lambda x: x[:, None], truth=lambda x: x, cases=draw(9, x=vector(1, 3)))
    assert "the claim gives [[1]], right is [1] · wrong in all 9 cases" in capsys.readouterr().out


def test_a_claim_that_never_fails_is_no_exhibit() -> None:
    with pytest.raises(VerificationError, match=r"E0\.2: the claim never fails on its 5 cases"):
        exhibit("E0.2", claim=lambda n: n + n, truth=double, cases=CASES)
    with pytest.raises(VerificationError, match="never fails on its 0 cases"):
        exhibit("E0.2", claim=square, truth=double, cases=[])


def test_a_difference_inside_the_margin_does_not_count(capsys) -> None:
    with pytest.raises(VerificationError, match="never fails"):
        exhibit("E0.2", claim=lambda n: 2 * n + 1e-7, truth=double, cases=CASES, tol=1e-9)
    exhibit("E0.2", claim=lambda n: 2 * n + 1e-4 * n, truth=double, cases=CASES, tol=1e-9)
    assert "wrong in 4 of 5 cases" in capsys.readouterr().out
    with pytest.raises(ValueError, match=r"E0\.2: tol must be a power of ten"):
        exhibit("E0.2", claim=square, truth=double, cases=CASES, tol=2e-9)


def test_the_truth_must_not_fail() -> None:
    with pytest.raises(VerificationError, match=r"the truth raises ZeroDivisionError: .* for n=0"):
        exhibit("E0.2", claim=square, truth=lambda n: 1 / n, cases=CASES)
    with pytest.raises(VerificationError, match="the truth is not equal to itself, for n=0"):
        exhibit("E0.2", claim=square, truth=lambda n: np.nan, cases=CASES)


@pytest.mark.parametrize("name", ["", "0.2", "e0.2", "E0.2 ", "E0.2.1", "E", "E0.2 and E0.3"])
def test_names_have_one_form(name) -> None:
    with pytest.raises(ValueError, match=r"named like E0\.2"):
        exhibit(name, claim=square, truth=double, cases=CASES)


@pytest.mark.parametrize("note", ["", " ", "a · b", "a\nb"])
def test_notes_stay_in_their_place(note) -> None:
    with pytest.raises(ValueError, match="a note is one line"):
        exhibit("E0.2", claim=square, truth=double, cases=CASES, note=note)


def test_inputs_are_read_only(capsys) -> None:
    def spoils(x: np.ndarray) -> np.ndarray:
        x[:] = 0
        return x

    exhibit("B1", claim=spoils, truth=lambda x: x, cases=draw(5, x=vector(1, 3)))
    assert "the claim raises ValueError, right is [1]" in capsys.readouterr().out


def test_warnings_of_a_claim_stay_inside(recwarn) -> None:
    cases = draw(5, x=vector(1, 3))
    exhibit("B2", claim=lambda x: x / np.zeros(1), truth=lambda x: x, cases=cases)
    assert not recwarn.list


def test_the_register_keeps_each_exhibit_once() -> None:
    for _ in range(2):
        exhibit("R3.1", claim=square, truth=double, cases=draw(3, n=integer(1, 6)))
    (kept,) = [one for one in exhibits() if one.name == "R3.1"]
    assert (kept.cases, kept.wrong, kept.smallest.case) == (3, 3, {"n": 1})
    assert kept.share == "all 3 cases"
