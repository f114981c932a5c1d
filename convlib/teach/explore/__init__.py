"""Interactives: a picture with words here, the same picture with handles in the published page.

Each function returns an object that a notebook shows as a picture; ``assets/explore.js`` finds the
same HTML in the built page and gives it its handles. `live` does so in a running notebook.
"""

from ._backward import backward
from ._conventions import conventions
from ._live import live
from ._shapes import shapes
from ._slide import slide
from ._svg import Interactive

__all__ = ["Interactive", "backward", "conventions", "live", "shapes", "slide"]
