"""Optimisers: steps by hand, the published formulas on random problems, arrays not shared."""

import copy
import math
import re

import numpy as np
import pytest

from convlib import nn

MAKERS = {
    "plain": lambda net: nn.SGD(net, 0.1),
    "momentum": lambda net: nn.SGD(net, 0.1, momentum=0.9),
    "nesterov": lambda net: nn.SGD(net, 0.1, momentum=0.9, nesterov=True),
    "adagrad": lambda net: nn.AdaGrad(net, 0.1),
    "rmsprop": lambda net: nn.RMSProp(net, 0.1),
    "adam": lambda net: nn.Adam(net, 0.1),
    "adamw": lambda net: nn.AdamW(net, 0.1, weight_decay=0.1),
}
every = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def one(start=1.0, dtype=np.float64):
    """A net with one weight."""
    return nn.Dense(1, 1, bias=False, init=lambda shape, rng: np.full(shape, start), dtype=dtype)


def walk(net, optimizer, gradients):
    """Give a net these gradients one after another, and return its weight after each step."""
    weights = []
    for g in gradients:
        net.grads["w"] = np.array([[g]], net.dtype)
        optimizer.step()
        weights.append(net.params["w"].item())
    return weights


def net_of(seed=0, dtype=np.float64):
    return nn.Sequential(nn.Dense(3, 4, rng=seed), nn.ReLU(), nn.Dense(4, 2, rng=seed + 1)).astype(
        dtype
    )


def backward(net, rng, dtype=np.float64):
    scores = net(rng.normal(size=(5, 3)).astype(dtype))
    net.backward(nn.softmax_cross_entropy(scores, rng.integers(0, 2, 5)).grad)


def test_sgd_by_hand():
    net = one()
    # 1 − 0.5·0.5; − 0.5·1; − 0.5·(−2)
    assert walk(net, nn.SGD(net, 0.5), [0.5, 1, -2]) == [0.75, 0.25, 1.25]


def test_momentum_by_hand():
    net = one()
    # v: 1, 0.5 + 1 = 1.5, 0.75 + 1 = 1.75, 0.875 + 0
    steps = walk(net, nn.SGD(net, 0.5, momentum=0.5), [1, 1, 1, 0])
    assert steps == [0.5, -0.25, -1.125, -1.5625]


def test_nesterov_by_hand():
    net = one()
    # v: 1, 1.5, −0.25; g + v/2: 1.5, 1.75, −1.125
    steps = walk(net, nn.SGD(net, 0.5, momentum=0.5, nesterov=True), [1, 1, -1])
    assert steps == [0.25, -0.625, -0.0625]


def test_nesterov_is_momentum_seen_from_the_point_ahead(rng):
    """θ' = θ − ημv is where the gradient of Sutskever's form is taken; L = w²/2, so g = w."""
    rate, mu, theta, v = 0.1, 0.8, 3.0, 0.0
    net = one(theta)
    optimizer = nn.SGD(net, rate, momentum=mu, nesterov=True)
    for _ in range(20):
        g = theta - rate * mu * v  # the gradient ahead
        v = mu * v + g
        theta -= rate * v
        walk(net, optimizer, [net.params["w"].item()])
        assert math.isclose(net.params["w"].item(), theta - rate * mu * v, rel_tol=1e-12)


def test_adagrad_by_hand():
    net = one()
    # s: 9, 25, 169; g/√s: 1, 4/5, 12/13
    steps = walk(net, nn.AdaGrad(net, 0.5, eps=0), [3, 4, 12])
    np.testing.assert_allclose(steps, [0.5, 0.1, 0.1 - 6 / 13], rtol=1e-14)


def test_rmsprop_by_hand():
    net = one()
    # s: 0.75·4 = 3... with α = 1/4: 3/4·4 = 3, 3/4 + 3/4·(−1)² = 3/2
    steps = walk(net, nn.RMSProp(net, 0.5, decay=0.25, eps=1), [2, -1])
    first = 1 - 0.5 * 2 / (math.sqrt(3) + 1)
    second = first + 0.5 * 1 / (math.sqrt(1.5) + 1)
    np.testing.assert_allclose(steps, [first, second], rtol=1e-14)


def test_adam_by_hand():
    net = one()
    # m: 1, 0, 1/2 → m̂ = m/(1 − 2^−t): 2, 0, 4/7 with g = 2, −1, 1
    # v: 3/4·4 = 3, 3/4 + 3/4 = 3/2, 3/8 + 3/4 = 9/8 → v̂ = v/(1 − 4^−t): 4, 8/5, 8/7
    steps = walk(net, nn.Adam(net, 0.5, betas=(0.5, 0.25), eps=0.5), [2, -1, 1])
    second = 0.6
    third = second - 0.5 * (4 / 7) / (math.sqrt(8 / 7) + 0.5)
    np.testing.assert_allclose(steps, [1 - 0.5 * 2 / 2.5, second, third], rtol=1e-14)


def test_the_first_step_of_adam_has_the_length_of_the_rate():
    for g in (1e-3, -5.0, 1e6):
        net = one()
        assert math.isclose(
            walk(net, nn.Adam(net, 0.25), [g])[0], 1 - math.copysign(0.25, g), rel_tol=1e-5
        )


def test_adam_takes_gradients_whose_squares_overflow():
    """g² = 1e40 is infinite in float32, (1 − β₂)·g² = 1e37 is not."""
    net = one(dtype=np.float32)
    with np.errstate(over="raise"):
        assert math.isclose(walk(net, nn.Adam(net, 0.25), [1e20])[0], 0.75, rel_tol=1e-5)


@pytest.mark.parametrize("make", [MAKERS[name] for name in MAKERS if name != "adamw"])
def test_weight_decay_is_a_gradient(make):
    """λ·w is added to the gradient: the same steps as without, given g + λ·w."""
    decayed, by_hand = one(2.0), one(2.0)
    first, second = make(decayed), make(by_hand)
    first.weight_decay = 0.25
    for g in (1.0, -3.0, 0.5):
        walk(decayed, first, [g])
        walk(by_hand, second, [g + 0.25 * by_hand.params["w"].item()])
        assert decayed.params["w"] == by_hand.params["w"]


def test_weight_decay_by_hand():
    net = one(2.0)
    assert walk(net, nn.SGD(net, 0.5, weight_decay=0.5), [1, 0]) == [1, 0.75]


def test_decoupled_weight_decay_by_hand():
    net = one(2.0)
    optimizer = nn.Adam(net, 0.5, betas=(0, 0), eps=0, weight_decay=0.5, decoupled=True)
    # w·(1 − 0.25) − 0.5·sign(g)
    np.testing.assert_allclose(walk(net, optimizer, [3, -1]), [1, 1.25], rtol=1e-14)


def test_l1_by_hand():
    """Towards 0 by 0.5·0.5 after the step, from either side, and no further."""
    net = one(2.0)
    assert walk(net, nn.SGD(net, 0.5, l1=0.5), [0, 2, 1, 0, -1]) == [1.75, 0.5, 0, 0, 0.25]
    net = one(-2.0)
    assert walk(net, nn.SGD(net, 0.5, l1=0.5), [0, -2, -1, 0, 1]) == [-1.75, -0.5, 0, 0, -0.25]


@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.AdamW, nn.RMSProp, nn.AdaGrad])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_l1_is_the_soft_threshold_after_the_step(make, dtype, rng):
    """Whatever the optimiser: sign(w)·max(|w| − η·λ₁, 0) of where it would have gone."""
    with_l1, without = net_of(dtype=dtype), net_of(dtype=dtype)
    options = {"lr": 0.125, "weight_decay": 0.25}
    first, second = make(with_l1, **options, l1=0.5), make(without, **options)
    for _ in range(3):
        for name, param in with_l1.params.items():
            without.params[name][:] = param
            with_l1.grads[name] = without.grads[name] = rng.normal(size=param.shape).astype(dtype)
        first.step()
        second.step()
        for name, param in without.params.items():
            shrunk = np.sign(param) * np.maximum(abs(param) - 0.125 * 0.5, 0)
            np.testing.assert_allclose(with_l1.params[name], shrunk, rtol=1e-5)
            assert (with_l1.params[name][shrunk == 0] == 0).all()
            assert with_l1.params[name].dtype == dtype


def test_l1_lands_where_the_penalised_loss_is_smallest(rng):
    """(w − t)²/2 + λ₁·|w| is smallest at the soft threshold of t; the gradient of it is w − t."""
    for target in (*rng.normal(size=5), 0.3, -0.3):
        net = one(rng.normal())
        optimizer = nn.SGD(net, 0.5, l1=0.4)
        for _ in range(80):
            walk(net, optimizer, [net.params["w"].item() - target])
        best = math.copysign(max(abs(target) - 0.4, 0), target)
        assert math.isclose(net.params["w"].item(), best, abs_tol=1e-12)


def test_no_l1_leaves_every_bit_as_it_was(rng):
    plain, zero = net_of(), net_of()
    for net, options in ((plain, {}), (zero, {"l1": 0})):
        optimizer = nn.Adam(net, 0.1, **options)
        backward(net, np.random.default_rng(3))
        optimizer.step()
    for name, param in plain.params.items():
        np.testing.assert_array_equal(param, zero.params[name])


def test_weight_decay_is_on_every_parameter(rng):
    net = nn.Sequential(nn.Dense(2, 2, rng=0), nn.BatchNorm(2))
    net.params["0.b"] += 1
    net(rng.normal(size=(4, 2)))
    net.backward(np.zeros((4, 2)))
    before = {name: param.copy() for name, param in net.params.items()}
    nn.SGD(net, 0.5, weight_decay=0.5).step()
    for name, param in net.params.items():
        np.testing.assert_allclose(param, 0.75 * before[name], atol=1e-12)


def plain(kind, w, grads, lr):
    """The published formulas, entry by entry, in lists of floats."""
    m = v = s = 0.0
    for t, g in enumerate(grads, start=1):
        if kind == "plain":
            step = g
        elif kind in ("momentum", "nesterov"):
            m = 0.9 * m + g
            step = m if kind == "momentum" else g + 0.9 * m
        elif kind == "adagrad":
            s += g**2
            step = g / (math.sqrt(s) + 1e-10)
        elif kind == "rmsprop":
            s = 0.99 * s + 0.01 * g**2
            step = g / (math.sqrt(s) + 1e-8)
        else:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            step = m / (1 - 0.9**t) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
            w *= 1 - lr * 0.1 if kind == "adamw" else 1
        w -= lr * step
    return w


@pytest.mark.parametrize("kind", MAKERS)
def test_against_the_formulas(kind, rng):
    net = net_of()
    start = {name: param.copy() for name, param in net.params.items()}
    optimizer, seen = MAKERS[kind](net), {name: [] for name in start}
    for _ in range(12):
        backward(net, rng)
        for name, grad in net.grads.items():
            seen[name].append(grad.copy())
        optimizer.step()
    assert optimizer.steps == 12
    for name, w in start.items():
        expected = [
            plain(kind, w[at], [g[at] for g in seen[name]], 0.1) for at in np.ndindex(w.shape)
        ]
        np.testing.assert_allclose(net.params[name].ravel(), expected, rtol=1e-9, atol=1e-12)


@every
def test_the_very_arrays_are_changed(make, rng):
    net = net_of()
    arrays = dict(net.params)
    before = {name: array.copy() for name, array in arrays.items()}
    backward(net, rng)
    grads = {name: (grad, grad.copy()) for name, grad in net.grads.items()}
    make(net).step()
    for name, array in arrays.items():
        assert net.params[name] is array
        assert not np.array_equal(array, before[name])
        np.testing.assert_array_equal(*grads[name])


@every
def test_nothing_is_shared(make, rng):
    net = net_of()
    optimizer = make(net)
    backward(net, rng)
    optimizer.step()
    owned = [array for arrays in optimizer.state.values() for array in arrays.values()]
    others = [*net.params.values(), *net.grads.values()]
    assert len(owned) == len(net.params) * len(optimizer.moments)
    for number, array in enumerate(owned):
        assert not any(np.shares_memory(array, other) for other in [*owned[:number], *others])


@every
def test_the_state_is_in_the_same_place_after_steps(make, rng):
    net = net_of()
    optimizer = make(net)
    before = [array for arrays in optimizer.state.values() for array in arrays.values()]
    backward(net, rng)
    optimizer.step()
    after = [array for arrays in optimizer.state.values() for array in arrays.values()]
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert all(array.any() for array in after)


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtypes_stay(make, dtype, rng):
    net = net_of(dtype=dtype)
    optimizer = make(net)
    backward(net, rng, dtype)
    optimizer.step()
    assert {param.dtype for param in net.params.values()} == {np.dtype(dtype)}
    assert {a.dtype for arrays in optimizer.state.values() for a in arrays.values()} == {
        np.dtype(dtype)
    }


@every
def test_half_precision_learns(make):
    net = one(dtype=np.float16)
    steps = walk(net, make(net), [0.001, 0.001])
    assert net.params["w"].dtype == np.float16
    assert np.isfinite(steps).all()


def test_the_rate_may_change():
    net = one()
    optimizer = nn.SGD(net, 0.5)
    walk(net, optimizer, [1])
    optimizer.lr = 0.25
    assert walk(net, optimizer, [1]) == [0.25]
    with pytest.raises(ValueError, match=r"^lr=-1: needs a number of at least 0$"):
        optimizer.lr = -1
    with pytest.raises(ValueError, match="lr=nan"):
        optimizer.lr = float("nan")


@every
def test_a_missing_gradient(make):
    net = net_of()
    before = {name: param.copy() for name, param in net.params.items()}
    optimizer = make(net)
    text = (
        "parameter '0.w' has no gradient; call net.backward(...) first. If that was done, "
        "compute_gradients of Dense(3 → 4) leaves out 'w', or a layer around it did not call its "
        "backward"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(text)}$"):
        optimizer.step()
    net[2](np.ones((1, 4)))
    net[2].backward(np.ones((1, 2)))
    with pytest.raises(RuntimeError, match=r"0\.w"):
        optimizer.step()
    assert optimizer.steps == 0
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, before[name])


class Forgetful(nn.Layer):
    """y = a·x; there is another parameter, of which `compute_gradients` says nothing."""

    def __init__(self):
        super().__init__()
        self.add_parameter("a", 2.0)
        self.add_parameter("unused", 2.0)

    def output_shape(self, shape):
        return tuple(shape)

    def compute(self, x):
        return self.params["a"] * x, x

    def compute_gradients(self, dy, kept):
        return self.params["a"] * dy, {"a": (dy * kept).sum()}


def test_a_gradient_that_backward_leaves_out_says_why():
    net = nn.Sequential(nn.Dense(2, 2), Forgetful())
    text = (
        r"'1\.unused' has no gradient; .* of Forgetful\(\) leaves out 'unused', or a layer around"
    )
    with pytest.raises(RuntimeError, match=text):
        nn.fit(net, [[1, 2]], [[3, 4]], loss=nn.mse, optimizer=nn.SGD(net), progress=False)
    layer = Forgetful()
    layer.backward(layer([1.0]))
    with pytest.raises(RuntimeError, match=r"of Forgetful\(\) leaves out 'unused'$"):
        nn.SGD(layer).step()


def test_a_gradient_of_another_shape():
    net = one()
    net.grads["w"] = np.ones(1)
    with pytest.raises(ValueError, match=r"grads\['w'\]"):
        nn.SGD(net).step()


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda net: nn.SGD(net, -0.1), "lr=-0.1: needs a number of at least 0"),
        (
            lambda net: nn.SGD(net, momentum=1),
            "momentum=1: needs a number of at least 0 and below 1",
        ),
        (
            lambda net: nn.SGD(net, nesterov=True),
            "nesterov=True: needs a momentum above 0, for example momentum=0.9",
        ),
        (lambda net: nn.SGD(net, weight_decay=-1), "weight_decay=-1: needs a number of at least 0"),
        (lambda net: nn.Adam(net, l1=-1), "l1=-1: needs a number of at least 0"),
        (lambda net: nn.AdaGrad(net, eps=-1), "eps=-1: needs a number of at least 0"),
        (lambda net: nn.RMSProp(net, decay=1), "decay=1: needs a number of at least 0 and below 1"),
        (lambda net: nn.RMSProp(net, eps=-1), "eps=-1: needs a number of at least 0"),
        (
            lambda net: nn.Adam(net, betas=(0.9, 1)),
            "betas[1]=1: needs a number of at least 0 and below 1",
        ),
        (lambda net: nn.Adam(net, eps=float("inf")), "eps=inf: needs a number of at least 0"),
    ],
)
def test_numbers_out_of_range(make, text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        make(one())


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: nn.SGD(0.1), "net is float: needs a layer or nn.Sequential"),
        (lambda: nn.Adam(one(), "fast"), "lr='fast': needs a number of at least 0, not str"),
        (
            lambda: nn.Adam(one(), betas=0.9),
            "betas=0.9: needs two numbers, for example (0.9, 0.999)",
        ),
        (lambda: nn.SGD(one(), nesterov=0.9), "nesterov=0.9: needs True or False"),
        (lambda: nn.Adam(one(), decoupled="yes"), "decoupled='yes': needs True or False"),
    ],
)
def test_wrong_kinds(make, text):
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        make()


def test_the_line_that_shows_it():
    assert repr(nn.Adam(one(), 0.003)) == "Adam(lr=0.003) on 1 parameter"


def test_an_optimiser_of_your_own():
    class Signs(nn.Optimizer):
        def update(self, g, state):
            return np.sign(g)

    net = one()
    assert walk(net, Signs(net, 0.5), [7, -0.1]) == [0.5, 1]
    with pytest.raises(NotImplementedError, match="Optimizer does not define update"):
        walk(net, nn.Optimizer(net, 0.5), [1])


def test_an_optimiser_of_your_own_may_return_its_state():
    """What `update` returns is read, not written; and g is its own to overwrite."""

    class Sums(nn.Optimizer):
        moments = ("total", "count")

        def update(self, g, state):
            state["total"] += g
            state["count"] += 1
            g[...] = np.nan
            return state["total"]

    net = one()
    optimizer = Sums(net, 0.5)
    assert walk(net, optimizer, [1, 2]) == [0.5, -1]
    assert {name: array.item() for name, array in optimizer.state["w"].items()} == {
        "total": 3,
        "count": 2,
    }
    assert net.grads["w"] == 2


def test_adamw_is_adam_decoupled(rng):
    one, two = net_of(), net_of()
    first, second = nn.AdamW(one), nn.Adam(two, weight_decay=0.01, decoupled=True)
    for _ in range(5):
        backward(one, rng)
        for name, grad in one.grads.items():
            two.grads[name] = grad.copy()
        first.step()
        second.step()
    for name, param in one.params.items():
        np.testing.assert_array_equal(param, two.params[name])
    assert repr(first).startswith("AdamW(lr=0.001) on ")


def test_a_parameter_without_axes_learns():
    """In place, so that an array of one number is changed and not replaced."""
    net = one()
    net._params["w"] = np.array(1.0)
    array = net.params["w"]
    net.grads["w"] = np.array(2.0)
    for make in MAKERS.values():
        before = array.item()
        make(net).step()
        assert array.item() < before
    assert net.params["w"] is array


@every
def test_a_parameter_that_was_put_in_later_learns(make, rng):
    net = net_of()
    optimizer = make(net)
    new = rng.normal(size=(4, 3))
    net.params["0.w"] = new
    backward(net, rng)
    before = net.params["0.w"].copy()
    optimizer.step()
    assert not np.array_equal(net.params["0.w"], before)


def test_weight_decay_of_half_precision_is_not_lost():
    """λ·w = 6e-9 is 0 in float16, but not in float32, in which the optimiser computes."""
    net = one(2**-4, np.float16)
    assert walk(net, nn.SGD(net, 1e6, weight_decay=1e-7), [0])[0] < 2**-4


# ---------------------------------------------------------------- groups


def constant(net, value=1.0):
    """Give a net gradients that are this number everywhere."""
    for name, param in net.params.items():
        net.grads[name] = np.full(param.shape, value, param.dtype)


def named():
    """A net with parameters of every name, all of them 1."""
    net = nn.Sequential(nn.Dense(2, 2, rng=0), nn.BatchNorm(2), nn.Dense(2, 1, rng=1))
    for param in net.params.values():
        param[...] = 1
    return net


def test_weights_shrink_and_nothing_else():
    net = named()
    constant(net, 0.0)
    nn.SGD(net, 0.5, groups={"*w": {"weight_decay": 0.5}}).step()
    assert {name: set(param.ravel()) for name, param in net.params.items()} == {
        "0.w": {0.75},
        "0.b": {1},
        "1.gamma": {1},
        "1.beta": {1},
        "2.w": {0.75},
        "2.b": {1},
    }


@pytest.mark.parametrize("make", [nn.SGD, nn.Adam, nn.AdamW, nn.RMSProp, nn.AdaGrad])
def test_no_decay_on_biases(make):
    net = named()
    constant(net, 0.0)
    make(net, 0.5, weight_decay=0.5, groups={"*b": {"weight_decay": 0}}).step()
    assert (net.params["0.w"] < 1).all()
    np.testing.assert_array_equal(net.params["0.b"], 1)


def test_a_group_has_its_own_rate_and_the_later_pattern_decides():
    net = named()
    constant(net)
    groups = {"2.*": {"lr": 0.25}, "*.b": {"lr": 0.125}}
    nn.SGD(net, 0.5, groups=groups).step()
    assert net.params["0.w"].ravel().tolist() == [0.5] * 4
    assert net.params["2.w"].ravel().tolist() == [0.75] * 2
    assert net.params["0.b"].tolist() + net.params["2.b"].tolist() == [0.875] * 3


def test_a_group_takes_part_in_a_schedule():
    net = named()
    constant(net)
    optimizer = nn.SGD(net, 0.5, groups={"0.*": {"lr": 0.25}, "2.*": {"lr": 0}})
    optimizer.lr /= 2
    optimizer.step()
    assert net.params["0.b"].tolist() == [0.875] * 2
    assert net.params["1.beta"].tolist() == [0.75] * 2
    assert net.params["2.b"].tolist() == [1]


def test_l1_in_a_group():
    net = named()
    constant(net, 0.0)
    nn.SGD(net, 0.5, l1=0.5, groups={"*b": {"l1": 0}, "2.*": {"l1": 4, "lr": 0.25}}).step()
    assert {name: set(param.ravel()) for name, param in net.params.items()} == {
        "0.w": {0.75},
        "0.b": {1},
        "1.gamma": {0.75},
        "1.beta": {0.75},
        "2.w": {0},
        "2.b": {0},
    }


def test_decoupled_decay_goes_with_the_rate_of_the_group():
    net = one(2.0)
    optimizer = nn.AdamW(net, 1.0, weight_decay=0.5, groups={"w": {"lr": 0.5}})
    assert walk(net, optimizer, [0]) == [1.5]


@pytest.mark.parametrize(
    ("groups", "error", "text"),
    [
        (
            {"*.bias": {"lr": 0}},
            ValueError,
            "groups['*.bias']: fits none of the parameters, '0.w', '0.b', '1.gamma', '1.beta', …",
        ),
        (
            {"*b": {"decay": 0}},
            ValueError,
            "groups['*b']='decay': needs one of 'lr', 'weight_decay', 'l1'; "
            "did you mean 'weight_decay'?",
        ),
        (
            {"*b": {"lr": -1}},
            ValueError,
            "groups['*b']['lr']=-1: needs a number of at least 0",
        ),
        (
            {"*b": 0.1},
            TypeError,
            "groups['*b']=0.1: needs a dict, for example {'lr': 0.01, 'weight_decay': 0}",
        ),
        (
            ["*b"],
            TypeError,
            "groups=['*b']: needs a dict, for example {'*b': {'weight_decay': 0}}",
        ),
    ],
)
def test_groups_that_are_refused(groups, error, text):
    with pytest.raises(error) as raised:
        nn.SGD(named(), groups=groups)
    assert str(raised.value) == text


def test_shares_of_a_rate_of_0():
    text = "lr=0: needs a number above 0, as the rates of groups are shares of it"
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        nn.SGD(named(), 0, groups={"*b": {"lr": 0.1}})
    nn.SGD(named(), 0, groups={"*b": {"weight_decay": 0.1}})


def test_a_parameter_that_came_later():
    net = one()
    optimizer = nn.SGD(net)
    net._params["extra"] = np.ones(1)
    net.grads.update(w=np.ones((1, 1)), extra=np.ones(1))
    text = "parameter 'extra' is new: make the optimiser anew"
    with pytest.raises(RuntimeError, match=f"^{re.escape(text)}$"):
        optimizer.step()
    assert net.params["w"] == 1


@every
@pytest.mark.parametrize("size", [4, 6])
def test_a_layer_that_was_replaced(make, size, rng):
    """Also one of the same size: what the optimiser knows is about the weights of the old one."""
    net = nn.Sequential(nn.Dense(3, 4, rng=0), nn.Sequential(nn.Dense(4, 4, rng=1)))
    optimizer = make(net)
    net(rng.normal(size=(5, 3)))
    net.backward(np.ones((5, 4)))
    optimizer.step()
    net[1].add_child("0", nn.Dense(4, size, rng=2))
    net(rng.normal(size=(5, 3)))
    net.backward(np.ones((5, size)))
    before = {name: param.copy() for name, param in net.params.items()}
    text = (
        "the net's parameters changed after the optimiser was made: '1.0.w' belongs to "
        "another layer; make the optimiser anew"
    )
    with pytest.raises(RuntimeError, match=f"^{re.escape(text)}$"):
        optimizer.step()
    assert optimizer.steps == 1
    for name, param in net.params.items():
        np.testing.assert_array_equal(param, before[name])
    make(net).step()
    assert not np.array_equal(net.params["0.w"], before["0.w"])


def test_a_state_of_another_shape():
    net = net_of()
    optimizer = nn.Adam(net)
    constant(net)
    optimizer.state["2.b"]["v"] = np.zeros(5)
    before = net.params["0.w"].copy()
    with pytest.raises(RuntimeError, match=r"'2\.b' has another shape, \(2,\); make"):
        optimizer.step()
    assert optimizer.steps == 0
    np.testing.assert_array_equal(net.params["0.w"], before)


def test_another_array_in_the_same_layer_is_another_value_of_the_same_parameter():
    net = one(1.0)
    optimizer = nn.SGD(net, 0.5, momentum=0.5)
    assert walk(net, optimizer, [1]) == [0.5]
    net.params["w"] = np.array([[8.0]])
    assert walk(net, optimizer, [1]) == [7.25]  # v = 0.5·1 + 1


@every
def test_copies_go_on_together(make, rng):
    net = net_of()
    optimizer = copy.deepcopy(make(net))
    backward(optimizer.net, rng)
    optimizer.step()
    assert not np.array_equal(optimizer.net.params["0.w"], net.params["0.w"])


# ---------------------------------------------------------------- clipping


def test_clipping_by_hand():
    net = nn.Sequential(nn.Dense(2, 1, rng=0))
    net.grads["0.w"], net.grads["0.b"] = np.array([[2.0, -6.0]]), np.array([9.0])
    arrays = dict(net.grads)
    assert nn.clip_gradients(net, 11) == 11  # √(4 + 36 + 81): not longer than 11
    assert arrays["0.w"].tolist() == [[2, -6]]
    assert nn.clip_gradients(net, 5.5) == 11
    assert (arrays["0.w"].tolist(), arrays["0.b"].tolist()) == ([[1, -3]], [4.5])
    assert all(net.grads[name] is array for name, array in arrays.items())


def test_clipping_keeps_the_direction(rng):
    net = net_of()
    backward(net, rng)
    before = {name: grad.copy() for name, grad in net.grads.items()}
    flat = np.concatenate([grad.ravel() for grad in before.values()])
    norm = nn.clip_gradients(net, 0.01)
    assert math.isclose(norm, np.linalg.norm(flat), rel_tol=1e-12)
    assert math.isclose(nn.clip_gradients(net, 1), 0.01, rel_tol=1e-12)
    for name, grad in net.grads.items():
        np.testing.assert_allclose(grad, before[name] * 0.01 / norm, rtol=1e-12)


@pytest.mark.parametrize(
    ("dtype", "size"), [(np.float16, 300), (np.float32, 1e30), (np.float64, 1e200), (np.float64, 0)]
)
def test_norms_whose_squares_overflow(dtype, size):
    net = one(dtype=dtype)
    net.grads["w"] = np.array([[size]], dtype)
    with np.errstate(over="raise", invalid="raise"):
        assert math.isclose(nn.clip_gradients(net, 1), size, rel_tol=1e-3)
    np.testing.assert_allclose(net.grads["w"], min(size, 1), rtol=1e-3)
    assert net.grads["w"].dtype == dtype


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_clipping_leaves_what_is_not_finite(bad):
    net = net_of()
    constant(net)
    net.grads["2.b"][0] = bad
    norm = nn.clip_gradients(net, 0.5)
    assert norm == bad or (math.isnan(norm) and math.isnan(bad))
    np.testing.assert_array_equal(net.grads["0.w"], 1)


def test_clipping_of_gradients_that_cannot_be_written_into():
    net = nn.Dense(2, 1, dtype=np.float32)
    fixed = np.array([12.0], np.float32)
    fixed.flags.writeable = False
    net.grads["w"], net.grads["b"] = np.array([[3, -4]]), fixed
    assert nn.clip_gradients(net, 6.5) == 13
    assert (net.grads["w"].tolist(), net.grads["b"].tolist()) == ([[1.5, -2]], [6])
    assert net.grads["w"].dtype == net.grads["b"].dtype == np.float32
    assert fixed == 12
    nn.SGD(net).step()


def test_clipping_of_nonsense():
    net = one()
    with pytest.raises(RuntimeError, match="parameter 'w' has no gradient"):
        nn.clip_gradients(net, 1)
    with pytest.raises(ValueError, match=r"^max_norm=0: needs a number above 0$"):
        nn.clip_gradients(net, 0)
    with pytest.raises(TypeError, match="net is float"):
        nn.clip_gradients(0.1, 1)
