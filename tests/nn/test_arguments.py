"""What every function with a net or the name of a file says where it gets something else."""

import re

import numpy as np
import pytest

from convlib import nn

X = np.ones((2, 3))
WITH_A_NET = {
    "fit": lambda net: nn.fit(net, X, [0, 1], optimizer=nn.SGD(nn.Dense(3, 2))),
    "predict": lambda net: nn.predict(net, X),
    "evaluate": lambda net: nn.evaluate(net, X, [0, 1]),
    "save": lambda net: nn.save(net, "net.npz"),
    "load": lambda net: nn.load(net, "net.npz"),
    "set_weights": lambda net: nn.set_weights(net, {}),
    "torch_weights": nn.torch_weights,
    "to_onnx": lambda net: nn.to_onnx(net, (3,)),
    "clip_gradients": lambda net: nn.clip_gradients(net, 1),
    "SGD": nn.SGD,
}
NO_NETS = {
    "nothing": (None, "net is None: needs a layer or nn.Sequential"),
    "function": (lambda x: x, "net is function: needs a layer or nn.Sequential"),
    "list": (
        [nn.ReLU()],
        "net is list: needs a layer or nn.Sequential; nn.Sequential(*layers) makes one of a list",
    ),
    "class": (
        nn.ReLU,
        "net is the class ReLU: needs a layer or nn.Sequential; write ReLU(...), with parentheses",
    ),
    "another class": (dict, "net is the class dict: needs a layer or nn.Sequential"),
}


@pytest.mark.parametrize("call", WITH_A_NET.values(), ids=WITH_A_NET)
@pytest.mark.parametrize(("net", "text"), NO_NETS.values(), ids=NO_NETS)
def test_what_is_no_net(call, net, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TypeError, match=f"^{re.escape(text)}$"):
        call(net)
    assert not list(tmp_path.iterdir())


def test_check_gradients_calls_it_a_layer():
    with pytest.raises(TypeError, match=r"^layer is None: needs a layer or nn\.Sequential$"):
        nn.check_gradients(None, X)


WITH_A_PATH = {
    "save": (lambda path: nn.save(nn.ReLU(), path), "path"),
    "load": (lambda path: nn.load(nn.ReLU(), path), "path"),
    "read_idx": (nn.read_idx, "path"),
    "mnist": (nn.mnist, "folder"),
    "cifar10": (nn.cifar10, "folder"),
}


@pytest.mark.parametrize(("call", "name"), WITH_A_PATH.values(), ids=WITH_A_PATH)
@pytest.mark.parametrize("path", [None, 3, b"net.npz", True, ["net.npz"], np.ones(2)], ids=repr)
def test_what_is_no_path(call, name, path):
    if call is nn.mnist and path is None:
        return  # the digits on board
    kind = "None" if path is None else type(path).__name__
    with pytest.raises(TypeError, match=f"^{name} is {kind}: needs a name, text or a Path$"):
        call(path)


@pytest.mark.parametrize("call", [nn.save, nn.load])
def test_net_and_path_in_the_wrong_order(call, tmp_path):
    text = "path is Dense: needs a name, text or a Path; the net comes first, then its path"
    with pytest.raises(TypeError, match=f"^{text}$"):
        call(tmp_path / "net.npz", nn.Dense(2, 1))
