"""What a report says where there is nothing to learn, where labels are correlation, where test pairs were learnt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import grnet
from grnet.architectures.late.config import LateConfig
from grnet.dataset.directory import Dataset, load_dataset
from grnet.evaluation.cautions import (
    BASELINE_AS_GOOD,
    LABELS_ARE_CORRELATION,
    LABELS_FOLLOW_CORRELATION,
    NO_BETTER_THAN_CHANCE,
    REPEATS_ACROSS_FOLDS,
)
from grnet.features.build import build_features
from grnet.features.pairs import correlations
from grnet.schema.genes import PairIndex
from grnet.schema.training_config import SPLITS_OF_ALL, TrainConfig
from grnet.workflow.cross_validation import crossvalidate

pytestmark = pytest.mark.slow

N_TFS, N_GENES, N_PAIRS = 24, 100, 600
DRAWS = 3
"""Of meaningless labels: a single draw may follow a pattern of expression by chance."""
CONFIG = TrainConfig(
    model=LateConfig("rna", hidden=32, dropout=0.0), folds=3, epochs=8, patience=8, batch_size=64, device="cpu"
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Expression of 100 genes that share five programs, 24 of them TFs, and a list of known edges that says nothing."""
    folder, rng = tmp_path_factory.mktemp("honest"), np.random.default_rng(1)
    genes = [f"g{number:03}" for number in range(N_GENES)]
    programs = rng.normal(size=(N_GENES, 5)) @ rng.normal(size=(5, 40))
    table = pd.DataFrame(programs + rng.normal(size=(N_GENES, 40)), index=pd.Index(genes, name="gene"))
    table.add_prefix("s").round(4).to_csv(folder / "expression.csv")
    (folder / "tfs.txt").write_text("\n".join(genes[:N_TFS]) + "\n")
    keys = rng.permutation(N_TFS * N_GENES)
    tf, target = keys // N_GENES, keys % N_GENES
    keep = np.flatnonzero((tf != target) & ~((target < N_TFS) & (target > tf)))[:N_PAIRS]  # no reversed twins
    rows = [(genes[tf[k]], genes[target[k]], int(rng.random() < 0.5)) for k in keep]
    return folder, rows


def prepare(folder, rows, name) -> Dataset:
    pd.DataFrame(rows, columns=["tf", "target", "label"]).to_csv(folder / f"{name}.csv", index=False)
    files = {"expression": folder / "expression.csv", "tfs": folder / "tfs.txt"}
    grnet.prepare(folder / name, **files, known_edges=folder / f"{name}.csv")
    return load_dataset(folder / name)


def draw_labels(rows, number):
    """Return the same pairs with other labels that mean nothing; the first draw is that of the lab."""
    if number == 0:
        return rows
    labels = np.random.default_rng(number).integers(0, 2, len(rows))
    return [(*row[:2], int(label)) for row, label in zip(rows, labels, strict=True)]


@pytest.fixture(scope="module")
def shuffled(lab, tmp_path_factory):
    """Every split of labels that were drawn at random, for each draw."""
    folder, rows = lab
    out = tmp_path_factory.mktemp("cards")
    datasets = [prepare(folder, draw_labels(rows, number), f"shuffled-{number}") for number in range(DRAWS)]
    return [
        crossvalidate(dataset, out / str(number), CONFIG, split="all", version="1").cards
        for number, dataset in enumerate(datasets)
    ]


def kinds(card):
    return {warning.kind for warning in card.warnings}


def area(card, name=None):
    row = card.model if name is None else card.row(name)
    return row.figures["auroc"]


@pytest.mark.parametrize("split", SPLITS_OF_ALL)
def test_shuffled_labels_are_not_predicted(shuffled, split):
    cards = [draw[split] for draw in shuffled]
    # Of the mean of rankings that know nothing.
    error = np.mean([1 / np.sqrt(12 * card.n * card.base_rate * (1 - card.base_rate)) for card in cards]) / DRAWS**0.5
    for row in cards[0].rows:
        mean = np.mean([area(card, row.name).value for card in cards])
        assert mean == pytest.approx(0.5, abs=(4 if row.name == cards[0].model.name else 5) * error), row.name
    within = sum(area(card).low <= 0.5 <= area(card).high for card in cards)
    assert within >= DRAWS - 1
    for card in cards:
        assert BASELINE_AS_GOOD in kinds(card)
        assert not kinds(card) & {LABELS_FOLLOW_CORRELATION, LABELS_ARE_CORRELATION, REPEATS_ACROSS_FOLDS}
        if area(card).low <= 0.5 <= area(card).high:
            assert NO_BETTER_THAN_CHANCE in kinds(card)
            assert not card.verdict.startswith("grnet (RNA) separates positives from negatives"), card.verdict


@pytest.fixture(scope="module")
def threshold(lab, tmp_path_factory):
    """Every split of labels that are |r| above its median."""
    folder, rows = lab
    dataset = prepare(folder, rows, "threshold")
    pairs = PairIndex.from_frame(dataset.labelled_pairs, dataset.genes)
    size = np.abs(correlations(build_features(dataset), pairs)[0])
    labels = (size > np.median(size)).astype(int)
    known = [(*row[:2], label) for row, label in zip(dataset.labelled_pairs.to_numpy().tolist(), labels, strict=True)]
    dataset = prepare(folder, known, "labelled-by-r")
    out = tmp_path_factory.mktemp("cards") / "threshold"
    return crossvalidate(dataset, out, CONFIG, split="all", version="1").cards


@pytest.mark.parametrize("split", SPLITS_OF_ALL)
def test_labels_that_are_a_threshold_on_correlation_are_called_that(threshold, split):
    card = threshold[split]
    assert area(card, "|Pearson|").value == pytest.approx(1.0)
    (told,) = [warning.text for warning in card.warnings if warning.kind == LABELS_ARE_CORRELATION]
    assert "threshold on |r|" in told
    assert "Take known edges from another source" in told
    assert area(card).value > 0.85
    assert BASELINE_AS_GOOD in kinds(card)
    assert NO_BETTER_THAN_CHANCE not in kinds(card)


def test_repeats_across_folds_are_caught(lab, tmp_path):
    """Labels that mean nothing, each pair three times in the file: learnt by heart on the paper's split alone."""
    folder, rows = lab
    order = np.random.default_rng(5).permutation(600)
    config = replace(CONFIG, epochs=30, patience=30)
    new_pairs = []
    for number in range(DRAWS):
        some = draw_labels(rows, number)[:200]
        dataset = prepare(folder, [(some * 3)[place] for place in order], f"repeated-{number}")
        new_pairs.append(crossvalidate(dataset, tmp_path / f"pair-{number}", config, split="pair", version="1").card)
    paper = crossvalidate(dataset, tmp_path / "paper", config, split="paper", version="1").card
    assert paper.n == 600
    assert area(paper).low > 0.7, "the leak pays"
    (told,) = [warning.text for warning in paper.warnings if warning.kind == REPEATS_ACROSS_FOLDS]
    leaked = int(told.split(" of ")[0].replace(",", ""))
    assert leaked > 500
    assert "have a repeat or their reverse in another fold" in told
    error = 1 / np.sqrt(12 * 200 * 0.25 * DRAWS)
    assert np.mean([area(card).value for card in new_pairs]) == pytest.approx(0.5, abs=4 * error)
    for card in new_pairs:
        assert card.n == 200
        assert REPEATS_ACROSS_FOLDS not in kinds(card)
    assert sum(NO_BETTER_THAN_CHANCE in kinds(card) for card in new_pairs) >= DRAWS - 1
