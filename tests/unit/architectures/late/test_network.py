"""The late-interaction network: directed, blind to what is masked, able to learn."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pytest
import torch
from late_models import context_of, derive_kernels, teach, weigh_all_parts, weigh_images
from torch.nn.functional import binary_cross_entropy_with_logits

from grnet.architectures.input_shape import InputShape
from grnet.architectures.late.arrays import GeneInputs, Logits
from grnet.architectures.late.config import LateConfig
from grnet.architectures.late.network import LateInteraction
from grnet.architectures.late.parts import PATTERNS, Part
from grnet.features.known_network import KnownNetwork
from grnet.features.pairs import context_tables
from grnet.features.similar_pairs import PairLabels

CPU = torch.device("cpu")
N_GENES = 14
NO_EXPRESSION, NO_IMAGE, ONE_VIEW = 0, 1, 2
OF_RNA, OF_IMAGES = Part("tower", "rna"), Part("tower", "image")
ALL_TFS, ALL_TARGETS = (
    torch.tensor(index) for index in zip(*((a, b) for a, b in product(range(N_GENES), repeat=2) if a != b), strict=True)
)


def make_model(features, modality="fused", *, hidden=16):
    """Return a model with random weights, bins fitted on all pairs, and parts that all count, in evaluation mode."""
    torch.manual_seed(0)
    config = LateConfig(modality=modality, hidden=hidden, bins=6, channels=(4,), dropout=0.2)
    model = LateInteraction(config, InputShape.of(features))
    labelled = torch.tensor([3, 3, 4, 7, 8]), torch.tensor([5, 6, 5, 9, 3]), torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])
    teach(model, features, *labelled)
    tables = context_tables(features, modality, CPU)
    shared = {name: table.present[ALL_TFS] & table.present[ALL_TARGETS] for name, table in tables.items()}
    context, genes = context_of(model, features, ALL_TFS, ALL_TARGETS), GeneInputs.from_features(features, CPU)
    for name in model.modalities:
        model.fit_encodings(name, context, genes, shared)
    weigh_all_parts(model)
    return model.eval()


def score(model, features, tf=ALL_TFS, target=ALL_TARGETS, *, modalities=None, similar=None):
    """Return the Logits of listed pairs; `similar` is what similar pairs say, where it is given."""
    codes = model.encode(GeneInputs.from_features(features, CPU), modalities=modalities)
    context = context_of(model, features, tf, target)
    if similar is not None:
        context |= {name: values for name, values in similar.items() if name.startswith("similar")}
    return model(context, codes.take(tf), codes.take(target))


def said_by(model, logits, part):
    """Return what one part says of each pair."""
    return logits.parts[model.parts.index(part)]


@pytest.fixture(scope="module")
def fused(patchy_features):
    return make_model(patchy_features)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
def test_the_order_of_a_pair_matters(patchy_features, modality):
    model = make_model(patchy_features, modality)
    ahead = score(model, patchy_features, torch.tensor([4, 6]), torch.tensor([5, 9])).total
    back = score(model, patchy_features, torch.tensor([5, 9]), torch.tensor([4, 6])).total
    assert ((ahead - back).abs() > 1e-4).all()


def test_a_batch_of_one_scores_as_a_batch_of_all(fused, patchy_features):
    whole = score(fused, patchy_features).total
    for row in range(0, len(ALL_TFS), 17):
        alone = score(fused, patchy_features, ALL_TFS[row : row + 1], ALL_TARGETS[row : row + 1]).total
        assert alone.shape == (1,)
        assert alone.item() == pytest.approx(whole[row].item(), abs=1e-5)


def test_total_is_the_base_of_what_a_pair_shares_and_the_weighted_parts(fused, patchy_features):
    logits = score(fused, patchy_features)
    both, neither = logits.has_rna & logits.has_image, ~logits.has_rna & ~logits.has_image
    only_rna, only_image = logits.has_rna & ~logits.has_image, logits.has_image & ~logits.has_rna
    assert both.sum() == 132  # 12 genes have both
    assert (only_rna.sum(), only_image.sum()) == (24, 24)
    assert len({tuple(row) for row in fused.weights.tolist()}) == len(PATTERNS)
    for row, pairs in enumerate((only_rna, only_image, both)):
        weighted = fused.weights[row, :, None] * logits.parts[:, pairs]
        torch.testing.assert_close(logits.weighted[:, pairs], weighted, atol=1e-6, rtol=0)
        torch.testing.assert_close(logits.total[pairs], fused.base[row] + weighted.sum(dim=0), atol=1e-6, rtol=0)
    assert set(zip(ALL_TFS[neither].tolist(), ALL_TARGETS[neither].tolist(), strict=True)) == {(0, 1), (1, 0)}
    for part in fused.parts:
        assert not part.modality or not said_by(fused, logits, part)[neither].any()


def test_a_new_model_says_what_its_tower_of_rna_says_or_of_images_where_there_is_no_rna(patchy_features):
    torch.manual_seed(0)
    config = LateConfig(hidden=16, bins=6, channels=(4,))
    model = LateInteraction(config, InputShape.of(patchy_features)).eval()
    logits = score(model, patchy_features)
    assert torch.equal(logits.total[logits.has_rna], said_by(model, logits, OF_RNA)[logits.has_rna])
    alone = logits.has_image & ~logits.has_rna
    assert torch.equal(logits.total[alone], said_by(model, logits, OF_IMAGES)[alone])
    assert logits.total[alone].abs().min() > 0


def test_without_weight_images_have_no_say_beside_rna(patchy_features):
    model = make_model(patchy_features)
    rna, image, fused = map(PATTERNS.index, ("rna", "image", "fused"))
    model.weights[fused], model.base[fused] = model.weights[rna], model.base[rna]
    weigh_images(model, 0.0)
    logits = score(model, patchy_features)
    blind = score(model, patchy_features, modalities=("rna",))
    torch.testing.assert_close(logits.total[logits.has_rna], blind.total[logits.has_rna], atol=1e-6, rtol=0)
    alone = logits.has_image & ~logits.has_rna
    moved = (logits.total - model.base[image])[alone]
    assert moved.abs().min() > 0


def test_a_missing_modality_contributes_exactly_nothing(fused, patchy_features):
    logits = score(fused, patchy_features)
    no_image = (ALL_TFS == NO_IMAGE) | (ALL_TARGETS == NO_IMAGE)
    no_expression = (ALL_TFS == NO_EXPRESSION) | (ALL_TARGETS == NO_EXPRESSION)
    one_view = (ALL_TFS == ONE_VIEW) | (ALL_TARGETS == ONE_VIEW)
    assert torch.equal(logits.has_image, ~no_image)
    assert torch.equal(logits.has_rna, ~no_expression)
    lacks = {"image": no_image, "rna": no_expression}
    found = [part for part in fused.parts if part.modality]
    assert [(part.modality, part.measurement) for part in found] == [
        *(("rna", ""), ("image", "")),
        *(("rna", "expression"), ("image", "dorsal"), ("image", "ventral")),
    ]
    for part in found:
        said, lacking = said_by(fused, logits, part), lacks[part.modality]
        if part.measurement == "dorsal":
            lacking = lacking | one_view
        assert not said[lacking].any(), part
        assert said[~lacking].abs().min() > 0, part


def test_masked_inputs_change_nothing(fused, patchy_features):
    expected = score(fused, patchy_features)
    rng = np.random.default_rng(1)
    profiles = []
    for entry in patchy_features.profiles:
        changed = {name: getattr(entry, name).copy() for name in ("unit", "background", "level")}
        changed["unit"][:, -1] = 0.3
        changed["background"][:, :, ~entry.present] = 2.0
        changed["level"][~entry.present] = 7.0
        if entry.maps is not None:
            changed["maps"] = entry.maps.copy()
            changed["maps"][-1] = rng.random(entry.maps.shape[1:])
        profiles.append(replace(entry, **changed))
    similar = context_of(fused, patchy_features, ALL_TFS, ALL_TARGETS)
    found = score(fused, replace(patchy_features, profiles=tuple(profiles)), similar=similar)
    for field in fields(Logits):
        assert torch.equal(getattr(found, field.name), getattr(expected, field.name)), field.name


def test_one_missing_view_leaves_the_other_in_use(fused, patchy_features):
    ventral = patchy_features.profiles[2]
    maps = ventral.maps.copy()
    maps[ventral.row[ONE_VIEW]] = maps[ventral.row[ONE_VIEW]][::-1]
    changed = replace(patchy_features, profiles=(*patchy_features.profiles[:2], replace(ventral, maps=maps)))
    tf, target = torch.tensor([ONE_VIEW]), torch.tensor([9])
    before = score(fused, patchy_features, tf, target)
    after = score(fused, changed, tf, target)
    assert before.has_image.all()
    of_images, of_rna = fused.parts.index(OF_IMAGES), fused.parts.index(OF_RNA)
    assert before.parts[of_images].item() != after.parts[of_images].item()
    assert before.parts[of_rna].item() == after.parts[of_rna].item()


def test_modalities_that_were_not_encoded_are_as_if_absent(fused, patchy_features):
    whole, rna = score(fused, patchy_features), score(fused, patchy_features, modalities=("rna",))
    alone = PATTERNS.index("rna")
    expected = fused.base[alone] + (fused.weights[alone, :, None] * whole.parts).sum(dim=0)
    torch.testing.assert_close(rna.total, expected, atol=1e-6, rtol=0)
    assert torch.equal(said_by(fused, rna, OF_RNA), said_by(fused, whole, OF_RNA))
    assert not rna.has_image.any()
    assert not said_by(fused, rna, OF_IMAGES).any()
    of_images = [part.modality == "image" for part in fused.parts]
    assert not rna.weighted[of_images].any()
    assert whole.weighted[of_images].any()


def test_towers_say_alone_what_they_say_among_the_parts(fused, patchy_features):
    logits = score(fused, patchy_features)
    codes = fused.encode(GeneInputs.from_features(patchy_features, CPU))
    context = context_of(fused, patchy_features, ALL_TFS, ALL_TARGETS)
    towers = fused.look(context, codes.take(ALL_TFS), codes.take(ALL_TARGETS))
    for part, said in ((OF_RNA, towers.rna), (OF_IMAGES, towers.image)):
        assert torch.equal(said_by(fused, logits, part), said)
    assert torch.equal(towers.has_rna, logits.has_rna)
    assert torch.equal(towers.has_image, logits.has_image)


def test_every_weight_of_the_towers_gets_a_gradient(fused, patchy_features):
    fused.zero_grad()
    codes = fused.encode(GeneInputs.from_features(patchy_features, CPU))
    context = context_of(fused, patchy_features, ALL_TFS, ALL_TARGETS)
    towers = fused.look(context, codes.take(ALL_TFS), codes.take(ALL_TARGETS))
    binary_cross_entropy_with_logits(towers.rna + towers.image, (ALL_TFS % 2).float()).backward()
    for name, parameter in fused.named_parameters():
        if name.startswith("known_network"):
            continue  # fitted apart, from what trees say
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().max() > 0, name


def test_the_known_network_of_a_model_is_that_of_its_labelled_pairs(fused, patchy_features):
    network = KnownNetwork(PairLabels(*fused.labelled), N_GENES)
    expected = fused.known_network.score_pairs(network, ALL_TFS, ALL_TARGETS)
    assert expected.abs().max() > 0
    said = said_by(fused, score(fused, patchy_features), Part("known network"))
    torch.testing.assert_close(said, expected, atol=1e-6, rtol=0)


def test_the_kernels_of_a_model_are_fitted_on_its_labelled_pairs(fused, patchy_features):
    kernels = derive_kernels(patchy_features, "fused")
    assert [part.measurement for part in fused.kernels] == ["expression", "dorsal", "ventral"]
    assert fused.labelled_dual.shape == (3, 5)
    for part, dual in zip(fused.kernels, fused.labelled_dual, strict=True):
        assert torch.equal(dual, kernels[part.measurement].fit(*fused.labelled))
        assert dual.abs().max() > 0


def test_a_tower_that_is_silenced_says_nothing(patchy_features):
    model = make_model(patchy_features)
    before = score(model, patchy_features)
    model.silence("image")
    after = score(model, patchy_features)
    assert not said_by(model, after, OF_IMAGES).any()
    assert torch.equal(said_by(model, after, OF_RNA), said_by(model, before, OF_RNA))


def test_the_stages_share_no_weight_and_leave_none_out(fused):
    rna, image = ({id(p) for p in fused.parameters_of(name)} for name in ("rna", "image"))
    assert not rna & image
    assert rna | image == {id(p) for name, p in fused.named_parameters() if not name.startswith("known_network")}


def test_a_fused_model_without_images_is_the_rna_model(patchy_features):
    bare = replace(patchy_features, profiles=patchy_features.profiles[:1])
    fused, rna = make_model(bare, "fused"), make_model(bare, "rna")
    assert fused.modalities == ("rna",)
    assert torch.equal(score(fused, bare).total, score(rna, bare).total)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
def test_it_memorises_a_few_pairs(patchy_features, modality):
    model = make_model(patchy_features, modality, hidden=64).train()
    for column, part in enumerate(model.parts):
        model.weights[:, column] = float(part.source == "tower")
    usable = torch.flatten(((ALL_TFS > ONE_VIEW) & (ALL_TARGETS > ONE_VIEW)).nonzero())
    rows = usable[torch.randperm(len(usable), generator=torch.Generator().manual_seed(2))[:32]]
    labels = torch.arange(32).remainder(2).float()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(80):
        loss = binary_cross_entropy_with_logits(
            score(model, patchy_features, ALL_TFS[rows], ALL_TARGETS[rows]).total, labels
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    logits = score(model.eval(), patchy_features, ALL_TFS[rows], ALL_TARGETS[rows]).total
    assert torch.equal(logits > 0, labels > 0.5)
    assert binary_cross_entropy_with_logits(logits, labels) < 0.05


def test_logits_are_joined_part_by_part(fused, patchy_features):
    first, second = (
        score(fused, patchy_features, ALL_TFS[part], ALL_TARGETS[part]) for part in (slice(5), slice(5, 9))
    )
    joined = Logits.cat([first, second])
    for field in fields(Logits):
        assert torch.equal(
            getattr(joined, field.name), torch.cat([getattr(first, field.name), getattr(second, field.name)], dim=-1)
        )
