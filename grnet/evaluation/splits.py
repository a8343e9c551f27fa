"""Which pairs train and which test: folds, hold-outs for early stopping, and sampled negatives.

Enter: pairs with labels. Leave: a fold or a flag for each pair, or new pairs. A test pair tells nothing when its
duplicate or its reverse was trained on, so pairs move in groups; the groups depend on the genes and the seed, not on
the order of the rows.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.schema.errors import InputError
from grnet.schema.genes import Indices, PairIndex

Split = Literal["pair", "tf", "target"]
_GROUP_NAMES = {"pair": "gene pairs", "tf": "TFs", "target": "targets"}


class _Groups(NamedTuple):
    """Rows that have to stay together: `member` [P] is the group of each row, `counts` [N, 2] rows by label."""

    member: Indices
    counts: Indices


def assign_folds(
    pairs: PairIndex, labels: npt.ArrayLike, *, n_genes: int, n_folds: int, seed: int, split: Split = "pair"
) -> npt.NDArray[np.int8]:
    """Assign each pair to a fold; folds have even sizes and nearly the base rate of the whole.

    Parameters
    ----------
    pairs : PairIndex of P pairs
    labels : int array [P]
        1 or 0.
    n_genes : int
        Size of the catalogue that `pairs` points into.
    n_folds : int
        2..127.
    seed : int
    split : {"pair", "tf", "target"}
        What stays in one fold: a pair with its repeats and its reverse, all pairs of a TF, or all of a target.

    Returns
    -------
    int8 array [P]
        0..n_folds-1. Independent of the order of the rows.

    Raises
    ------
    InputError
        Too few groups, a class with fewer pairs than folds, or a class that lies in one fold only.
    """
    y = check_labels(labels, len(pairs))
    if not 2 <= n_folds <= 127:
        raise InputError(f"the number of folds lies in 2..127, got {n_folds}")
    groups = _group_pairs(pairs, y, n_genes=n_genes, split=split)
    _check_foldable(groups, n_folds, split)
    fold_of_group = _balance_groups(groups.counts, n_folds, np.random.default_rng(seed))
    folds: npt.NDArray[np.int8] = fold_of_group[groups.member].astype(np.int8)
    for label in (0, 1):
        if len(np.unique(folds[y == label])) < 2:
            raise InputError(
                f"all pairs of label {label} fall into one fold, so a model would be trained without them; "
                f"they belong to too few {_GROUP_NAMES[split]} for a split by {split}"
            )
    return folds


def contiguous_folds(n: int, n_folds: int) -> npt.NDArray[np.int8]:
    """Cut rows in file order into blocks of n // n_folds, the last with the remainder: the split of the SDINet paper.

    Repeats and reversed twins may fall on both sides of a cut.

    Raises
    ------
    InputError
        Fewer rows than folds, or folds outside 2..127.
    """
    if not 2 <= n_folds <= 127:
        raise InputError(f"the number of folds lies in 2..127, got {n_folds}")
    if n < n_folds:
        raise InputError(f"{n} labelled rows cannot fill {n_folds} folds; use fewer folds or give more known edges")
    return np.minimum(np.arange(n) // (n // n_folds), n_folds - 1).astype(np.int8)


def validation_mask(
    pairs: PairIndex, labels: npt.ArrayLike, *, n_genes: int, fraction: float, seed: int, split: Split = "pair"
) -> npt.NDArray[np.bool_]:
    """Choose about `fraction` of the pairs, stratified by label, to decide when training stops.

    Parameters
    ----------
    pairs : PairIndex of P pairs
    labels : int array [P]
    n_genes : int
    fraction : float
        Between 0 and 1.
    seed : int
    split : {"pair", "tf", "target"}
        What stays together, as in :func:`assign_folds`.

    Returns
    -------
    bool array [P]
        True where a pair is held out. Systematic sampling over the groups, sorted by their labels and shuffled within.

    Raises
    ------
    InputError
        `fraction` leaves nothing on one side.
    """
    y = check_labels(labels, len(pairs))
    groups = _group_pairs(pairs, y, n_genes=n_genes, split=split)
    n_groups = len(groups.counts)
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(n_groups)
    order = shuffled[np.lexsort(groups.counts[shuffled].T)]
    steps = np.floor(np.arange(n_groups + 1) * fraction + rng.random())
    chosen = np.zeros(n_groups, dtype=bool)
    chosen[order] = np.diff(steps) > 0
    mask: npt.NDArray[np.bool_] = chosen[groups.member]
    if mask.all() or not mask.any():
        raise InputError(
            f"a validation fraction of {fraction} of {len(pairs)} pairs ({n_groups} {_GROUP_NAMES[split]}) leaves "
            "no pairs on one side; give more known edges or another fraction"
        )
    return mask


def sample_negatives(
    known: PairIndex, tfs: npt.ArrayLike, targets: npt.ArrayLike, *, n: int, n_genes: int, seed: int
) -> PairIndex:
    """Draw `n` distinct TF × target pairs, uniformly, that are neither known nor a gene with itself.

    Parameters
    ----------
    known : PairIndex
        Pairs that are never drawn, of any label.
    tfs, targets : int arrays
        Genes to combine; repeats count once.
    n, n_genes, seed : int

    Returns
    -------
    PairIndex of n pairs, in random order

    Raises
    ------
    InputError
        Fewer than `n` such pairs exist.

    Notes
    -----
    Draws ranks among the allowed pairs and maps each to its pair by a search in the sorted forbidden ones: exact,
    and memory grows with `n` and `known`, not with TFs × targets (up to a factor of 50, NumPy's choice).
    """
    rows, columns = (np.unique(np.asarray(genes, dtype=np.int64)) for genes in (tfs, targets))
    forbidden = _forbidden_cells(known, rows, columns, n_genes)
    allowed = len(rows) * len(columns) - len(forbidden)
    if n > allowed:
        raise InputError(
            f"cannot sample {n} negative pairs: {len(rows)} TFs × {len(columns)} targets leave {allowed} pairs that "
            "are not known and not a gene with itself; ask for fewer or give more targets"
        )
    ranks = np.random.default_rng(seed).choice(allowed, size=n, replace=False)
    cells = ranks + np.searchsorted(forbidden - np.arange(len(forbidden)), ranks, side="right")
    return PairIndex(rows[cells // max(len(columns), 1)], columns[cells % max(len(columns), 1)])


def check_labels(labels: npt.ArrayLike, n: int) -> npt.NDArray[np.int64]:
    """Return `labels` as int64 [n] of 0 and 1.

    Raises
    ------
    InputError
        Another length, or a value that is neither.
    """
    values = np.asarray(labels)
    if values.shape != (n,):
        raise InputError(f"expected a label for each of {n} pairs, got an array of shape {values.shape}")
    wrong = np.flatnonzero((values != 0) & (values != 1))
    if len(wrong):
        raise InputError(f"labels are 1 or 0, got {values[wrong[0]]!s} in row {wrong[0]} ({len(wrong)} such rows)")
    return values.astype(np.int64)


def _group_pairs(pairs: PairIndex, labels: npt.NDArray[np.int64], *, n_genes: int, split: Split) -> _Groups:
    """Group rows by unordered pair, TF or target; groups are in the order of their key."""
    keys = {"pair": pairs.unordered_keys(n_genes), "tf": pairs.tf, "target": pairs.target}[split]
    distinct, member = np.unique(keys, return_inverse=True)
    counts = np.bincount(member * 2 + labels, minlength=2 * len(distinct)).reshape(-1, 2)  # [N, 2]
    return _Groups(member.astype(np.int64), counts.astype(np.int64))


def _check_foldable(groups: _Groups, n_folds: int, split: Split) -> None:
    """Refuse groups that cannot fill the folds."""
    if len(groups.counts) < n_folds:
        raise InputError(
            f"{len(groups.counts)} distinct {_GROUP_NAMES[split]} cannot fill {n_folds} folds; "
            "use fewer folds or give more known edges"
        )
    for label, count in enumerate(groups.counts.sum(axis=0)):
        if count < n_folds:
            raise InputError(
                f"{count} pairs of label {label} cannot fill {n_folds} folds; use fewer folds or give more of them"
            )


def _balance_groups(counts: Indices, n_folds: int, rng: np.random.Generator) -> Indices:
    """Give each group, largest first and random among equals, to the fold that has least of its labels.

    The cost of a fold is the rise of the squared class sizes and of the squared size, each relative to its total.
    """
    totals = np.maximum(counts.sum(axis=0), 1)
    weights = np.column_stack([counts / totals, counts.sum(axis=1) / totals.sum()])  # [N, 3]
    shuffled = rng.permutation(len(counts))
    order = shuffled[np.argsort(-counts[shuffled].sum(axis=1), kind="stable")]
    loads = np.zeros((n_folds, 3))
    fold = np.empty(len(counts), dtype=np.int64)
    sizes = np.column_stack([counts, counts.sum(axis=1)])
    for group in order:
        choice = int(np.argmin(loads @ weights[group]))
        fold[group] = choice
        loads[choice] += sizes[group]
    return fold


def _forbidden_cells(known: PairIndex, rows: Indices, columns: Indices, n_genes: int) -> Indices:
    """Return the sorted positions, in the rows × columns grid, of known pairs and of genes with themselves."""
    row_of, column_of = np.full(n_genes, -1), np.full(n_genes, -1)
    row_of[rows], column_of[columns] = np.arange(len(rows)), np.arange(len(columns))
    both = np.intersect1d(rows, columns)
    tf, target = row_of[np.concatenate([known.tf, both])], column_of[np.concatenate([known.target, both])]
    inside = (tf >= 0) & (target >= 0)
    return np.unique(tf[inside] * len(columns) + target[inside]).astype(np.int64)
