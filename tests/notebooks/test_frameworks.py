"""What runs in an environment of its own must not be left out anywhere without a word."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tools import notebooks as writer

from .reading import NOTEBOOKS, ROOT

STEMS = sorted(writer.ELSEWHERE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def left_out() -> list[str]:
    """What conftest.py does not collect where the frameworks are missing."""
    for node in ast.parse(text("conftest.py")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NEED_FRAMEWORKS":
            return list(ast.literal_eval(node.value))
    raise AssertionError("conftest.py has no NEED_FRAMEWORKS")


def test_what_is_left_out_is_what_make_frameworks_runs() -> None:
    recipe = re.search(r"^frameworks:.*\n((?:\t.*\n)+)", text("Makefile"), re.MULTILINE)
    assert recipe
    assert set(left_out()) == {*(f"chapters/{stem}.ipynb" for stem in STEMS), "tests/frameworks"}
    assert set(left_out()) <= set(recipe[1].split())
    assert all((ROOT / name).exists() for name in left_out())


def test_the_gate_runs_it_and_the_tests_come_last() -> None:
    commands = re.findall(r"^make (\w+)$", text(".ci/run"), re.MULTILINE)
    assert commands.index("frameworks") < commands.index("test")
    assert commands[-1] == "test"


def test_the_book_shows_the_stored_outputs_of_these_and_executes_all_others() -> None:
    patterns = yaml.safe_load(text("_config.yml"))["execute"]["exclude_patterns"]
    shown = [path.stem for path in NOTEBOOKS if any(path.match(pattern) for pattern in patterns)]
    assert shown == STEMS


def test_every_requirement_is_an_exact_pin() -> None:
    lines = [line.split("#")[0].strip() for line in text("requirements-frameworks.txt").split("\n")]
    lines = [line for line in lines if line]
    assert lines.pop(0) == "-r requirements.txt"
    for line in lines:
        assert re.fullmatch(r"==[\w.+!]+", str(Requirement(line).specifier)), line


def test_programs_are_complete_and_shown_by_a_chapter() -> None:
    """Each file in chapters/programs stands in a tab, and the chapter runs that very file."""
    for program in sorted((ROOT / "chapters" / "programs").glob("*.py")):
        compile(program.read_text(encoding="utf-8"), program.name, "exec")
        users = [path.read_text(encoding="utf-8") for path in NOTEBOOKS]
        assert any(f"{{literalinclude}} programs/{program.name}" in user for user in users)
        assert any(f'programs/{program.name}\\")' in user for user in users), program.name


# ---------------------------------------------------------------- the writer


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book whose only notebook needs a module that is not here."""
    monkeypatch.setattr(writer, "ROOT", tmp_path)
    monkeypatch.setattr(writer, "CHAPTERS", tmp_path)
    monkeypatch.setattr(writer, "ELSEWHERE", {"05-far": ("no_such_module", ".far", "make far")})
    (tmp_path / "05-far.ipynb").write_text("{}", encoding="utf-8")
    return tmp_path


def test_a_notebook_is_elsewhere_only_where_its_module_is_missing() -> None:
    assert [writer.is_elsewhere(stem) for stem in STEMS] == [find_spec("torch") is None]
    assert not writer.is_elsewhere("01-sequences")


def test_all_notebooks_means_all_that_can_be_run_here(
    apart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert writer.main([]) == 0
    expected = "05-far: left out; `make far` makes the environment that it needs\n"
    assert capsys.readouterr().out == expected


def test_a_notebook_that_is_asked_for_is_not_left_out(
    apart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert writer.main(["05"]) == 1
    assert "05-far: needs the environment .far; `make far` makes it" in capsys.readouterr().err


def test_it_is_sent_to_its_own_python(apart: Path) -> None:
    python = apart / ".far" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{apart}/seen"\nexit 3\n')
    python.chmod(0o755)
    assert writer.main(["05"]) == 1
    seen = (apart / "seen").read_text().splitlines()
    assert [Path(line).name for line in seen] == ["notebooks.py", "05-far.ipynb"]
    python.write_text("#!/bin/sh\nexit 0\n")
    assert writer.main(["05"]) == 0


def test_an_environment_without_the_module_does_not_call_itself(
    apart: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    python = apart / ".far" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    monkeypatch.setattr(writer.sys, "prefix", str(apart / ".far"))
    assert writer.main(["05"]) == 1
    assert "05-far: .far has no no_such_module; `make far` makes it again" in (
        capsys.readouterr().err
    )
