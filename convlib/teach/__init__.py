"""What the pages of the book need: equations that are tested, and exercises that are checked.

Every name is imported when it is first used: who only checks an exercise loads neither matplotlib
nor SymPy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from convlib.teach import explore, faulty, frameworks, notation, trained
    from convlib.teach.drawing import cones, figures, neurons, pictures, symbols
    from convlib.teach.equations.cases import choice, draw, every, image, integer, size, vector
    from convlib.teach.equations.coverage import verification_table
    from convlib.teach.equations.evaluation import VerificationError
    from convlib.teach.equations.museum import exhibit, exhibits
    from convlib.teach.equations.verification import counterexample, records, verify
    from convlib.teach.exercises.engine.checking import check, hint
    from convlib.teach.exercises.engine.logbook import progress
    from convlib.teach.probing import probe

__all__ = [
    "VerificationError",
    "check",
    "choice",
    "cones",
    "counterexample",
    "draw",
    "every",
    "exhibit",
    "exhibits",
    "explore",
    "faulty",
    "figures",
    "frameworks",
    "hint",
    "image",
    "integer",
    "neurons",
    "notation",
    "pictures",
    "probe",
    "progress",
    "records",
    "size",
    "symbols",
    "trained",
    "vector",
    "verification_table",
    "verify",
]

_MODULES = {
    "": ("explore", "faulty", "frameworks", "notation", "trained"),
    "drawing": ("cones", "figures", "neurons", "pictures", "symbols"),
}
_NAMES = {
    "equations.cases": ("choice", "draw", "every", "image", "integer", "size", "vector"),
    "equations.coverage": ("verification_table",),
    "equations.evaluation": ("VerificationError",),
    "equations.museum": ("exhibit", "exhibits"),
    "equations.verification": ("counterexample", "records", "verify"),
    "exercises.engine.checking": ("check", "hint"),
    "exercises.engine.logbook": ("progress",),
    "probing": ("probe",),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}
_PATHS = {name: f"{room}.{name}".lstrip(".") for room, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    """Import what the name stands for; from then on it is an ordinary attribute (PEP 562)."""
    if name in _PATHS:
        value: Any = import_module(f"{__name__}.{_PATHS[name]}")
    elif name in _HOMES:
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names, those not yet imported included."""
    return sorted({*globals(), *__all__})
