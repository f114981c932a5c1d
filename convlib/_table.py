"""A network as a table of plain text."""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """One layer: its number, its title, the shape of its output if known, its parameters."""

    name: str
    title: str
    shape: tuple[int, ...] | None
    size: int


class Table(str):
    """Text that stands in a notebook as it is printed: without quotes, and it may scroll."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return the text itself."""
        return str(self)


def table(rows: list[Row], total: int) -> Table:
    """Return an aligned table with a head and a total; no column of shapes where none is known.

    >>> table([Row("", "input", (4,), 0), Row("0", "Dense(4 → 2)", (2,), 1000)], 1000)
    layer            output  parameters
    -----------------------------------
       input         (4,)
    0  Dense(4 → 2)  (2,)         1,000
    -----------------------------------
       total                      1,000
    """
    known = any(row.shape is not None for row in rows)
    rows = [row for row in rows if known or row.title != "input"]
    indent = max(len(row.name) for row in [*rows, Row("", "", None, 0)])
    lines = [("layer", "output", "parameters")]
    lines += [(_left(row, indent), _shape(row), f"{row.size:,}" * (row.size > 0)) for row in rows]
    lines += [(_left(Row("", "total", None, 0), indent), "", f"{total:,}")]
    first, second, third = (max(map(len, column)) for column in zip(*lines, strict=True))
    middle = f"{{1:{second}}}  " if known else ""
    text = [(f"{{0:{first}}}  {middle}{{2:>{third}}}").format(*line).rstrip() for line in lines]
    rule = "-" * max(map(len, text))
    return Table("\n".join([text[0], rule, *text[1:-1], rule, text[-1]]))


def _left(row: Row, indent: int) -> str:
    """Return the first column: number and title."""
    return f"{row.name:{indent}}  {row.title}" if indent else row.title


def _shape(row: Row) -> str:
    """Return the second column."""
    return "" if row.shape is None else str(row.shape)
