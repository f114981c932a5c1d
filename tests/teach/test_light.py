"""What is light stays light: exercises are checked without matplotlib, SymPy and IPython.

Each program runs in a fresh interpreter in which these cannot be imported at all.
"""

import subprocess
import sys

import pytest

from convlib import teach
from convlib.teach.exercises.engine.definition import chapters, of_chapter

HEAVY = ("IPython", "matplotlib", "scipy", "sklearn", "sympy", "threadpoolctl")
NEEDS = {
    "cones": "matplotlib",
    "figures": "matplotlib",
    "neurons": "matplotlib",
    "symbols": "sympy",
}  # all other names: none


def run(program: str, missing: tuple[str, ...] = HEAVY) -> str:
    """Run a program where some modules are missing; return what it prints."""
    prelude = (
        f"import sys\nsys.modules.update(dict.fromkeys({missing!r}))\n"  # None: no such module
    )
    done = subprocess.run(
        [sys.executable, "-c", prelude + program], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_check_needs_nothing_heavy() -> None:
    program = """
from convlib.teach import check
check("2.1", lambda n, k, s, p, d: (n + 2 * p - d * (k - 1) - 1) // s + 1, record=False)
"""
    assert run(program).startswith("✓ 2.1 · ")


@pytest.mark.parametrize("number", chapters())
def test_no_exercise_needs_anything_heavy(number: int) -> None:
    """Its starter, its solution (but where a judge decides there is no oracle), and a mistake."""
    program = f"""
from convlib.teach.exercises.engine.checking import examine
from convlib.teach.exercises.engine.definition import of_chapter
for exercise in of_chapter({number}):
    for answer in (..., exercise.oracle, exercise.mistakes[0].answer):
        if answer is not None:
            print(examine(exercise, answer).status)
"""
    expected = [
        status
        for exercise in of_chapter(number)
        for status in ["not attempted", *["right"] * (exercise.judge is None), "wrong"]
    ]
    assert run(program).splitlines() == expected


def test_every_other_name_needs_nothing_heavy() -> None:
    light = sorted({*teach.__all__} - {*NEEDS})
    program = f"""
from convlib import teach
for name in {light}:
    getattr(teach, name)
print(teach.explore.slide())
"""
    assert "Window 1 of " in run(program)


@pytest.mark.parametrize(("name", "needed"), NEEDS.items())
def test_a_heavy_name_says_what_is_missing(name: str, needed: str) -> None:
    program = f"""
try:
    from convlib.teach import {name}
except ImportError as error:
    print(error)
"""
    assert needed in run(program)
    assert run(program, tuple(module for module in HEAVY if module != needed)) == ""
