"""`check` and `hint`: say whether an answer is right, where it fails, and which mistake it is."""

from __future__ import annotations

from typing import Any

from . import notation, sandbox
from .cases import Case
from .compare import distance
from .exercise import Exercise, Mistake, Verdict, find
from .observe import Outcome, observe
from .progress import remember

TOLERANCE = 1e-9
_hints_given: dict[str, int] = {}


def check(name: str, answer: Any, *, record: bool = True) -> None:
    """Check the answer to an exercise and print the verdict; solved ones are remembered.

    >>> check("2.1", lambda n, k, s, p, d: (n + 2*p - d*(k - 1) - 1) // s + 1, record=False)
    ✓ 2.1 · 570 cases
    """
    verdict = examine(find(name), answer)
    if record and verdict.status == "right":
        remember(name)
    print(verdict)


def hint(name: str) -> None:
    """Print the next hint of an exercise, one at a time."""
    hints = find(name).hints
    given = min(_hints_given.get(name, 0) + 1, len(hints))
    repeated = _hints_given.get(name) == given
    _hints_given[name] = given
    print(f"Hint {given} of {len(hints)}: {hints[given - 1]}")
    if repeated:
        print("That was the last hint; the solution is below the exercise.")


def examine(exercise: Exercise, answer: Any, **limits: Any) -> Verdict:
    """The verdict on an answer; `limits` go to `sandbox.run`."""
    if exercise.judge is not None:
        return _examine_answer(exercise, answer, limits)
    return _examine_function(exercise, answer, limits)


def not_attempted(name: str) -> Verdict:
    line = f"○ {name} not attempted yet: write your own code in the cell above, then run this cell again."
    return Verdict(name, "not attempted", (line,))


def _examine_answer(exercise: Exercise, answer: Any, limits: dict[str, Any]) -> Verdict:
    assert exercise.judge is not None
    judge = exercise.judge
    if answer is None or answer is ...:
        return not_attempted(exercise.name)
    complaint = judge(answer)
    if complaint is None:
        return Verdict(exercise.name, "right", (f"✓ {exercise.name}",))
    for mistake in exercise.mistakes:
        if distance(answer, mistake.answer) <= TOLERANCE:
            return _wrong(exercise, [complaint], mistake, None)
    return _wrong(exercise, [complaint], None, None)


def _examine_function(exercise: Exercise, answer: Any, limits: dict[str, Any]) -> Verdict:
    assert exercise.oracle is not None and exercise.cases is not None
    cases = exercise.cases()
    calls = [tuple(case.values()) for case in cases]
    outcomes = sandbox.run(answer, calls, **limits).outcomes
    if outcomes[0].kinds[:1] == ("NotImplementedError",):
        return not_attempted(exercise.name)
    for case, arguments, got in zip(cases, calls, outcomes, strict=False):
        expected = observe(exercise.oracle, arguments)
        if not agree(got, expected):
            mistake = recognise(exercise, calls, outcomes)
            first, second = notation.pair(expected.value, got.value)
            return _wrong(exercise, [f"expected {first}, got {got.error or second}"], mistake, case)
    return Verdict(exercise.name, "right", (f"✓ {exercise.name} · {len(cases)} cases",))


def agree(got: Outcome, expected: Outcome) -> bool:
    if got.changed is not None or bool(got.kinds) != bool(expected.kinds):
        return got.changed == expected.changed and bool(got.kinds) == bool(expected.kinds)
    return bool(got.kinds) or distance(got.value, expected.value) <= TOLERANCE


def recognise(
    exercise: Exercise, calls: list[tuple[Any, ...]], outcomes: list[Outcome]
) -> Mistake | None:
    for mistake in exercise.mistakes:
        if all(
            agree(got, observe(mistake.answer, a)) for got, a in zip(outcomes, calls, strict=False)
        ):
            return mistake
    return None


def _wrong(
    exercise: Exercise, lines: list[str], mistake: Mistake | None, case: Case | None
) -> Verdict:
    head = f"✗ {exercise.name}"
    if case is not None:
        head += f" · fails for {notation.call(exercise.call, case)}"
    told = [f"  Likely mistake: {mistake.sentence}"] if mistake else []
    lines = [head, *(f"  {line}" for line in lines), *told]
    name = mistake.name if mistake else None
    return Verdict(exercise.name, "wrong", tuple(lines), name, case)
