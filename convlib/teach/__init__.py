"""What the pages of the book need: equations that are tested, and exercises that are checked."""

from . import explore, figures, symbols
from .cases import draw, every
from .check import check, hint
from .exhibit import exhibit, exhibits
from .probe import probe
from .progress import progress
from .verify import VerificationError, counterexample, records, verify

__all__ = [
    "VerificationError",
    "check",
    "counterexample",
    "draw",
    "every",
    "exhibit",
    "exhibits",
    "explore",
    "figures",
    "hint",
    "probe",
    "progress",
    "records",
    "symbols",
    "verify",
]
