"""Interactives: a picture with words here, the same picture with handles in the published page.

Each function returns an object that a notebook shows as a picture; ``explore.js`` finds the
same HTML in the built page and gives it its handles. `live` does so in a running notebook.
"""

from convlib.teach.explore._backward import backward
from convlib.teach.explore._conventions import conventions
from convlib.teach.explore._live import live
from convlib.teach.explore._shapes import shapes
from convlib.teach.explore._slide import slide
from convlib.teach.explore._svg import Interactive

__all__ = ["Interactive", "backward", "conventions", "live", "shapes", "slide"]
