"""The networks of the paper: their size, their cost, and what they know at which depth; most without any values."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from grnet.architectures.sdinet.layers import ChannelAttention
from grnet.architectures.sdinet.networks import (
    BINS,
    IMAGE_SIZE,
    FusionNetwork,
    ImageNetwork,
    ImageTrunk,
    RnaNetwork,
    RnaTrunk,
)

HEIGHT, WIDTH = IMAGE_SIZE
INPUTS = {
    ImageNetwork: [(2, HEIGHT, WIDTH)],
    RnaNetwork: [(1, BINS, BINS)],
    FusionNetwork: [(1, 2 * HEIGHT, WIDTH), (1, BINS, BINS)],
}
"""Shapes of one sample at the paper's sizes."""


def build_abstract(kind, **options):
    """Return a network whose tensors have shapes and no values."""
    with torch.device("meta"):
        return kind(**options).eval()


def run_abstract(network, *shapes, samples=3):
    return network(*(torch.empty(samples, *shape, device="meta") for shape in shapes))


def trace_shapes(trunk, shape):
    """Return the shape that each part of a trunk gives at each call, without the samples, and all depths."""
    seen = {}
    for name, part in trunk.named_children():
        part.register_forward_hook(lambda _, __, out, name=name: seen.setdefault(name, []).append(tuple(out.shape[1:])))
    depths = run_abstract(trunk, shape)
    return seen, {name: tuple(value.shape) for name, value in depths._asdict().items()}


def test_the_paper_reads_these_sizes():
    assert IMAGE_SIZE == (128, 320)
    assert BINS == 64


@pytest.mark.parametrize(
    ("kind", "count"),
    [(ImageTrunk, 4_282_976), (RnaTrunk, 2_045_024), (FusionNetwork, 6_961_953)],
)
def test_trainable_parameters(kind, count):
    assert sum(p.numel() for p in build_abstract(kind).parameters() if p.requires_grad) == count


@pytest.mark.parametrize(("kind", "trunk"), [(ImageNetwork, 4_282_976), (RnaNetwork, 2_045_024)])
def test_a_network_is_its_trunk_and_a_dense_layer(kind, trunk):
    network = build_abstract(kind)
    assert sum(p.numel() for p in network.parameters()) == trunk + 512 + 1
    assert (network.out.in_features, network.out.out_features) == (512, 1)


@pytest.mark.parametrize(("kind", "billions"), [(ImageNetwork, 6.52), (RnaNetwork, 0.85), (FusionNetwork, 3.35)])
def test_operations_of_one_forward_pass(kind, billions):
    network = build_abstract(kind)
    with FlopCounterMode(display=False) as counter:
        assert run_abstract(network, *INPUTS[kind], samples=1).shape == (1,)
    assert round(counter.get_total_flops() / 1e9, 2) == billions


@pytest.mark.parametrize("kind", INPUTS)
def test_one_logit_for_each_sample(kind):
    assert run_abstract(build_abstract(kind), *INPUTS[kind]).shape == (3,)


def test_shapes_of_sdinet():
    seen, depths = trace_shapes(build_abstract(ImageTrunk), (2, 128, 320))
    assert seen == {
        "stem": [(32, 32, 80)],
        "stage2": [(32, 32, 80)],
        "stage3": [(64, 16, 40)],
        "stage4": [(128, 8, 20)],
        "stage5": [(256, 4, 10)],
        "detail": [(256, 32, 80)],
    }
    assert depths == {"shallow": (3, 64), "middle": (3, 128), "deep": (3, 512)}


def test_shapes_of_the_fusions_image_network():
    seen, depths = trace_shapes(build_abstract(ImageTrunk, channels=1, detail_stage=4), (1, 256, 320))
    assert seen == {
        "stem": [(32, 64, 80)],
        "stage2": [(32, 64, 80)],
        "stage3": [(64, 32, 40)],
        "stage4": [(128, 16, 20)],
        "stage5": [(256, 8, 10)],
        "detail": [(256, 16, 20)],
    }
    assert depths == {"shallow": (3, 64), "middle": (3, 128), "deep": (3, 512)}


def test_shapes_of_the_rna_network():
    seen, depths = trace_shapes(build_abstract(RnaTrunk), (1, 64, 64))
    assert seen == {
        "block1": [(32, 64, 64)],
        "shrink": [(32, 32, 32), (64, 16, 16), (128, 8, 8)],
        "block2": [(64, 32, 32)],
        "block3": [(128, 16, 16)],
        "semantics": [(256, 8, 8)],
        "detail": [(256, 16, 16)],
    }
    assert depths == {"shallow": (3, 64), "middle": (3, 128), "deep": (3, 512)}


def test_odd_sizes_are_rounded_up():
    seen, _ = trace_shapes(build_abstract(ImageTrunk), (2, 67, 101))
    assert [seen[name][0][1:] for name in ("stem", "stage3", "stage4", "stage5")] == [(17, 26), (9, 13), (5, 7), (3, 4)]


@pytest.mark.parametrize(
    ("trunk", "shape", "shallow", "middle"),
    [
        (lambda: ImageTrunk(), (2, 16, 40), "stage3", "stage4"),
        (lambda: ImageTrunk(1, detail_stage=4), (1, 32, 40), "stage3", "stage4"),
        (lambda: RnaTrunk(), (1, 16, 16), "block2", "block3"),
    ],
    ids=["SDINet", "the fusion's", "RNA"],
)
def test_depths_are_averages_of_what_the_parts_see(trunk, shape, shallow, middle):
    torch.manual_seed(0)
    trunk, seen = trunk().eval(), {}
    for name, part in trunk.named_children():
        part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: out}))
    with torch.no_grad():
        depths = trunk(torch.rand(2, *shape))
    ends = ["stage5" if "stage5" in seen else "semantics", "detail"]
    means = {name: out.mean(dim=(2, 3)) for name, out in seen.items()}
    torch.testing.assert_close(depths.shallow, means[shallow])
    torch.testing.assert_close(depths.middle, means[middle])
    torch.testing.assert_close(depths.deep, torch.cat([means[name] for name in ends], dim=1))


@pytest.mark.parametrize(
    ("network", "part"),
    [(ImageNetwork, "stage2"), (FusionNetwork, "stage4")],
)
def test_the_second_branch_reads_details_of_this_stage(network, part):
    network, seen = build_abstract(network), {}
    trunk = network.image if isinstance(network, FusionNetwork) else network.trunk
    getattr(trunk, part).register_forward_hook(lambda _, __, out: seen.update(given=out))
    trunk.detail.register_forward_pre_hook(lambda _, args: seen.update(read=args[0]))
    run_abstract(network, *INPUTS[type(network)])
    assert seen["read"] is seen["given"]


def test_the_fusion_joins_three_depths():
    network, seen = build_abstract(FusionNetwork), {}
    for name in ("join_shallow", "join_middle", "join_deep"):
        getattr(network, name).register_forward_hook(
            lambda _, args, out, name=name: seen.update({name: (args[0].shape[1], out.shape[1])})
        )
    run_abstract(network, *INPUTS[FusionNetwork])
    assert seen == {
        "join_shallow": (64 + 64, 128),
        "join_middle": (128 + 128 + 128, 256),
        "join_deep": (512 + 256 + 512, 128),
    }


@pytest.mark.parametrize("kind", INPUTS)
def test_every_layer_has_the_settings_of_keras(kind):
    modules = list(build_abstract(kind).modules())
    norms = [module for module in modules if isinstance(module, nn.BatchNorm2d)]
    convolutions = [module for module in modules if isinstance(module, nn.Conv2d)]
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-3, 0.01)}
    assert len(norms) == len(convolutions)
    assert all(convolution.bias is not None for convolution in convolutions)
    attention = [module.weigh for module in modules if isinstance(module, ChannelAttention)]
    dense = [module for module in modules if isinstance(module, nn.Linear)]
    assert [layer for layer in dense if layer.bias is None] == attention
    assert {c.dilation for c in convolutions} == {(1, 1), (3, 3), (6, 6), (9, 9)}


def test_dropout_is_in_the_rna_network_alone():
    rates = {
        kind: [module.p for module in build_abstract(kind).modules() if isinstance(module, nn.Dropout)]
        for kind in INPUTS
    }
    assert rates == {ImageNetwork: [], RnaNetwork: [0.5], FusionNetwork: [0.5]}
