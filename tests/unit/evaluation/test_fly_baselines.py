import numpy as np
import pandas as pd
import pytest

from grnet.division.splits import assign_folds
from grnet.evaluation.baselines import BaselineInputs, out_of_fold_baselines
from grnet.evaluation.fold_figures import fold_table
from grnet.evaluation.metrics import calibration_error
from grnet.schema.genes import PairIndex


@pytest.mark.realdata
def test_correlation_alone_reaches_the_published_rna_accuracy_on_the_fly_benchmark(real_data):
    tables = [
        pd.read_excel(real_data / "fly-eye" / f"{name}_dataset.xlsx", header=None)
        for name in ("tf", "gene", "new_benchmark")
    ]
    genes = pd.concat(tables[:2]).drop_duplicates(0)
    known = tables[2].replace({"Dp": "Dp2"})
    position = {symbol: index for index, symbol in enumerate(genes[0])}
    pairs = PairIndex(*(known[column].map(position).to_numpy(np.int64) for column in (0, 1)))
    labels = known[2].to_numpy(np.int8)
    r = np.corrcoef(genes.iloc[:, 2:].to_numpy(float))[pairs.tf, pairs.target]
    folds = assign_folds(pairs, labels, n_genes=len(genes), n_folds=5, seed=0)
    results = out_of_fold_baselines(BaselineInputs(pairs, labels, folds, r, r, len(genes), 0))
    mean = fold_table(labels, results["|Pearson|"], folds).set_index("fold").loc["mean"]
    assert 0.893 < mean["accuracy"] < 0.897
    assert 0.949 < mean["auroc"] < 0.953
    assert calibration_error(labels, results["|Pearson|"]) < 0.03
