"""Facts of folders → the paragraph for a paper, and what to cite."""

from __future__ import annotations

import pytest

from grnet.workflow.methods_text import choose_citations, write_paragraph

VERSIONS = {"python": "3.12.1", "grnet": "1.2.3", "torch": "2.9.0", "scikit-learn": "1.7.0"}
DATASET = {
    "genes": 1246,
    "tfs": 96,
    "organism": "fly",
    "measurements": [
        {"name": "expression", "kind": "samples", "places": 72},
        {"name": "lateral", "kind": "images", "places": 512},
    ],
    "labelled_pairs": 5365,
    "known_edges": 2737,
    "inputs": [
        {"role": "expression", "file": "e.csv", "sha256": "0"},
        {
            "role": "known_edges",
            "file": "c.csv",
            "resource": "collectri:human",
            "citation": "Müller-Dott et al. 2023",
            "licence": "CC BY 4.0",
        },
    ],
}
RUN = {
    "architecture": "late",
    "modality": "fused",
    "seed": 3,
    "folds": 5,
    "seeds": 2,
    "without": ["lateral"],
    "splits": [
        {
            "split": "pair",
            "pairs": 5365,
            "auroc": {
                "grnet": {"mean": 0.9789, "low": 0.976, "high": 0.982},
                "|Pearson|": {"mean": 0.95, "low": 0.944, "high": 0.956},
            },
        },
        {"split": "tf", "pairs": 10, "auroc": {"grnet": {"mean": None, "low": None, "high": None}}},
    ],
}
NETWORK = {
    "candidates": 119520,
    "ranking_only": False,
    "prior": {"value": 0.0035, "low": 0.0011, "high": 0.0061, "source": "estimated"},
    "statement": ["The network keeps the 2,000 most probable of 119,520 candidates. Change this with --top.", "More."],
    "settings": {"calibration": "use-availability"},
}
CHAIN = [("dataset directory", DATASET), ("run folder", RUN), ("network folder", NETWORK)]


def test_the_paragraph_goes_from_data_to_network():
    assert write_paragraph(CHAIN, VERSIONS) == (
        "The analysis used grnet 1.2.3 (Python 3.12.1, PyTorch 2.9.0). "
        "The dataset holds 1,246 genes of fly, of which 96 are transcription factors (TFs), measured in "
        "72 RNA-seq samples (expression) and in-situ images (lateral). "
        "2,737 known edges and 2,628 negatives from collectri:human served as labelled pairs. "
        "Late-interaction models were trained on RNA by 5-fold cross-fitting (seed 3, 2 models per fold). "
        "These measurements were left out: lateral. "
        "On new pairs, the out-of-fold AUROC was 0.979 (95 % interval 0.976 to 0.982), beside |Pearson| 0.950 "
        "(5,365 pairs). "
        "All 119,520 candidate pairs of a TF and another gene were scored. A labelled pair was scored by the models "
        "that had not seen it, any other pair by the mean of all models. "
        "Scores were turned into probabilities with a prior of 0.35 % (95 % interval 0.11 % to 0.61 %), which was "
        "estimated from the scores of known edges and of all candidates. "
        "The network keeps the 2,000 most probable of 119,520 candidates."
    )


def test_a_ranking_and_a_given_prior_are_told_as_such():
    ranking = write_paragraph([("network folder", {**NETWORK, "ranking_only": True})], {})
    assert "The data could not tell the fraction of candidates that are edges, so scores are a ranking." in ranking
    assert "prior" not in ranking
    given = {"value": 0.01, "low": None, "high": None, "source": "given"}
    assert "a prior of 1 %, which was given." in write_paragraph([("network folder", {**NETWORK, "prior": given})], {})


def test_what_was_used_is_cited():
    lines = choose_citations(CHAIN, VERSIONS)
    assert lines[0].startswith("grnet 1.2.3: ")
    assert lines[-1] == "Müller-Dott et al. 2023: collectri:human, CC BY 4.0."
    text = "\n".join(lines)
    for name in ("SDINet", "10.1162/neco_a_01096", "10.1007/s10994-006-6226-1", "Lele & Keim", "Leiden", "PyTorch"):
        assert name in text
    assert "Platt" not in text
    assert "anndata" not in text


def test_models_of_images_cite_no_trees():
    run = {**RUN, "modality": "image"}
    text = "\n".join(choose_citations([("run folder", run)], {}))
    assert "10.1007/s10994-006-6226-1" not in text
    assert "10.1162/neco_a_01096" in text


def test_a_dataset_cites_no_models_but_the_format_of_its_cells():
    cells = {**DATASET, "measurements": [{"name": "cells", "kind": "cells", "places": 9}]}
    text = "\n".join(choose_citations([("dataset directory", cells)], VERSIONS))
    assert "PyTorch" not in text
    assert "anndata" in text


def test_sampled_negatives_are_told():
    positives = {**DATASET, "labelled_pairs": 67, "known_edges": 67}
    run = {**RUN, "negatives": "degree-matched", "negatives_per_positive": 2.0}
    text = write_paragraph([("dataset directory", positives), ("run folder", run)], {})
    assert (
        "No negatives were given, so 2 per known edge were sampled from the other pairs (matched on degrees)." in text
    )
    assert "sampled" not in write_paragraph(CHAIN, {})


def test_an_evaluation_tells_its_figures_beside_the_baselines():
    rows = [
        {"name": "model", "auroc": 0.9459, "auprc": 0.9538},
        {"name": "|correlation|", "auroc": 0.7, "auprc": 0.6},
        {"name": "random", "auroc": 0.5, "auprc": 0.5},
    ]
    facts = {"n_pairs": 4814, "n_positives": 2407, "rankings": rows}
    assert write_paragraph([("folder of an evaluation", facts)], {}) == (
        "Against known edges (4,814 pairs, 2,407 of them positive), AUROC and AUPRC were 0.946 and 0.954, beside "
        "|correlation| 0.700 and 0.600 and random 0.500 and 0.500."
    )


def test_an_estimated_prior_without_an_interval_is_no_given_one():
    prior = {"value": 0.01, "low": None, "high": None, "source": "estimated"}
    text = write_paragraph([("network folder", {**NETWORK, "prior": prior})], {})
    assert "a prior of 1 %, which was estimated from" in text


@pytest.mark.parametrize(
    ("kinds", "asked", "said"),
    [
        (["samples", "images"], "fused", "trained on RNA and in-situ images by"),
        (["samples"], "fused", "trained on RNA by"),
        (["cells", "spots", "terms"], "fused", "trained on RNA, spots and anatomy terms by"),
        (["cells", "spots"], "image", "trained on spots by"),
        ([], "fused", "trained on RNA and images by"),
    ],
)
def test_models_are_trained_on_what_the_dataset_holds(kinds, asked, said):
    measurements = [{"name": kind, "kind": kind, "places": 2} for kind in kinds]
    run = {**RUN, "modality": asked, "without": []}
    text = write_paragraph([("dataset directory", {**DATASET, "measurements": measurements}), ("run folder", run)], {})
    assert said in text
