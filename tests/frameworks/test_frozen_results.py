"""What a reader's function gives back from PyTorch, as the checker of the exercises reads it."""

import torch

from convlib.teach.exercises.engine.outcomes import freeze


def test_a_torch_size_is_frozen_as_a_tuple() -> None:
    frozen = freeze([("weight", torch.zeros(2, 3).shape)])
    assert frozen == [("weight", (2, 3))]
    assert type(frozen[0][1]) is tuple
