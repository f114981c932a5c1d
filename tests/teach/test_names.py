"""The names that chapters import from `convlib.teach`: one list, three ways to see it."""

import ast
import inspect

import pytest

from convlib import teach


def test_every_name_of_the_list_can_be_imported_and_no_other() -> None:
    assert teach.__all__ == sorted(teach.__all__)
    for name in teach.__all__:
        assert getattr(teach, name) is not None
    assert set(teach.__all__) <= set(dir(teach))
    with pytest.raises(AttributeError, match=r"module 'convlib\.teach' has no attribute 'chekc'"):
        _ = teach.chekc


def test_a_type_checker_sees_the_same_names_from_the_same_places() -> None:
    tree = ast.parse(inspect.getsource(teach))
    (typed,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {
        alias.name: node.module
        for node in typed.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert sorted(seen) == teach.__all__
    for name, module in seen.items():
        value = getattr(teach, name)
        home = value.__name__.rpartition(".")[0] if inspect.ismodule(value) else value.__module__
        assert home == module, name


def test_a_name_is_kept_once_it_was_used() -> None:
    assert teach.verify is teach.verify
    assert "verify" in vars(teach)
