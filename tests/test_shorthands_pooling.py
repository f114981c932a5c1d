"""Pooling of one list and of one picture, against the loops that define it."""

import numpy as np
import pytest
import sympy

import convlib as cl


def test_lists_by_hand() -> None:
    x = [3, 1, 4, 1, 5]
    np.testing.assert_array_equal(cl.max_pool1d(x, 2), [3, 4])
    np.testing.assert_array_equal(cl.max_pool1d(x, 3, stride=1, padding=(0, 1)), [4, 4, 5, 5])
    np.testing.assert_array_equal(cl.avg_pool1d(x, 2, ceil_mode=True), [2, 2.5, 5])
    np.testing.assert_array_equal(cl.max_pool1d_backward([1, 10, 100], x, 3, stride=1),
                                  [0, 0, 11, 0, 100])  # fmt: skip
    np.testing.assert_array_equal(cl.avg_pool1d_backward([2, 4], x, 2), [1, 1, 2, 2, 0])


def test_pictures_by_hand() -> None:
    x = np.array([[3, 1, 4, 1], [5, 9, 2, 6], [5, 3, 5, 8], [9, 7, 9, 3]])
    np.testing.assert_array_equal(cl.max_pool2d(x, 2), [[9, 6], [9, 9]])
    np.testing.assert_array_equal(cl.avg_pool2d(x, 2), [[4.5, 3.25], [6, 6.25]])
    winners = [[0, 0, 0, 0], [0, 10, 0, 20], [0, 0, 0, 0], [30, 0, 40, 0]]
    np.testing.assert_array_equal(cl.max_pool2d_backward([[10, 20], [30, 40]], x, 2), winners)
    shares = np.repeat(np.repeat([[1, 2], [3, 4]], 2, axis=0), 2, axis=1)
    np.testing.assert_array_equal(cl.avg_pool2d_backward([[4, 8], [12, 16]], x, 2), shares)


def options_for(axes: int, rng: np.random.Generator) -> dict[str, object]:
    """Options under which every window reads at least one number."""
    per_axis = {
        "stride": tuple(int(s) for s in rng.integers(1, 4, axes)),
        "padding": tuple((int(p), int(q)) for p, q in rng.integers(0, 2, (axes, 2))),
        "dilation": tuple(int(d) for d in rng.integers(1, 3, axes)),
    }
    options = {name: value[0] if axes == 1 else value for name, value in per_axis.items()}
    return options | {"ceil_mode": bool(rng.integers(2))}


def for_the_loops(options: dict[str, object], axes: int) -> dict[str, object]:
    return options | {"padding": (options["padding"],)} if axes == 1 else options


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize("kind", ["max", "avg"])
def test_the_loops_agree_both_ways(axes: int, kind: str, rng: np.random.Generator) -> None:
    forward, back = (getattr(cl, f"{kind}_pool{axes}d{end}") for end in ("", "_backward"))
    loops, loops_back = (getattr(cl.reference, f"{kind}_pool{end}") for end in ("", "_backward"))
    for _ in range(60):
        x = rng.integers(-9, 10, rng.integers(4, 8, axes)).astype(float)
        window = 2 if axes == 1 else (2, int(rng.integers(1, 3)) + 1)
        options = options_for(axes, rng)
        if kind == "avg":
            options["count_include_pad"] = bool(rng.integers(2))
        same = for_the_loops(options, axes)
        y = forward(x, window, **options)
        np.testing.assert_allclose(y, loops(x[None, None], window, **same)[0, 0], atol=1e-14)
        dy = rng.integers(-9, 10, y.shape).astype(float)
        right = loops_back(dy[None, None], x[None, None], window, **same)[0, 0]
        np.testing.assert_allclose(back(dy, x, window, **options), right, atol=1e-13)


def test_dtypes_and_symbols_are_those_of_the_layer() -> None:
    assert cl.max_pool1d(np.array([1, 2], np.uint8), 2).dtype == np.uint8
    assert cl.avg_pool2d(np.ones((2, 2), np.float32), 2).dtype == np.float32
    x = np.array(sympy.symbols("x:2"))
    assert cl.avg_pool1d(x, 2).tolist() == [(x[0] + x[1]) / 2]


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_a_wrong_rank_is_named(kind: str) -> None:
    lists, pictures = (getattr(cl, f"{kind}_pool{axes}d") for axes in (1, 2))
    with pytest.raises(ValueError, match=r"^x has shape \(1, 2\): needs a list of at least one"):
        lists([[1, 2]], 2)
    with pytest.raises(ValueError, match=r"^x has shape \(2,\): needs a table of at least one"):
        pictures([1, 2], 2)
    lists, pictures = (getattr(cl, f"{kind}_pool{axes}d_backward") for axes in (1, 2))
    with pytest.raises(ValueError, match=r"^dy has shape \(\): needs a list of at least one"):
        lists(1, [1, 2], 2)
    with pytest.raises(ValueError, match=r"^dy has shape \(1,\): needs a table of at least one"):
        pictures([1], [[1, 2]], (1, 2))
