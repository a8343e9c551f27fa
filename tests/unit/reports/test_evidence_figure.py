"""The picture of a pair's evidence: its size, its words, and names that look like markup."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_evidence import CELLS, EXPRESSION, SECTION, add_measurements, make_evidence
from made_networks import make_genes, make_scores
from PIL import Image

from grnet.reports.evidence_axes import cut_name
from grnet.reports.evidence_figure import HEIGHT, WIDTH, draw_evidence, write_evidence_figure
from grnet.schema.evidence import Contributions, Evidence, Place, Places

HOSTILE = "<img src=x onerror=alert(1)>$\\frac{1}{0}$ & \"'\n\t遺伝子 ген العربية 🧬" + "x" * 300


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Evidence for 40 pairs, which lack images, views, expression, saliency or labels here and there."""
    genes = make_genes(8, 20)
    edges = make_scores(genes).head(40)
    edges = edges.assign(known=np.arange(len(edges)) % 3 == 0, seed_spread=np.nan)
    return make_evidence(edges, genes.to_frame())


def words_of(figure) -> list[str]:
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def test_every_kind_of_pair_is_drawn_and_says_its_numbers(evidence):
    kinds = set()
    for names, pair in evidence.pairs.items():
        figure = draw_evidence(evidence, pair)
        words = words_of(figure)
        assert f"{names[0]} → {names[1]}" in words
        assert f"probability of an edge · score {pair.score:.2f}" in words
        for name, part in pair.contributions.terms:
            assert name in words
            assert (f"{part:+.2f}".replace("-", "−") if part else "none") in words
        assert f"{pair.score:.2f}".replace("-", "−") in words
        assert f"{pair.places.of_target.place:,} of {pair.places.of_target.among:,}" in words
        text = " ".join(words)
        assert all(edge.target in text for edge in pair.near)
        for note in pair.notes:
            assert note.split()[0] in text
        assert ("links of both genes to other genes" in text) == bool(pair.contributions.network)
        kinds.add((pair.saliency is None, pair.correlation is None, pair.fold is None))
    assert len(kinds) > 4


def test_the_place_among_all_candidates_is_told_where_it_is_known(evidence):
    pair = next(iter(evidence.pairs.values()))
    assert "12 of 119,520" in words_of(draw_evidence(evidence, pair, of_all=Place(12, 119_520)))
    assert "12 of 119,520" not in words_of(draw_evidence(evidence, pair))


def test_steps_of_the_score_end_where_the_next_begins_and_at_the_score(evidence):
    from matplotlib.patches import Rectangle

    pair = next(iter(evidence.pairs.values()))
    parts = Contributions("exact", 0.0, 2.0, -0.5, network=0.25, details={"a": 0.5, "b": 1.5})
    figure = draw_evidence(evidence, replace(pair, contributions=parts, score=1.75))
    bars = [
        (round(patch.get_x(), 6), round(patch.get_x() + patch.get_width(), 6))
        for axes in figure.axes
        for patch in axes.patches
        if isinstance(patch, Rectangle) and round(patch.get_height(), 6) in (0.62, 0.42)
    ]
    assert bars == [(0, 2), (2, 1.5), (1.5, 1.75), (0, 1.75), (0, 0.5), (0.5, 2), (0, 2)]


def test_names_of_parts_are_cut_where_a_measurement_has_a_long_name(evidence):
    pair = next(iter(evidence.pairs.values()))
    parts = Contributions("exact", 0.0, 1.0, 0.0, details={"known targets by " + 30 * "x": 1.0})
    words = words_of(draw_evidence(evidence, replace(pair, contributions=parts, score=1.0)))
    assert f"known targets by {6 * 'x'}…{12 * 'x'}" in words


def test_maps_end_at_the_rim_of_the_mask_of_their_view(evidence):
    pair = next(pair for pair in evidence.pairs.values() if pair.saliency is not None and len(pair.saliency.tf) == 3)
    mask = np.zeros((16, 32), dtype=bool)
    mask[4:12, 8:24] = True
    masked = replace(evidence, measurements=tuple(replace(entry, mask=mask) for entry in evidence.measurements))
    maps = [
        image.get_array()
        for axes in draw_evidence(masked, pair).axes
        for image in axes.images
        if np.ma.isMaskedArray(image.get_array()) and image.get_array().mask.any()
    ]
    assert len(maps) == 6
    for shown in maps:
        assert shown.shape == (128, 256)
        assert (~shown.mask == np.kron(mask, np.ones((8, 8), dtype=bool))).all()
        assert np.abs(shown).max() > 0.05


def test_the_file_is_a_picture_of_its_size_and_the_same_every_time(evidence, tmp_path, capfd):
    pair = next(pair for pair in evidence.pairs.values() if pair.saliency is not None)
    for name in ("a.png", "b.png"):
        write_evidence_figure(tmp_path / name, evidence, pair)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (WIDTH, HEIGHT)
        assert np.asarray(picture.convert("RGB")).std() > 10
    assert capfd.readouterr().err == ""


def test_hostile_names_are_text_and_draw_no_warning(evidence, tmp_path, capfd, recwarn):
    (tf, target), pair = next(item for item in evidence.pairs.items() if item[1].correlation is not None)
    names = {tf: HOSTILE, target: HOSTILE[::-1]}
    genes = {
        names.get(name, name): replace(gene, symbol=names.get(name, name)) for name, gene in evidence.genes.items()
    }
    hostile = replace(pair, tf=names[tf], target=names[target], notes=(f"{HOSTILE} has no image.",))
    rna, *views = evidence.measurements
    changed = {"genes": genes, "measurements": (replace(rna, units="$x$"), *views), "model": HOSTILE[:30]}
    write_evidence_figure(tmp_path / "a.png", replace(evidence, **changed), hostile)
    assert not recwarn.list
    assert capfd.readouterr().err == ""
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (WIDTH, HEIGHT)


def test_a_pair_without_anything_says_so(evidence):
    (tf, target), pair = next(iter(evidence.pairs.items()))
    bare = {name: replace(evidence.genes[name], values={}, counts={}) for name in (tf, target)}
    nothing = replace(
        pair,
        correlation=None,
        spearman=None,
        saliency=None,
        near=(),
        notes=(),
        places=Places(Place(1, 1), Place(1, 1), None, None),
        contributions=Contributions("exact", 0.0, 0.0, 0.0, 0.0),
    )
    words = words_of(draw_evidence(replace(evidence, genes=bare), nothing))
    assert f"Neither {tf} nor {target} has an image." in words
    assert f"Neither {tf} nor {target} has expression." in words
    assert {"No similar known edge.", "Nothing is missing.", "–"} <= set(words)


def axes_of(figure, units):
    """Return the axes whose horizontal one is in these units."""
    return [axes for axes in figure.axes if axes.get_xlabel().endswith(f"({units})")]


def test_several_profiles_have_a_panel_each(evidence):
    more = add_measurements(evidence)
    have = {CELLS, EXPRESSION, SECTION}
    (tf, target), pair = next(
        item for item in more.pairs.items() if all(have <= set(more.genes[gene].values) for gene in item[0])
    )
    figure = draw_evidence(more, pair)
    words = words_of(figure)
    profiles = [more.genes[gene].profile(CELLS) for gene in (tf, target)]
    r = np.corrcoef(*profiles)[0, 1]
    assert {"Expression", "Cells", f"30 cells, Pearson r = {r:.2f}", SECTION} <= set(words)
    assert f"72 samples, Pearson r = {pair.correlation:.2f}" in words
    (first,), (second,) = axes_of(figure, "log2 TPM"), axes_of(figure, "counts")
    drawn = second.collections[0].get_offsets()
    assert np.array_equal(drawn, np.column_stack(profiles))
    boxes = [axes.get_position() for axes in (first, second)]
    assert boxes[0].x1 < boxes[1].x0
    assert boxes[1].x1 < 0.54
    assert boxes[0].y0 == boxes[1].y0


def test_of_many_profiles_three_are_drawn_those_of_both_genes_first(evidence):
    more = add_measurements(evidence)
    names = ["alone", *(f"batch {number}" for number in range(4))]
    entries = [replace(more.profiles[1], name=name, units=name) for name in names]
    (tf, target), pair = next(iter(more.pairs.items()))
    profile = np.arange(30, dtype=np.float32)
    values = dict.fromkeys(names[1:], profile)
    genes = {tf: replace(more.genes[tf], values=values), target: replace(more.genes[target], values=values)}
    genes[tf] = replace(genes[tf], values={**values, "alone": profile})
    words = words_of(draw_evidence(replace(more, measurements=tuple(entries), genes=genes), pair))
    assert {"Batch 0", "Batch 1", "Batch 2", "Measurements not drawn: batch 3, alone"} <= set(words)
    assert "Alone" not in words
    two = replace(more, measurements=tuple(entries[:2]), genes=genes)
    assert {"Alone", f"{target} has no values.", "Batch 0"} <= set(words_of(draw_evidence(two, pair)))


def test_names_are_shortened_in_the_middle_and_lose_what_cannot_be_printed():
    assert cut_name("eve", 5) == "eve"
    assert cut_name("a\nb\u202e\x00 c", 20) == "a b c"
    assert cut_name("abcdefghij", 7) == "abcd…ij"
    assert cut_name("\n", 7) == "?"
