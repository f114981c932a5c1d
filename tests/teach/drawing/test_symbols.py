"""Symbols, and how sums of them are written."""

import re

import numpy as np
import pytest
import sympy

from convlib.teach.drawing.symbols import array, show, vector

x, w, b = vector("x", 12), vector("w", 3), sympy.Symbol("b")


def test_symbols_are_plain_sympy_symbols() -> None:
    assert x.shape == (12,)
    assert x[10] == sympy.Symbol("x_10")
    assert array("w", (2, 1, 3))[1, 0, 2] == sympy.Symbol("w_{1,0,2}")
    assert array("s", ()).item() == sympy.Symbol("s")
    assert vector("x", 0).shape == (0,)


def test_windows_are_written_in_reading_order() -> None:
    y = [w @ x[i : i + 3] for i in range(2)] + [np.convolve(x, w)[2], w @ x[8:11]]
    assert repr(show("y", y)).splitlines() == [
        "y_0 = w_0 x_0 + w_1 x_1 + w_2 x_2",
        "y_1 = w_0 x_1 + w_1 x_2 + w_2 x_3",
        "y_2 = w_0 x_2 + w_1 x_1 + w_2 x_0",
        "y_3 = w_0 x_8 + w_1 x_9 + w_2 x_10",
    ]


@pytest.mark.parametrize(
    ("value", "plain", "tex"),
    [
        (0, "0", "0"), (x[0], "x_0", "x_{0}"), (-x[1], "-x_1", "-x_{1}"),
        (b + w[0] * x[0], "w_0 x_0 + b", "w_{0} x_{0} + b"),
        (x[10] - 2 * x[2] - 1, "-2 x_2 + x_10 - 1", "-2 x_{2} + x_{10} - 1"),
        (x[0] ** 2 + x[1] ** 12, "x_0^2 + x_1^12", "x_{0}^{2} + x_{1}^{12}"),
        (x[0] / 4 - x[1] / 4, "1/4 x_0 - 1/4 x_1", r"\frac{1}{4} x_{0} - \frac{1}{4} x_{1}"),
        (0.5 * x[0] + 0.25, "0.5 x_0 + 0.25", "0.5 x_{0} + 0.25"),
        ((w[0] + w[1]) * (x[0] - x[1]), "(w_0 + w_1) (x_0 - x_1)",
         r"\left(w_{0} + w_{1}\right) \left(x_{0} - x_{1}\right)"),
        ((x[0] + 1) ** 2, "(x_0 + 1)^2", r"\left(x_{0} + 1\right)^{2}"),
        (1 / x[0], "1/x_0", r"\frac{1}{x_{0}}"), (sympy.exp(x[0]), "exp(x_0)", "e^{x_{0}}"),
        (sympy.Symbol("delta_3"), "delta_3", r"\delta_{3}"), (sympy.Symbol("d_out_3"), "d_out_3",
         "d_{out,3}"), (array("x", (1, 2))[0, 1], "x_{0,1}", "x_{0,1}"),
        (np.float64(1.5), "1.5", "1.5"),
    ],
)  # fmt: skip
def test_expressions(value, plain, tex) -> None:
    shown = show("y", value)
    assert repr(shown) == f"y = {plain}"
    assert shown._repr_latex_() == f"$$\\begin{{aligned}}\ny &= {tex}\n\\end{{aligned}}$$"


def test_more_axes_more_subscripts() -> None:
    assert repr(show("y", array("x", (1, 2)))) == "y_{0,0} = x_{0,0}\ny_{0,1} = x_{0,1}"
    assert "y_{0,1} &= x_{0,1}" in show("y", array("x", (1, 2)))._repr_latex_()


def test_a_name_may_be_tex() -> None:
    assert r"\partial L_{0} &= x_{0}" in show(r"\partial L", x[:1])._repr_latex_()


def test_numbers_may_stand_among_symbols() -> None:
    assert repr(show("y", np.array([x[0], 0, 3], dtype=object))) == "y_0 = x_0\ny_1 = 0\ny_2 = 3"


def test_what_is_shown_is_what_was_computed() -> None:
    """Read the plain text back: nothing is lost or added by the way it is written."""
    value = np.convolve(x[:5], [2, -1, sympy.Rational(1, 3)])
    for line, right in zip(repr(show("y", value)).splitlines(), value, strict=True):
        read = sympy.sympify(re.sub(r"(\d) x", r"\1*x", line.partition(" = ")[2]))
        assert sympy.expand(read - right) == 0
