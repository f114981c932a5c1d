"""Running a program with some of its constants changed."""

import math
import sys
from pathlib import Path

import pytest

from convlib.teach.frameworks import run


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "small.py"
    path.write_text("A, B = 2, 3\nB = A * B\nname = __name__\nall_three = (A, B, name)\n")
    return path


def test_a_program_runs_as_it_stands(program: Path) -> None:
    assert run(program)["all_three"] == (2, 6, "small")
    assert run(str(program))["__file__"] == str(program)


def test_a_constant_is_changed_after_its_last_assignment(program: Path) -> None:
    assert run(program, A=5)["all_three"] == (5, 15, "small")
    assert run(program, B="b", name=None)["all_three"] == (2, "b", None)
    assert run(program, A=(1,))["all_three"] == ((1,), (1, 1, 1), "small")


def test_what_the_program_does_not_assign_is_refused(program: Path) -> None:
    rule = r"^small\.py assigns no RATES: needs a constant of the program$"
    with pytest.raises(ValueError, match=rule):
        run(program, A=1, RATES=())


def test_only_what_gets_a_value_is_a_constant(tmp_path: Path) -> None:
    path = tmp_path / "table.py"
    path.write_text("ROWS: int = 3\ntable = {}\nsize = ROWS * 10\ntable[ROWS] = size\n")
    found = run(path, ROWS=5)
    assert (found["ROWS"], found["table"]) == (5, {5: 50})
    path.write_text("d = {}\nfor K in (1, 2):\n    d[K] = K\nd[K] = 9\nBARE: int\n")
    for name in ("K", "BARE"):
        with pytest.raises(ValueError, match=f"assigns no {name}"):
            run(path, **{name: 7})


def test_a_constant_may_be_of_any_kind(program: Path) -> None:
    given = [math.inf]
    assert run(program, B=given)["B"] is given


def test_a_program_is_a_module_while_it_runs_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "with_class.py"
    path.write_text(
        "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        "@dataclass\nclass Point:\n    x: int = 2\nfound = Point().x\n"
    )
    before = set(sys.modules)
    assert run(path)["found"] == 2
    path.write_text("1 / 0")
    with pytest.raises(ZeroDivisionError):
        run(path)
    assert set(sys.modules) == before
