"""Tables of plain text, which networks and their ledgers print themselves as."""

from __future__ import annotations

from collections.abc import Sequence
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


def aligned(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    align: str,
    total: Sequence[str] | None = None,
) -> Table:
    """Return cells of text as a table with a head, and maybe a total, in aligned columns.

    `align` has one `<` (flush left) or `>` (flush right) for each column.

    >>> aligned(["stage", "cost"], [["a", "1,000"], ["b", ""]], "<>", ["total", "1,000"])
    stage   cost
    ------------
    a      1,000
    b
    ------------
    total  1,000
    """
    lines = [head, *rows, *([] if total is None else [total])]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    form = "  ".join(f"{{:{side}{width}}}" for side, width in zip(align, widths, strict=True))
    text = [form.format(*line).rstrip() for line in lines]
    rule = "-" * max(map(len, text))
    text.insert(1, rule)
    if total is not None:
        text.insert(-1, rule)
    return Table("\n".join(text))


def table(rows: list[Row], total: int) -> Table:
    """Return the table of a network; no column of shapes where none is known.

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
    indent = max((len(row.name) for row in rows), default=0)
    lines = [("layer", "output", "parameters")]
    lines += [(_left(row, indent), _shape(row), count(row.size)) for row in rows]
    lines += [(_left(Row("", "total", None, 0), indent), "", f"{total:,}")]
    head, *body, foot = lines if known else [(left, right) for left, _, right in lines]
    return aligned(head, body, "<<>" if known else "<>", foot)


def count(number: int) -> str:
    """Return a count with its thousands apart, and nothing for 0.

    >>> count(1000), count(0)
    ('1,000', '')
    """
    return f"{number:,}" if number else ""


def _left(row: Row, indent: int) -> str:
    """Return the first column: number and title."""
    return f"{row.name:{indent}}  {row.title}" if indent else row.title


def _shape(row: Row) -> str:
    """Return the second column."""
    return "" if row.shape is None else str(row.shape)
