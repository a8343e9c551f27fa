"""Which pairs are trained on, and what is said of the others."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
import torch
from chosen_pairs import choose_pairs

from grnet.architectures.configuring import configure_training
from grnet.architectures.late.config import LateConfig
from grnet.architectures.sdinet.pair_samples import PairSamples
from grnet.dataset.directory import load_dataset
from grnet.division.random_streams import derive_seed
from grnet.division.splits import divide_pairs
from grnet.features.build import build_features
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex
from grnet.schema.problems import LARGEST_SEED
from grnet.schema.training_config import TrainConfig
from grnet.training.labelled_pairs import _hold_out

CONFIG = TrainConfig(folds=3, model=LateConfig(modality="rna"))
NO_VIEW = "there are no images of one view of both genes"
LEAKED = "rows have a repeat or their reverse in another fold, so they are easier than new pairs; --split pair keeps"


@pytest.fixture(scope="module")
def dataset(embryo_dataset):
    return load_dataset(embryo_dataset)


@pytest.fixture(scope="module")
def features(dataset):
    return build_features(dataset)


def of_modality(modality, **settings):
    return replace(CONFIG, model=LateConfig(modality=modality), **settings)


def named(dataset, training):
    symbols = np.asarray(dataset.genes.symbols)
    return list(zip(symbols[training.pairs.tf], symbols[training.pairs.target], training.labels, strict=True))


def rows_of(known):
    return list(known[["tf", "target", "label"]].itertuples(index=False, name=None))


def only_positives(dataset):
    known = dataset.labelled_pairs
    return replace(dataset, labelled_pairs=known[known["label"] == 1])


@pytest.mark.parametrize("modality", ["rna", "fused"])
def test_all_known_edges_are_taken_in_order(dataset, features, modality):
    training = choose_pairs(dataset, features, of_modality(modality))
    assert named(dataset, training) == rows_of(dataset.labelled_pairs)
    assert training.notes == ()
    assert (training.labels.dtype, training.folds.dtype) == (np.int8, np.int8)
    assert np.bincount(training.folds).tolist() == pytest.approx([51, 51, 51], abs=1)


def test_pairs_without_a_common_view_are_left_out_with_a_note(dataset, features):
    training = choose_pairs(dataset, features, of_modality("image"))
    known = dataset.labelled_pairs
    tf, target = (dataset.genes.indices_of(known[column]) for column in ("tf", "target"))
    has_picture = np.stack([profiles.present for profiles in features.of_modality("image")], axis=1)
    shares = (has_picture[tf] & has_picture[target]).any(axis=1)
    assert 0 < shares.sum() < len(known)
    assert named(dataset, training) == rows_of(known[shares])
    left_out = (~shares).sum()
    assert training.notes == (f"{left_out} of 154 labelled pairs left out: a gene has no images",)


@pytest.mark.parametrize(("ratio", "expected"), [(1.0, 77), (2.0, 154), (0.5, 38)])
def test_negatives_are_sampled_where_none_are_known(dataset, features, ratio, expected):
    positive = only_positives(dataset)
    training = choose_pairs(positive, features, replace(CONFIG, negatives_per_positive=ratio))
    rows = named(dataset, training)
    assert rows[:77] == rows_of(positive.labelled_pairs)
    negatives = rows[77:]
    assert len(negatives) == len(set(negatives)) == expected
    known = {row[:2] for row in rows[:77]}
    tfs = {dataset.genes.symbols[index] for index in dataset.genes.tfs}
    for tf, target, label in negatives:
        assert label == 0
        assert (tf, target) not in known
        assert tf in tfs
        assert tf != target
    assert training.notes == (
        f"the known edges hold positives only: {expected} negatives sampled uniformly from TF × gene pairs "
        f"that are not known edges (--negatives random, {ratio:g} per positive, seed 0); some may be true edges "
        "not yet known",
    )
    assert set(training.folds.tolist()) == {0, 1, 2}


def test_the_seed_decides_what_is_sampled(dataset, features):
    positive = only_positives(dataset)
    first, again, other = (choose_pairs(positive, features, replace(CONFIG, seed=seed)) for seed in (1, 1, 2))
    assert named(dataset, first) == named(dataset, again)
    assert np.array_equal(first.folds, again.folds)
    assert named(dataset, first) != named(dataset, other)
    folds = [choose_pairs(dataset, features, replace(CONFIG, seed=seed)).folds for seed in (1, 2)]
    assert not np.array_equal(*folds)


def test_negatives_have_images_where_images_are_asked_for(dataset, features):
    training = choose_pairs(only_positives(dataset), features, of_modality("image"))
    assert features.present("image")[np.r_[training.pairs.tf, training.pairs.target]].all()
    assert len(training.notes) == 2
    assert "left out" in training.notes[0]
    assert "sampled" in training.notes[1]


def test_too_few_positives(dataset, features):
    positive = only_positives(dataset)
    ten = replace(positive, labelled_pairs=positive.labelled_pairs.head(10))
    assert (choose_pairs(ten, features, CONFIG).labels == 1).sum() == 10
    with pytest.raises(InputError) as caught:
        choose_pairs(replace(positive, labelled_pairs=positive.labelled_pairs.head(9)), features, CONFIG)
    assert str(caught.value) == (
        f"{dataset.path}: 9 positive known edges between genes with expression; training needs at least 10. "
        "Give more with: grnet prepare --known-edges FILE, or choose another --modality"
    )
    without = replace(features, profiles=features.profiles[:1])
    with pytest.raises(InputError, match=r": 0 positive known edges between genes with images of one view; training"):
        choose_pairs(positive, without, of_modality("image"))


@pytest.fixture(scope="module")
def gappy(gappy_dataset):
    return load_dataset(gappy_dataset)


def choose_for_network(dataset, modality, *, split="pair", folds=3, fewest=1, **settings):
    """Choose the pairs of a network of the paper."""
    config = configure_training("sdinet", modality, folds=folds, **settings)
    config = replace(config, model=replace(config.model, min_image_pairs=fewest))
    samples = PairSamples.build(dataset, config.model, torch.device("cpu"))
    return choose_pairs(dataset, build_features(dataset), config, split=split, samples=samples)


def count_image_pairs(dataset, tf, target):
    table = dataset.image_table
    ends = [table.loc[table["symbol"] == symbol, "view"].value_counts() for symbol in (tf, target)]
    return int((ends[0] * ends[1]).sum())


def sees(dataset, modality, row):
    """Tell whether a network of the paper sees the pair of a row."""
    expressed = dataset.has_expression[dataset.genes.indices_of(row[:2])].all()
    return (modality == "image" or expressed) and (modality == "rna" or count_image_pairs(dataset, *row[:2]) > 0)


def cut(n, n_folds):
    """The paper's split of n rows, row by row: the fold, and the folds whose model stops by the row."""
    folds = [min(row // (n // n_folds), n_folds - 1) for row in range(n)]
    stops = [set() for _ in range(n)]
    for fold in range(n_folds):
        training = [row for row in range(n) if folds[row] != fold]
        for row in training[int(len(training) * 9 / 10) :]:
            stops[row].add(fold)
    return folds, stops


def stops_of(training):
    (stops,) = training.stops
    return [set(np.flatnonzero(column).tolist()) for column in stops.T]


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_the_paper_cuts_the_file_as_it_is(gappy, gappy_rows, n_folds):
    config = of_modality("fused", folds=n_folds)
    training = choose_pairs(gappy, build_features(gappy), config, split="paper")
    assert named(gappy, training) == gappy_rows
    assert (training.folds.tolist(), stops_of(training)) == cut(34, n_folds)
    assert np.bincount(training.folds).tolist() == [34 // n_folds] * (n_folds - 1) + [34 // n_folds + 34 % n_folds]
    assert training.folds.dtype == training.labels.dtype == np.int8
    assert training.notes == (f"4 of 34 {LEAKED} such rows together",)


@pytest.mark.parametrize("modality", ["rna", "image", "fused"])
@pytest.mark.parametrize("n_folds", [2, 5])
def test_what_a_network_cannot_see_is_left_out_after_the_cut(gappy, gappy_rows, modality, n_folds):
    training = choose_for_network(gappy, modality, split="paper", folds=n_folds)
    seen = [place for place, row in enumerate(gappy_rows) if sees(gappy, modality, row)]
    folds, stops = cut(34, n_folds)
    assert len(seen) == {"rna": 32, "image": 32, "fused": 30}[modality]
    assert named(gappy, training) == [gappy_rows[place] for place in seen]
    assert training.folds.tolist() == [folds[place] for place in seen]
    assert stops_of(training) == [stops[place] for place in seen]
    lack = {"rna": "a gene has no expression", "image": NO_VIEW, "fused": f"a gene has no expression, or {NO_VIEW}"}
    assert training.notes == (
        f"{34 - len(seen)} of 34 labelled rows left out: {lack[modality]}",
        f"4 of {len(seen)} {LEAKED} such rows together",
    )


@pytest.mark.parametrize("split", ["pair", "tf", "target", "both", "paper"])
def test_a_pair_is_fitted_on_or_stopped_by_or_tested(gappy, split):
    training = choose_for_network(gappy, "fused", split=split, folds=2, seeds=2)
    for fold in range(2):
        for member in range(2):
            rows = training.rows_of(fold, member)
            parts = np.concatenate([rows.fit, rows.stop, np.flatnonzero(training.folds == fold)])
            assert len(parts) == len(set(parts))
            assert sorted([*rows.fit, *rows.stop, *rows.rest]) == np.flatnonzero(training.allowed[fold]).tolist()
            assert rows.allowed.tolist() == np.flatnonzero(training.allowed[fold]).tolist()
            assert len(rows.rest) == 0, "there are too few pairs to stop by new TFs with new targets"
            assert min(len(rows.fit), len(rows.stop)) > 0
            if split in ("pair", "paper"):
                assert sorted(parts.tolist()) == list(range(len(training.pairs)))
    assert training.tested.all() == (split != "both")


def test_seeds_share_folds_and_differ_in_what_they_stop_by(dataset, features):
    for split in ("pair", "tf", "target", "both"):
        training = choose_pairs(dataset, features, replace(CONFIG, seeds=3), split=split)
        alone = choose_pairs(dataset, features, CONFIG, split=split)
        np.testing.assert_array_equal(training.folds, alone.folds)
        np.testing.assert_array_equal(training.stops[:1], alone.stops)
        np.testing.assert_array_equal(training.fits[:1], alone.fits)
        assert training.stops.shape == training.fits.shape == (3, 3, len(training.pairs))
        assert (training.stops != training.stops[0]).any(axis=(1, 2)).tolist() == [False, True, True]
    file = choose_pairs(dataset, features, replace(CONFIG, seeds=2), split="paper")
    np.testing.assert_array_equal(*file.stops)


def test_no_seed_repeats_the_stream_of_another():
    arguments = itertools.product(range(3), ("folds", "negatives", "validation", "fit"), range(3), range(3))
    seeds = [derive_seed(seed, purpose, fold=fold, member=member) for seed, purpose, fold, member in arguments]
    assert len(set(seeds)) == len(seeds) == 108
    assert all(0 <= seed <= LARGEST_SEED for seed in seeds)
    assert derive_seed(0, "fit", fold=1) != derive_seed(1, "fit", fold=0), "as seed + fold would be"


def test_a_split_by_both_says_what_it_tests(dataset, features):
    training = choose_pairs(dataset, features, CONFIG, split="both")
    tested, learnt = int(training.tested.sum()), training.allowed.sum(axis=1).mean()
    assert training.notes == (
        f"{tested} of 154 pairs are tested: those whose TF and target are in the same of 3 groups of genes. The model "
        f"for a group is trained on pairs without genes of that group, {learnt:.0f} on average",
    )
    assert 30 < tested < 80
    for fold in range(3):
        rows = training.rows_of(fold)
        test = training.pairs.take(training.folds == fold)
        learnt_from = training.pairs.take(np.concatenate([rows.fit, rows.stop]))
        assert not {*test.tf, *test.target} & {*learnt_from.tf, *learnt_from.target}
        fit, stop = training.pairs.take(rows.fit), training.pairs.take(rows.stop)
        assert not set(fit.tf) & set(stop.tf), "with few pairs, those to stop by have new TFs"


def test_with_many_pairs_both_stops_by_new_tfs_and_new_targets():
    rng = np.random.default_rng(0)
    keys = rng.choice(60 * 240, 3000, replace=False)
    pairs, labels = PairIndex(keys // 240, 60 + keys % 240), rng.integers(0, 2, 3000).astype(np.int8)
    division = divide_pairs(pairs, labels, n_genes=300, n_folds=3, seed=0, split="both")
    ((fits, stops),) = zip(*_hold_out(pairs, labels, division, CONFIG, split="both", n_genes=300), strict=True)
    for fold in range(3):
        fit, stop = pairs.take(fits[fold]), pairs.take(stops[fold])
        assert not set(fit.tf) & set(stop.tf)
        assert not set(fit.target) & set(stop.target)
        assert not (fits[fold] & stops[fold]).any()
        assert not ((fits[fold] | stops[fold]) & ~division.allowed[fold]).any()
        assert 20 <= len(stop) <= 120
        assert len(fit) > 0.6 * division.allowed[fold].sum()


def test_a_reverse_that_was_not_learnt_from_is_told(dataset, features):
    pairs = dataset.labelled_pairs[["tf", "target"]]
    twins = pairs.merge(pairs, left_on=["tf", "target"], right_on=["target", "tf"])
    training = choose_pairs(dataset, features, CONFIG, split="tf")
    kept_out = (training.folds != np.arange(3)[:, None]) & ~training.allowed
    told = [f"{kept_out.any(axis=0).sum()} pairs were left out of training in the fold that tests their reverse"]
    assert list(training.notes) == (told if kept_out.any() else [])
    assert kept_out.sum() <= len(twins)


def test_nothing_is_said_of_repeats_where_there_are_none(gappy):
    table = gappy.labelled_pairs
    distinct = replace(gappy, labelled_pairs=table[table["target"] != "t0"], rejected=gappy.rejected.head(0))
    training = choose_pairs(distinct, build_features(gappy), of_modality("fused"), split="paper")
    assert len(training.pairs) == 31
    assert training.notes == ()


def reorder(dataset, order):
    """The known edges as if the file had them in another order, without repeats."""
    known = dataset.labelled_pairs.iloc[order].reset_index(drop=True)
    return replace(
        dataset, labelled_pairs=known.assign(row=np.arange(len(known)) + 2), rejected=dataset.rejected.head(0)
    )


def test_a_file_that_cannot_be_cut(dataset, features, gappy):
    with pytest.raises(InputError) as caught:
        choose_for_network(gappy, "rna", split="paper", folds=35)
    assert str(caught.value) == "34 labelled rows cannot fill 35 folds; use fewer folds or give more known edges"
    seen = [sees(dataset, "image", row) for row in rows_of(dataset.labelled_pairs)]
    unseen_first = reorder(dataset, np.argsort(seen, kind="stable"))
    with pytest.raises(InputError) as caught:
        choose_for_network(unseen_first, "image", split="paper", folds=10)
    problem = f"{dataset.path}: the split 'paper' leaves fold 0 without training, validation or test rows"
    assert str(caught.value).startswith(problem)
    sorted_by_label = reorder(dataset, np.argsort(-dataset.labelled_pairs["label"].to_numpy(), kind="stable"))
    with pytest.raises(InputError) as caught:
        choose_pairs(sorted_by_label, features, replace(CONFIG, folds=2), split="paper")
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize("architecture", ["late", "sdinet"])
@pytest.mark.parametrize("split", ["tf", "target"])
def test_all_pairs_of_a_gene_are_on_one_side(dataset, features, architecture, split):
    if architecture == "late":
        training = choose_pairs(dataset, features, CONFIG, split=split)
    else:
        training = choose_for_network(dataset, "fused", split=split)
    genes = getattr(training.pairs, split)
    folds = [set(genes[training.folds == fold].tolist()) for fold in range(3)]
    assert sum(map(len, folds)) == len(set(genes.tolist())) == len(set.union(*folds))
    for fold, own in enumerate(folds):
        rows = training.rows_of(fold)
        fit, stop = set(genes[rows.fit].tolist()), set(genes[rows.stop].tolist())
        assert len(fit) + len(stop) + len(own) == len(fit | stop | own)
        assert fit | stop | own == set(genes.tolist())
        assert len(stop) == pytest.approx(0.1 * len(fit | stop), abs=1)


@pytest.mark.parametrize("seed", range(4))
def test_few_tfs_leave_one_to_stop_by(gappy, seed):
    training = choose_for_network(gappy, "fused", split="tf", folds=2, seed=seed)
    assert np.bincount(training.folds).tolist() == pytest.approx([14, 14], abs=3)
    for fold in range(2):
        rows = training.rows_of(fold)
        assert len(set(training.pairs.tf[rows.stop])) == 1
        assert len(set(training.pairs.tf[rows.fit])) == 2


@pytest.mark.parametrize("modality", ["image", "fused"])
def test_pairs_with_few_image_pairs_are_left_out_with_a_note(dataset, modality):
    training = choose_for_network(dataset, modality, fewest=6)
    rows = rows_of(dataset.labelled_pairs)
    expected = [row for row in rows if count_image_pairs(dataset, *row[:2]) >= 6]
    assert named(dataset, training) == expected
    assert 100 < len(expected) < 128
    expression = "a gene has no expression, or " if modality == "fused" else ""
    assert training.notes == (
        f"{154 - len(expected)} of 154 labelled pairs left out: {expression}there are fewer than 6 combinations of a "
        "TF image and a target image of one view",
    )


def test_the_network_of_expression_does_not_count_images(dataset):
    training = choose_for_network(dataset, "rna", fewest=6)
    assert (named(dataset, training), training.notes) == (rows_of(dataset.labelled_pairs), ())


def test_negatives_for_the_fusion_have_expression_and_images(dataset):
    training = choose_for_network(only_positives(dataset), "fused")
    rows = named(dataset, training)
    positive, negative = ([row for row in rows if row[2] == label] for label in (1, 0))
    assert 60 < len(positive) < 77
    assert len(negative) == pytest.approx(len(positive), abs=5)
    assert all(sees(dataset, "fused", row) for row in rows)
    assert training.notes == (
        f"{77 - len(positive)} of 77 labelled pairs left out: a gene has no expression, or {NO_VIEW}",
        f"the known edges hold positives only: {len(negative)} negatives sampled uniformly from TF × gene pairs "
        "that are not known edges (--negatives random, 1 per positive, seed 0); some may be true edges not yet "
        "known",
    )


def test_what_is_missing_for_a_network_is_told(dataset):
    rna = dataset.of_modality("rna")
    dark = replace(dataset, measurements=rna, image_table=dataset.image_table.head(0), images=dataset.images[:0])
    combinations = "combinations of a TF image and a target image of one view"
    for modality, fewest, need, hint in (
        ("image", 1, "images of one view", ""),
        ("fused", 1, "expression and images of one view", ""),
        ("image", 6, f"at least 6 {combinations}", " or a lower --min-image-pairs"),
        ("fused", 6, f"expression and at least 6 {combinations}", " or a lower --min-image-pairs"),
    ):
        with pytest.raises(InputError) as caught:
            choose_for_network(dark, modality, fewest=fewest)
        assert str(caught.value) == (
            f"{dataset.path}: 0 positive known edges between genes with {need}; training needs at least 10. Give more "
            f"with: grnet prepare --known-edges FILE, or choose another --modality{hint}"
        )


def test_negatives_that_a_network_cannot_see_are_sampled_anew(dataset):
    known = dataset.labelled_pairs
    seen = np.array([sees(dataset, "fused", row) for row in rows_of(known)])
    unseen_negatives = replace(dataset, labelled_pairs=known[seen == (known["label"] == 1)])
    given = int((unseen_negatives.labelled_pairs["label"] == 0).sum())
    training = choose_for_network(unseen_negatives, "fused")
    assert 0 < given < 26
    assert training.notes[0].startswith(f"{given} of {len(unseen_negatives.labelled_pairs)} labelled pairs left out: ")
    assert training.notes[1].startswith(f"none of the {given} given negatives has expression and images of one view: ")


def test_negatives_that_differ_from_the_candidates_are_told(dataset, features):
    """Of the given negatives those of the first two TFs are left."""
    known = dataset.labelled_pairs
    first = sorted(set(known["tf"]))[:2]
    few = replace(dataset, labelled_pairs=known[(known["label"] == 1) | known["tf"].isin(first)])
    training = choose_pairs(few, features, CONFIG)
    assert training.negatives.differ
    assert training.notes[0] == training.negatives.text.rstrip(".")
    told = "the negatives are distributed over TFs differently from the candidates: at least "
    assert training.notes[0].startswith(told)
    assert not choose_pairs(dataset, features, CONFIG).negatives.differ
    assert choose_pairs(only_positives(dataset), features, CONFIG).negatives is None
