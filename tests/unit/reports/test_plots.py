import numpy as np

from grnet.evaluation.bootstrap import Estimate
from grnet.reports.html_page import format_number, format_setting
from grnet.reports.plots import plot_history, plot_intervals, style_names


def test_history_has_a_plot_for_each_stage_and_a_colour_for_each_fold():
    folds = ["fold 0", "fold 1"]
    rna = plot_history("RNA", {"fold 0": [(1, 0.7, 0.8), (2, 0.6, float("nan"))], "fold 1": []}, folds=folds)
    images = plot_history("Images", {"fold 1": [(1, 0.9, 0.8), (2, 0.5, 0.6), (3, 0.4, 0.7)]}, folds=folds)
    assert (rna.layout.title.text, images.layout.title.text) == ("RNA", "Images")
    assert [trace.name for trace in rna.data if trace.showlegend] == folds
    validation, training, best = images.data
    assert (best.x, best.y) == ((2,), (0.6,))
    assert (training.y, training.line.dash) == ((0.9, 0.5, 0.4), "dot")
    assert (validation.y, validation.line.dash) == ((0.8, 0.6, 0.7), None)
    assert (rna.data[2].x, rna.data[2].y) == ((1,), (0.8,))
    colours = [trace.line.color or trace.marker.color for trace in (*rna.data, *images.data)]
    assert colours == [colours[0]] * 3 + [colours[3]] * 6
    assert colours[0] != colours[3]


def test_intervals_are_a_point_with_bars_for_each_known_figure():
    draws = np.linspace(0.6, 0.8, 1001)
    estimates = {
        "<b>": Estimate(0.7, draws),
        "gone": Estimate(float("nan"), draws),
        "flat": Estimate(0.5, np.array([])),
    }
    figure = plot_intervals("AUROC", estimates, style_names(list(estimates)), reference=0.5)
    point, flat = figure.data
    assert (point.x, point.y) == ((0.7,), ("&lt;b&gt;",))
    np.testing.assert_allclose([point.error_x.array[0], point.error_x.arrayminus[0]], [0.095, 0.095], atol=1e-5)
    assert (flat.error_x.array, flat.error_x.arrayminus) == ((0.0,), (0.0,))
    assert figure.layout.shapes[0].x0 == 0.5


def test_numbers_and_settings_read_well():
    assert format_number(float("nan")) == "–"
    assert format_setting([True, 1, "x"]) == "yes, 1, x"


def test_names_keep_their_colours_whatever_else_is_drawn():
    some, more = style_names(["fused", "random"]), style_names(["fused", "rna", "|Pearson|", "random"])
    assert some["fused"] == more["fused"]
    assert some["random"] == more["random"]
    assert len({style.colour for style in more.values()}) == 4
