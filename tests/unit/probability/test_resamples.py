from __future__ import annotations

import numpy as np

from grnet.probability.resamples import RESAMPLES, draw_resamples


def test_tfs_are_drawn_with_all_of_their_known_edges():
    group = np.repeat(np.arange(10), 3)
    resamples = draw_resamples(group, 12, seed=0)
    assert len(resamples) == RESAMPLES
    for resample in resamples:
        assert resample.groups.sum() == 12
        assert np.bincount(resample.rows, minlength=30).tolist() == np.repeat(resample.groups[:10], 3).tolist()
    again = draw_resamples(group, 12, seed=0)
    assert all((one.rows == two.rows).all() for one, two in zip(resamples, again, strict=True))


def test_known_edges_are_drawn_one_by_one_where_few_tfs_have_any():
    resamples = draw_resamples(np.zeros(20, dtype=np.int64), 50, seed=1)
    assert all(len(resample.rows) == 20 and (resample.groups == 1).all() for resample in resamples)
    assert len({tuple(resample.rows) for resample in resamples}) == RESAMPLES
