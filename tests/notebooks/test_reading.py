"""The reader that the hygiene rules stand on, on small pages."""

from .reading import blocks, equations

PAGE = r"""
Text with `$$ not = maths $$` and

$$ a = b $$ (eq-a)

$$
c = d
$$

```{math}
:label: eq-e
e = f
```

````{prf:theorem} T
:label: thm
$$ g = h $$ (eq-g)

```{prf:proof}
$$ i = j $$
```
````

```{solution-start} ex-1-1
:class: dropdown
```

$$ k = l $$

```{solution-end}
```

```python
"$$ m = n $$"
```

\begin{align}
o = p
\end{align}
"""


def test_equations_are_found_with_label_and_place() -> None:
    found = [(e.tex.split("\n")[-1], e.label, e.inside[-1:]) for e in equations(PAGE)]
    assert found == [
        ("a = b", "eq-a", ("",)),
        ("c = d", "", ("",)),
        ("e = f", "eq-e", ()),
        ("g = h", "eq-g", ("prf:theorem",)),
        ("i = j", "", ("prf:proof",)),
        ("k = l", "", ("",)),
        (r"\begin{align}", "", ("",)),
    ]


def test_gated_solutions_count_as_around() -> None:
    (equation,) = [e for e in equations(PAGE) if e.tex == "k = l"]
    assert "solution" in equation.inside


def test_blocks_carry_their_argument() -> None:
    assert ("solution-start", "ex-1-1") in [(b.name, b.argument) for b in blocks(PAGE)]
