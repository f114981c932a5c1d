"""Verdicts, mistakes, hints: what the reader sees."""

import math
from dataclasses import replace

import numpy as np
import pytest

from convlib.teach import check, hint
from convlib.teach.exercises.engine import checking
from convlib.teach.exercises.engine.checking import _hints_given, examine
from convlib.teach.exercises.engine.definition import Exercise, Mistake, chapters, find, of_chapter
from convlib.teach.exercises.engine.explanations import alike, same
from convlib.teach.exercises.engine.outcomes import Outcome
from tests.teach.exercises import samples
from tests.teach.exercises.samples import SCALE

HALF = Exercise(
    "9.2",
    call="half",
    oracle=lambda n: n // 2,
    cases=lambda: [{"n": n} for n in range(8)],
    dtype=True,
    hints=["first", "second", "third"],
    mistakes=[
        Mistake("no floor", lambda n: n / 2, "Use //."),
        Mistake("rounds up", lambda n: -(-n // 2), "You round up."),
        Mistake("raises on odd", lambda n: n // 2 if n % 2 == 0 else [][1], "It fails for odd n."),
    ],
)

ROOTS = Exercise(
    "9.3",
    call="answer",
    judge=lambda answer: (
        None if sorted(answer) == [-1, 1] else f"{sorted(answer)} are not the roots."
    ),
    nonsense=(5, 6),
    hints=["first", "second", "third"],
    mistakes=[
        Mistake("only the positive one", (1, 1), "Minus one squared is one, too."),
        Mistake("not squared", (0, 2), "are not the roots"),
    ],
)


@pytest.fixture(autouse=True)
def own_exercises(monkeypatch, tmp_path):
    known = {exercise.name: exercise for exercise in (SCALE, HALF, ROOTS)}
    monkeypatch.setattr(checking, "find", lambda name: known[name])
    monkeypatch.setenv("CONVLIB_PROGRESS", str(tmp_path / "progress.json"))
    _hints_given.clear()


def test_right(capsys, tmp_path) -> None:
    check("9.2", lambda n: n >> 1)
    assert capsys.readouterr().out == "✓ 9.2 · 8 cases\n"
    assert "9.2" in (tmp_path / "progress.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("answer", "record"), [(lambda n: n >> 1, False), (lambda n: n, True), (samples.starter, True)]
)
def test_only_the_readers_own_right_answers_are_recorded(answer, record, tmp_path, capsys) -> None:
    check("9.2", answer, record=record)
    assert not (tmp_path / "progress.json").exists()


def test_smallest_failing_case_values_and_mistake(capsys) -> None:
    check("9.2", lambda n: n / 2)
    assert capsys.readouterr().out.splitlines() == [
        "✗ 9.2 · fails for half(n=1)",
        "  expected 0, got 0.5",
        "  Likely mistake: Use //.",
    ]


def test_an_unlisted_answer_gets_its_counterexample_only() -> None:
    verdict = examine(HALF, lambda n: 100 if n == 6 else n // 2)
    assert verdict.lines == ("✗ 9.2 · fails for half(n=6)", "  expected 3, got 100")
    assert verdict.mistake is None
    assert verdict.case == {"n": 6}


def test_a_mistake_that_raises_is_recognised_by_raising() -> None:
    verdict = examine(HALF, lambda n: n // 2 if n % 2 == 0 else 1 // 0)
    assert verdict.mistake == "raises on odd"
    assert "but it raised ZeroDivisionError" in verdict.lines[1]


def test_the_first_of_several_mistakes_that_agree_is_taken() -> None:
    twice = replace(HALF, mistakes=[Mistake("again", lambda n: n / 2, "First."), *HALF.mistakes])
    assert examine(twice, lambda n: n / 2).mistake == "again"


def test_no_mistake_is_guessed_from_a_part_of_the_cases() -> None:
    def hangs(n):
        while n == 7:
            pass
        return n / 2

    verdict = examine(HALF, hangs, seconds=0.3)
    assert verdict.lines == ("✗ 9.2 · fails for half(n=1)", "  expected 0, got 0.5")


def test_whole_numbers_are_wanted_only_where_dtype_says_so() -> None:
    verdict = examine(HALF, lambda n: float(n // 2))
    assert verdict.lines[1] == "  The values are right, but got floats; expected whole numbers."
    assert examine(replace(HALF, dtype=False), lambda n: float(n // 2)).status == "right"
    assert examine(HALF, lambda n: np.int64(n // 2)).status == "right"


def test_the_kind_of_ragged_lists_has_no_name() -> None:
    ragged = replace(HALF, oracle=lambda n: [[n], [n, n]])
    assert examine(ragged, lambda n: ([n], (n, n))).status == "right"


def test_wrong_values_come_before_wrong_form() -> None:
    verdict = examine(SCALE, lambda x, n: [n, 2 * n] if n < 3 else [0, 0])
    assert verdict.case is not None
    assert verdict.case["n"] == 3


def test_a_mistake_of_form_is_recognised_by_its_form() -> None:
    def in_place(x, n):
        x *= n
        return x

    spoils = Mistake("in place", in_place, "x *= n changes the reader's array.")
    exercise = replace(SCALE, mistakes=[*SCALE.mistakes, spoils])
    assert examine(exercise, samples.changes_its_input).mistake == "in place"
    assert examine(exercise, samples.gives_a_list).mistake is None


def test_an_oracle_may_raise() -> None:
    def root(n):
        if n < 0:
            raise ValueError("no real root")
        return math.sqrt(n)

    exercise = replace(
        HALF, call="root", oracle=root, cases=lambda: [{"n": n} for n in (0, 4, -1)], dtype=False
    )
    assert examine(exercise, lambda n: root(n)).status == "right"
    verdict = examine(exercise, lambda n: abs(n) ** 0.5)
    assert verdict.lines[1] == "  expected ValueError to be raised, got 1"
    verdict = examine(exercise, lambda n: n**0.5 if n >= 0 else {}[n])
    assert verdict.lines[1].startswith("  expected ValueError to be raised, got KeyError: -1")


def test_an_exercise_may_compare_in_its_own_way() -> None:
    exercise = replace(HALF, equal=lambda got, expected, case: got % 10 == expected % 10)
    assert examine(exercise, lambda n: n // 2 + 10).status == "right"
    assert examine(exercise, lambda n: None).status == "wrong"  # None % 10 raises


@pytest.mark.parametrize(
    ("got", "wanted", "equal"),
    [
        (1.0, 1, True), (np.float64(1 + 1e-12), 1.0, True), (1 + 1e-6, 1.0, False),
        ([1, 2], (1, 2), True), (np.array([1, 2]), [1, 2], True), (np.array(3), 3, True),
        (np.array([3]), 3, False), ([2, 1], {1, 2}, True), (np.array([2, 1]), {1, 2}, True),
        ([1, 1, 2], {1, 2}, False), ({1, 2}, {1, 2}, True), (True, 1, True), ("1", 1, False),
        (math.nan, math.nan, False), (None, None, True), (None, 0, False),
    ],
)  # fmt: skip
def test_comparison_is_humane(got, wanted, equal) -> None:
    assert same(got, wanted) is equal


@pytest.mark.parametrize(
    ("got", "wrong", "equal"),
    [
        ((1.0, [math.nan]), (1.0, np.array([math.nan])), True), (math.nan, math.nan, True),
        ([math.nan, 1.0], [1.0, math.nan], False), (math.nan, 0.0, False),
        ([math.nan, 1.0], [math.nan, 2.0], False), ("nan", math.nan, False),
    ],
)  # fmt: skip
def test_a_mistake_that_gives_nan_is_recognised(got, wrong, equal) -> None:
    outcomes = Outcome(value=got), Outcome(value=wrong)
    assert alike(*outcomes, strict=False) is equal


def test_answers_are_judged(capsys) -> None:
    for answer in ((1, -1), [-1, 1]):
        check("9.3", answer, record=False)
    assert capsys.readouterr().out == "✓ 9.3 · right\n" * 2


@pytest.mark.parametrize("answer", [None, ..., (..., 1), [[...]]])
def test_answers_not_given(answer, capsys) -> None:
    check("9.3", answer)
    assert capsys.readouterr().out.startswith("○ 9.3 not attempted yet: write your own code in ")


def test_mistaken_answers_get_their_sentence_once(capsys) -> None:
    check("9.3", (1, 1))
    check("9.3", [0, 2])  # its sentence is part of the judge's
    check("9.3", (5, 6))
    assert capsys.readouterr().out.splitlines() == [
        "✗ 9.3 · [1, 1] are not the roots.",
        "  Likely mistake: Minus one squared is one, too.",
        "✗ 9.3 · [0, 2] are not the roots.",
        "✗ 9.3 · [5, 6] are not the roots.",
    ]


@pytest.mark.parametrize(("answer", "mistake"), [((-1, 1), None), ((1, 1), 0), ((5, 6), None)])
def test_answers_are_judged_alike_by_a_thread(answer, mistake) -> None:
    verdict = examine(ROOTS, answer, route="thread")
    assert verdict == examine(ROOTS, answer)
    assert verdict.mistake == (None if mistake is None else ROOTS.mistakes[mistake].name)


def test_answers_that_cannot_be_judged() -> None:
    assert str(examine(ROOTS, 3)).startswith("✗ 9.3 · your answer cannot be used: TypeError: ")
    assert "cannot be used: RuntimeError: hostile" in str(examine(ROOTS, samples.Hostile()))
    assert examine(ROOTS, (1, math.nan)).status == "wrong"


def test_functions_can_be_judged_and_may_hang() -> None:
    zero = replace(
        ROOTS,
        judge=lambda f: None if f(3) == 0 else f"It gives {f(3)}.",
        mistakes=[Mistake("one", lambda x: 1, "Not 1."), Mistake("two", lambda x: 2, "Not 2.")],
    )
    assert examine(zero, lambda x: 0).status == "right"
    assert examine(zero, lambda x: x - 1, route="thread").mistake == "two"
    assert examine(zero, lambda x: x - 1).mistake == "two"
    assert examine(zero, lambda x: 7).mistake is None
    assert examine(zero, lambda x: samples.starter(x, 1)).status == "not attempted"
    verdict = examine(zero, lambda x: samples.loops(x, 1), seconds=0.2)
    assert verdict.lines[0] == "✗ 9.3 · no result in time, after 0 of 1 cases"


def test_hints_come_one_at_a_time(capsys) -> None:
    for _ in range(5):
        hint("9.2")
    assert capsys.readouterr().out.splitlines() == [
        "Hint 1 of 3: first",
        "Hint 2 of 3: second",
        "Hint 3 of 3: third",
        "Hint 3 of 3: third",
        "That was the last hint; the solution is below the exercise.",
        "Hint 3 of 3: third",
        "That was the last hint; the solution is below the exercise.",
    ]


def test_exercises_are_found_by_name() -> None:
    assert find("2.1").call == "out_len"
    assert 2 in chapters()
    assert of_chapter(2)[0].name == "2.1"
    for name in ("2.99", "99.1", "x", ""):
        with pytest.raises(ValueError, match=f"no exercise '{name}'; there are: .*2.1"):
            find(name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hints": ["one"]}, "exercise 9.2: needs 3 hints, has 1"),
        ({"mistakes": []}, "exercise 9.2: needs 2 mistakes, has 0"),
        ({"judge": lambda answer: None}, "exercise 9.2: give oracle and cases, or else a judge"),
        ({"cases": None}, "exercise 9.2: give oracle and cases, or else a judge"),
    ],
)
def test_an_exercise_is_complete(change, message) -> None:
    with pytest.raises(ValueError, match=message):
        replace(HALF, **change)
