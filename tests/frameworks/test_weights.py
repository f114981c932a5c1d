"""Weights to PyTorch and back: whole networks, names under one tree, equal outputs."""

import numpy as np
import pytest
import torch
from torch import nn as theirs

from convlib import nn

from .compare import close
from .networks import small_inception, small_resnet, torch_inception, torch_resnet

networks = pytest.mark.parametrize(
    ("ours", "twin"), [(small_resnet, torch_resnet), (small_inception, torch_inception)]
)


def as_tensors(net):
    return {name: torch.from_numpy(array) for name, array in nn.torch_weights(net).items()}


def batches(rng, count=3):
    return rng.normal(size=(count, 6, 2, 8, 8))


@networks
def test_out_before_and_after_a_few_batches(ours, twin, rng):
    net, module = ours(), twin()
    module.load_state_dict(as_tensors(net))
    for x in batches(rng):  # the buffers move together
        close(net(x), module(torch.tensor(x)), 1e-10)
    close(net.eval()(x), module.eval()(torch.tensor(x)), 1e-10)
    again = twin()
    again.load_state_dict(as_tensors(net))
    close(net(x), again.eval()(torch.tensor(x)), 1e-10)


@networks
def test_in_and_out_again(ours, twin, rng):
    net, module = ours(), twin()
    for x in batches(rng):
        module(torch.tensor(x))
    state = module.state_dict()
    nn.set_weights(net, state)
    close(net.eval()(x), module.eval()(torch.tensor(x)), 1e-10)
    back = nn.torch_weights(net)
    assert set(back) == set(state)
    for name, tensor in state.items():
        if "num_batches" not in name:
            np.testing.assert_array_equal(back[name], tensor.numpy())


@networks
def test_a_step_that_pytorch_took_comes_back(ours, twin, rng):
    """Parameters with gradients, in single precision, into a net of double precision."""
    net, module = ours(), twin().float()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    x = batches(rng)[0].astype(np.float32)
    module(torch.tensor(x)).square().sum().backward()
    optimizer.step()
    nn.set_weights(net, {**dict(module.named_parameters()), **dict(module.named_buffers())})
    assert net.dtype == np.float64
    close(net.eval()(x), module.eval()(torch.tensor(x)), 1e-4)
    nn.set_weights(net, list(module.parameters()))
    for name, tensor in module.named_parameters():
        np.testing.assert_array_equal(nn.torch_weights(net)[name], tensor.detach().numpy())


def test_a_state_that_does_not_fit(rng):
    net, module = small_resnet(), torch_resnet()
    before = nn.torch_weights(net)
    state = module.state_dict()
    state["1.inside.0.weight"] = state["1.inside.0.weight"][:2]
    state["head.bias"] = state.pop("6.bias")
    state["6.weight"] = state["6.weight"].bfloat16()
    with pytest.raises(ValueError, match=r"^weights do not fit this net: 6\.b is missing") as info:
        nn.set_weights(net, state)
    for text in (
        "head.bias is not in the net",
        "1.inside.0.weight has shape (2, 4, 3, 3), the net (4, 4, 3, 3)",
        "6.weight cannot be read as an array: Got unsupported ScalarType BFloat16; write .float()",
    ):
        assert text in str(info.value)
    for name, array in nn.torch_weights(net).items():
        np.testing.assert_array_equal(array, before[name])


def test_weights_load_into_torch_and_share_nothing(rng):
    net = nn.Sequential(nn.Conv(2, 3, 3, rng=0), nn.BatchNorm(3), nn.Flatten(), nn.Dense(12, 2))
    twin = theirs.Sequential(
        theirs.Conv2d(2, 3, 3), theirs.BatchNorm2d(3), theirs.Flatten(), theirs.Linear(12, 2)
    ).double()
    x = rng.normal(size=(5, 2, 4, 4))
    net(x)
    weights = nn.torch_weights(net)
    twin.load_state_dict({name: torch.from_numpy(array) for name, array in weights.items()})
    close(net.eval()(x), twin.eval()(torch.tensor(x)), 1e-12)
    weights["0.weight"] += 1
    close(net(x), net(x), 0)
    assert not np.may_share_memory(weights["0.weight"], net.params["0.w"])
    nn.set_weights(net, twin.state_dict())
    twin[0].weight.data += 1
    assert not np.may_share_memory(twin[0].weight.detach().numpy(), net.params["0.w"])
