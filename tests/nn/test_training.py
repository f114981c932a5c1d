"""fit, evaluate, predict, the confusion matrix: every sample once, seeds, stops, errors, modes."""

import io
import re
import sys
import threading
from dataclasses import replace

import numpy as np
import pytest

from convlib import nn
from convlib.nn import training


def problem(count=60, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 3))
    return x, (x[:, 0] > x[:, 1]).astype(int) + (x[:, 2] > 1)


def network(seed=0):
    return nn.Sequential(
        nn.Dense(3, 8, rng=seed),
        nn.BatchNorm(8),
        nn.ReLU(),
        nn.Dropout(0.1, rng=seed + 1),
        nn.Dense(8, 3, rng=seed + 2),
    )


def arrays(net):
    return {name: a.copy() for part in (net.params, net.buffers) for name, a in part.items()}


def train(net, *data, **options):
    options = {"optimizer": nn.Adam(net, 0.01), "rng": 0, "progress": False, "epochs": 3} | options
    return nn.fit(net, *data, **options)


def same(one, two):
    return all(np.array_equal(one[name], two[name]) for name in one)


def test_one_seed_one_result_bit_for_bit():
    results = []
    for seed in (5, 5, 6):
        net = network()
        history = train(net, *problem(), validation=0.2, rng=seed)
        results.append((arrays(net), history))
    (one, first), (two, second), (three, _) = results
    assert same(one, two)
    assert not same(one, three)
    for curve in ("loss", "accuracy", "val_loss", "val_accuracy", "lr"):
        np.testing.assert_array_equal(getattr(first, curve), getattr(second, curve))


@pytest.mark.parametrize(("count", "size"), [(10, 4), (8, 4), (3, 10), (5, 1)])
def test_every_sample_once_an_epoch(count, size):
    seen = []

    def spy(batch, rng):
        seen.append(batch[:, 0].astype(int).tolist())
        return batch

    x = np.arange(count)[:, np.newaxis]
    net = nn.Dense(1, 2, rng=0)
    train(net, x, x[:, 0] % 2, augment=spy, batch_size=size, optimizer=nn.SGD(net, 0.0))
    steps = -(-count // size)
    assert [len(b) for b in seen[:steps]] == [size] * (count // size) + [count % size] * (
        count % size > 0
    )
    orders = [np.concatenate(seen[n * steps : (n + 1) * steps]).tolist() for n in range(3)]
    assert all(sorted(order) == list(range(count)) for order in orders)
    assert orders[0] != orders[1]


def test_targets_stay_with_their_samples():
    x = np.arange(20.0)[:, np.newaxis] / 10
    net = nn.Dense(1, 1, rng=0)
    history = train(net, x, 3 * x - 1, loss=nn.mse, optimizer=nn.SGD(net, 0.2), epochs=800)
    np.testing.assert_allclose([net.params["w"].item(), net.params["b"].item()], [3, -1], atol=1e-6)
    assert np.isnan(history.accuracy).all()


def test_the_history_is_a_mean_over_samples():
    x, y = problem(10)
    net = nn.Dense(3, 3, rng=0)
    history = train(net, x, y, optimizer=nn.SGD(net, 0.0), batch_size=4, validation=(x, y))
    score = nn.evaluate(net, x, y)
    np.testing.assert_allclose(history.loss, score.loss, rtol=1e-12)
    np.testing.assert_allclose(history.accuracy, score.accuracy, rtol=1e-12)
    np.testing.assert_array_equal(history.val_loss, score.loss)
    np.testing.assert_array_equal(history.val_accuracy, score.accuracy)
    assert history.best == 0


def test_one_step_is_forward_loss_backward_step():
    x, y = problem(8)
    one, two = nn.Dense(3, 3, rng=0), nn.Dense(3, 3, rng=0)
    train(one, x, y, epochs=1, optimizer=nn.SGD(one, 0.5))
    two.backward(nn.softmax_cross_entropy(two(x), y).grad)
    nn.SGD(two, 0.5).step()
    np.testing.assert_allclose(one.params["w"], two.params["w"], rtol=1e-12)


def test_the_schedule_and_the_rate_afterwards():
    net = network()
    optimizer = nn.Adam(net, 0.5)
    options = {"schedule": nn.step_decay(1, 0.5), "optimizer": optimizer}
    np.testing.assert_array_equal(train(net, *problem(), **options).lr, [0.5, 0.25, 0.125])
    assert optimizer.lr == 0.5


def test_early_stopping_puts_the_best_back():
    """With labels at random, validation soon gets worse."""
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    held = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    net = network()
    options = {"validation": held, "patience": 3, "epochs": 100}
    history = train(net, x, y, optimizer=nn.Adam(net, 0.1), **options)
    assert len(history.loss) == history.best + 4 < 100
    assert history.best == history.val_loss.argmin()
    score = nn.evaluate(net, *held)
    assert score == (history.val_loss[history.best], history.val_accuracy[history.best])
    again = network()
    train(again, x, y, optimizer=nn.Adam(again, 0.1), validation=held, epochs=history.best + 1)
    assert same(arrays(net), arrays(again))


def test_the_best_is_put_back_when_the_epochs_run_out():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    held = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    net = network()
    options = {"validation": held, "patience": 50, "epochs": 12}
    history = train(net, x, y, optimizer=nn.Adam(net, 0.1), **options)
    assert history.best < 11
    assert nn.evaluate(net, *held).loss == history.val_loss[history.best]


def bomb(at):
    """A loss that is NaN in one call."""
    calls = []

    def loss(scores, y):
        calls.append(1)
        value = nn.softmax_cross_entropy(scores, y)
        return value._replace(value=float("nan")) if len(calls) == at else value

    return loss


def test_nan_stops_and_undoes_the_epoch():
    x, y = problem(10)
    net, healthy = network(), network()
    optimizer, other = nn.Adam(net, 0.01), nn.Adam(healthy, 0.01)
    text = (
        "the loss became NaN or infinite in epoch 2, batch 2: most likely the learning rate "
        "lr=0.01 is too large; net and optimiser are as they were at the start of this epoch"
    )
    with pytest.raises(FloatingPointError, match=f"^{re.escape(text)}$"):
        train(net, x, y, loss=bomb(5), optimizer=optimizer, batch_size=4)
    train(healthy, x, y, optimizer=other, batch_size=4, epochs=1)
    assert same(arrays(net), arrays(healthy))
    assert optimizer.steps == other.steps == 3
    for name, state in other.state.items():
        assert same(optimizer.state[name], state)


def test_a_rate_that_explodes():
    x = np.linspace(-1, 1, 20)[:, np.newaxis] * 100
    net = nn.Dense(1, 1, rng=0)
    with pytest.raises(FloatingPointError, match="learning rate lr=1000 is too large"):
        train(net, x, x, loss=nn.mse, optimizer=nn.SGD(net, 1000.0), epochs=100)
    assert all(np.isfinite(a).all() for a in arrays(net).values())


def test_the_last_step_may_be_the_one():
    net = nn.Dense(1, 1, rng=0)
    before = arrays(net)
    text = "parameter 'w' became NaN or infinite in epoch 1, after its last step"
    with pytest.raises(FloatingPointError, match=text):
        train(net, [[1e10]], [[0.0]], loss=nn.mse, optimizer=nn.SGD(net, 1e300))
    assert same(arrays(net), before)


def test_validation_may_be_the_one():
    net = nn.Dense(3, 3, rng=0)
    with pytest.raises(FloatingPointError, match="epoch 1, on the validation data"):
        train(net, *problem(8), loss=bomb(2), validation=problem(8, 1))


def failing(at, error):
    """A loss that raises an error in one call."""
    calls = []

    def loss(scores, y):
        calls.append(1)
        if len(calls) == at:
            raise error
        return nn.softmax_cross_entropy(scores, y)

    return loss


def test_an_error_within_an_epoch_is_undone_and_told():
    net = network()
    before = arrays(net)
    with pytest.raises(ValueError, match="of the loss") as raised:
        train(net, *problem(10), batch_size=4, loss=failing(3, ValueError("of the loss")))
    assert raised.value.__notes__[-1] == ("This happened in epoch 1 of 3; its steps are undone.")
    assert same(arrays(net), before)


# ---------------------------------------------------------------- the last batch


@pytest.mark.parametrize(("count", "size"), [(10, 4), (8, 4), (9, 4), (5, 1)])
def test_the_last_batch_may_be_left_out(count, size):
    seen = []

    def spy(batch, rng):
        seen.append(batch[:, 0].astype(int).tolist())
        return batch

    x = np.arange(count)[:, np.newaxis]
    net = nn.Dense(1, 2, rng=0)
    options = {"augment": spy, "batch_size": size, "drop_last": True, "epochs": 20}
    train(net, x, x[:, 0] % 2, optimizer=nn.SGD(net, 0.0), **options)
    steps = count // size
    assert [len(batch) for batch in seen] == [size] * steps * 20
    epochs = [set(np.concatenate(seen[n * steps : (n + 1) * steps])) for n in range(20)]
    assert all(len(epoch) == steps * size for epoch in epochs)
    assert set.union(*epochs) == set(range(count))  # each epoch misses others


def test_the_mean_is_over_the_samples_that_were_seen():
    x, y = problem(9)
    net = nn.Dense(3, 3, rng=0)
    options = {"batch_size": 8, "drop_last": True, "epochs": 1, "optimizer": nn.SGD(net, 0.0)}
    history = train(net, x, y, **options)
    order = np.random.default_rng(0).permutation(9)[:8]
    expected = nn.evaluate(net, x[order], y[order])
    np.testing.assert_allclose(history.loss, expected.loss, rtol=1e-12)


def test_no_batch_is_full():
    text = "drop_last=True with batch_size=16: needs a batch_size of at most 9, the number of"
    with pytest.raises(ValueError, match=f"^{re.escape(text)} samples$"):
        train(network(), *problem(9), batch_size=16, drop_last=True)


def test_one_left_over_is_refused_before_the_first_step():
    """BatchNorm cannot be trained with one sample; nothing has happened then."""
    net, calls = network(), []
    optimizer = nn.Adam(net)
    before = arrays(net)
    text = (
        "of the 9 samples for training, batches of 4 leave one over, with which this net cannot be "
        "trained (x has shape (1, 8), one value per channel: training needs at least 2; use a "
        "larger batch, or eval()); drop_last=True leaves it out, or choose another batch_size"
    )
    options = {"optimizer": optimizer, "augment": lambda x, rng: calls.append(1) or x}
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        train(net, *problem(9), batch_size=4, **options)
    assert (optimizer.steps, calls) == (0, [])
    assert same(arrays(net), before)
    with pytest.raises(ValueError, match="of the 9 samples for training"):
        train(net, problem(12)[0], np.zeros(12, int), batch_size=4, validation=0.25, **options)
    twin = network()
    train(net, *problem(9), batch_size=4, drop_last=True, optimizer=optimizer)
    train(twin, *problem(9), batch_size=4, drop_last=True, optimizer=nn.Adam(twin))
    assert same(arrays(net), arrays(twin))  # the attempt has drawn no random numbers


def test_one_left_over_is_trained_with_where_that_is_possible():
    x, y = problem(9)
    with_batch_norm = nn.Sequential(
        nn.Conv(1, 2, 2, ndim=1, rng=0), nn.BatchNorm(2), nn.Flatten(), nn.Dense(4, 3, rng=1)
    )
    frozen = network()
    frozen[1].eval()
    for net, shape in ((nn.Dense(3, 3), (-1, 3)), (with_batch_norm, (-1, 1, 3)), (frozen, (-1, 3))):
        optimizer = nn.SGD(net)
        train(net, x.reshape(shape), y, batch_size=4, optimizer=optimizer)
        assert optimizer.steps == 9


def test_a_shape_that_does_not_fit_is_not_the_fault_of_one_left_over():
    x, y = problem(9)
    with pytest.raises(ValueError, match=r"x has shape \(N, 2\)") as raised:
        train(network(), x[:, :2], y, batch_size=4)
    assert "left" not in str(raised.value)


# ---------------------------------------------------------------- schedules, clipping, callbacks


def test_a_schedule_per_step():
    net, rates = network(), []
    optimizer = nn.SGD(net, 0.5)

    def spy(batch, rng):
        rates.append(optimizer.lr)
        return batch

    options = {"schedule": nn.warmup(4, nn.cosine(5)), "schedule_per": "step", "augment": spy}
    history = train(net, *problem(10), batch_size=4, optimizer=optimizer, **options)
    expected = [0.5 * nn.warmup(4, nn.cosine(5))(step) for step in range(9)]
    np.testing.assert_allclose(rates, expected, rtol=1e-14)
    np.testing.assert_allclose(history.lr, expected[::3], rtol=1e-14)
    assert optimizer.lr == 0.5


def test_a_schedule_per_epoch_is_asked_once_an_epoch():
    asked = []
    train(network(), *problem(10), batch_size=4, schedule=lambda n: asked.append(n) or 1.0)
    assert asked == [0, 1, 2]


def test_a_schedule_of_nonsense():
    with pytest.raises(ValueError, match=r"^schedule\(1\)=-1: needs a number of at least 0$"):
        train(network(), *problem(), schedule=lambda epoch: 1 - 2 * epoch)
    text = "schedule_per='steps': needs one of 'epoch', 'step'; did you mean 'step'?"
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        train(network(), *problem(), schedule_per="steps")


def test_clipping_in_every_step():
    x, y = problem(8)
    one, two = nn.Dense(3, 3, rng=0), nn.Dense(3, 3, rng=0)
    train(one, x, y, epochs=1, optimizer=nn.SGD(one, 0.5), clip=0.1)
    two.backward(nn.softmax_cross_entropy(two(x), y).grad)
    assert nn.clip_gradients(two, 0.1) > 0.1
    nn.SGD(two, 0.5).step()
    np.testing.assert_allclose(one.params["w"], two.params["w"], rtol=1e-12)


def test_only_gradients_that_are_used_count_for_the_norm():
    """The first layer has the longer gradient, but is not trained."""
    x, y = problem(8)
    nets = [nn.Sequential(nn.Dense(3, 4, rng=0), nn.Dense(4, 3, rng=1)) for _ in range(3)]
    for net in nets:
        net[1].params["w"][...] *= 10
    nets[2].backward(nn.softmax_cross_entropy(nets[2](x), y).grad)
    used, all_of_them = (nn.clip_gradients(part, 1e9) for part in (nets[2][1:], nets[2]))
    assert used < 0.5 * all_of_them
    for net, clip in zip(nets, (None, 1.01 * used), strict=False):
        train(net, x, y, epochs=1, optimizer=nn.SGD(net[1:], 0.5), clip=clip)
    assert same(arrays(nets[0]), arrays(nets[1]))


def test_a_callback_sees_every_epoch():
    net, seen = network(), []
    held = problem(20, 1)

    def look(epoch, history):
        assert nn.evaluate(net, *held).loss == history.val_loss[-1]
        seen.append((epoch, len(history.loss), history.loss[0], history.best))

    history = train(net, *problem(), validation=held, callback=look)
    assert [row[:2] for row in seen] == [(0, 1), (1, 2), (2, 3)]
    assert {row[2] for row in seen} == {history.loss[0]}
    assert seen[-1][3] == history.best
    assert not history.interrupted


@pytest.mark.parametrize("true", [True, np.True_])
def test_a_callback_stops_the_training(true):
    net, other = network(), network()
    optimizer = nn.Adam(net, 0.01)
    stop = {"callback": lambda epoch, history: true if epoch == 1 else None}
    history = train(net, *problem(), optimizer=optimizer, epochs=9, **stop)
    train(other, *problem(), epochs=2)
    assert len(history.loss) == 2
    assert optimizer.lr == 0.01
    assert same(arrays(net), arrays(other))


def test_a_callback_that_stops_too_late_ends_with_the_best_weights():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    held = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    net = network()
    options = {"validation": held, "patience": 50, "epochs": 50}
    options["callback"] = lambda epoch, history: epoch == 11
    history = train(net, x, y, optimizer=nn.Adam(net, 0.1), **options)
    assert history.best < 11 == len(history.loss) - 1
    assert nn.evaluate(net, *held).loss == history.val_loss[history.best]


def test_a_callback_of_nonsense():
    with pytest.raises(TypeError, match=r"callback\(epoch, history\)='stop': needs True or False"):
        train(network(), *problem(), callback=lambda epoch, history: "stop")
    with pytest.raises(TypeError, match=r"callback=True: needs a function"):
        train(network(), *problem(), callback=True)


HALVING = nn.step_decay(1, 0.5)


@pytest.mark.parametrize(
    ("schedule", "change", "rates"),
    [
        (None, lambda lr: lr / 4, [1, 0.25, 0.25, 0.25]),
        (lambda epoch: 1.0, lambda lr: lr / 4, [1, 0.25, 0.25, 0.25]),
        (HALVING, lambda lr: lr, [1, 0.5, 0.25, 0.125]),
        (HALVING, lambda lr: lr / 4, [1, 0.125, 0.0625, 0.03125]),
        (lambda epoch: 1 / (4 - epoch), lambda lr: 0.75, [0.25, 1, 1.5, 3]),
        (lambda epoch: float(epoch > 0), lambda lr: 0.5, [0, 0.5, 0.5, 0.5]),
        (HALVING, lambda lr: 0, [1, 0, 0, 0]),
    ],
)
def test_a_rate_that_a_callback_sets_holds_with_and_without_a_schedule(schedule, change, rates):
    net = nn.Dense(3, 3, rng=0)
    optimizer = nn.SGD(net, 1.0)

    def callback(epoch, history):
        if epoch == 0:
            optimizer.lr = change(optimizer.lr)

    options = {"schedule": schedule, "callback": callback, "epochs": 4}
    history = train(net, *problem(), optimizer=optimizer, **options)
    np.testing.assert_allclose(history.lr, rates, rtol=1e-14)
    assert optimizer.lr == 1


def test_a_rate_that_a_callback_sets_holds_with_a_schedule_per_step():
    net = nn.Dense(3, 3, rng=0)
    optimizer = nn.SGD(net, 1.0)

    def callback(epoch, history):
        optimizer.lr /= 2

    options = {"schedule": HALVING, "schedule_per": "step", "callback": callback}
    history = train(net, *problem(8), optimizer=optimizer, batch_size=4, **options)
    np.testing.assert_allclose(history.lr, [1, 1 / 8, 1 / 64], rtol=1e-14)
    assert optimizer.lr == 1


# ---------------------------------------------------------------- the loss


def outcomes(loss):
    """The kinds and texts of the errors of fit, of evaluate, and of fit on validation data."""
    x, y = problem()
    calls = {0: 0}

    def later(scores, targets):
        calls[0] += 1
        return (nn.softmax_cross_entropy if calls[0] < 3 else loss)(scores, targets)

    runs = [
        lambda: train(network(), x, y, loss=loss),
        lambda: nn.evaluate(network(), x, y, loss=loss),
    ]
    if callable(loss):
        runs.append(lambda: train(network(), x, y, loss=later, validation=(x, y)))
    for run in runs:
        with pytest.raises((TypeError, ValueError)) as raised:
            run()
        yield f"{raised.type.__name__}: {raised.value}"


@pytest.mark.parametrize(
    ("loss", "text"),
    [
        (None, "loss=None: needs a function that returns a Loss, for example nn.mse"),
        ("mse", "loss='mse': needs a function that returns a Loss, for example nn.mse"),
        (
            lambda scores, y: tuple(nn.softmax_cross_entropy(scores, y)),
            "loss(outputs, targets) returned tuple: needs nn.Loss(value, grad)",
        ),
        (
            lambda scores, y: nn.softmax_cross_entropy(scores, y).value,
            "loss(outputs, targets) returned float: needs nn.Loss(value, grad)",
        ),
        (
            lambda scores, y: nn.Loss(None, scores),
            "loss(outputs, targets).value=None: needs one number, not NoneType",
        ),
    ],
)
def test_a_loss_of_nonsense(loss, text):
    assert set(outcomes(loss)) == {f"TypeError: {text}"}


# ---------------------------------------------------------------- an interrupt


def test_an_interrupt_returns_what_was_finished(capsys):
    """In the second batch of the third epoch: two epochs are kept, weights and numbers."""
    net, other = network(), network()
    optimizer, twin = nn.Adam(net, 0.5), nn.Adam(other, 0.5)
    half = {"schedule": nn.step_decay(1, 0.5), "batch_size": 20}
    stop = failing(8, KeyboardInterrupt())
    history = train(net, *problem(), optimizer=optimizer, epochs=9, loss=stop, **half)
    expected = train(other, *problem(), optimizer=twin, epochs=2, **half)
    assert (history.interrupted, expected.interrupted) == (True, False)
    for curve in ("loss", "accuracy", "lr"):
        np.testing.assert_array_equal(getattr(history, curve), getattr(expected, curve))
    assert same(arrays(net), arrays(other))
    assert (optimizer.lr, optimizer.steps) == (0.5, 6)
    line = "interrupted after 2 epochs of 9; what came after is undone\n"
    assert capsys.readouterr() == ("", line)
    assert repr(history).endswith("; interrupted")


def test_an_interrupt_in_the_first_epoch_has_nothing_to_return():
    net = network()
    before = arrays(net)
    with pytest.raises(KeyboardInterrupt):
        train(net, *problem(), loss=failing(2, KeyboardInterrupt()))
    assert same(arrays(net), before)


def test_an_interrupt_ends_with_the_best_weights():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    held = rng.normal(size=(40, 3)), rng.integers(0, 3, 40)
    net = network()

    def impatient(epoch, history):
        if epoch == 11:
            raise KeyboardInterrupt

    options = {"validation": held, "patience": 50, "epochs": 50, "callback": impatient}
    history = train(net, x, y, optimizer=nn.Adam(net, 0.1), **options)
    assert history.interrupted
    assert history.best < 11 == len(history.loss) - 1
    assert nn.evaluate(net, *held).loss == history.val_loss[history.best]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_the_bar_is_on_stderr_only(monkeypatch, capsys):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    train(network(), *problem(), progress=True)
    assert re.search(r"epoch 3/3.*6/6.*loss \d\.\d{4}, accuracy \d\.\d{3}", screen.getvalue())
    train(nn.Dense(3, 1), problem()[0], problem()[0][:, :1], loss=nn.mse, progress=True)
    assert capsys.readouterr().out == ""
    screen.truncate(0)
    train(network(), *problem(), progress=False)
    assert screen.getvalue() == ""


def test_no_bar_where_nobody_watches(capsys):
    train(network(), *problem(), progress=True)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("asked", [True, False])
def test_a_bar_in_a_notebook_with_a_person(asked, monkeypatch):
    kernel = type("Kernel", (), {"_allow_stdin": asked})()
    shell = type("Shell", (), {"kernel": kernel})()
    python = type("IPython", (), {"get_ipython": staticmethod(lambda: shell)})
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    monkeypatch.setitem(sys.modules, "IPython", python)
    assert training.watched() is asked


def test_modes_stay_as_they_were():
    x, y = problem()
    net = network()
    net[1].eval()
    modes = [layer.training for layer in net]
    mean = net[1].buffers["mean"].copy()
    nn.predict(net, x)
    nn.evaluate(net, x, y)
    train(net, x, y)
    assert (net.training, [layer.training for layer in net]) == (True, modes)
    np.testing.assert_array_equal(net[1].buffers["mean"], mean)
    train(net.eval(), x, y)
    assert not any(layer.training for layer in (net, *net))
    assert (net[1].buffers["mean"] != mean).all()
    with pytest.raises(ValueError, match="x has shape"):
        nn.predict(net.train(), x[:, :2])
    assert all(layer.training for layer in net)


def test_predictions_are_those_of_evaluation():
    x, y = problem()
    net = network()
    expected = net.eval()(x)
    net.train()
    for size in (1, 7, 60, 256):
        np.testing.assert_allclose(nn.predict(net, x, batch_size=size), expected, rtol=1e-12)
    score = nn.evaluate(net, x, y, batch_size=7)
    np.testing.assert_allclose(score.loss, nn.softmax_cross_entropy(expected, y).value, rtol=1e-12)
    assert score.accuracy == (expected.argmax(axis=1) == y).mean()
    assert nn.predict(net.astype(np.float32), x).dtype == np.float32


def test_only_some_layers_can_be_trained():
    net = network()
    before = arrays(net)
    train(net, *problem(), optimizer=nn.SGD(net[4:], 0.1))
    changed = {name for name, a in net.params.items() if not np.array_equal(a, before[name])}
    assert changed == {"4.w", "4.b"}


def test_inputs_are_not_changed():
    x, y = problem()
    kept = x.copy(), y.copy()
    train(network(), x, y, validation=0.5, augment=lambda batch, rng: batch * 2)
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"patience": 3}, "patience=3: needs validation, to know when to stop"),
        ({"patience": 0, "validation": 0.5}, "patience=0: needs an integer of at least 1"),
        ({"epochs": 0}, "epochs=0: needs an integer of at least 1"),
        ({"batch_size": 0}, "batch_size=0: needs an integer of at least 1"),
        ({"clip": 0}, "clip=0: needs a number above 0"),
        ({"validation": 1.5}, "validation=1.5: needs a share above 0 and below 1"),
        ({"validation": (1, 2, 3)}, "validation has 3 entries: needs (x, y)"),
    ],
)
def test_options_out_of_range(options, text):
    with pytest.raises(ValueError, match=f"^{re.escape(text)}$"):
        train(network(), *problem(), **options)


def test_augment_keeps_the_samples():
    text = "augment(batch, rng) has shape (31, 3): needs the 32 samples of the batch"
    with pytest.raises(ValueError, match=re.escape(text)):
        train(network(), *problem(), augment=lambda batch, rng: batch[1:])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_augment_is_blamed_for_what_it_does(bad):
    """Not the learning rate."""
    text = "augment(batch, rng) holds 5 entries that are NaN or infinite; its batch held none"
    net = network()
    before = arrays(net)

    def damage(batch, rng):
        batch = batch.copy()
        batch[:5, 0] = bad
        return batch

    with pytest.raises(ValueError, match=f"^{re.escape(text)}\nThis happened in epoch 1 of 3;"):
        train(net, *problem(), augment=damage)
    assert same(arrays(net), before)


def test_augment_returns_a_batch():
    with pytest.raises(ValueError, match=r"augment\(batch, rng\) has shape \(\): needs the 32"):
        train(network(), *problem(), augment=lambda batch, rng: 1.0)


@pytest.mark.parametrize(
    ("dtype", "x", "text"),
    [
        (np.float16, [[7e4]], "x holds 70000: infinite in float16, the dtype of the net; scale it"),
        (np.float16, [[-70000]], "x holds 70000: infinite in float16"),
        (np.float32, [[1e39]], r"x holds 1e+39: infinite in float32"),
    ],
)
def test_samples_that_the_net_cannot_hold(dtype, x, text):
    """Not the learning rate's fault either."""
    net = nn.Dense(1, 2, dtype=dtype)
    with pytest.raises(ValueError, match=f"^{re.escape(text)}"):
        train(net, x, [0])


@pytest.mark.parametrize("kind", [">f4", ">f8", ">i2", "<f2"])
def test_samples_in_every_byte_order(kind):
    x = np.random.default_rng(0).integers(-3, 4, (20, 3)).astype(kind)
    one, two = nn.Dense(3, 1, rng=0), nn.Dense(3, 1, rng=0)
    first = train(one, x, x[:, :1], loss=nn.mse)
    second = train(two, x.astype(float), x[:, :1].astype(float), loss=nn.mse)
    np.testing.assert_allclose(first.loss, second.loss, rtol=1e-6)
    np.testing.assert_allclose(one.params["w"], two.params["w"], rtol=1e-6)


def test_data_that_do_not_fit():
    x, y = problem()
    with pytest.raises(ValueError, match="y has 59 entries, x has 60 samples"):
        train(network(), x, y[1:])
    with pytest.raises(ValueError, match=r"validation\[1\] has 59 entries, validation\[0\] has 60"):
        train(network(), x, y, validation=(x, y[1:]))
    with pytest.raises(ValueError, match="x holds 3 entries that are NaN or infinite"):
        train(network(), np.where(x == x[0], np.nan, x), y)
    with pytest.raises(ValueError, match=r"x has shape \(0, 3\): needs at least one sample"):
        nn.predict(network(), x[:0])


def test_an_optimiser_of_another_net():
    net = network()
    with pytest.raises(ValueError, match="is for other parameters than this net's"):
        train(net, *problem(), optimizer=nn.SGD(network()))
    with pytest.raises(TypeError, match="needs an optimiser made for the net"):
        train(net, *problem(), optimizer=nn.SGD)
    with pytest.raises(TypeError, match=r"schedule=0\.1: needs a function"):
        train(net, *problem(), schedule=0.1)
    with pytest.raises(TypeError, match=r"drop_last=1: needs True or False"):
        train(net, *problem(), drop_last=1)


def test_the_line_of_a_history():
    nan = np.full(2, np.nan)
    history = nn.History(np.array([2, 0.5]), np.array([0.25, 0.75]), nan, nan, nan, 1)
    assert repr(history) == "History of 2 epochs: loss 0.5, accuracy 0.750; best epoch 1"
    history = nn.History(np.array([2]), nan[:1], np.array([3]), nan[:1], nan[:1], 0)
    assert repr(history) == "History of 1 epoch: loss 2; validation loss 3; best epoch 0"
    assert repr(replace(history, interrupted=True)).endswith("3; best epoch 0; interrupted")


def test_the_confusion_matrix():
    matrix = nn.confusion_matrix([0, 1, 1, 2, 2, 2], [0, 1, 2, 0, 2, 2], classes=4)
    np.testing.assert_array_equal(matrix, [[1, 0, 0, 0], [0, 1, 1, 0], [1, 0, 2, 0], [0, 0, 0, 0]])
    assert matrix.dtype.kind == "i"
    assert nn.confusion_matrix(np.array([0, 200], np.uint8), [0, 200])[200, 200] == 1


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        (([0, 1], [0]), ValueError, "predicted has shape (1,)"),
        (([0, 3], [0, 1], 3), ValueError, "classes=3: there is a class 3, so needs at least 4"),
        (([0, -1], [0, 1]), ValueError, "labels holds -1: numbers of classes start at 0"),
        (([0.5], [0]), TypeError, "labels has dtype float64: needs integers"),
        (([0], [[0.1, 0.9]]), ValueError, "of scores, scores.argmax(axis=1)"),
    ],
)
def test_confusion_of_nonsense(arguments, error, text):
    with pytest.raises(error, match=re.escape(text)):
        nn.confusion_matrix(*arguments)


def test_a_training_leaves_no_thread_behind(monkeypatch):
    before = set(threading.enumerate())
    for shown in (False, True):
        monkeypatch.setattr(training, "watched", lambda shown=shown: shown)
        monkeypatch.setattr(sys, "stderr", io.StringIO())
        train(network(), *problem(), progress=True)
    assert set(threading.enumerate()) == before
