"""Which pairs train and which test: folds, and what the model of each fold may learn from.

Enter: pairs with labels. Leave: a fold for each pair, and for each fold the pairs that may be learned from. A test pair
tells nothing when its duplicate or its reverse was trained on, so pairs move in groups; the groups depend on the genes
and the seed, not on the order of the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from grnet.schema.arrays import NO_FOLD, Bools, Indices, Int8, check_labels
from grnet.schema.errors import InputError
from grnet.schema.genes import PairIndex

Split = Literal["pair", "tf", "target", "both"]
GROUP_NAMES = {"pair": "gene pairs", "tf": "TFs", "target": "targets", "both": "genes"}
_MORE = "use fewer folds or give more known edges"


@dataclass(frozen=True)
class Division:
    """Which pairs the model of each of K folds is tested on, and which it may learn from.

    Attributes
    ----------
    folds : int8 array [P]
        0..K-1; NO_FOLD where no model is tested on the pair.
    allowed : bool array [K, P]
        Never pairs of the fold, their repeats or their reverse.
    """

    folds: Int8
    allowed: Bools

    @classmethod
    def of_pairs(cls, pairs: PairIndex, folds: npt.ArrayLike, *, n_genes: int, n_folds: int) -> Division:
        """Let every model learn from all pairs outside its fold but the reverse of pairs inside it.

        Parameters
        ----------
        pairs : PairIndex of P pairs
        folds : int array [P]
        n_genes, n_folds : int
        """
        fold = np.asarray(folds, dtype=np.int8)
        keys = pairs.unordered_keys(n_genes)
        allowed = [(fold != k) & ~np.isin(keys, keys[fold == k]) for k in range(n_folds)]
        return cls(fold, np.stack(allowed))

    @classmethod
    def of_genes(cls, pairs: PairIndex, gene_folds: Indices, *, split: Split, n_folds: int) -> Division:
        """Divide pairs by the folds of their genes.

        Parameters
        ----------
        pairs : PairIndex of P pairs
        gene_folds : int64 array [G]
            0..K-1, see :func:`balance_genes`.
        split : {"tf", "target", "both"}
            With "both", fold k tests the pairs whose TF and target are of fold k, and its model learns from the pairs
            with neither; other pairs are in no test. It is the strictest of the three classes of test pairs of Park &
            Marcotte 2012, doi:10.1038/nmeth.2259.
        n_folds : int
        """
        tf, target = gene_folds[pairs.tf], gene_folds[pairs.target]
        if split != "both":
            return cls.of_pairs(pairs, tf if split == "tf" else target, n_genes=len(gene_folds), n_folds=n_folds)
        number = np.arange(n_folds)[:, None]
        folds = np.where(tf == target, tf, NO_FOLD).astype(np.int8)
        return cls(folds, (tf != number) & (target != number))


class Groups(NamedTuple):
    """Rows that have to stay together: `member` [P] is the group of each row, `counts` [N, 2] rows by label."""

    member: Indices
    counts: Indices


def divide_pairs(
    pairs: PairIndex, labels: npt.ArrayLike, *, n_genes: int, n_folds: int, seed: int, split: Split = "pair"
) -> Division:
    """Divide pairs into folds of even sizes and nearly the base rate of the whole.

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
    split : {"pair", "tf", "target", "both"}
        What stays in one fold: a pair with its repeats and its reverse, all pairs of a TF, or all of a target; with
        "both", see :meth:`Division.of_genes`.

    Returns
    -------
    Division
        Independent of the order of the rows.

    Raises
    ------
    InputError
        Too few groups, a class with fewer pairs than folds, a class that lies in one fold only, a fold without pairs
        to test, or one whose model would see one class only.
    """
    y = check_labels(labels, len(pairs))
    if split == "pair":
        folds = balance_pairs(pairs, y, n_genes=n_genes, n_folds=n_folds, seed=seed)
        division = Division.of_pairs(pairs, folds, n_genes=n_genes, n_folds=n_folds)
    else:
        genes = balance_genes(pairs, y, n_genes=n_genes, n_folds=n_folds, seed=seed, split=split)
        division = Division.of_genes(pairs, genes, split=split, n_folds=n_folds)
    check_division(division, y, split)
    return division


def assign_folds(
    pairs: PairIndex, labels: npt.ArrayLike, *, n_genes: int, n_folds: int, seed: int, split: Split = "pair"
) -> Int8:
    """Return the folds alone, int8 [P], of :func:`divide_pairs`, which has the parameters and the errors."""
    return divide_pairs(pairs, labels, n_genes=n_genes, n_folds=n_folds, seed=seed, split=split).folds


def balance_pairs(
    pairs: PairIndex, labels: npt.NDArray[np.integer], *, n_genes: int, n_folds: int, seed: int
) -> Indices:
    """Return the fold of each pair, int64 [P]: a pair, its repeats and its reverse share one.

    Raises
    ------
    InputError
        There are fewer such groups than folds, or more than 127 folds.
    """
    groups = group_rows(pairs.unordered_keys(n_genes), labels)
    _check_groups(len(groups.counts), n_folds, "pair")
    sizes = np.column_stack([groups.counts, groups.counts.sum(axis=1)])
    return _balance(sizes, n_folds, np.random.default_rng(seed))[groups.member]


def balance_genes(
    pairs: PairIndex, labels: npt.NDArray[np.integer], *, n_genes: int, n_folds: int, seed: int, split: Split
) -> Indices:
    """Return a fold for every gene of the catalogue, int64 [G]: even in pairs of each label, random for genes without.

    With "both", a gene that is a TF of some pairs and a target of others has one fold for the two roles.

    Raises
    ------
    InputError
        There are fewer genes with pairs than folds, or more than 127 folds.
    """
    rng = np.random.default_rng(seed)
    sizes = []
    for role, genes in (("tf", pairs.tf), ("target", pairs.target)):
        if split in (role, "both"):
            counts = np.bincount(genes * 2 + labels, minlength=2 * n_genes).reshape(n_genes, 2)
            _check_groups(len(np.unique(genes)), n_folds, "tf" if role == "tf" else "target")
            sizes += [counts, counts.sum(axis=1, keepdims=True)]
    table = np.hstack(sizes)
    has_pairs = table.any(axis=1)
    fold = np.empty(n_genes, dtype=np.int64)
    fold[has_pairs] = _balance(table[has_pairs], n_folds, rng)
    fold[~has_pairs] = rng.permutation(np.arange((~has_pairs).sum()) % n_folds)
    return fold


def check_division(division: Division, labels: npt.NDArray[np.integer], split: Split) -> None:
    """Raise InputError where a fold cannot be tested, or its model cannot learn."""
    n_folds, tested = len(division.allowed), division.folds != NO_FOLD
    for label in (0, 1):
        folds = division.folds[tested & (labels == label)]
        count = int((labels == label).sum())
        if count < n_folds:
            raise InputError(
                f"{count} pairs of label {label} cannot fill {n_folds} folds; use fewer folds or give more of them"
            )
        if len(np.unique(folds)) < 2:
            where = "one fold" if len(folds) else "no fold"
            raise InputError(
                f"all pairs of label {label} fall into {where}, so a model would be trained or judged without them; "
                f"they belong to too few {GROUP_NAMES[split]} for a split by {split}; {_MORE}"
            )
    for fold, allowed in enumerate(division.allowed):
        if not (division.folds == fold).any():
            raise InputError(f"the split by {split} leaves fold {fold} no pair to test; {_MORE}")
        if len(np.unique(labels[allowed])) < 2:
            raise InputError(f"the split by {split} leaves the model of fold {fold} no pairs of both labels; {_MORE}")


def contiguous_folds(n: int, n_folds: int) -> Int8:
    """Cut rows in file order into blocks of n // n_folds, the last with the remainder: the split of the SDINet paper.

    Repeats and reversed twins may fall on both sides of a cut.

    Raises
    ------
    InputError
        Fewer rows than folds, or folds outside 2..127.
    """
    _check_folds(n_folds)
    if n < n_folds:
        raise InputError(f"{n} labelled rows cannot fill {n_folds} folds; {_MORE}")
    return np.minimum(np.arange(n) // (n // n_folds), n_folds - 1).astype(np.int8)


def group_rows(keys: Indices, labels: npt.NDArray[np.integer]) -> Groups:
    """Group rows of equal key; groups are in the order of their key."""
    distinct, member = np.unique(keys, return_inverse=True)
    counts = np.bincount(member * 2 + labels, minlength=2 * len(distinct)).reshape(-1, 2)  # [N, 2]
    return Groups(member.astype(np.int64), counts.astype(np.int64))


def _check_folds(n_folds: int) -> None:
    if not 2 <= n_folds <= 127:
        raise InputError(f"the number of folds lies in 2..127, got {n_folds}")


def _check_groups(n_groups: int, n_folds: int, split: Split) -> None:
    _check_folds(n_folds)
    if n_groups < n_folds:
        raise InputError(f"{n_groups} distinct {GROUP_NAMES[split]} cannot fill {n_folds} folds; {_MORE}")


def _balance(sizes: Indices, n_folds: int, rng: np.random.Generator) -> Indices:
    """Give each group, largest first and random among equals, to the fold that has least of what it brings.

    `sizes` [N, D] counts what a group brings, of D kinds. The cost of a fold is the rise of its squared loads, each
    relative to its total.
    """
    weights = sizes / np.maximum(sizes.sum(axis=0), 1)
    shuffled = rng.permutation(len(sizes))
    order = shuffled[np.argsort(-sizes[shuffled].sum(axis=1), kind="stable")]
    loads = np.zeros((n_folds, sizes.shape[1]))
    fold = np.empty(len(sizes), dtype=np.int64)
    for group in order:
        choice = int(np.argmin(loads @ weights[group]))
        fold[group] = choice
        loads[choice] += sizes[group]
    return fold
