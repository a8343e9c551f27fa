"""Pairwise kernel ridge regression: equal to the dense formula, blind to levels, and useful where targets resemble."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from grnet.features.pairwise_kernel import RIDGE, KernelScores, PairwiseKernel
from tests.support.made_measurements import profile_samples

N_GENES, N_PLACES, N_PAIRS = 40, 12, 150
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def kernel() -> PairwiseKernel:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(N_GENES, N_PLACES)).astype(np.float32)
    # The last gene lacks the measurement.
    return PairwiseKernel.of(profile_samples(values, np.arange(N_GENES) < N_GENES - 1), CPU)


def draw_pairs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(1)
    cells = rng.choice(8 * N_GENES, N_PAIRS, replace=False)
    label = (rng.random(N_PAIRS) < 0.4).astype(np.float32)
    return (torch.from_numpy(part) for part in (cells // N_GENES, cells % N_GENES, label))


def test_coefficients_solve_the_dense_system(kernel: PairwiseKernel) -> None:
    tf, target, label = draw_pairs()
    own = (target != N_GENES - 1).numpy()
    dense = kernel.compare_tfs(tf, tf) * (kernel.features[target] @ kernel.features[target].T)
    dense = dense.double().numpy()[np.ix_(own, own)]
    value = label.double().numpy()[own]
    expected = np.linalg.solve(dense + RIDGE * np.eye(own.sum()), value - value.mean())
    dual = kernel.fit(tf, target, label).numpy()
    np.testing.assert_allclose(dual[own], expected, atol=2e-4)
    assert (dual[~own] == 0).all()


def test_scores_are_sums_over_labelled_pairs(kernel: PairwiseKernel) -> None:
    tf, target, label = draw_pairs()
    dual = kernel.fit(tf, target, label)
    asked_tf, asked = torch.tensor([0, 5, 20, 3]), torch.tensor([9, 1, 2, N_GENES - 1])
    dense = kernel.compare_tfs(asked_tf, tf) * (kernel.features[asked] @ kernel.features[target].T)
    scores = KernelScores(kernel, tf, target, dual)
    found = scores.of_pairs(asked_tf, asked)
    np.testing.assert_allclose(found, (dense @ dual).numpy(), atol=1e-5)
    assert found[3] == 0.0
    block = scores.weights_of(asked_tf) @ kernel.features[asked].T
    np.testing.assert_allclose(block.diagonal(), found, atol=1e-6)


def test_scores_of_a_tf_have_mean_0_over_genes(kernel: PairwiseKernel) -> None:
    tf, target, label = draw_pairs()
    weights = KernelScores(kernel, tf, target, kernel.fit(tf, target, label)).weights_of(tf.unique())
    np.testing.assert_allclose(
        (weights @ kernel.features[torch.arange(len(kernel.features))].T).sum(dim=1), 0.0, atol=1e-4
    )


def test_targets_that_resemble_known_targets_score_higher() -> None:
    rng = np.random.default_rng(2)
    pattern = rng.normal(size=N_PLACES)
    alike = np.arange(N_GENES) < N_GENES // 2
    values = (rng.normal(size=(N_GENES, N_PLACES)) + np.outer(np.where(alike, 1.5, -1.5), pattern)).astype(np.float32)
    kernel = PairwiseKernel.of(profile_samples(values, np.ones(N_GENES, dtype=bool)), CPU)
    known = torch.tensor([0, 1, 2, 3, 20, 21, 22, 23])
    tf, label = torch.full_like(known, 39), (known < 10).float()
    scores = KernelScores(kernel, tf, known, kernel.fit(tf, known, label))
    asked = torch.tensor([*range(4, 20), *range(24, 39)])
    found = scores.of_pairs(torch.full_like(asked, 39), asked)
    assert found[:16].min() > found[16:].max()


def test_nothing_is_learnt_from_pairs_without_the_measurement(kernel: PairwiseKernel) -> None:
    tf, target = torch.tensor([0, 1]), torch.tensor([N_GENES - 1, N_GENES - 1])
    dual = kernel.fit(tf, target, torch.tensor([1.0, 0.0]))
    assert dual.tolist() == [0.0, 0.0]
    assert KernelScores(kernel, tf, target, dual).of_pairs(tf, torch.tensor([2, 3])).tolist() == [0.0, 0.0]
