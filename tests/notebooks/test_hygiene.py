"""Rules that every chapter keeps, so that nobody has to remember them."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

import pytest
from nbformat import NotebookNode

from convlib.teach.equations.coverage import verification_table
from tools.environments import environment_of
from tools.notebooks import elsewhere, is_normal

from .reading import (
    CHAPTERS,
    NOTEBOOKS,
    NUMBERED,
    ROOT,
    allowed,
    blocks,
    cells,
    code_cells,
    equations,
    markdown,
    option,
    outputs_as_text,
    tags,
    toc,
    toc_files,
)

# Fewer than these would mean that something silently stopped being collected. Raise them as the
# book grows.
LEAST_CELLS = 1400
# Sources and licences are cited; no other address belongs into the project, least of all a host
# that packages come from.
WELCOME_HOSTS = {
    "127.0.0.1",
    "arxiv.org",
    "computationalthinking.mit.edu",
    "creativecommons.org",
    "cs231n.github.io",
    "d2l.ai",
    "doi.org",
    "github.com",
    "keras.io",
    "localhost",
    "numpy.org",
    "onnx.ai",
    "poloclub.github.io",
    "setosa.io",
    "udlbook.github.io",
    "uvadlc-notebooks.readthedocs.io",
    "www.3blue1brown.com",
    "www.deeplearningbook.org",
    "www.jmlr.org",
    "www.w3.org",
}
LEAST_DOCTESTS = 180

LAYOUT_TAGS = {"hide-input", "hide-output", "remove-input", "remove-output", "remove-cell"}
EXERCISE_TAGS = {"exercise-starter", "exercise-check", "exercise-solution"}
ESCAPE = re.compile(r"nbval|raises-exception|skip-execution", re.IGNORECASE)
UNSTABLE = {
    "an address in memory": re.compile(r"\b0x[0-9a-f]{6,}", re.IGNORECASE),
    "a path": re.compile(
        r"site-packages|(?<![\w/])/(?:home|root|tmp|usr|var|work|Users)/|[A-Z]:\\"
    ),
    "a time": re.compile(r"\b\d[\d.]*\s?(?:ns|µs|us|ms|sec|secs|seconds)\b"),
    "a date": re.compile(r"\b20\d\d-\d\d-\d\d\b"),
    "a version": re.compile(r"\b\d+\.\d+\.\d+\b|\bPython 3\b"),
}
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|lorem ipsum", re.IGNORECASE)

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
every_chapter = pytest.mark.parametrize("path", NUMBERED, ids=lambda path: path.stem)


def first_line(cell: NotebookNode) -> str:
    return str(cell.source.split("\n")[0])


def calls(path: Path, name: str) -> Iterator[ast.Call]:
    """Yield the calls of a function in a notebook."""
    for cell in code_cells(path):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def imported(node: ast.stmt) -> list[tuple[bool, str, int, str]]:
    """Return for each name that a statement imports what it is sorted by.

    CONSTANTS come before Classes, and functions last.
    """
    if isinstance(node, ast.Import):
        return [(False, alias.name, 0, "") for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    kinds = [0 if alias.name.isupper() else 1 + alias.name[0].islower() for alias in node.names]
    names = zip(kinds, (alias.name for alias in node.names), strict=True)
    return [(True, str(node.module), kind, name) for kind, name in names]


class TestOrder:
    def test_every_notebook_is_in_the_table_of_contents(self) -> None:
        listed = {ROOT / f"{name}.ipynb" for name in toc_files()} & set(NOTEBOOKS)
        assert listed == set(NOTEBOOKS)

    def test_numbers_in_file_names_follow_the_table_of_contents(self) -> None:
        numbers = [int(m[1]) for name in toc_files() if (m := re.match(r"chapters/(\d+)-", name))]
        assert numbers == list(range(len(numbers)))
        assert all(re.fullmatch(r"(\d\d-)?[a-z0-9-]+", path.stem) for path in NOTEBOOKS)

    def test_numbered_parts_hold_exactly_the_chapters_from_1_on(self) -> None:
        files = [
            chapter["file"]
            for part in toc()["parts"]
            if part.get("numbered")
            for chapter in part["chapters"]
        ]
        assert files == [f"chapters/{path.stem}" for path in NUMBERED[1:]]


@every_notebook
class TestNotebook:
    def test_is_in_normal_form(self, path: Path) -> None:
        assert is_normal(path), f"run `make notebooks ONLY={path.stem}`"

    def test_every_cell_ran_once_in_order(self, path: Path) -> None:
        counts = [cell.execution_count for cell in code_cells(path)]
        assert counts == list(range(1, len(counts) + 1))

    def test_escapes_have_a_reason(self, path: Path) -> None:
        used = [
            (first_line(cell), tag)
            for cell in code_cells(path)
            for tag in [*tags(cell), *re.findall(r"#\s*(NBVAL\w+|PYTEST\w+)", cell.source)]
            if ESCAPE.search(tag)
        ]
        entries = [entry for entry in allowed("escape") if entry["notebook"] == path.stem]
        assert sorted(used) == sorted((entry["cell"], entry["tag"]) for entry in entries)
        assert all(len(entry["reason"]) > 20 for entry in entries)

    def test_errors_appear_only_where_a_cell_is_tagged(self, path: Path) -> None:
        for cell in code_cells(path):
            raised = any(output.output_type == "error" for output in cell.outputs)
            assert raised == ("raises-exception" in tags(cell)), cell.source

    def test_tags_are_known(self, path: Path) -> None:
        used = {tag for cell in cells(path) for tag in tags(cell) if not ESCAPE.search(tag)}
        assert used <= LAYOUT_TAGS | EXERCISE_TAGS

    def test_cells_are_plain_python(self, path: Path) -> None:
        for cell in code_cells(path):
            tree = ast.parse(cell.source)  # fails on %magic, !shell and ?help
            imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            assert not [node for node in imports if node.names[0].name == "*"], cell.source
            assert not re.search(r"sys\.path|\bpip\b|os\.environ", cell.source), cell.source

    def test_imports_are_in_order(self, path: Path) -> None:
        """In each block: `import` before `from`, by module, and by name across its statements."""
        for cell in code_cells(path):
            blocks = (ast.parse(block).body for block in re.split(r"\n\n+(?=\w)", cell.source))
            for block in blocks:
                given = [entry for node in block for entry in imported(node)]
                assert given == sorted(given), cell.source

    def test_cells_are_short(self, path: Path) -> None:
        assert [c.source for c in code_cells(path) if c.source.count("\n") >= 20] == []

    def test_no_warning_is_shown(self, path: Path) -> None:
        for cell in code_cells(path):
            assert [out.text for out in cell.outputs if out.get("name") == "stderr"] == []

    @pytest.mark.parametrize("what", UNSTABLE)
    def test_outputs_are_the_same_on_every_machine(self, path: Path, what: str) -> None:
        shown = [outputs_as_text(cell) for cell in code_cells(path)]
        assert [text for text in shown if UNSTABLE[what].search(text)] == []

    def test_nothing_is_left_to_do(self, path: Path) -> None:
        assert [cell.source for cell in cells(path) if UNFINISHED.search(cell.source)] == []

    def test_figures_have_name_caption_and_alternative_text(self, path: Path) -> None:
        for cell in code_cells(path):
            if "<Figure size" not in outputs_as_text(cell):
                continue
            settings = cell.metadata.get("mystnb", {})
            figure, image = settings.get("figure", {}), settings.get("image", {})
            assert re.fullmatch(r"fig-[a-z0-9-]+", figure.get("name", "")), cell.source
            assert len(figure.get("caption", "")) >= 10, cell.source
            assert re.fullmatch(r"[A-Z0-9].{29,}\.", image.get("alt", "")), cell.source
            assert image["alt"].strip(".") != figure["caption"].strip("."), cell.source
            assert cell.source.rstrip().endswith("plt.show()"), cell.source


class TestEquations:
    def test_every_labelled_equation_is_verified_and_nothing_else(self) -> None:
        table = verification_table(CHAPTERS)
        assert (table.missing, table.strays) == ((), ())

    def test_labels_are_unique(self) -> None:
        labels = [eq.label for path in NOTEBOOKS for eq in equations(markdown(path)) if eq.label]
        assert sorted(labels) == sorted(set(labels))
        assert all(re.fullmatch(r"eq-[a-z0-9-]+", label) for label in labels)

    @every_notebook
    def test_every_verification_has_wrong_versions(self, path: Path) -> None:
        for call in calls(path, "verify"):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            assert {"cases", "wrong"} <= set(given), ast.unparse(call)
            wrong = given["wrong"]
            assert not isinstance(wrong, ast.Dict) or wrong.keys, ast.unparse(call)

    @every_notebook
    def test_a_displayed_equation_has_a_label(self, path: Path) -> None:
        """Outside proofs and solutions, whose results are stated and labelled elsewhere."""
        bare = [
            equation.tex
            for equation in equations(markdown(path))
            if not equation.label
            and not {"prf:proof", "solution", "dropdown"} & set(equation.inside)
        ]
        entries = [entry for entry in allowed("unlabelled") if entry["notebook"] == path.stem]
        for entry in entries:
            hits = [tex for tex in bare if tex.startswith(entry["starts"])]
            assert len(hits) == 1, f"not used, or ambiguous: {entry}"
            assert len(entry["reason"]) > 20
            bare.remove(hits[0])
        assert bare == []


@every_chapter
class TestExercises:
    def test_are_named_in_order_checked_and_solved(self, path: Path) -> None:
        chapter = int(path.stem[:2])
        found = blocks(markdown(path))
        labels = [option(b.text, "label") for b in found if b.name == "exercise"]
        solved = [b.argument for b in found if b.name in ("solution", "solution-start")]
        assert labels == [f"ex-{chapter}-{n}" for n in range(1, len(labels) + 1)]
        assert solved == labels
        assert labels

    def test_cells_carry_their_tags(self, path: Path) -> None:
        chapter = int(path.stem[:2])
        names = {kind: [] for kind in EXERCISE_TAGS}
        for cell in code_cells(path):
            for kind in EXERCISE_TAGS & set(tags(cell)):
                names[kind] += re.findall(r'\bcheck\("(\d+\.\d+)"', cell.source)
            if "exercise-solution" in tags(cell):
                assert cell.metadata.get("jupyter", {}).get("source_hidden"), cell.source
        blocks_found = [b for b in blocks(markdown(path)) if b.name == "exercise"]
        expected = [f"{chapter}.{n}" for n in range(1, len(blocks_found) + 1)]
        assert names["exercise-check"] == expected
        assert names["exercise-solution"] == expected
        assert names["exercise-starter"] == []


class TestProject:
    def test_enough_is_collected(self) -> None:
        """Every code cell and every doctest really becomes a test.

        What needs an environment of its own is counted there, by tests/frameworks.
        """
        here = [path for path in NOTEBOOKS if not elsewhere(environment_of(path))]
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
        listed = subprocess.run(
            [*command, "--nbval", "convlib", "chapters"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        notebook_cells = len(re.findall(r"^chapters/\S+\.ipynb::", listed, re.MULTILINE))
        doctests = len(re.findall(r"^convlib/\S+\.py::", listed, re.MULTILINE))
        assert notebook_cells == sum(len(code_cells(path)) for path in here)
        assert notebook_cells >= LEAST_CELLS
        assert doctests >= LEAST_DOCTESTS

    def test_requirements_are_the_environment(self) -> None:
        pins = read_pins(ROOT / "requirements.txt")
        here = {plain(d.metadata["Name"]): d.version for d in distributions()}
        # pip came with the environment; convlib is this project
        assert pins == {name: here[name] for name in here if name not in ("pip", "convlib")}

    def test_jupyterlab_is_pinned_too(self) -> None:
        assert "jupyterlab" in read_pins(ROOT / "requirements-lab.txt")

    def test_no_machine_and_no_registry_is_named(self) -> None:
        machine = re.compile(rf"{re.escape(str(ROOT))}|/(?:root|home|work)[/]|-index[-]url")
        for file in tracked_files():
            text = file.read_text(encoding="utf-8", errors="ignore")
            assert machine.findall(text) == [], file
            assert set(re.findall(r"https?://([\w.-]*\w)", text)) <= WELCOME_HOSTS, file

    def test_every_reference_is_cited(self) -> None:
        bib = (CHAPTERS / "references.bib").read_text(encoding="utf-8")
        keys = set(re.findall(r"^@\w+\{(\S+),", bib, re.MULTILINE))
        text = "".join(markdown(path) for path in [*NOTEBOOKS, *CHAPTERS.glob("*.md")])
        cited = {
            key.strip()
            for group in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text)
            for key in group.split(",")
        }
        assert keys == cited


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(path: Path) -> dict[str, str]:
    """Return name -> version; every line that is not a comment must be an exact pin."""
    lines = [line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pins = [re.fullmatch(r"([\w.-]+)==([\w.+!]+)", line) for line in lines if line]
    assert all(pins), lines
    return {plain(pin[1]): pin[2] for pin in pins if pin}


def tracked_files() -> list[Path]:
    """Return the text files under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git clone: nothing says which files belong to the project")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file.is_file() and file.suffix != ".woff2"]
