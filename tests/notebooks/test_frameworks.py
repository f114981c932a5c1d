"""What runs in an environment of its own must not be left out anywhere without a word."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from unittest.mock import create_autospec

import nbformat
import pytest
import sphinxcontrib.katex
import yaml
from nbformat.v4 import new_notebook
from packaging.requirements import Requirement
from sphinx.application import Sphinx

from tools import environments, site
from tools import notebooks as writer
from tools.environments import (
    ENVIRONMENTS,
    UnknownEnvironmentError,
    environment_of,
    named_in,
    needing,
)

from .reading import NOTEBOOKS, ROOT, code_cells, markdown

NAMES = [path.name for path in NOTEBOOKS if environment_of(path) == "frameworks"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_a_notebook_says_itself_what_it_needs() -> None:
    assert NAMES, "none does, and `make frameworks` would run no notebook"
    assert named_in({}) is None
    assert named_in({"convlib": {"environment": "frameworks"}}) == "frameworks"
    with pytest.raises(
        UnknownEnvironmentError, match="no environment 'jax'; there are: frameworks"
    ):
        named_in({"convlib": {"environment": "jax"}})


def test_only_notebooks_that_import_a_framework_need_one() -> None:
    imports = re.compile(r"^import (?:torch|keras|onnxruntime)\b", re.MULTILINE)
    importing = [
        path.name
        for path in NOTEBOOKS
        for cell in writer.loads(path.read_text(encoding="utf-8")).cells
        if cell.cell_type == "code" and imports.search(cell.source)
    ]
    assert sorted({*importing}) == NAMES


@pytest.fixture
def conftest(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The project's conftest.py as it is where the frameworks are missing."""
    nowhere = ENVIRONMENTS["frameworks"]._replace(module="no_such_module")
    monkeypatch.setattr(environments, "ENVIRONMENTS", {"frameworks": nowhere})
    spec = importlib.util.spec_from_file_location("conftest_without", ROOT / "conftest.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_left_out_is_what_make_frameworks_runs(conftest: ModuleType) -> None:
    left_out = [f"chapters/{name}" for name in NAMES] + ["tests/frameworks"]
    assert {"make frameworks": left_out} == conftest.LEFT_OUT
    assert conftest.collect_ignore == ["chapters/programs", *left_out]
    assert conftest.pytest_report_header() == [f"left to `make frameworks`: {', '.join(left_out)}"]
    assert all((ROOT / name).exists() for name in left_out)
    recipe = re.search(r"^frameworks:.*\n((?:\t.*\n)+)", text("Makefile"), re.MULTILINE)
    assert recipe
    assert "$$($(FRAMEWORKS)/bin/python $(NEEDING))" in recipe[1]
    assert "pytest --nbval $$names tests/frameworks\n" in recipe[1]
    command = re.search(r"^NEEDING := (.*)$", text("Makefile"), re.MULTILINE)
    listed = subprocess.run(
        [sys.executable, *command[1].split()], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert listed.stdout.split() == left_out[:-1]


def test_the_gate_runs_it_and_the_tests_come_last() -> None:
    commands = re.findall(r"^make (\w+)$", text(".ci/run"), re.MULTILINE)
    assert commands.index("frameworks") < commands.index("test")
    assert commands[-1] == "test"


def test_the_book_shows_the_stored_outputs_of_these_and_executes_all_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    execution = yaml.safe_load(text("_config.yml"))["execute"]
    assert execution["execute_notebooks"] == "force"
    assert "exclude_patterns" not in execution
    monkeypatch.setattr(sphinxcontrib.katex, "render_latex", None)  # setup replaces it
    app = create_autospec(Sphinx, instance=True)
    site.setup(app)
    app.connect.assert_any_call("config-inited", site.show_stored_outputs)
    config = SimpleNamespace(nb_execution_excludepatterns=[])
    site.show_stored_outputs(None, config)
    patterns = config.nb_execution_excludepatterns
    shown = [path.name for path in NOTEBOOKS if any(path.match(pattern) for pattern in patterns)]
    assert shown == NAMES


def test_every_requirement_is_an_exact_pin() -> None:
    lines = [line.split("#")[0].strip() for line in text("requirements-frameworks.txt").split("\n")]
    lines = [line for line in lines if line]
    assert lines.pop(0) == "-r requirements.txt"
    for line in lines:
        assert re.fullmatch(r"==[\w.+!]+", str(Requirement(line).specifier)), line


def test_programs_are_complete_and_shown_by_a_chapter() -> None:
    """Each file in chapters/programs stands in a tab, and the chapter runs that very file."""
    programs = sorted((ROOT / "chapters" / "programs").glob("*.py"))
    assert programs
    for program in programs:
        compile(program.read_text(encoding="utf-8"), program.name, "exec")
        users = [path for path in NOTEBOOKS if "frameworks.run(" in path.read_text("utf-8")]
        shown = [f"{{literalinclude}} programs/{program.name}" in markdown(u) for u in users]
        run = [f'"programs/{program.name}"' in c.source for u in users for c in code_cells(u)]
        assert any(shown), program.name
        assert any(run), program.name


# ---------------------------------------------------------------- the writer


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A book whose only notebook needs a module that is not here."""
    monkeypatch.setattr(writer, "ROOT", tmp_path)
    monkeypatch.setattr(writer, "CHAPTERS", tmp_path)
    monkeypatch.setattr(writer, "DRAFTS", tmp_path / "drafts")
    far = environments.Environment("no_such_module", ".far", "make far")
    monkeypatch.setitem(ENVIRONMENTS, "far", far)
    metadata = {"convlib": {"environment": "far"}}
    nbformat.write(new_notebook(metadata=metadata), tmp_path / "05-far.ipynb")
    return tmp_path


def test_a_notebook_is_elsewhere_only_where_its_module_is_missing(apart: Path) -> None:
    assert writer.elsewhere("far") == "far"
    assert writer.elsewhere(None) is None
    here = environments.Environment("json", ".far", "make far")
    ENVIRONMENTS["far"] = here
    assert writer.elsewhere("far") is None


def test_the_writer_keeps_what_a_notebook_needs_also_through_text(
    apart: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = apart / "05-far.ipynb"
    notebook = writer.normalise(writer.loads(path.read_text(encoding="utf-8")))
    assert notebook.metadata.convlib == {"environment": "far"}
    notebook.metadata.convlib.mood = "good"
    assert writer.normalise(notebook).metadata.convlib == {"environment": "far"}
    assert writer.main(["--to-text", "05"]) == 0
    draft = str(apart / "drafts" / "05-far.md")
    assert writer.main(["--from-text", draft]) == 1
    assert "05-far: run this with " in capsys.readouterr().err
    monkeypatch.setitem(ENVIRONMENTS, "far", ENVIRONMENTS["far"]._replace(module="json"))
    assert writer.main(["--from-text", draft]) == 0
    assert environment_of(path) == "far"


def test_an_environment_that_nobody_makes_is_named(
    apart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    metadata = {"convlib": {"environment": "moon"}}
    nbformat.write(new_notebook(metadata=metadata), apart / "06-moon.ipynb")
    assert writer.main(["06"]) == 1
    assert "no environment 'moon'; there are: frameworks, far" in capsys.readouterr().err


def test_notebooks_of_an_environment_are_listed(
    apart: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nbformat.write(new_notebook(), apart / "06-near.ipynb")
    assert writer.main(["--needing", "far"]) == 0
    assert writer.main(["--needing", "far", "06"]) == 0
    assert capsys.readouterr().out == "05-far.ipynb\n"
    assert needing("frameworks", [apart / "05-far.ipynb"]) == []


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
