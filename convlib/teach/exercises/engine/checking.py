"""`check` and `hint`: say whether an answer is right, where it fails, and which mistake it is."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any

from convlib.teach import notation
from convlib.teach.equations.cases import Case
from convlib.teach.exercises.engine import sandbox
from convlib.teach.exercises.engine.definition import Exercise, Mistake, Verdict, find
from convlib.teach.exercises.engine.explanations import (
    alike,
    difference,
    form,
    not_a_function,
    same,
)
from convlib.teach.exercises.engine.logbook import remember
from convlib.teach.exercises.engine.outcomes import Outcome, freeze, observe
from convlib.teach.exercises.engine.running import Run

NOT_ATTEMPTED = "write your own code in the cell above, then run this cell again."
_hints_given: dict[str, int] = {}


def check(name: str, answer: Any, *, record: bool = True) -> None:
    """Check the answer to an exercise and print the verdict; solved ones are remembered.

    Parameters
    ----------
    name
        Of the exercise, such as "2.1".
    answer
        A function or a value; `...` stands for one that is still to come.
    record
        Whether to remember a right answer.

    Raises
    ------
    ValueError
        If there is no such exercise.

    Examples
    --------
    >>> def out_len(n, k, s, p, d):
    ...     return (n + 2 * p - d * (k - 1) - 1) // s + 1
    >>> check("2.1", out_len, record=False)  # doctest: +ELLIPSIS
    ✓ 2.1 · ... cases
    """
    verdict = examine(find(name), answer)
    print(verdict)
    if record and verdict.status == "right":
        remember(name)


def hint(name: str) -> None:
    """Print the next hint of an exercise, one at a time.

    Parameters
    ----------
    name
        Of the exercise, such as "2.1".

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    hints = find(name).hints
    given = _hints_given.get(name, 0) + 1
    _hints_given[name] = min(given, len(hints))
    print(f"Hint {_hints_given[name]} of {len(hints)}: {hints[_hints_given[name] - 1]}")
    if given > len(hints):
        print("That was the last hint; the solution is below the exercise.")


def examine(exercise: Exercise, answer: Any, **limits: Any) -> Verdict:
    """The verdict on an answer.

    Parameters
    ----------
    exercise
        As `find` gives it.
    answer
        A function or a value.
    limits
        `seconds`, `megabytes` and `route` of `sandbox.run`.

    Returns
    -------
    Verdict
        Prints as what the reader sees.

    Examples
    --------
    >>> examine(find("2.1"), ...).status
    'not attempted'
    """
    if _missing(answer) or (answer is None and exercise.judge is not None):
        return _not_attempted(exercise)
    with warnings.catch_warnings():  # a listed mistake may divide by zero
        warnings.simplefilter("ignore")
        judge = _judge_function if exercise.judge is None else _judge_answer
        return judge(exercise, answer, limits)


def _missing(answer: Any, depth: int = 3) -> bool:
    """An Ellipsis, also inside a tuple or a list, stands where the answer belongs."""
    if type(answer) in (tuple, list) and depth:
        return any(_missing(item, depth - 1) for item in answer)
    return answer is ...


def _judge_answer(exercise: Exercise, answer: Any, limits: dict[str, Any]) -> Verdict:
    """Also a judge runs in the sandbox: the answer may be a function, or a strange object."""
    done = sandbox.run(lambda: _complaint(exercise, answer), [()], **limits)
    if not done.outcomes:
        return _stopped(exercise, done, None, 1)
    outcome = done.outcomes[0]
    if outcome.kinds[:1] == ("NotImplementedError",):
        return _not_attempted(exercise)
    if outcome.kinds:
        return _wrong(exercise, f"your answer cannot be used: {outcome.error}", (), done)
    if outcome.value is None:
        return _right(exercise, "right", done)
    complaint, number = outcome.value
    mistake = None if number is None else exercise.mistakes[number]
    return _wrong(exercise, complaint, (), done, mistake)


def _complaint(exercise: Exercise, answer: Any) -> tuple[str, int | None] | None:
    """The judge's sentence, and the number of the listed mistake that the answer is."""
    assert exercise.judge is not None
    complaint = exercise.judge(answer)
    if complaint is None:
        return None
    for number, mistake in enumerate(exercise.mistakes):
        if callable(mistake.answer):
            recognised = exercise.judge(mistake.answer) == complaint
        else:
            recognised = same(freeze(answer), mistake.answer)
        if recognised:
            return complaint, number
    return complaint, None


def _judge_function(exercise: Exercise, answer: Any, limits: dict[str, Any]) -> Verdict:
    assert exercise.cases is not None
    if problem := not_a_function(exercise, answer):
        return _wrong(exercise, problem, ())
    cases = exercise.cases()
    done = sandbox.run(answer, [tuple(case.values()) for case in cases], **limits)
    if done.outcomes and done.outcomes[0].kinds[:1] == ("NotImplementedError",):
        return _not_attempted(exercise)
    failure = _first_failure(exercise, cases, done.outcomes)
    if failure is not None:
        lines, case, strict = failure
        mistake = _recognise(exercise, cases, done.outcomes, strict=strict)
        head = f"fails for {notation.call(exercise.call, case)}"
        return _wrong(exercise, head, lines, done, mistake, case)
    if len(done.outcomes) < len(cases):
        return _stopped(exercise, done, cases[len(done.outcomes)], len(cases))
    return _right(exercise, f"{len(cases)} cases", done)


def _first_failure(
    exercise: Exercise, cases: list[Case], outcomes: list[Outcome]
) -> tuple[tuple[str, ...], Case, bool] | None:
    """The smallest case with a wrong value; where all values are right, with a wrong form."""
    wrong_form = None
    for case, got in zip(cases, outcomes, strict=False):
        assert exercise.oracle is not None
        expected = observe(exercise.oracle, tuple(case.values()))
        if lines := difference(exercise, got, expected, case):
            return lines, case, False
        if wrong_form is None and (lines := form(exercise, got, expected, case)):
            wrong_form = lines, case, True
    return wrong_form


def _recognise(
    exercise: Exercise, cases: list[Case], outcomes: list[Outcome], *, strict: bool
) -> Mistake | None:
    """The first listed mistake that does the same as the answer on every case."""
    if len(outcomes) < len(cases):
        return None
    calls = [tuple(case.values()) for case in cases]
    for mistake in exercise.mistakes:
        theirs = (observe(mistake.answer, arguments) for arguments in calls)
        if all(alike(a, b, strict=strict) for a, b in zip(outcomes, theirs, strict=True)):
            return mistake
    return None


def _not_attempted(exercise: Exercise) -> Verdict:
    line = f"○ {exercise.name} not attempted yet: {NOT_ATTEMPTED}"
    return Verdict(exercise.name, "not attempted", (line,))


def _right(exercise: Exercise, text: str, done: Run) -> Verdict:
    lines = (f"✓ {exercise.name} · {text}", *_indented(done.remarks))
    return Verdict(exercise.name, "right", lines)


def _wrong(
    exercise: Exercise,
    head: str,
    lines: tuple[str, ...],
    done: Run | None = None,
    mistake: Mistake | None = None,
    case: Case | None = None,
) -> Verdict:
    told = list(lines)
    if mistake is not None and mistake.sentence not in head:
        told.append(f"Likely mistake: {mistake.sentence}")
    told += done.remarks if done else []
    text = (f"✗ {exercise.name} · {head}", *_indented(told))
    return Verdict(exercise.name, "wrong", text, mistake.name if mistake else None, case)


def _stopped(exercise: Exercise, done: Run, case: Case | None, count: int) -> Verdict:
    """The process or thread that ran the answer did not come to its end."""
    where = f" in {notation.call(exercise.call, case)}" if case is not None else ""
    if done.stopped not in ("time", "stuck"):
        return _wrong(
            exercise, f"it brings Python down{where} (the process {done.stopped}).", (), case=case
        )
    head = f"no result in time{where}, after {len(done.outcomes)} of {count} cases"
    lines = ["Does a loop never end, or does it wait for something?"]
    if done.stopped == "stuck":
        lines.append("It cannot be interrupted here: restart the kernel before you go on.")
    return _wrong(exercise, head, tuple(lines), case=case)


def _indented(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"  {line}" for line in lines)
