"""How given negatives were chosen is told from the genes of their pairs."""

import numpy as np
import pytest

from grnet.division.given_negatives import describe_negatives
from grnet.division.label_balance import is_balanced
from grnet.schema.genes import PairIndex

N_TFS, N_GENES = 20, 400
TFS, GENES = np.arange(N_TFS), np.arange(N_GENES)


def draw_positives(rng, n=1000):
    """Edges of which few TFs and few targets have most."""
    tf = rng.choice(N_TFS, n, p=np.arange(1, N_TFS + 1) / np.arange(1, N_TFS + 1).sum())
    return PairIndex(tf, rng.integers(0, N_GENES // 4, n))


def describe(positives, negatives):
    pairs = PairIndex(
        *(np.concatenate([getattr(positives, name), getattr(negatives, name)]) for name in ("tf", "target"))
    )
    labels = np.repeat([1, 0], [len(positives), len(negatives)]).astype(np.int8)
    return describe_negatives(pairs, labels, tfs=TFS, targets=GENES)


def test_uniform_negatives_are_like_candidates():
    rng = np.random.default_rng(0)
    found = describe(draw_positives(rng), PairIndex(rng.choice(TFS, 1000), rng.choice(GENES, 1000)))
    assert not found.differ
    assert not found.balanced_by_tf
    assert max(found.tf_distance, found.target_distance) < 0.03
    assert found.candidates_on_known_targets == pytest.approx(0.25)
    assert found.text == "the negatives are distributed over TFs like the candidates."


@pytest.mark.parametrize(("ratio", "words"), [(1, "as many"), (3, "3 times as many")])
def test_negatives_balanced_by_tf_are_told(ratio, words):
    rng = np.random.default_rng(0)
    positives = draw_positives(rng)
    found = describe(positives, PairIndex(np.repeat(positives.tf, ratio), rng.choice(GENES, 1000 * ratio)))
    assert (found.balanced_by_tf, found.differ) == (True, True)
    assert found.text == (
        f"the negatives are balanced by TF: each TF has about {words} as positives. Candidates are not: every TF has "
        "as many of them."
    )
    counts = np.bincount(positives.tf, minlength=N_TFS) / 1000
    distance = np.abs(counts - 1 / N_TFS).sum() / 2
    assert distance - 0.06 < found.tf_distance < distance


def test_negatives_of_the_known_targets_alone_are_told():
    rng = np.random.default_rng(0)
    positives = draw_positives(rng)
    found = describe(positives, PairIndex(rng.choice(TFS, 1000), rng.choice(positives.target, 1000)))
    assert found.differ
    assert found.on_known_targets == 1
    assert found.target_distance == pytest.approx(0.6, abs=0.15)
    assert found.text.startswith(
        "the negatives are distributed over TFs like the candidates. They are distributed over targets differently "
        "from the candidates: at least "
    )
    assert found.text.endswith("100% of the negatives have a target with a positive, of the candidates 25%.")


def test_negatives_of_some_tfs_are_told():
    rng = np.random.default_rng(0)
    found = describe(draw_positives(rng), PairIndex(rng.integers(0, N_TFS // 2, 1000), rng.choice(GENES, 1000)))
    assert found.tf_distance == pytest.approx(0.45, abs=0.03)
    assert found.text.startswith(
        "the negatives are distributed over TFs differently from the candidates: at least 44% of them would need "
    )


@pytest.mark.parametrize(
    ("n", "share", "expected"),
    [(40, 0.5, True), (2, 0.5, True), (40, 0.25, True), (40, None, False)],
)
def test_labels_are_balanced_where_every_gene_has_the_same_part_of_positives(n, share, expected):
    """`n` pairs of each of 50 genes; without a share, labels are drawn at random."""
    genes = np.repeat(np.arange(50), n)
    if share is None:
        labels = np.random.default_rng(0).integers(0, 2, 50 * n)
    else:
        labels = np.tile(np.arange(n) < share * n, 50).astype(int)
    assert is_balanced(genes, labels) is expected


def test_one_label_is_not_balanced():
    assert not is_balanced(np.arange(4), np.ones(4, np.int8))
    assert not is_balanced(np.arange(0), np.ones(0, np.int8))
