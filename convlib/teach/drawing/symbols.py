"""Arrays of SymPy symbols, so that the code that computes is also the code that derives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy


def scalar(name: str) -> sympy.Symbol:
    """One symbol.

    >>> scalar("b") + 1
    b + 1
    """
    return sympy.Symbol(name)


def vector(name: str, length: int) -> np.ndarray:
    """Symbols name_0 … name_{length-1} in an object array.

    >>> vector("x", 3)
    array([x_0, x_1, x_2], dtype=object)
    """
    return np.array([sympy.Symbol(f"{name}_{i}") for i in range(length)], dtype=object)


def array(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Symbols name_{i,j,…} in an object array of that shape.

    >>> array("x", (1, 2))
    array([[x_{0,0}, x_{0,1}]], dtype=object)
    """
    symbols = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        symbols[place] = sympy.Symbol(_indexed(name, place))
    return symbols


def show(name: str, values: Any) -> Equations:
    """The entries of an array as equations, one on each line; a notebook shows them as formulas.

    Terms stand in the order of their subscripts, and letters in the order of the alphabet.

    >>> x, w = vector("x", 3), vector("w", 2)
    >>> show("y", [x[1] * w[1] + w[0] * x[0], w[0] * x[1] + w[1] * x[2]])
    y_0 = w_0 x_0 + w_1 x_1
    y_1 = w_0 x_1 + w_1 x_2
    """
    entries = np.asarray(values, dtype=object)
    return Equations(
        tuple(
            (_indexed(name, place), sympy.sympify(entries[place]))
            for place in np.ndindex(entries.shape)
        )
    )


@dataclass(frozen=True, repr=False)
class Equations:
    """Pairs of a left-hand name and an expression, to be displayed."""

    pairs: tuple[tuple[str, sympy.Expr], ...]

    def __repr__(self) -> str:
        return "\n".join(f"{name} = {_sum(value, tex=False)}" for name, value in self.pairs)

    def _repr_latex_(self) -> str:
        lines = (
            f"{_name(name, tex=True)} &= {_sum(value, tex=True)}" for name, value in self.pairs
        )
        return "$$\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}$$"


def _indexed(name: str, place: tuple[int, ...]) -> str:
    """Write x for no index, x_3 for one, x_{1,2} for more."""
    if not place:
        return name
    return f"{name}_{place[0]}" if len(place) == 1 else f"{name}_{{{','.join(map(str, place))}}}"


def _name(name: str, *, tex: bool) -> str:
    if not tex:
        return name
    stem, _, index = name.partition("_")
    stem = stem if "\\" in stem else str(sympy.latex(sympy.Symbol(stem)))  # delta becomes \delta
    return f"{stem}_{{{index.strip('{}').replace('_', ',')}}}" if index else stem


def _sum(value: sympy.Expr, *, tex: bool) -> str:
    """A sum in reading order: products of more letters first, then by letter and subscript."""
    terms = sorted(sympy.Add.make_args(value), key=_order)
    text = _product(terms[0], tex=tex)
    for term in terms[1:]:
        written = _product(term, tex=tex)
        text += f" - {written[1:]}" if written.startswith("-") else f" + {written}"
    return text


def _product(term: sympy.Expr, *, tex: bool) -> str:
    number, factors = term.as_coeff_mul(rational=False)
    letters = " ".join(_factor(factor, tex=tex) for factor in sorted(factors, key=_order))
    if not letters:
        return _number(number, tex=tex)
    if number in (1, -1):
        return f"-{letters}" if number == -1 else letters
    return f"{_number(number, tex=tex)} {letters}"


def _factor(value: sympy.Expr, *, tex: bool) -> str:
    base, exponent = value.as_base_exp()
    if exponent.is_Integer and exponent > 1:
        return (
            f"{_factor(base, tex=tex)}^{{{exponent}}}"
            if tex
            else f"{_factor(base, tex=tex)}^{exponent}"
        )
    if value.is_Symbol:
        return _name(value.name, tex=tex)
    if value.is_Add:
        inner = _sum(value, tex=tex)
        return f"\\left({inner}\\right)" if tex else f"({inner})"
    return str(sympy.latex(value)) if tex else str(value)


def _number(value: sympy.Expr, *, tex: bool) -> str:
    if value.is_Float:
        return f"{float(value):.6g}"
    return str(sympy.latex(value)).replace("- ", "-") if tex else str(value)


def _order(value: sympy.Expr) -> tuple[Any, ...]:
    """Sorts w_2 before w_10, products before single letters, and plain numbers last."""
    symbols = sorted(value.free_symbols, key=_symbol_order)
    return -len(symbols), [_symbol_order(symbol) for symbol in symbols], str(value)


def _symbol_order(symbol: sympy.Symbol) -> tuple[str, list[int]]:
    stem, _, index = symbol.name.partition("_")
    return stem, [int(number) for number in re.findall(r"\d+", index)]
