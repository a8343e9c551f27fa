"""Where the models look: covering patches against working everything out anew, and what it says of made patterns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from explained_runs import explain, open_run
from late_models import score_listed

from grnet.architectures.late.arrays import GeneInputs
from grnet.architectures.patches import PatchGrid
from grnet.architectures.sdinet.gradients import IMAGE_PAIRS, choose_image_pairs
from grnet.architectures.sdinet.image_pairs import ImagePairs
from grnet.explanation.notes import LEFT_OUT, NO_WEIGHT
from grnet.features.pairs import context_tables
from grnet.features.profiles import Transforms
from grnet.schema.measurements import PictureGrid

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def fused(gappy_runs):
    return open_run(gappy_runs["late fused"], image_weight=0.6)


def test_a_grid_divides_an_image_into_about_square_patches():
    assert PatchGrid.of(16, 32).shape == (4, 8)
    assert PatchGrid.of(24, 24).shape == (6, 6)
    assert PatchGrid.of(128, 320).shape == (4, 9)
    assert PatchGrid.of(3, 2).shape == (3, 2)
    grid = PatchGrid.of(9, 12)
    assert (grid.rows[0], grid.rows[-1], grid.columns[0], grid.columns[-1]) == (0, 9, 0, 12)


def test_covering_sets_one_patch_to_the_mean_and_adding_up_counts_its_pixels():
    image = np.random.default_rng(0).random((2, 9, 12)).astype(np.float32)
    grid = PatchGrid.of(9, 12)
    pixels = PictureGrid(9, 12, np.arange(108)[None])
    covered = grid.cover(image.reshape(2, -1), pixels).reshape(2, -1, 9, 12)
    assert np.array_equal(covered[:, 0], image)
    changed = (covered[:, 1:] != image[:, None]).reshape(2, *grid.shape, 9, 12)
    assert (changed.sum(axis=(1, 2)) <= 1).all()
    place = np.zeros((9, 12), dtype=bool)
    place[grid.rows[1] : grid.rows[2], grid.columns[2] : grid.columns[3]] = True
    assert np.array_equal(changed[1, 1, 2], place)
    values = covered[1, 1 + grid.shape[1] + 2][place]
    assert values == pytest.approx(image[1].mean(), abs=1e-6)
    assert grid.add_up(image).sum() == pytest.approx(image.sum(), rel=1e-5)
    assert grid.add_up(image)[1, 1, 2] == pytest.approx(image[1][place].sum(), rel=1e-5)


def cover_features(features, gene, view, patch):
    """Return the features where a patch of one gene's mean image is covered, and that gene alone is worked out anew."""
    profiles = next(p for p in features.profiles if p.name == view)
    maps, row = profiles.maps.copy(), profiles.row[gene]
    transforms, grid = Transforms(profiles.measurement), profiles.measurement.grid
    covered = PatchGrid.of(*maps.shape[1:]).cover(maps[row : row + 1].reshape(1, -1), grid)[0, 1 + patch]
    maps[row] = covered.reshape(maps[row].shape)
    unit, level = profiles.unit.copy(), profiles.level.copy()
    values = covered[None]
    units = transforms.units_of(values)
    unit[:, row] = transforms.rows_of(units)[:, 0]
    own = transforms.level_of(values, units)[0]
    level[gene, -len(own) :] = own
    changed = replace(profiles, unit=unit, level=level, maps=maps)
    return replace(features, profiles=tuple(changed if p.name == view else p for p in features.profiles))


def total(opened, features, tf, target):
    """Return the logit of one pair from each model, [M]; what labelled pairs say is that of the uncovered images."""
    rows, columns = torch.tensor([tf]), torch.tensor([target])
    models, whole = opened.candidates.scorer.ensemble.models, opened.candidates.features
    return np.array([float(score_listed(model, features, rows, columns, compared_by=whole).total) for model in models])


@pytest.mark.parametrize("pair", [("t0", "g5"), ("t1", "t0"), ("t1", "g11"), ("t2", "g9")])
def test_occlusion_is_the_change_of_the_score_worked_out_anew(fused, pair):
    table = fused.table[fused.table["tf"].isin(["t0", "t1", "t2"])]
    evidence = explain(fused, table).pairs[pair]
    saliency, position = evidence.saliency, fused.dataset.genes.position
    tf, target = (position[name] for name in pair)
    features = fused.candidates.features
    judges = [m for m in range(6) if evidence.fold in (None, m % 3)]
    before = total(fused, features, tf, target)
    assert before[judges].mean() == pytest.approx(evidence.score, abs=1e-4)
    assert saliency.method == "occlusion"
    assert set(saliency.tf) == set(saliency.target) == ({"dorsal"} if "g9" in pair else {"dorsal", "lateral"})
    for gene, maps in ((tf, saliency.tf), (target, saliency.target)):
        for view, found in maps.items():
            assert found.dtype == np.float32
            for patch in (0, 5, found.size - 1):
                after = total(fused, cover_features(features, gene, view, patch), tf, target)
                assert found.flat[patch] == pytest.approx((before - after)[judges].mean(), abs=2e-5)
            assert np.abs(found).max() > 1e-4


def test_shared_patterns_speak_for_and_others_against_an_edge_where_models_want_likeness(fused):
    """Models that add up spatial correlations, and two genes with one blob in common and one of their own each."""
    features = fused.candidates.features
    tf, target = (fused.dataset.genes.position[name] for name in ("t1", "g5"))
    maps = {p.name: p.maps.copy() for p in features.of_modality("image")}
    for p in features.of_modality("image"):
        for gene, own in ((tf, 16), (target, 24)):
            maps[p.name][p.row[gene]] = 0.1
            for column in (8, own):
                maps[p.name][p.row[gene], 4:8, column : column + 4] = 0.9
    opened = open_run(fused.run.path, image_weight=1.0)
    refill(opened, features, maps)
    for model in opened.candidates.scorer.ensemble.models:
        want_likeness(model)
    pair = opened.table[(opened.table["tf"] == "t1") & (opened.table["target"] == "g5")]
    found = explain(opened, pair).pairs["t1", "g5"].saliency
    dorsal = next(p for p in features.profiles if p.name == "dorsal")
    r = np.corrcoef(maps["dorsal"][dorsal.row[[tf, target]]].reshape(2, -1))[0, 1]
    for maps_of_gene, own in ((found.tf, 4), (found.target, 6)):
        for view in ("dorsal", "lateral"):
            map_of = maps_of_gene[view].copy()
            assert map_of[1, 2] > 0.8 * r / 2, "without the blob in common the correlation r is gone; it counts by half"
            assert map_of[1, own] < -0.15 * r
            map_of[1, [2, own]] = 0.0
            assert np.abs(map_of).max() < 0.05


def refill(opened, features, maps):
    """Let the scorer of a run see other images."""
    scorer = opened.candidates.scorer
    profiles = []
    for p in features.profiles:
        if p.modality == "image":
            measured = replace(p.measurement, values=maps[p.name][:-1].reshape(len(p.maps) - 1, -1))
            transforms, unit = Transforms(measured), p.unit.copy()
            unit[:, :-1] = transforms.rows_of(transforms.units_of(measured.values))
            p = replace(p, unit=unit, maps=maps[p.name], measurement=measured)
        profiles.append(p)
    changed = replace(features, profiles=tuple(profiles))
    scorer.features = opened.candidates.features = changed
    scorer.tables, scorer.genes = context_tables(changed, "fused", CPU), GeneInputs.from_features(changed, CPU)


def want_likeness(model):
    """Make the image tower add up, over the views, how far the spatial correlation has passed from -1 to 1."""
    tower = model.tower("image")
    with torch.no_grad():
        for parameter in tower.parameters():
            parameter.zero_()
        place = 0
        for encode in tower.context:
            encode.start.fill_(-1.0)
            encode.width.fill_(2.0)
            tower.from_pair.weight[0, place] = 1.0
            place += encode.n_out
        for layer in tower.rest:
            if isinstance(layer, torch.nn.Linear):
                layer.weight[0, 0] = 1.0
        tower.out.weight[0, 0] = 1.0


def test_only_as_many_pairs_as_are_asked_for_and_the_first_with_images(fused):
    table = fused.table[fused.table["target"].isin(["g10", "g5", "g6"])]
    found = explain(fused, table, saliency=2).pairs
    looked_at = [names for names, pair in found.items() if pair.saliency is not None]
    assert looked_at == [names for names in found if "g10" not in names][:2]
    assert all(
        (LEFT_OUT in pair.notes) == (pair.saliency is None and "g10" not in names) for names, pair in found.items()
    )
    assert all(pair.saliency is None for pair in explain(fused, table, saliency=0).pairs.values())


def test_without_weight_nothing_is_shown_and_a_note_says_why(gappy_runs):
    opened = open_run(gappy_runs["late fused"], image_weight=0.0)
    found = explain(opened, opened.table[opened.table["target"].isin(["g5", "g11"])]).pairs
    for names, pair in found.items():
        without = "g11" not in names
        assert (pair.saliency is None, NO_WEIGHT in pair.notes) == (without, without)


@pytest.mark.parametrize("modality", ["image", "fused"])
def test_networks_of_the_paper_show_gradient_times_input(gappy_runs, modality):
    opened = open_run(gappy_runs[f"sdinet {modality}"])
    pair = opened.table[(opened.table["tf"] == "t0") & opened.table["label"].isna()].head(2)
    for names, item in explain(opened, pair).pairs.items():
        saliency = item.saliency
        assert saliency.method == "gradient"
        assert {map_of.shape for map_of in (*saliency.tf.values(), *saliency.target.values())} == {(4, 8)}
        assert set(saliency.tf) == set(saliency.target)
        assert np.isfinite(np.stack([*saliency.tf.values(), *saliency.target.values()])).all()
        assert any("image pairs" in note for note in item.notes), names


def test_image_pairs_are_chosen_from_every_view(gappy_dataset):
    from grnet.dataset.directory import load_dataset

    dataset = load_dataset(gappy_dataset)
    images, position = ImagePairs.build(dataset, CPU), dataset.genes.position
    number, view = choose_image_pairs(images, position["t0"], position["t1"])
    assert (number.tolist(), view.tolist()) == ([0, 1, 2], [0, 1, 1])
    many = replace(images, count=images.count * 5)
    number, view = choose_image_pairs(many, position["t0"], position["t1"])
    assert (number.tolist(), view.tolist()) == ([0, 1, 2, 3, 25, 26, 27, 28], [0] * 4 + [1] * 4)
    assert len(number) == IMAGE_PAIRS
