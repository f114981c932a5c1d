"""What a chapter needs to work with other frameworks: Keras's backend, and complete programs."""

from __future__ import annotations

import ast
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

_GIVEN = "__given__"  # under this name a program that is run finds its other constants


def keras_on_torch() -> None:
    """Make Keras compute with PyTorch instead of TensorFlow; to be called before `import keras`.

    Keras reads the environment variable KERAS_BACKEND when it is imported, and never again.

    Raises
    ------
    RuntimeError
        If Keras is already there with another backend.

    Examples
    --------
    >>> keras_on_torch()
    >>> os.environ["KERAS_BACKEND"]
    'torch'
    """
    os.environ["KERAS_BACKEND"] = "torch"
    keras = sys.modules.get("keras")
    if keras is not None and keras.config.backend() != "torch":
        found = keras.config.backend()
        rule = "restart, and call keras_on_torch() before `import keras`"
        raise RuntimeError(f"Keras already computes with {found}: {rule}")


def run(program: str | Path, **constants: Any) -> dict[str, Any]:
    """Run a program, with other values for some of its constants, and return all its names.

    Parameters
    ----------
    program
        The name of a Python file. It sees its own name as `__name__`, not `"__main__"`.
    constants
        Values of any kind, in place of what the file assigns to these names at its top level, as in
        `RATES = (0.1, 0.01)`, `STEPS: int = 8` or `TRAIN, VALIDATION = 6400, 1600`.

    Returns
    -------
    dict of str to Any
        What the program has bound when it ends.

    Raises
    ------
    ValueError
        If the program assigns no such constant.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "three.py"
    ...     _ = file.write_text("STEPS, SIZE = 3, 0.5; way = STEPS * SIZE")
    ...     run(file)["way"], run(file, STEPS=4)["way"]
    (1.5, 2.0)
    """
    path = Path(program)
    tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    for name in constants:
        places = [i for i, node in enumerate(tree.body) if name in _assigned(node)]
        if not places:
            raise ValueError(f"{path.name} assigns no {name}: needs a constant of the program")
        put = ast.parse(f"{name} = {_GIVEN}[{name!r}]").body
        tree.body[places[-1] + 1 : places[-1] + 1] = put
    module = ModuleType(path.stem)
    vars(module).update({"__file__": str(path), _GIVEN: constants})
    before = sys.modules.get(path.stem)
    sys.modules[path.stem] = module  # dataclasses look there for the program that defines them
    try:
        exec(compile(tree, str(path), "exec"), vars(module))
    finally:
        del sys.modules[path.stem]
        if before is not None:
            sys.modules[path.stem] = before
    del vars(module)[_GIVEN]
    return vars(module)


def _assigned(node: ast.stmt) -> set[str]:
    """Return the names to which a statement gives a value, if it is an assignment."""
    if isinstance(node, ast.Assign):
        targets = node.targets
    else:
        targets = [node.target] if isinstance(node, ast.AnnAssign) and node.value else []
    names = [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return {name.id for name in names if isinstance(name.ctx, ast.Store)}
