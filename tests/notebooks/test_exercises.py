"""Every exercise of the book: starter, solution, listed mistakes, unlisted nonsense.

The chapter is the single source: the starter, the check and the solution of an exercise are its
tagged cells between `{exercise}` and `{solution-end}`. They run here beside the definitions of
their chapter, with a `check` that hands over what it is given.
"""

import ast
import contextlib
import functools
import io
import json
import re
import symtable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest

from convlib.teach.exercises.engine.checking import examine
from convlib.teach.exercises.engine.definition import Exercise, chapters, find, of_chapter

CHAPTERS = Path(__file__).resolve().parents[2] / "chapters"
REGISTRY = [exercise for number in chapters() for exercise in of_chapter(number)]
STARTER, CHECK, SOLUTION = "exercise-starter", "exercise-check", "exercise-solution"


@dataclass
class Block:
    """The cells of one exercise, and the chapter's definitions before it."""

    path: Path
    label: str
    before: list[str]
    ends: bool = False
    cells: dict[str, list[str]] = field(
        default_factory=lambda: {STARTER: [], CHECK: [], SOLUTION: []}
    )

    @property
    def names(self) -> set[str]:
        """Which exercises its check cells name."""
        return set(re.findall(r'\bcheck\(\s*"([^"]+)"', "\n".join(self.cells[CHECK])))


@functools.cache
def blocks() -> list[Block]:
    return [block for path in sorted(CHAPTERS.glob("*.ipynb")) for block in read(path)]


def read(path: Path) -> list[Block]:
    """The exercises of one notebook, from `{exercise}` to `{solution-end}`."""
    found: list[Block] = []
    before: list[str] = []
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source, tags = "".join(cell["source"]), cell["metadata"].get("tags", [])
        if cell["cell_type"] == "markdown":
            for word, label in re.findall(
                r"\{(exercise|solution-end)\}(?:[^\n]*\n:label:\s*(\S+))?", source
            ):
                if word == "exercise":
                    found.append(Block(path, label, list(before)))
                elif found:
                    found[-1].ends = True
        elif cell["cell_type"] == "code":
            mine = [tag for tag in tags if tag in (STARTER, CHECK, SOLUTION)]
            for tag in mine:
                assert found, f"{path.name}: a cell tagged {tag} stands before any exercise"
                assert not found[-1].ends, f"{path.name}: a cell tagged {tag} outside an exercise"
                found[-1].cells[tag].append(source)
            if not mine:
                before.append(source)
    return found


def block_of(name: str) -> Block:
    mine = [block for block in blocks() if name in block.names]
    assert len(mine) == 1, f"exercise {name} is checked in {len(mine)} places"
    return mine[0]


def names(source: str) -> tuple[set[str], set[str]]:
    """Which names a piece of code binds, and which it reads that are not its functions' own."""

    def read_in(table: symtable.SymbolTable) -> set[str]:
        top = table.get_type() == "module"
        mine = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
        outer = {s.get_name() for s in table.get_symbols() if top or s.is_global() or s.is_free()}
        return (mine & outer).union(*map(read_in, table.get_children()))

    table = symtable.symtable(source, "chapter", "exec")
    bound = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return bound, read_in(table)


def definitions(sources: list[str], wanted: set[str]) -> dict[str, Any]:
    """What the chapter's imports, functions and plain assignments put under the wanted names.

    Of the assignments only those run on which a wanted name rests: the others may be trainings that
    take minutes.
    """
    kept = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign)
    pieces = [
        (piece := ast.unparse(node), *names(piece))
        for source in sources
        for node in ast.parse(source).body
        if isinstance(node, kept)
    ]
    wanted, before = set(wanted), -1
    while len(wanted) > before:
        before = len(wanted)
        wanted = wanted.union(*(read for _, bound, read in pieces if bound & wanted))
    space: dict[str, Any] = {}
    for piece, bound, _ in pieces:
        if bound & wanted:
            # An assignment may rest on an experiment that was left out.
            with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                exec(piece, space)
    return space


def test_only_the_definitions_run_on_which_the_wanted_names_rest() -> None:
    sources = [
        "import math\nran = []",
        "def once(name):\n    ran.append(name)\n    return name",
        "a = once('a')\nb = once('b')\nbroken = a + 1",
        "def use(b):\n    return [a for x in math.sqrt(b)]",
    ]
    assert definitions(sources, {"use"})["ran"] == ["a"]
    assert set(definitions(sources, {"use"})) >= {"math", "once", "a", "use"}
    assert definitions(sources, {"broken", "b"})["ran"] == ["a", "b"]


def handed_over(block: Block, *tags: str) -> dict[str, tuple[Any, bool]]:
    """Run the cells with these tags; what `check` gets: name -> (answer, record)."""
    given: dict[str, tuple[Any, bool]] = {}

    def check(name: str, answer: Any, *, record: bool = True) -> None:
        given[name] = (answer, record)

    with mpl.rc_context({"backend": "Agg"}), contextlib.redirect_stdout(io.StringIO()):
        cells = [source for tag in tags for source in block.cells[tag]]
        space = definitions(block.before, set().union(*(names(source)[1] for source in cells)))
        space |= {"check": check, "hint": lambda name: None}
        for source in cells:
            exec(source, space)
    return given


def spoil(value: Any) -> Any:
    """Something wrong of the same kind that nobody would list as a mistake."""
    if isinstance(value, (bool, np.bool_)):
        return not value
    if isinstance(value, np.ndarray):
        return 3 * value + 7 if value.dtype != bool else ~value
    if isinstance(value, (list, tuple)):
        return type(value)([spoil(item) for item in value] or [7])
    if isinstance(value, (set, frozenset)):
        return {*value, 1_000_007}
    if isinstance(value, str):
        return value + "?"
    return 7 if value is None else 3 * value + 7


def nonsense(exercise: Exercise) -> Any:
    if exercise.nonsense is not None:
        return exercise.nonsense
    assert exercise.oracle is not None, "an exercise with a judge needs `nonsense`"
    oracle = exercise.oracle
    return lambda *arguments: spoil(oracle(*arguments))


every_exercise = pytest.mark.parametrize("exercise", REGISTRY, ids=lambda exercise: exercise.name)


def test_the_registry_and_the_chapters_hold_the_same_exercises() -> None:
    in_chapters = [name for block in blocks() for name in sorted(block.names)]
    assert in_chapters
    assert len(in_chapters) >= len(REGISTRY)
    assert sorted(in_chapters) == sorted(exercise.name for exercise in REGISTRY)


def test_every_block_is_complete() -> None:
    for block in blocks():
        where = f"{block.path.name}, {block.label}"
        assert block.ends, f"{where}: no solution-end"
        for tag, cells in block.cells.items():
            assert cells, f"{where}: no cell tagged {tag}"


@pytest.mark.parametrize("number", chapters())
def test_names_begin_with_the_number_of_their_chapter(number: int) -> None:
    names = [exercise.name for exercise in of_chapter(number)]
    assert names == [f"{number}.{i}" for i in range(1, len(names) + 1)]


@every_exercise
def test_it_stands_in_its_chapter_under_its_label(exercise: Exercise) -> None:
    block = block_of(exercise.name)
    assert block.label == "ex-" + exercise.name.replace(".", "-")
    assert block.path.name.startswith(f"{int(exercise.name.partition('.')[0]):02}-")


@every_exercise
def test_the_starter_is_not_attempted(exercise: Exercise) -> None:
    answer, _ = handed_over(block_of(exercise.name), STARTER, CHECK)[exercise.name]
    assert str(examine(exercise, answer)).startswith(f"○ {exercise.name} not attempted yet")


@every_exercise
def test_the_solution_is_right_and_not_recorded(exercise: Exercise) -> None:
    answer, record = handed_over(block_of(exercise.name), STARTER, SOLUTION)[exercise.name]
    verdict = examine(exercise, answer)
    assert verdict.status == "right", str(verdict)
    assert len(verdict.lines) == 1, f"a solution earns no remarks: {verdict}"
    assert not record, "the solution's check must say record=False"


@every_exercise
def test_every_listed_mistake_is_recognised(exercise: Exercise) -> None:
    for mistake in exercise.mistakes:
        # our own code, so it may run in this process, where its coverage is measured
        verdict = examine(exercise, mistake.answer, route="thread", seconds=60.0)
        assert verdict.status == "wrong", f"{mistake.name} passes"
        assert mistake.sentence in str(verdict), f"{mistake.name}:\n{verdict}"


@every_exercise
def test_mistakes_and_hints_are_different_sentences(exercise: Exercise) -> None:
    assert len({mistake.name for mistake in exercise.mistakes}) == len(exercise.mistakes)
    assert len(set(exercise.hints)) == 3


@every_exercise
def test_unlisted_nonsense_is_rejected_with_a_counterexample(exercise: Exercise) -> None:
    verdict = examine(exercise, nonsense(exercise))
    assert verdict.status == "wrong", "nonsense passes"
    if exercise.judge is None:
        assert f"fails for {exercise.call}(" in verdict.lines[0]
        assert verdict.lines[1].startswith("  expected "), str(verdict)
        assert verdict.mistake is None, f"nonsense is taken for {verdict.mistake!r}"


@every_exercise
def test_cases_are_small_first_and_quick(exercise: Exercise) -> None:
    if exercise.cases is not None:
        assert 2 <= len(exercise.cases()) <= 5000


def test_find_knows_every_exercise() -> None:
    assert [find(exercise.name).name for exercise in REGISTRY] == [e.name for e in REGISTRY]
