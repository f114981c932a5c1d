"""Published networks against the figures that their papers and others state."""

import math

import numpy as np
import pytest

import convlib as cl

# LeNet-5: the modern form. AlexNet: the paper's two processors; one group, as in Caffe's copies.
# VGG-16: Keras. GoogLeNet: the Caffe model zoo. ResNets: torchvision. MobileNet: Keras.
PARAMETERS = {
    "LeNet-5": 61_706,
    "AlexNet": 60_965_224,
    "AlexNet, one group": 62_378_344,
    "VGG-16": 138_357_544,
    "GoogLeNet": 6_998_552,
    "ResNet-18": 11_689_512,
    "ResNet-34": 21_797_672,
    "ResNet-50": 25_557_032,
    "ResNet-50, stride first": 25_557_032,
    "MobileNet": 4_231_976,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_as_others_count_them(name):
    assert cl.ledger(*cl.famous(name)).parameters == PARAMETERS[name]


def lines_of(name):
    return {line.name: line for line in cl.ledger(*cl.famous(name))}


def test_lenet_layer_by_layer():
    """LeCun et al. (1998), section II.B: C1, C5 and F6; C3 reads all maps here, and S2, S4 learn
    nothing."""
    lines = lines_of("LeNet-5")
    assert [lines[name].parameters for name in ("C1", "C5", "F6")] == [156, 48_120, 10_164]


def test_alexnet_neuron_by_neuron():
    """Krizhevsky et al. (2012), section 3.5, from the second layer on: the paper's number for the
    first fits none of its sizes."""
    names = ["conv2", "conv3", "conv4", "conv5", "fc6", "fc7", "fc8"]
    neurons = [186_624, 64_896, 64_896, 43_264, 4096, 4096, 1000]
    for network in ("AlexNet", "AlexNet, one group"):
        lines = lines_of(network)
        assert [lines[name].activations for name in names] == neurons
        assert lines["pool5"].size == (256, 6, 6)


def test_vgg16():
    """Simonyan and Zisserman (2015), table 2, column D: 138 million; 16 layers with weights."""
    lines = cl.ledger(*cl.famous("VGG-16"))
    assert sum(line.weights > 0 for line in lines) == 16
    assert lines.weights == 138_344_128
    assert lines.kept == 15_237_608


def test_googlenet_block_by_block():
    """Szegedy et al. (2015), table 1: millions of operations, and what the blocks put out."""
    operations = {"3a": 128, "3b": 304, "4a": 73, "4b": 88, "4c": 100, "4d": 119, "4e": 170}
    channels = {"3a": 256, "3b": 480, "4a": 512, "4d": 528, "4e": 832, "5a": 832, "5b": 1024}
    size, stages = cl.famous("GoogLeNet")
    for block, millions in operations.items():
        lines = [line for line in cl.ledger(size, stages) if line.name.startswith(f"{block} ")]
        assert abs(sum(line.multiply_adds for line in lines) / 1e6 - millions) < 1
    names = list(stages)
    for block, c_out in channels.items():
        before = {name: stages[name] for name in names[: names.index(block) + 1]}
        assert cl.ledger(size, before).output[0] == c_out


@pytest.mark.parametrize(
    ("name", "billions"),
    [("ResNet-18", 1.8), ("ResNet-34", 3.6), ("ResNet-50, stride first", 3.8)],
)
def test_resnets_work(name, billions):
    """He et al. (2016), table 1, which cuts after one decimal."""
    work = cl.ledger(*cl.famous(name)).multiply_adds
    assert math.floor(work / 1e8) / 10 == billions


def test_mobilenet():
    """Howard et al. (2017), table 4; with full layers, without the dense one."""
    small, full = (cl.ledger(*cl.famous(n)) for n in ("MobileNet", "MobileNet, full layers"))
    assert round(small.parameters / 1e6, 1) == 4.2
    assert round(small.multiply_adds / 1e6) == 569
    assert round(full.parameters / 1e6, 1) == 29.3
    assert round((full.multiply_adds - full[-1].multiply_adds) / 1e6) == 4866


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("AlexNet", 195),
        ("VGG-16", 212),
        ("ResNet-18", 435),
        ("ResNet-34", 899),
        ("ResNet-50", 427),
        ("ResNet-50, stride first", 483),
        ("MobileNet", 315),
    ],
)
def test_what_the_last_map_sees(name, field):
    """Araujo et al. (2019), table of receptive fields, where they have the network."""
    last = [line for line in cl.ledger(*cl.famous(name)) if line.size[1:] != (1, 1)][-1]
    assert {seen.size for seen in last.fields} == {field}
    assert {seen.jump for seen in last.fields} == {32}


def test_stages_are_new_at_each_call():
    size, stages = cl.famous("VGG-16")
    stages["fc6"] = cl.Stage(4096, 7)
    assert cl.famous("VGG-16").stages["fc6"] == cl.Stage(4096)
    assert size == cl.famous("VGG-16").size == (3, 224, 224)


def test_dense_layers_that_slide():
    """As convolutions they give a map of scores on a larger picture, with the same parameters."""
    slides = {"fc6": cl.Stage(4096, 7), "fc7": cl.Stage(4096, 1), "fc8": cl.Stage(1000, 1)}
    lines = cl.ledger((3, 384, 384), cl.famous("VGG-16").stages | slides)
    assert lines.output == (1000, 6, 6)
    assert lines.parameters == PARAMETERS["VGG-16"]


def test_a_small_resnet_block_is_what_the_layers_compute(rng):
    """The first block of group 3 of ResNet-18 on arrays: its two ways can be added."""
    block = cl.famous("ResNet-18").stages["3.1"]
    x = rng.standard_normal((1, 64, 8, 8))
    ends = []
    for way in block.ways:
        y = x
        for stage in way.values():
            w = np.ones((stage.c_out, y.shape[1], stage.window, stage.window))
            y = cl.conv(y, w, stride=stage.stride, padding=stage.padding)
        ends.append(y)
    assert ends[0].shape == ends[1].shape == (1, 128, 4, 4)
    assert cl.ledger((64, 8, 8), {"block": block}).output == (128, 4, 4)


def test_an_unknown_name_is_explained():
    message = r"^name='vgg16': needs one of 'LeNet-5', 'Alex.*; did you mean 'VGG-16'\?$"
    with pytest.raises(ValueError, match=message):
        cl.famous("vgg16")
