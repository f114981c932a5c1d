"""The list of mutants cannot rot: every mistake still has its place, and tests that exist."""

import ast
import importlib.util

import pytest


def load(root):
    spec = importlib.util.spec_from_file_location("mutants", root / "tests" / "mutants.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def mutants(root):
    return load(root)


def test_there_are_many_and_each_has_a_name_of_its_own(mutants):
    names = [mutant.name for mutant in mutants.MUTANTS]
    assert len(names) >= 45
    assert len(set(names)) == len(names)


def test_every_old_text_stands_exactly_once(mutants, root):
    texts = {mutant.file: (root / mutant.file).read_text() for mutant in mutants.MUTANTS}
    found = {m.name: texts[m.file].count(m.old) for m in mutants.MUTANTS}
    assert {name: count for name, count in found.items() if count != 1} == {}


def test_every_mutant_is_python_and_no_two_are_the_same(mutants, root):
    changed = set()
    for mutant in mutants.MUTANTS:
        text = (root / mutant.file).read_text().replace(mutant.old, mutant.new)
        ast.parse(text)
        changed.add((mutant.file, text))
    assert len(changed) == len(mutants.MUTANTS)


def test_the_tests_named_exist(mutants, root):
    for mutant in mutants.MUTANTS:
        for test in mutant.tests.split():
            path, _, name = test.partition("::")
            assert f"def {name}" in (root / path).read_text(), mutant.name


def test_a_mutant_without_its_place_is_told(mutants, root, tmp_path):
    lost = mutants.Mutant("lost", "pyproject.toml", "no such text", "", "")
    assert "stands 0 times in pyproject.toml" in mutants.broken(lost, root)


def test_the_verdicts(mutants):
    """An equivalent change survives, a mistake is killed, and a missing test is no verdict."""
    place = "convlib/geometry.py", "outputs = -(-n // s)"
    harmless = mutants.Mutant("harmless", *place, "outputs = (n + s - 1) // s", mutants.SHAPES)
    assert mutants.verdict(harmless) == "SURVIVED"
    assert mutants.verdict(harmless._replace(new="outputs = n // s")) == "killed"
    assert mutants.verdict(harmless._replace(tests="tests/none.py")) == "its tests do not run"


def test_a_mutant_that_never_ends_is_killed(mutants, monkeypatch):
    monkeypatch.setattr(mutants, "SECONDS", 1)
    place = "convlib/geometry.py", "outputs = -(-n // s)"
    endless = mutants.Mutant("endless", *place, "while n:\n        outputs = 1", mutants.SHAPES)
    assert mutants.verdict(endless) == "killed"
