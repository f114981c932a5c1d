"""Running a program with some of its constants changed."""

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
