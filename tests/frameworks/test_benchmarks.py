"""`make bench` runs: its tables are whole, and both libraries compute the same before a race."""

import pytest

from benchmarks import layers
from benchmarks.race import Ratio


@pytest.fixture
def short(monkeypatch):
    """One network, one shape, and races that nobody times."""

    def race(ours, theirs, *, turns):
        ours(), theirs()
        return Ratio(turns, turns, turns)

    monkeypatch.setattr(layers, "race", race)
    monkeypatch.setattr(layers, "STEPS", [(8, 1, 2, 4)])
    monkeypatch.setattr(layers, "POOLED", [(2, 3, 8, 8)])


def test_every_table_has_its_lines(short, capsys):
    layers.main(["--layers", "--turns", "2"])
    text = capsys.readouterr().out
    step, functions, pools, single = (part.splitlines() for part in text.strip().split("\n\n"))
    assert step[1].split() == ["8×8,", "channels", "1→2→4", "2.00", "(2.00–2.00)"]
    windows = ["2×3×8×8, 2×2/2", "2×3×8×8, 3×3/2 pad 1", "2×3×8×8, 3×3/1"]
    for table in (functions, pools):
        assert [line[:34].rstrip() for line in table[1:]] == windows
        assert all(line.count("2.00 (2.00–2.00)") == 4 for line in table[1:])
    assert [line[:2].strip() for line in single[1:11]] == list("0123456789")
    assert [line.split()[0] for line in single[11:]] == ["loss", "Adam"]
    assert all(line.endswith("200%") for line in single[1:])


def test_layers_are_left_out_unless_asked_for(short, capsys):
    layers.main([])
    assert len(capsys.readouterr().out.strip().split("\n\n")) == 3


def test_a_network_that_computes_something_else_is_noticed(short, monkeypatch):
    monkeypatch.setattr(layers.nn, "ReLU", layers.nn.Tanh)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        layers.main([])
