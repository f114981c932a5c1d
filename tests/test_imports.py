"""Imports point downwards only, and in no circle; no function hides the module it lives in.

Everything here is read from the source, so that nothing depends on what was imported before.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted((ROOT / "convlib").rglob("*.py"))
}

# What every room may import, besides itself; a module is in the deepest room that is named here,
# and `convlib.*` holds the single files of the mathematics.
GROUND = {"convlib._checks", "convlib._views", "convlib.geometry"}
MATHEMATICS = {"convlib.*", "convlib.fast", *GROUND}
LIBRARY = {"convlib", "convlib.nn", "convlib.reference", *MATHEMATICS}
NOTATION, EQUATIONS = {"convlib.teach.notation"}, {"convlib.teach.equations"}
ENGINE, DRAWING = {"convlib.teach.exercises.engine"}, {"convlib.teach.drawing"}
MAY_IMPORT: dict[str, set[str]] = {
    "convlib._checks": set(),
    "convlib.geometry": {"convlib._checks"},
    "convlib._views": {"convlib._checks", "convlib.geometry"},
    "convlib.fast": GROUND,
    "convlib.*": MATHEMATICS,  # the layers that choose an algorithm need `fast`
    # independent of all that it is compared with: only what an argument must be is shared
    "convlib.reference": {"convlib._checks"},
    "convlib.nn": MATHEMATICS,
    "convlib": LIBRARY,
    "convlib.teach.notation": set(),
    "convlib.teach.equations": NOTATION,
    "convlib.teach.exercises.engine": NOTATION | EQUATIONS,
    "convlib.teach.drawing": LIBRARY,
    "convlib.teach.explore": LIBRARY | DRAWING,
    "convlib.teach.faulty": LIBRARY,
    "convlib.teach.frameworks": set(),
    "convlib.teach.probing": set(),
    "convlib.teach.trained": LIBRARY,
    "convlib.teach.exercises": LIBRARY
    | NOTATION
    | EQUATIONS
    | ENGINE
    | DRAWING
    | {"convlib.teach.faulty"},
    "convlib.teach": set(),  # imports its names when they are used
}


def room(module: str) -> str:
    """The deepest room that a module is in."""
    if module.count(".") == 1 and module not in MAY_IMPORT:
        return "convlib.*"
    while module not in MAY_IMPORT:
        module = module.rpartition(".")[0]
    return module


def statements(nodes: list[ast.stmt], *, deep: bool, typing: bool = False) -> Iterator[ast.stmt]:
    """The statements that run on import; `deep` adds functions, `typing` what only checkers see."""
    for node in nodes:
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not deep:
            continue
        for name, block in ast.iter_fields(node):
            only_typing = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
            if isinstance(block, list) and not (name == "body" and only_typing and not typing):
                inner = [one for one in block if isinstance(one, (ast.stmt, ast.ExceptHandler))]
                yield from statements(inner, deep=deep, typing=typing)


def names(module: str, node: ast.stmt) -> Iterator[tuple[str, str]]:
    """What a statement imports from convlib: (module, name in it), the name empty for a module."""
    if isinstance(node, ast.Import):
        found = [(alias.name, "") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        source = node.module or ""
        if node.level:
            is_package = FILES[module].name == "__init__.py"
            base = module.split(".")[: len(module.split(".")) - node.level + is_package]
            source = ".".join([*base, *([source] if source else [])])
        joined = [(f"{source}.{alias.name}", alias.name, source) for alias in node.names]
        found = [(full, "") if full in FILES else (home, name) for full, name, home in joined]
    else:
        found = []
    yield from ((home, name) for home, name in found if home.partition(".")[0] == "convlib")


def imported(module: str, source: str, *, deep: bool) -> set[str]:
    """The modules that a module with this source imports."""
    nodes = statements(ast.parse(source).body, deep=deep)
    return {home for node in nodes for home, _ in names(module, node)} - {module}


def imports(module: str, *, deep: bool) -> set[str]:
    return imported(module, FILES[module].read_text(encoding="utf-8"), deep=deep)


def hidden(package: str, source: str) -> set[str]:
    """The submodules whose name stands for something else in a package with this source."""
    nodes = statements(ast.parse(source).body, deep=False, typing=True)
    bound = {name for node in nodes for _, name in names(package, node)}
    return {name for name in bound if f"{package}.{name}" in FILES}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A circle of a graph, each member before the one that it needs; empty where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []


@pytest.mark.parametrize("module", FILES)
def test_imports_point_downwards(module: str) -> None:
    mine = room(module)
    allowed = {mine, *MAY_IMPORT[mine]}
    wrong = {other for other in imports(module, deep=True) if room(other) not in allowed}
    assert wrong == set(), f"{module} is in {mine}, which may import {sorted(MAY_IMPORT[mine])}"


def test_there_is_no_circle() -> None:
    graph = {module: imports(module, deep=False) for module in FILES}
    assert " imports ".join(circle(graph)) == ""


@pytest.mark.parametrize("package", [n for n, f in FILES.items() if f.name == "__init__.py"])
def test_no_function_hides_its_module(package: str) -> None:
    assert hidden(package, FILES[package].read_text(encoding="utf-8")) == set()


# ---------------------------------------------------------------- these tests can fail


def test_the_rooms_lie_above_each_other() -> None:
    assert circle({name: below - {name} for name, below in MAY_IMPORT.items()}) == []
    assert room("convlib.pool") == "convlib.*"
    assert room("convlib.nn.layer") == "convlib.nn"
    assert room("convlib.teach.exercises.ch01") == "convlib.teach.exercises"
    assert room("convlib.teach.exercises.engine.guard") == "convlib.teach.exercises.engine"


@pytest.mark.parametrize(
    ("source", "found"),
    {
        "import numpy as np": set(),
        "import convlib.pool": {"convlib.pool"},
        "from convlib.pool import max_pool": {"convlib.pool"},
        "from convlib import max_pool": {"convlib"},
        "from convlib import pool, shapes": {"convlib.pool", "convlib.shapes"},
        "from . import init": {"convlib.nn.init"},
        "from .init import he_normal": {"convlib.nn.init"},
        "from ..pool import max_pool": {"convlib.pool"},
        "try:\n    from convlib import pool\nexcept ImportError:\n    pass": {"convlib.pool"},
        "class A:\n    from convlib import pool": {"convlib.pool"},
        "if TYPE_CHECKING:\n    from convlib import pool\nelse:\n    import convlib.shapes": {
            "convlib.shapes"
        },
    }.items(),
)
def test_imports_are_found(source: str, found: set[str]) -> None:
    assert imported("convlib.nn.layer", source, deep=False) == found


def test_imports_inside_functions_count_for_the_direction_only() -> None:
    source = "def f():\n    if f:\n        from convlib import pool"
    assert imported("convlib.nn.layer", source, deep=False) == set()
    assert imported("convlib.nn.layer", source, deep=True) == {"convlib.pool"}


def test_a_function_with_the_name_of_a_module_is_found() -> None:
    assert hidden("convlib", "from convlib.matrix import pool, hankel") == {"pool"}
    lazy = "if TYPE_CHECKING:\n    from convlib.matrix import pool"
    assert hidden("convlib", lazy) == {"pool"}
    assert hidden("convlib", "from convlib import pool") == set()


def test_a_circle_is_found() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) in (
        ["a", "b", "c", "a"],
        ["b", "c", "a", "b"],
        ["c", "a", "b", "c"],
    )
